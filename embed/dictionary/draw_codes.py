"""Codes and music: one piece with its code, and the use of atoms."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure

from embed.dictionary.excerpt import Excerpt, take_excerpt
from embed.dictionary.sparse_codes import SparseCodes
from embed.dictionary.used_channels import used_channels
from embed.dictionary.uses import by_use
from pipeline import figures, results
from pipeline.parameters import ROOT
from pipeline.sections.dictionary_study import DictionaryParameters
from save_dataset.midi.above_bass import on_keys
from save_dataset.midi.corpus import Corpus
from save_dataset.midi.draw_music import draw_music, names_width_in

CODE_COLOURS = "RdBu"  # blue is positive, as in the figures of music
WIDTH_IN = 11.0
MUSIC_HEIGHT_IN = 2.2
ATOM_HEIGHT_IN = 0.11
CODE_HEIGHTS_IN = (1.2, 4.5)
EDGES_IN = {"left": 0.35, "right": 0.85, "top": 0.35, "bottom": 0.55}  # without the names of the rows
BAR_IN = 0.1  # width of the colour bar, and its distance
SPACE_IN = 0.52  # between panels, for ticks and a title
NAME_SIZE = 10
MAX_NAMED_ATOMS = 40  # more numbers would overlap


def draw_all_codes(parameters: DictionaryParameters, root: Path = ROOT) -> list[Path]:
    """Draw the figures `code_<run>` of all runs that have fresh codes, and `usage`; returns the paths."""
    stored = results.load_fresh(parameters.for_runs(), "codes", root)
    if not stored:
        return []
    corpus = Corpus.from_arrays(results.load(parameters, "corpus", root))
    codes = {run: SparseCodes.from_arrays(arrays) for run, arrays in stored.items()}
    drawn = {f"code_{run}": draw_code(corpus, of_run) for run, of_run in codes.items()}
    return figures.save_all(drawn | {"usage": draw_usage(codes)}, parameters, root)


def draw_code(corpus: Corpus, codes: SparseCodes) -> Figure:
    """Draw the first bars of a piece of the test set: music, code and reconstruction, aligned in time."""
    excerpt = take_excerpt(corpus, codes)
    active = excerpt.active(by_use(codes))
    height_in = float(np.clip(ATOM_HEIGHT_IN * len(active), *CODE_HEIGHTS_IN))
    both, channels = on_keys(np.stack([excerpt.music, excerpt.reconstruction]), corpus.channels)
    shown = used_channels(both, channels)
    figure, (above, middle, below) = _lay_out(height_in, names_width_in(channels, NAME_SIZE))
    time = {"steps_per_beat": corpus.steps_per_beat, "steps_per_bar": corpus.steps_per_bar}
    for axes, music, title in zip((above, below), both, (figures.shown(excerpt.name), "reconstruction"), strict=True):
        draw_music(axes, music[:, shown], channels[shown], **time, title=title)
    image = _draw_columns(middle, excerpt, active, codes.stride_steps)
    if image is not None:
        position = middle.get_position()
        bar = figure.add_axes((position.x1 + BAR_IN / WIDTH_IN, position.y0, BAR_IN / WIDTH_IN, position.height))
        figure.colorbar(image, cax=bar, label="value")
    _align(above, middle, below, excerpt)
    return figure


def _lay_out(code_height_in: float, names_in: float) -> tuple[Figure, np.ndarray]:
    """Return a figure with panels for music, code and music, laid out by numbers: a layout engine takes long."""
    heights_in = (MUSIC_HEIGHT_IN, code_height_in, MUSIC_HEIGHT_IN)
    height_in = sum(heights_in) + 2 * SPACE_IN + EDGES_IN["top"] + EDGES_IN["bottom"]
    figure = figures.new_figure(WIDTH_IN, height_in, layout=None)
    edges = {"left": (EDGES_IN["left"] + names_in) / WIDTH_IN, "right": 1 - EDGES_IN["right"] / WIDTH_IN}
    edges |= {"top": 1 - EDGES_IN["top"] / height_in, "bottom": EDGES_IN["bottom"] / height_in}
    between = SPACE_IN / (sum(heights_in) / len(heights_in))
    return figure, figure.subplots(3, height_ratios=heights_in, gridspec_kw=edges | {"hspace": between})


def _align(above: Axes, middle: Axes, below: Axes, excerpt: Excerpt) -> None:
    """Give music, code and reconstruction one axis of time, and both panels of music the same rows."""
    bottoms, tops = zip(above.get_ylim(), below.get_ylim(), strict=True)  # each shows the octaves that it uses
    for axes in (above, below):
        axes.set_ylim(min(bottoms), max(tops))
    begins = excerpt.begins[np.any(excerpt.code != 0, axis=1)]
    middle.set_xticks(above.get_xticks(), labels=[])  # before the limits, which ticks beyond them would widen
    for axes in (above, middle, below):
        axes.set_xlim(min(-0.5, float(begins.min(initial=0))), len(excerpt.music))
    for axes in (above, middle):
        axes.set_xlabel("")


def _draw_columns(axes: Axes, excerpt: Excerpt, active: np.ndarray, stride_steps: int) -> QuadMesh | None:
    """Draw a code as an image, a row for each active atom, a column where its atoms begin; return None for no atom."""
    values = excerpt.code[:, active]
    largest = float(np.abs(values).max(initial=1e-9))
    axes.set_title("code: where atoms begin, the most used on top", loc="left", y=1)
    if not len(active):
        axes.set(yticks=[], ylabel="no active atom")
        return None
    edges = np.append(excerpt.begins, excerpt.begins[-1] + stride_steps)
    image = axes.pcolormesh(
        edges,
        np.arange(len(active) + 1) - 0.5,
        np.ma.masked_equal(values, 0).T,
        cmap=CODE_COLOURS,
        vmin=-largest,
        vmax=largest,
        rasterized=True,
    )
    axes.set_ylim(len(active) - 0.5, -0.5)
    if len(active) <= MAX_NAMED_ATOMS:
        axes.set_yticks(range(len(active)), [str(atom) for atom in active], fontsize=6)
        axes.set_ylabel("atom")
    else:
        axes.set_ylabel("active atom")
    axes.grid(axis="x")
    return image


def draw_usage(codes: Mapping[str, SparseCodes]) -> Figure:
    """Draw the fraction of all uses of each atom, by rank, a line for each run."""
    figure = figures.new_figure(7, 4)
    axes = figure.subplots()
    for run, of_run in codes.items():
        usage = np.sort(of_run.usage())[::-1]
        used = usage[usage > 0]
        label = f"{run}: {len(used)} of {len(usage)} atoms used"
        colour = figures.colour_of(run, [*codes])
        axes.plot(np.arange(1, len(used) + 1), used / max(1, used.sum()), label=label, color=colour)
    axes.set(xlabel="rank of the atom", ylabel="fraction of all uses", yscale="log")
    axes.grid(which="major")
    axes.legend()
    return figure
