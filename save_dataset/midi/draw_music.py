"""Drawing any array of symbolic music: grids of drums, rolls of keys, tokens; reconstructions and atoms too.

The x axis counts steps, and a cell begins at its step. Blue is positive, red negative, darkest at 1. Nothing is scaled:
bring atoms to the size that they have in music first.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.textpath import TextPath

from save_dataset.midi.above_bass import on_keys

COLOURS = "RdBu"
FAINTEST = 0.05  # no cell is drawn of what is smaller
CELL_WIDTH_STEPS = 0.8
CELL_HEIGHT_ROWS = 0.86
ONSET_WIDTH_STEPS = 0.4
FRAME_LIMIT = 2.5  # frames have less than half the colour of onsets
OFFSET_STEPS = 0.5  # an offset of 1 is half a step early
OCTAVE_ROWS = 12
POINTS_PER_IN = 72


def draw_music(
    axes: Axes, steps: np.ndarray, channels: Sequence[str] | np.ndarray, steps_per_beat: int, *,
    steps_per_bar: int | None = None, title: str = "",
) -> None:  # fmt: skip
    """Draw music on empty axes, with ticks, labels and limits.

    Drums: a row for each class; a cell's colour is the velocity, its height the hit, and it stands early or late by the
    offset. Keys: frames light, onsets dark; only the octaves in use are shown. One channel: dots.

    Steps are ``(n_steps, n_channels)``, with channels as those of `save_dataset.midi.corpus.Corpus`; their values are
    in [0, 1], or in [-1, 1] for offsets and for atoms; what is beyond has the colour of the end. Lines are drawn at
    beats and bars; without bars the ticks are beats. ValueError if there is not one name for each channel, or no step.
    """
    if np.ndim(steps) != 2 or np.shape(steps)[1] != len(channels) or not len(steps):
        raise ValueError(
            f"steps.shape={np.shape(steps)}: must be (n_steps, {len(channels)}), a column for each channel"
        )
    steps, channels = on_keys(steps, channels)
    draw_rows(axes, steps, channels)
    if str(channels[0]).split()[0] in ("hit", "onset", "frame"):
        _draw_time(axes, len(steps), steps_per_beat, steps_per_bar)
    axes.set_title(title, loc="left", y=1)  # where it stands anyway; to find that out takes long


def draw_rows(axes: Axes, steps: np.ndarray, channels: Sequence[str] | np.ndarray) -> None:
    """Draw music of drums, keys or tokens with the names of its rows, but no axis of time, as `draw_music` does."""
    steps = np.asarray(steps, float)
    names, columns = split_channels(channels)
    parts = {kind: steps[:, columns[kind]] for kind in columns}
    if "hit" in parts:
        _draw_drums(axes, parts, names)
    elif "onset" in parts or "frame" in parts:
        _draw_keys(axes, parts, names)
    else:
        axes.plot(np.arange(len(steps)) + 0.5, steps, ".", markersize=3, color="tab:blue")
        axes.set(xlabel="step", ylabel=names[0] if len(columns) == 1 else "value", xlim=(0, len(steps)))


def names_width_in(channels: Sequence[str] | np.ndarray, font_size: float) -> float:
    """Return the width of the longest name of a row, in inches."""
    names, _ = split_channels(channels)
    return TextPath((0, 0), max(names, key=len), size=font_size).get_extents().width / POINTS_PER_IN


def split_channels(channels: Sequence[str] | np.ndarray) -> tuple[list[str], dict[str, np.ndarray]]:
    """Return the names of rows, in order, and the columns of each kind: "hit kick" is kind and name.

    >>> split_channels(["hit kick", "hit snare", "velocity kick", "velocity snare"])
    (['kick', 'snare'], {'hit': array([0, 1]), 'velocity': array([2, 3])})
    """
    words = [str(channel).split() for channel in channels]
    kinds, names = np.transpose([(word[0], word[-1]) for word in words])
    return list(dict.fromkeys(names.tolist())), {
        kind: np.flatnonzero(kinds == kind) for kind in dict.fromkeys(kinds.tolist())
    }


def _draw_drums(axes: Axes, parts: dict[str, np.ndarray], names: list[str]) -> None:
    """Draw cells of drums: `parts` has hits, and maybe velocities and offsets, ``(n_steps, n_classes)`` each."""
    hits = parts["hit"]
    offsets = np.clip(parts.get("offset", np.zeros_like(hits)), -1, 1)
    shown, rows = np.nonzero(np.abs(hits) >= FAINTEST)
    cell = shown, rows
    starts, heights = shown - OFFSET_STEPS * offsets[cell], CELL_HEIGHT_ROWS * np.minimum(np.abs(hits[cell]), 1)
    _add_cells(axes, starts, rows, CELL_WIDTH_STEPS, heights, parts.get("velocity", hits)[cell])
    axes.set_yticks(range(len(names)), [name.replace("_", " ") for name in names])
    axes.set(xlim=(-OFFSET_STEPS, len(hits)), ylim=(-0.6, len(names) - 0.4))
    axes.tick_params(axis="y", length=0)


def _draw_keys(axes: Axes, parts: dict[str, np.ndarray], names: list[str]) -> None:
    """Draw keys that sound, light, and their onsets, dark, ``(n_steps, n_keys)`` each; only the octaves in use."""
    n_steps, n_keys = next(iter(parts.values())).shape
    if "frame" in parts:
        edges = np.arange(n_steps + 1), np.arange(n_keys + 1) - 0.5
        frames = np.ma.masked_inside(parts["frame"].T, -FAINTEST, FAINTEST)  # the lines behind are seen
        mesh = axes.pcolormesh(*edges, frames, cmap=COLOURS, rasterized=True, zorder=1)
        mesh.set_clim(-FRAME_LIMIT, FRAME_LIMIT)
    if "onset" in parts:
        onsets, rows = np.nonzero(np.abs(parts["onset"]) >= FAINTEST)
        width = ONSET_WIDTH_STEPS if "frame" in parts else CELL_WIDTH_STEPS
        _add_cells(axes, onsets, rows, width, np.ones(len(rows)), parts["onset"][onsets, rows], edge="none")
    largest = np.max([np.abs(part).max(axis=0) for part in parts.values()], axis=0)
    used = np.flatnonzero(largest >= FAINTEST)
    octaves = [row for row, name in enumerate(names) if name[0] == "C" and name[1:].lstrip("-").isdigit()]
    octaves = octaves or list(range(0, n_keys, OCTAVE_ROWS))
    axes.set_yticks(octaves, [names[row] for row in octaves])
    axes.set(xlim=(0, n_steps), ylim=_rows_shown(used, octaves, n_keys), ylabel="key")
    axes.grid(axis="y")
    axes.set_axisbelow(True)


def _rows_shown(used: np.ndarray, octaves: list[int], n_keys: int) -> tuple[float, float]:
    """Return the limits of the rows: from the C at or below the lowest key in use to the one above the highest."""
    if not len(used):
        return -0.5, n_keys - 0.5
    lowest = max((row for row in octaves if row <= used[0]), default=0)
    highest = min((row for row in octaves if row > used[-1]), default=n_keys - 1)
    return lowest - 0.5, highest + 0.5


def _add_cells(
    axes: Axes, starts: np.ndarray, rows: np.ndarray, width: float, heights: np.ndarray, values: np.ndarray,
    edge: str = "0.35",
) -> None:  # fmt: skip
    """Draw boxes that begin at `starts`, centred at `rows`, coloured by `values`, with an edge where pale ones are."""
    corners = np.array([(0, -0.5), (1, -0.5), (1, 0.5), (0, 0.5)])
    sizes = np.stack([np.full(len(rows), width), heights], axis=1)
    boxes = np.stack([starts, rows], axis=1)[:, None] + corners * sizes[:, None]  # (n_cells, 4, 2)
    cells = PolyCollection(list(boxes), cmap=COLOURS, edgecolors=edge, linewidths=0.3, zorder=3)
    cells.set_array(values)
    cells.set_clim(-1, 1)
    axes.add_collection(cells, autolim=False)


def _draw_time(axes: Axes, n_steps: int, steps_per_beat: int, steps_per_bar: int | None) -> None:
    """Draw lines at beats and bars, and ticks at bars, or at beats where there are no bars."""
    beats, bars = (range(0, n_steps + 1, n) for n in (steps_per_beat, steps_per_bar or n_steps + 1))
    across = axes.get_xaxis_transform()
    axes.vlines(beats, 0, 1, transform=across, colors="0.85", linewidths=0.5, zorder=0.5)
    axes.vlines(bars, 0, 1, transform=across, colors="0.4", linewidths=0.9, zorder=2)
    ticks = range(0, n_steps, steps_per_bar or steps_per_beat)
    axes.set_xticks(ticks, [str(index + 1) for index in range(len(ticks))])
    axes.set_xlabel("bar" if steps_per_bar else "beat")
