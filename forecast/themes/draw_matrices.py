"""Figures of self-similarity: which patches of a piece are alike, with the themes along the edges."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from embed.themes.self_similarity import contrast_limits
from embed.themes.theme import reference_spans_s, spans_of, to_seconds
from forecast.themes.colours import colours_like, colours_of
from pipeline import figures
from pipeline.results import Arrays
from save_dataset.themes.recordings import Recordings

MAX_PX = 900  # side of an image: more is not seen, and makes large files
MAX_PIECES = 5
PANEL_IN = 3.9, 3.6
EDGE = 0.15  # of a panel's side, for the themes next to it
MIN_ROWS = 8  # fewer themes are as thin
MAX_ROWS = 12  # of the estimated themes, the strongest
EXPLAINED = (
    "Each point: similarity of two patches,\nbright if large.\n\n"
    "Bars at the left: estimated themes (lag),\nthe strongest next to the matrix"
)
EXPLAINED_REFERENCE = (
    ", each\nin the colour of the reference theme that it is\nmost like, grey if it is like none.\n\n"
    "Bars above: reference themes."
)


def draw_matrices(matrices: Arrays, themes: Arrays, recordings: Recordings, patch_frames: int) -> Figure:
    """Draw the matrices of the first pieces, with reference themes above and estimated themes at the left."""
    n_pieces = min(recordings.n_searched, MAX_PIECES)
    figure, panels = _panels_for(n_pieces + 1)
    panels[n_pieces].axis("off")
    explained = EXPLAINED + (EXPLAINED_REFERENCE if len(recordings.truth) else ".")
    panels[n_pieces].text(0, 0.9, explained, va="top", fontsize=9, transform=panels[n_pieces].transAxes)
    for piece, axes in enumerate(panels[:n_pieces]):
        _draw_matrix(axes, matrices[f"ours_{piece}"], recordings, piece, patch_frames)
        _draw_edges(axes, themes, recordings, piece)
    return figure


def draw_similarity(matrices: Mapping[str, Arrays], recordings: Recordings, patch_frames: Mapping[str, int]) -> Figure:
    """Draw the matrix of the first piece by the features of each run."""
    figure, panels = _panels_for(len(matrices))
    for axes, (run, arrays) in zip(panels, matrices.items(), strict=False):
        image = _draw_matrix(axes, arrays["ours_0"], recordings, 0, patch_frames[run])
        axes.set(title=run, ylabel="time (s)")
        figure.colorbar(image, ax=axes, label="similarity", shrink=0.8, extend="both")
    figure.suptitle(figures.shown(recordings.names[0]))
    return figure


def _panels_for(n_panels: int) -> tuple[Figure, np.ndarray]:
    """A figure with panels, three in a row at most, of which the last row may have more, empty."""
    n_columns = min(n_panels, 3)
    n_rows = -(-n_panels // n_columns)
    figure = figures.new_figure(PANEL_IN[0] * n_columns, PANEL_IN[1] * n_rows)
    panels = figure.subplots(n_rows, n_columns, squeeze=False).ravel()
    for axes in panels[n_panels:]:
        axes.axis("off")
    return figure, panels


def _draw_matrix(axes: Axes, matrix: np.ndarray, recordings: Recordings, piece: int, patch_frames: int) -> AxesImage:
    """Draw a matrix ``(n_patches, n_patches)``, time to the right and downwards."""
    first_s, last_s = to_seconds(np.array([0, len(matrix)]), patch_frames, recordings.hop_s)
    dark, bright = contrast_limits(matrix)
    image = axes.imshow(
        shrink(matrix),
        cmap=figures.PIXEL_COLOURS,
        vmin=dark,
        vmax=bright,
        extent=(first_s, last_s, last_s, first_s),
    )
    axes.set(xlim=(0, recordings.durations_s[piece]), ylim=(recordings.durations_s[piece], 0), xlabel="time (s)")
    axes.set_yticks(axes.get_xticks()[:-1])
    return image


def shrink(matrix: np.ndarray) -> np.ndarray:
    """Return the largest value of each block of cells, which keeps thin diagonals; incomplete blocks are left out."""
    block = -(-len(matrix) // MAX_PX)
    n_blocks = len(matrix) // block
    cut = matrix[: n_blocks * block, : n_blocks * block].astype(np.float32)
    return cut.reshape(n_blocks, block, n_blocks, block).max(axis=(1, 3))


def _draw_edges(axes: Axes, themes: Arrays, recordings: Recordings, piece: int) -> None:
    reference = reference_spans_s(recordings.patterns(piece), recordings.score(piece))
    estimated = spans_of(themes, "lag", piece)[:MAX_ROWS]
    above = axes.inset_axes((0, 1.02, 1, EDGE), sharex=axes)
    left = axes.inset_axes((-0.02 - EDGE, 0, EDGE, 1), sharey=axes)
    for row, (spans_s, colour) in enumerate(zip(reference, colours_of(reference), strict=True)):
        above.barh(row, np.diff(spans_s)[:, 0], left=spans_s[:, 0], color=colour)
    for row, (spans_s, colour) in enumerate(zip(estimated, colours_like(reference, estimated), strict=True)):
        left.bar(row, np.diff(spans_s)[:, 0], bottom=spans_s[:, 0], color=colour)
    above.set_ylim(-0.5, max(len(reference), MIN_ROWS) - 0.5)
    left.set_xlim(max(len(estimated), MIN_ROWS) - 0.5, -0.5)
    above.axis("off")
    above.set_title(figures.shown(recordings.names[piece]))
    left.spines["bottom"].set_visible(False)
    left.tick_params(bottom=False, labelbottom=False)
    left.set_ylabel("time (s)")
    axes.tick_params(left=False, labelleft=False)
