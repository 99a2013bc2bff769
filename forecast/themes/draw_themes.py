"""Themes on the timelines of their pieces: the reference, and those estimated by either extractor."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from embed.themes.theme import EXTRACTORS, reference_spans_s, spans_of
from forecast.themes.colours import colours_like, colours_of
from forecast.themes.draw_matrices import draw_matrices, draw_similarity
from pipeline import figures, results
from pipeline.parameters import ROOT
from pipeline.results import Arrays
from pipeline.studies.themes import Parameters
from save_dataset.themes.recordings import Recordings

MAX_PIECES = 10  # more make no page
MAX_ROWS = 20  # of an extractor, the strongest; Nieto and Farbood's may find a hundred
WIDTH_IN = 10.0
ROW_IN = 0.105  # digits of NUMBER_SIZE fit
PIECE_IN = 0.75  # title and ticks
GAP_ROWS = 1.5  # between blocks
NUMBER_SIZE = 6
EXPLAINED = "estimated themes have the colour of the reference theme that they are most like, grey if like none"
NAMES = {"lag": "estimated (lag)", "nieto_farbood": "estimated\n(nieto_farbood)"}


def draw_themes(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Draw `matrix_<run>` and `themes_<run>` of all runs with fresh themes, and `similarity`; return the paths."""
    runs = parameters.for_runs()
    matrices = results.load_fresh(runs, "matrices", root)
    if not matrices:
        return []
    recordings = Recordings.from_arrays(results.load(parameters, "recordings", root))
    patch_frames = {str(run.run): run.model.patch_frames for run in runs}
    drawn = {"similarity": draw_similarity(matrices, recordings, patch_frames)}
    for run, themes in results.load_fresh(runs, "themes", root).items():
        drawn[f"matrix_{run}"] = draw_matrices(matrices[run], themes, recordings, patch_frames[run])
        drawn[f"themes_{run}"] = draw_timelines(themes, recordings)
    return figures.save_all(drawn, parameters, root)


def draw_timelines(themes: Arrays, recordings: Recordings) -> Figure:
    """Draw a panel for each piece, a row for each theme, a bar for each occurrence; the strongest themes on top.

    An estimated theme has the colour of the reference theme that it is most like, grey if it is like none.
    """
    pieces = range(min(recordings.n_searched, MAX_PIECES))
    blocks_by_piece = [blocks_of(themes, recordings, piece) for piece in pieces]
    heights = [PIECE_IN + ROW_IN * _n_rows_of(blocks) for blocks in blocks_by_piece]
    figure = figures.new_figure(WIDTH_IN, sum(heights))
    if any("reference" in blocks for blocks in blocks_by_piece):
        figure.suptitle(EXPLAINED, fontsize=9)
    panels = figure.subplots(len(blocks_by_piece), squeeze=False, height_ratios=heights)[:, 0]
    for axes, piece, blocks in zip(panels, pieces, blocks_by_piece, strict=True):
        _draw_blocks(axes, blocks)
        axes.set_xlim(0, recordings.durations_s[piece])
        axes.set_title(figures.shown(recordings.names[piece]), loc="left")
    panels[-1].set_xlabel("time (s)")
    return figure


def blocks_of(themes: Arrays, recordings: Recordings, piece: int) -> dict[str, tuple[list[np.ndarray], list[str]]]:
    """Return spans in s and colours of the themes of a piece by block; without a reference its block is left out."""
    reference = reference_spans_s(recordings.patterns(piece), recordings.score(piece))
    blocks = {"reference": (reference, colours_of(reference))} if reference else {}
    for extractor in EXTRACTORS:
        estimated = spans_of(themes, extractor, piece)[:MAX_ROWS]
        blocks[NAMES[extractor]] = (estimated, colours_like(reference, estimated))
    return blocks


def _n_rows_of(blocks: Mapping[str, tuple[list[np.ndarray], list[str]]]) -> float:
    """Rows of a panel, those of the gaps and of a block of nothing included."""
    return sum(max(1, len(spans)) + GAP_ROWS for spans, _ in blocks.values())


def _draw_blocks(axes: Axes, blocks: Mapping[str, tuple[list[np.ndarray], list[str]]]) -> None:
    middles, numbers, top = [], [], 0.0
    for spans, colours in blocks.values():
        rows = top + np.arange(len(spans))
        _draw_bars(axes, spans, rows, colours)
        numbers += [(row, str(theme)) for theme, row in enumerate(rows, start=1)]
        middles.append(top + (max(1, len(spans)) - 1) / 2)
        top += max(1, len(spans)) + GAP_ROWS
        axes.axhline(top - 0.5 - GAP_ROWS / 2, color="0.85", linewidth=0.6)
    axes.set_ylim(top - 0.5 - GAP_ROWS / 2, -0.5 - GAP_ROWS / 2)
    axes.yaxis.remove_overlapping_locs = False  # a number in the middle of its block is no less needed
    axes.set_yticks(middles, [*blocks])
    axes.tick_params(axis="y", which="major", length=0, pad=16)
    axes.set_yticks([row for row, _ in numbers], [text for _, text in numbers], minor=True, fontsize=NUMBER_SIZE)
    axes.tick_params(axis="y", which="minor", length=0, pad=2)
    axes.grid(axis="x")
    axes.set_axisbelow(True)


def _draw_bars(axes: Axes, spans: Sequence[np.ndarray], rows: np.ndarray, colours: Sequence[str]) -> None:
    for spans_s, row, colour in zip(spans, rows, colours, strict=True):
        bars = [(start_s, end_s - start_s) for start_s, end_s in spans_s]
        axes.broken_barh(bars, (row - 0.4, 0.8), facecolor=colour, edgecolor="white", linewidth=0.4)
