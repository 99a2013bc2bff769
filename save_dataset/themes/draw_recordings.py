"""The figure of recordings: the transforms of some pieces, and below each its reference patterns."""

from pathlib import Path

import numpy as np
from librosa import midi_to_note, note_to_hz
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline import figures, results
from pipeline.figures import PIXEL_COLOURS, new_figure
from pipeline.parameters import ROOT
from pipeline.studies.themes import Parameters
from save_dataset.themes.recordings import Recordings

MAX_PIECES = 5
TRANSFORM_IN, ROW_IN, SPACE_IN = 1.35, 0.11, 0.55  # heights of a transform, of a row of bars, of title and labels
LOWEST, HIGHEST = -0.5, 4.0  # standard deviations: from what is next to silent to a loud partial
PATTERN_COLOURS = ("tab:blue", "tab:orange", "tab:green", "tab:red", "tab:purple", "tab:brown", "tab:pink", "tab:cyan")
C_PITCHES = range(0, 128, 12)


def draw_recordings(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Draw the figure `recordings` from the stored ones; returns paths."""
    recordings = Recordings.from_arrays(results.load(parameters, "recordings", root))
    figure = draw_pieces(recordings, parameters.cqt.min_frequency_hz, parameters.cqt.bins_per_octave)
    return figures.save(figure, results.figure_path(parameters, "recordings", root))


def draw_pieces(recordings: Recordings, min_frequency_hz: float, bins_per_octave: int) -> Figure:
    """Draw the first pieces that are searched, one below the other, each on a time axis of its own."""
    pieces = range(min(recordings.n_searched, MAX_PIECES))
    patterns = [recordings.patterns(piece) for piece in pieces]
    heights = [height for known in patterns for height in (TRANSFORM_IN, ROW_IN * max(len(known), 1))]
    figure = new_figure(10, sum(heights) + SPACE_IN * len(pieces) + 0.3)
    grid = figure.add_gridspec(len(heights), 1, height_ratios=heights, hspace=0)
    for piece in pieces:
        axes = figure.add_subplot(grid[2 * piece])
        _draw_transform(axes, recordings, piece, min_frequency_hz, bins_per_octave)
        below = axes
        if patterns[piece]:
            below = figure.add_subplot(grid[2 * piece + 1], sharex=axes)
            axes.tick_params(labelbottom=False)
            _draw_occurrences(below, recordings, piece)
        if piece == pieces[-1]:
            below.set_xlabel("time (s)")
    return figure


def _draw_transform(
    axes: Axes, recordings: Recordings, piece: int, min_frequency_hz: float, bins_per_octave: int
) -> None:
    """Draw the transform of a piece, pitch upwards, the end of its leading silence as a white line."""
    frames, hop_s = recordings.piece(piece), recordings.hop_s
    extent = (-hop_s / 2, (len(frames) - 0.5) * hop_s, -0.5, frames.shape[1] - 0.5)
    axes.imshow(
        frames.T, origin="lower", aspect="auto", extent=extent, cmap=PIXEL_COLOURS, vmin=LOWEST, vmax=HIGHEST,
        interpolation="antialiased",
    )  # fmt: skip
    axes.axvline(recordings.lead_ins_s[piece], color="white", linewidth=1, linestyle=(0, (2, 2)))
    axes.set_xlim(0, recordings.durations_s[piece])
    names = midi_to_note(list(C_PITCHES), octave=True)
    bins = bins_per_octave * np.log2(note_to_hz(names) / min_frequency_hz)
    is_shown = (bins > -0.5) & (bins < frames.shape[1] + 0.1)
    axes.set_yticks(bins[is_shown], np.array(names)[is_shown])
    axes.set_ylim(-0.5, frames.shape[1] + 0.1)  # room for the C above the highest bin
    axes.set_ylabel("pitch")
    bpm = recordings.bpm[piece]
    name = figures.shown(recordings.names[piece])
    axes.set_title(f"{name}{f', {bpm:.0f} bpm' if np.isfinite(bpm) else ''}", loc="left")


def _draw_occurrences(axes: Axes, recordings: Recordings, piece: int) -> None:
    """Draw a row of bars for each pattern of a piece, the first on top; a bar is from first to last onset."""
    patterns, score = recordings.patterns(piece), recordings.score(piece)
    for row, pattern in enumerate(patterns):
        beats = np.array([(min(occurrence)[0], max(occurrence)[0]) for occurrence in pattern])
        spans_s = times_of(beats, score)
        widths = np.diff(spans_s, axis=1).ravel()
        colour = PATTERN_COLOURS[row % len(PATTERN_COLOURS)]
        rows, left = np.full(len(beats), row), spans_s[:, 0]
        axes.barh(rows, widths, left=left, height=0.85, color=colour, edgecolor="white", linewidth=0.5)  # some overlap
    axes.set_ylim(len(patterns) - 0.5, -0.5)
    axes.set_yticks([])
    axes.set_ylabel("reference", rotation=0, ha="right", va="center")


def times_of(beats: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Return seconds of the recording at beats of its score, ``(n_notes, 3)``; beats as they are without a score."""
    return np.interp(beats, score[:, 1], score[:, 0]) if len(score) else beats
