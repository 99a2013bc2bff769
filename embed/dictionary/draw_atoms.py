"""The atoms of a dictionary as a sheet of small panels, the most used first.

A row of the sheet is one axes, in which its atoms follow each other with gaps between: it is drawn ten times as fast as
an axes for each.
"""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from embed.dictionary.sparse_codes import SparseCodes
from embed.dictionary.used_channels import used_channels
from embed.dictionary.uses import by_use, fractions_of_use, scaled_patterns
from pipeline import figures, results
from pipeline.parameters import ROOT
from pipeline.sections.dictionary_study import DictionaryParameters
from save_dataset.midi.above_bass import on_keys
from save_dataset.midi.corpus import Corpus
from save_dataset.midi.draw_music import draw_rows, names_width_in

N_SHOWN = 40
SHEET_WIDTH_IN = 12.0
WIDTH_PER_STEP_IN = 0.09
PANEL_WIDTHS_IN = (1.3, 5.5)
PANEL_HEIGHT_IN = 1.55
EDGES_IN = {"left": 0.35, "right": 0.1, "top": 0.65, "bottom": 0.12}  # without the names of the rows
SPACE_BETWEEN_ROWS = 0.22  # of their height, for the numbers of the atoms
PANEL_EDGE_STEPS = 0.5  # as much as a hit may be early
PANEL_STYLE: dict[str, Any] = {"facecolor": "none", "clip_on": False, "edgecolor": "0.7", "linewidth": 0.6}
NAME_SIZE, TITLE_SIZE = 7, 9


def draw_all_atoms(parameters: DictionaryParameters, root: Path = ROOT) -> list[Path]:
    """Draw the figure `atoms_<run>` of each run that has fresh codes; returns the paths."""
    stored = results.load_fresh(parameters.for_runs(), "codes", root)
    if not stored:
        return []
    corpus = Corpus.from_arrays(results.load(parameters, "corpus", root))
    sheets = {f"atoms_{run}": draw_sheet(corpus, SparseCodes.from_arrays(arrays)) for run, arrays in stored.items()}
    return figures.save_all(sheets, parameters, root)


def draw_sheet(corpus: Corpus, codes: SparseCodes) -> Figure:
    """Draw the most used atoms, as they stand in the music on average."""
    numbers, fractions = by_use(codes)[:N_SHOWN], fractions_of_use(codes)
    patterns, channels = on_keys(scaled_patterns(codes)[numbers], corpus.channels)
    shown = used_channels(patterns, channels)
    titles = [f"{number} · {100 * fractions[number]:.1f} %" for number in numbers]
    width_in = np.clip(WIDTH_PER_STEP_IN * patterns.shape[1], *PANEL_WIDTHS_IN)
    n_rows = -(-len(numbers) // int(SHEET_WIDTH_IN / width_in))
    n_columns = -(-len(numbers) // n_rows)
    figure = figures.new_figure(SHEET_WIDTH_IN, PANEL_HEIGHT_IN * n_rows + 0.5, layout=None)
    edges = _margins(figure, names_width_in(channels, NAME_SIZE))
    rows = figure.subplots(n_rows, squeeze=False, gridspec_kw=edges)[:, 0]
    for row, axes in enumerate(rows):
        of_row = slice(row * n_columns, (row + 1) * n_columns)
        row_patterns = patterns[of_row][:, :, shown]
        _draw_row(axes, row_patterns, channels[shown], titles[of_row], n_columns, corpus.steps_per_beat)
    limits = np.array([axes.get_ylim() for axes in rows])
    for axes in rows:
        axes.set_ylim(limits[:, 0].min(), limits[:, 1].max())  # each row of keys has chosen its octaves
    figure.suptitle(
        f"the {len(numbers)} most used of {len(codes.patterns)} atoms: number and fraction of all uses",
        y=1 - 0.1 / figure.get_figheight(),
    )
    return figure


def _margins(figure: Figure, names_in: float) -> dict[str, float]:
    """Return where the rows begin and end, as fractions of the figure; a layout engine would take long."""
    width_in, height_in = figure.get_size_inches()
    return {
        "left": (EDGES_IN["left"] + names_in) / width_in,
        "right": 1 - EDGES_IN["right"] / width_in,
        "top": 1 - EDGES_IN["top"] / height_in,
        "bottom": EDGES_IN["bottom"] / height_in,
        "hspace": SPACE_BETWEEN_ROWS,
    }


def _draw_row(
    axes: Axes, patterns: np.ndarray, channels: np.ndarray, titles: list[str], n_columns: int, steps_per_beat: int
) -> None:
    """Draw atoms side by side, ``(n_atoms, n_steps, n_channels)``, with room for `n_columns`, a title above each."""
    n_steps = patterns.shape[1]
    pitch_steps = n_steps + max(2, n_steps // 8 + 1)
    starts = pitch_steps * np.arange(len(patterns))
    draw_rows(axes, np.pad(patterns, ((0, 0), (0, pitch_steps - n_steps), (0, 0))).reshape(-1, len(channels)), channels)
    across = axes.get_xaxis_transform()
    width = n_steps + 2 * PANEL_EDGE_STEPS
    axes.bar(starts - PANEL_EDGE_STEPS, 1, width, transform=across, align="edge", zorder=0.6, **PANEL_STYLE)
    beats = starts[:, None] + np.arange(0, n_steps + 1, steps_per_beat)
    axes.vlines(beats.ravel(), 0, 1, transform=across, colors="0.85", linewidths=0.5, zorder=0.5)
    for start, title in zip(starts, titles, strict=True):
        axes.text(start - PANEL_EDGE_STEPS, 1.03, title, transform=across, fontsize=TITLE_SIZE, va="bottom")
    axes.set(xticks=[], xlabel="", xlim=(-PANEL_EDGE_STEPS, pitch_steps * (n_columns - 1) + n_steps + PANEL_EDGE_STEPS))
    axes.tick_params(axis="y", labelsize=NAME_SIZE, length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
