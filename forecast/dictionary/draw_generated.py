"""Figures of step 6, from stored arrays: strips of music, one below the other, to compare step by step."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from embed.dictionary.used_channels import used_channels
from pipeline import figures, results
from pipeline.parameters import ROOT
from pipeline.results import Arrays
from pipeline.sections.dictionary_study import DictionaryParameters
from save_dataset.midi.above_bass import on_keys
from save_dataset.midi.draw_music import draw_music, names_width_in

WIDTH_IN = 10.0
STRIP_HEIGHT_IN = 1.25
EDGES_IN = {"left": 0.34, "right": 0.1, "top": 0.25, "bottom": 0.45}  # of each column, next to the names of its rows
TITLE_IN = 0.32  # between strips
NAME_SIZE, TITLE_SIZE = 7, 9
MAX_STRIPS = 10  # in a column; the others are only rendered
OPERATIONS = (("original_a", "noisy", "denoised", "original_b", "swap_"), ("nearest_", "sample_"))
MIN_SHOWN = 0.15  # of a hit; sums of atoms leave that much everywhere
TITLE_CHARACTERS = 90
MAX_OF_A_KIND = 3  # swaps, nearest sections and samples in the figure of operations


def draw_all_generated(parameters: DictionaryParameters, root: Path = ROOT) -> list[Path]:
    """Draw the figures of all runs whose generated music is fresh; return the paths."""
    drawn = {
        f"{name}_{run}": draw(arrays)
        for run, arrays in results.load_fresh(parameters.for_runs(), "generated", root).items()
        for name, draw in FIGURES.items()
    }
    return figures.save_all(drawn, parameters, root)


def draw_keep(arrays: Arrays) -> Figure:
    """Draw a passage, and what is left of it with fewer atoms; what is too weak to be rendered is pale."""
    names = ["original_a", "reconstruction_a", *_names_of(arrays, "keep_")[::-1]]
    return _draw_strips(arrays, [names], above=MIN_SHOWN)


def draw_interpolation(arrays: Arrays) -> Figure:
    """Draw the way from one passage to the other."""
    return _draw_strips(arrays, [["original_a", *_names_of(arrays, "interpolate_"), "original_b"]])


def draw_decomposition(arrays: Arrays) -> Figure:
    """Draw a passage, its most active atoms alone, and the rest, which sum to the reconstruction."""
    return _draw_strips(arrays, [["original_a", "reconstruction_a", *_names_of(arrays, "stem_")]])


def draw_operations(arrays: Arrays) -> Figure:
    """Draw noise and its removal, a swap of atoms, the nearest sections of other pieces, and new music."""
    columns = [[name for start in column for name in _names_of(arrays, start)[:MAX_OF_A_KIND]] for column in OPERATIONS]
    return _draw_strips(arrays, columns)


FIGURES = {
    "keep": draw_keep,
    "interpolation": draw_interpolation,
    "decomposition": draw_decomposition,
    "operations": draw_operations,
}


def _names_of(arrays: Arrays, start: str) -> list[str]:
    return [str(name) for name in arrays["name"] if name.startswith(start)]


def _draw_strips(arrays: Arrays, columns: Sequence[Sequence[str]], above: float | None = None) -> Figure:
    """Draw columns of items, each a strip of music below its title: what is above a value, else what is rendered.

    A single column shows the same keys in all strips.
    """
    columns = [column[:MAX_STRIPS] for column in columns if column]
    music = {name: cells_above(arrays, name, above) for column in columns for name in column}
    _, channels = on_keys(arrays[f"music_{columns[0][0]}"], arrays["channels"])
    shown = used_channels(np.stack(list(music.values())), channels)
    figure, grid = _lay_out(max(map(len, columns)), len(columns), names_width_in(channels, NAME_SIZE))
    for panels, names in zip(grid.T, columns, strict=True):
        for axes, name in zip(panels, names, strict=False):
            _draw_strip(axes, arrays, name, music[name][:, shown], channels[shown], names_bars=name == names[-1])
        for axes in panels[len(names) :]:
            axes.set_axis_off()
    if len(columns) == 1:
        limits = np.array([axes.get_ylim() for axes in figure.axes])
        for axes in figure.axes:
            axes.set_ylim(limits[:, 0].min(), limits[:, 1].max())
    return figure


def _lay_out(n_rows: int, n_columns: int, names_in: float) -> tuple[Figure, np.ndarray]:
    """Return a figure and its panels, ``(n_rows, n_columns)``, by numbers: matplotlib's own layout takes long."""
    figure = figures.new_figure(WIDTH_IN * n_columns**0.6, STRIP_HEIGHT_IN * n_rows + 0.4, layout=None)
    width_in, height_in = figure.get_size_inches()
    left, right, top, bottom = (EDGES_IN[side] for side in ("left", "right", "top", "bottom"))
    margins_in = left + names_in + right
    panel_width_in = width_in / n_columns - margins_in
    panel_height_in = (height_in - top - bottom - TITLE_IN * (n_rows - 1)) / n_rows
    edges = {"left": (left + names_in) / width_in, "right": 1 - right / width_in}
    edges |= {"top": 1 - top / height_in, "bottom": bottom / height_in}
    between = {"wspace": margins_in / panel_width_in, "hspace": TITLE_IN / panel_height_in}
    return figure, figure.subplots(n_rows, n_columns, squeeze=False, gridspec_kw=edges | between)


def _draw_strip(
    axes: Axes, arrays: Arrays, name: str, music: np.ndarray, channels: np.ndarray, *, names_bars: bool
) -> None:
    title = str(arrays["title"][arrays["name"] == name][0])
    if len(title) > TITLE_CHARACTERS:
        title = title[: TITLE_CHARACTERS - 1] + "…"
    steps_per_beat, steps_per_bar = int(arrays["steps_per_beat"]), int(arrays["steps_per_bar"])
    draw_music(axes, music, channels, steps_per_beat, steps_per_bar=steps_per_bar)
    axes.set_title(title, loc="left", fontsize=TITLE_SIZE, y=1)
    axes.tick_params(labelsize=NAME_SIZE)
    if not names_bars:
        axes.set_xlabel("")
        axes.tick_params(labelbottom=False)


def cells_above(arrays: Arrays, name: str, above: float | None) -> np.ndarray:
    """Return music on keys or drums, 0 in all kinds where hits are not above a value; None: above its threshold."""
    music, channels = on_keys(arrays[f"music_{name}"], arrays["channels"])
    kinds = np.array([str(channel).split()[0] for channel in channels])
    if kinds[0] == "token":
        return music
    is_above = music > (arrays["threshold"][arrays["name"] == name] if above is None else above)
    of_cell = np.tile(is_above[:, kinds == kinds[0]], len(np.unique(kinds)))
    return np.where(np.where(kinds == "frame", is_above, of_cell), music, 0)  # a key sounds on after its onset
