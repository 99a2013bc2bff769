"""The figure of a spectrogram, with one window marked."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from pipeline import figures, results
from pipeline.figures import PIXEL_COLOURS, new_figure
from pipeline.parameters import ROOT
from pipeline.studies.song import Parameters

LABELS = {
    "magnitude": "magnitude (linear, 0 to 1)",
    "db": "magnitude (dB below the loudest)",
    "log_mel": "mel magnitude (dB below the loudest)",
}


def draw_song_spectrogram(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Draw the stored spectrogram of a song with a window of its first run; returns paths."""
    spectrogram = results.load(parameters, "spectrogram", root)
    window_frames = parameters.for_runs()[0].count_window_frames(spectrogram)
    figure = draw_spectrogram(spectrogram, window_frames=window_frames)
    return figures.save(figure, results.figure_path(parameters, "spectrogram", root))


def draw_spectrogram(spectrogram: Mapping[str, np.ndarray], *, window_frames: int, max_s: float = 20.0) -> Figure:
    """Draw the first `max_s` seconds of a stored spectrogram in s and Hz, with its first window outlined."""
    times_s, frequencies_hz = spectrogram["times_s"], spectrogram["frequencies_hz"]
    scale = str(spectrogram["scale"])
    shown = times_s <= max_s
    values = spectrogram["frames"][shown]
    if scale != "magnitude":
        values = spectrogram["lowest"] + values * (spectrogram["highest"] - spectrogram["lowest"])
    figure = new_figure(10, 3.6)
    axes = figure.add_subplot()
    # linear magnitude is all but black above its 99.5th percentile of values: brighten, and say so with the bar's arrow
    brightest = np.quantile(values, 0.995) if scale == "magnitude" else None
    mesh = axes.pcolormesh(
        times_s[shown], frequencies_hz, values.T, cmap=PIXEL_COLOURS, vmax=brightest, shading="nearest", rasterized=True
    )
    edge_s = times_s[0] - spectrogram["frame_s"] / 2
    width_s = times_s[window_frames - 1] + spectrogram["frame_s"] / 2 - edge_s
    height_hz = frequencies_hz[-1] - frequencies_hz[0]
    axes.add_patch(
        Rectangle((edge_s, frequencies_hz[0]), width_s, height_hz, fill=False, edgecolor="white", clip_on=False)
    )
    right_edge = edge_s + width_s, 0.93 * frequencies_hz[-1]
    axes.annotate(
        f"one window, {window_frames} frames", right_edge, (5, 0), textcoords="offset points", color="white",
        va="center",
    )  # fmt: skip
    axes.set(xlabel="time (s)", ylabel="frequency (Hz)")
    if not shown.all():
        axes.set_title(f"the first {max_s:g} s of {times_s[-1]:.0f} s")
    figure.colorbar(mesh, label=LABELS[scale], extend="max" if brightest else "neither", pad=0.01)
    return figure
