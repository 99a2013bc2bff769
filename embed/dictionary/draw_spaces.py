"""Bars of music and bars of code as points in the plane of their first two principal components."""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.decomposition import PCA

from embed.dictionary.sparse_codes import SparseCodes
from pipeline import figures, results
from pipeline.parameters import ROOT
from pipeline.sections.dictionary_study import DictionaryParameters
from save_dataset.midi.corpus import Corpus

MAX_WINDOWS = 2000
MAX_LABELS = 8
LABEL_COLOURS = ("tab:blue", "tab:orange", "tab:green", "tab:red", "tab:purple", "tab:brown", "tab:pink", "tab:olive")
OTHER_COLOUR = "0.75"
PANEL_IN = 3.6
MAX_COLUMNS = 4


def draw_spaces(parameters: DictionaryParameters, root: Path = ROOT) -> list[Path]:
    """Draw the figure `spaces`: held-out bars, as music and as code of each run; returns the paths."""
    stored = results.load_fresh(parameters.for_runs(), "codes", root)
    if not stored:
        return []
    corpus = Corpus.from_arrays(results.load(parameters, "corpus", root))
    firsts = choose_bars(corpus)
    if len(firsts) < 3:
        print("figure spaces: left out, fewer than three bars are held out")
        return []
    spaces = {"music": corpus.cut(firsts, corpus.steps_per_bar).reshape(len(firsts), -1)}
    spaces |= {
        f"code of {run}": codes_of_bars(corpus, SparseCodes.from_arrays(arrays), firsts)
        for run, arrays in stored.items()
    }
    figure = draw_planes(spaces, corpus.labels[_pieces_of_steps(corpus, firsts)])
    return figures.save(figure, results.figure_path(parameters, "spaces", root))


def choose_bars(corpus: Corpus) -> np.ndarray:
    """Return the first steps of bars with music in them, of held-out pieces if there are any, ``(n_bars,)``.

    They are at most `MAX_WINDOWS`, evenly spaced.
    """
    held_out = np.flatnonzero(corpus.splits != "train")
    firsts = corpus.windows(held_out if len(held_out) else np.arange(corpus.n_pieces), corpus.steps_per_bar)
    has_music = corpus.has_music[firsts[:, None] + np.arange(corpus.steps_per_bar)].any(axis=1)
    firsts = firsts[has_music]
    return firsts[np.unique(np.linspace(0, len(firsts) - 1, min(len(firsts), MAX_WINDOWS)).astype(int))]


def _pieces_of_steps(corpus: Corpus, steps: np.ndarray) -> np.ndarray:
    return np.searchsorted(corpus.starts, steps, "right") - 1


def codes_of_bars(corpus: Corpus, codes: SparseCodes, firsts: np.ndarray) -> np.ndarray:
    """Return the code of what begins in each bar, ``(n_bars, n_columns * n_atoms)``."""
    n_columns = max(1, corpus.steps_per_bar // codes.stride_steps)
    overhang = codes.patterns.shape[1] - codes.stride_steps
    rows = np.zeros((len(firsts), n_columns, len(codes.patterns)), np.float32)
    pieces = _pieces_of_steps(corpus, firsts)
    for piece in np.unique(pieces):
        code = codes.piece(piece)
        of_piece = pieces == piece
        columns = (firsts[of_piece] - corpus.starts[piece] + overhang) // codes.stride_steps
        rows[of_piece] = code[np.minimum(columns[:, None] + np.arange(n_columns), len(code) - 1)]
    return rows.reshape(len(firsts), -1)


def draw_planes(spaces: dict[str, np.ndarray], labels: np.ndarray) -> Figure:
    """Draw a panel for each space, its points in the plane of two principal components, coloured by label."""
    n_columns = min(len(spaces), MAX_COLUMNS)
    n_rows = -(-len(spaces) // n_columns)
    figure = figures.new_figure(PANEL_IN * n_columns + 1.2, PANEL_IN * n_rows)
    panels = figure.subplots(n_rows, n_columns, squeeze=False)
    for axes in panels.flat[len(spaces) :]:
        axes.set_axis_off()
    for axes, (name, points) in zip(panels.flat, spaces.items(), strict=False):
        keys = _draw_plane(axes, points, labels)
        axes.set_title(name, loc="left")
    if keys:  # given, since matplotlib leaves out names with a leading underscore
        figure.legend(*zip(*keys, strict=True), loc="outside right upper", markerscale=3)
    return figure


def _draw_plane(axes: Axes, points: np.ndarray, labels: np.ndarray) -> list[tuple[Artist, str]]:
    """Draw one panel; labels beyond the most frequent are grey, and drawn first. Returns dots and names."""
    pca = PCA(2, svd_solver="randomized", random_state=0)
    with np.errstate(invalid="ignore"):  # of points that are all the same
        plane = pca.fit_transform(points)
    names, counts = np.unique(labels[labels != ""], return_counts=True)
    shown = names[np.argsort(-counts, kind="stable")][:MAX_LABELS]
    style: dict[str, Any] = {"s": 5, "linewidths": 0, "alpha": 0.7, "rasterized": True}
    others = ~np.isin(labels, shown)
    keys: list[tuple[Artist, str]] = []
    if others.any():
        dots = axes.scatter(*plane[others].T, color=OTHER_COLOUR, **style)
        keys = [(dots, "other")] if len(shown) else []
    for label, colour in zip(shown, LABEL_COLOURS, strict=False):
        keys.append((axes.scatter(*plane[labels == label].T, color=colour, **style), figures.shown(label)))
    percent = 100 * np.nan_to_num(pca.explained_variance_ratio_)
    axes.set(xlabel=f"component 1 ({percent[0]:.0f} % of variance)", xticks=[])
    axes.set(ylabel=f"component 2 ({percent[1]:.0f} %)", yticks=[])
    return keys
