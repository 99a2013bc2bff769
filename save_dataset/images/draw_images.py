"""The figure of the digits: some of each, upright and rotated."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from pipeline import figures, results
from pipeline.figures import new_figure
from pipeline.parameters import ROOT, StudyParameters
from save_dataset.images.digits import rotate

N_UPRIGHT = 3
ANGLES_DEG = (60, 120, 180)
CELL_IN = 0.62
GAP_FRACTION = 0.12  # between images, of their side


def draw_images(parameters: StudyParameters, root: Path = ROOT) -> list[Path]:
    """Draw the figure `images` from the stored images; returns paths."""
    arrays = results.load(parameters, "images", root)
    figure = draw_digits(arrays["images"], arrays["labels"])
    return figures.save(figure, results.figure_path(parameters, "images", root))


def draw_digits(images: np.ndarray, labels: np.ndarray) -> Figure:
    """Draw a column for each digit: some images of it as they are, then the first of them rotated."""
    digits = np.unique(labels)
    columns = [images[np.resize(np.flatnonzero(labels == digit), N_UPRIGHT)] for digit in digits]
    first = np.stack([column[0] for column in columns])
    rows = [*np.stack(columns, axis=1), *(rotate(first, np.full(len(first), angle)) for angle in ANGLES_DEG)]
    figure = new_figure(CELL_IN * len(digits) + 1.2, CELL_IN * len(rows) + 0.6)
    axes = figure.subplots()
    sheet, pitch_pixels = sheet_of(np.array(rows))
    axes.imshow(sheet, cmap="gray_r", vmin=0, vmax=1, interpolation="nearest")
    middle = (images.shape[1] - 1) / 2
    names = ["upright"] * N_UPRIGHT + [f"rotated {angle}°" for angle in ANGLES_DEG]
    axes.set_xticks(middle + pitch_pixels * np.arange(len(digits)), digits)
    axes.set_yticks(middle + pitch_pixels * np.arange(len(rows)), names)
    axes.axhline(pitch_pixels * (N_UPRIGHT - 0.5) + middle, color="0.5", linewidth=0.8)
    axes.tick_params(length=0, top=False, bottom=False, labeltop=True, labelbottom=False)
    axes.spines[:].set_visible(False)
    return figure


def sheet_of(rows: np.ndarray) -> tuple[np.ndarray, int]:
    """Return images ``(n_rows, n_columns, side, side)`` on one sheet, and how far apart they begin."""
    n_rows, n_columns, side, _ = rows.shape
    gap = max(1, round(GAP_FRACTION * side))
    spaced = np.pad(rows, ((0, 0), (0, 0), (0, gap), (0, gap)))
    sheet = spaced.transpose(0, 2, 1, 3).reshape(n_rows * (side + gap), n_columns * (side + gap))
    return sheet[:-gap, :-gap], side + gap
