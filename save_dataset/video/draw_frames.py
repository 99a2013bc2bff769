"""The figure of a film: some of its frames, and the part of the split that each is in."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from pipeline import figures, results
from pipeline.figures import new_figure
from pipeline.parameters import ROOT
from pipeline.stored_frames import HIGHEST
from pipeline.studies.video import Parameters
from save_dataset.series import load_series

N_ROWS, N_COLUMNS = 2, 5
WIDTH_IN, TITLE_IN = 10, 0.45
PART_COLOURS = {"train": "black", "validation": "tab:blue", "test": "tab:red"}


def draw_frames(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Draw the figure `frames` from the stored frames; returns paths."""
    series = load_series(parameters, root)
    n_frames = len(series["frames"])
    indices = np.unique(np.linspace(0, n_frames - 1, N_ROWS * N_COLUMNS).round().astype(int))
    n_train, n_validation = parameters.count_parts(n_frames)
    parts = np.digitize(indices, [n_train, n_train + n_validation])
    names = [list(PART_COLOURS)[part] for part in parts] if n_train < n_frames else None
    figure = draw_sheet(series["frames"].read(indices), series["times_s"][indices], names)
    return figures.save(figure, results.figure_path(parameters, "frames", root))


def draw_sheet(frames: np.ndarray, times_s: np.ndarray, parts: list[str] | None = None) -> Figure:
    """Draw frames ``(n, height, width)`` of 8 bits row by row, each with its time, and its part in its colour."""
    n_rows = -(-len(frames) // N_COLUMNS)
    height_in = WIDTH_IN / N_COLUMNS * frames.shape[1] / frames.shape[2] + TITLE_IN
    figure = new_figure(WIDTH_IN, n_rows * height_in)
    grid = figure.subplots(n_rows, N_COLUMNS, squeeze=False).ravel()
    for axes in grid:
        axes.set_axis_off()
    for index, (axes, frame, time_s) in enumerate(zip(grid, frames, times_s, strict=False)):
        axes.imshow(frame, cmap="gray", vmin=0, vmax=HIGHEST)
        part = parts[index] if parts else "train"
        axes.set_title(f"{time_s:.2f} s" + (f", {part}" if parts else ""), color=PART_COLOURS[part])
    return figure
