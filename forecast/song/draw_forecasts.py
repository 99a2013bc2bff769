"""Figures of forecasts in the space of the trajectory: one long forecast by each method, and fans of short ones."""

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from mpl_toolkits.mplot3d import Axes3D
from mpl_toolkits.mplot3d.art3d import Line3DCollection

from embed.song.draw_trajectory import FINENESS, thin, three_axes
from embed.song.sections import Sections, cut, legend_of
from pipeline import figures, results
from pipeline.figures import METHOD_COLOURS, METHOD_NAMES, describe_thinning, new_figure
from pipeline.parameters import ROOT
from pipeline.results import Arrays
from pipeline.sections.trajectory_study import TrajectoryParameters
from pipeline.windows import mean_hop_s

PANEL_IN = 2.9
TITLE_IN = 0.55
N_FANS = 5
BASELINES = ("persistence", "constant_velocity", "climatology")  # which leave nothing to see


def draw_all_forecasts(parameters: TrajectoryParameters, root: Path = ROOT) -> list[Path]:
    """Draw the forecasts of each run that has any; return the paths."""
    paths = []
    for run in parameters.for_runs():
        kinds = {method: f"forecast_{method}" for method in run.methods_of_run() if method not in BASELINES}
        forecasts = results.load_fresh_kinds(run, kinds, root)
        if not forecasts:
            continue
        embedding = results.load(run, "embedding", root)
        for name, draw in {"forecasts": draw_long_forecasts, "fans": draw_fans}.items():
            figure = draw(embedding, forecasts, parameters.sections_of(len(embedding["z"])))
            paths += figures.save(figure, results.figure_path(parameters, f"{name}_{run.run}", root))
    return paths


def draw_long_forecasts(embedding: Arrays, forecasts: Mapping[str, Arrays], sections: Sections = ()) -> Figure:
    """Draw a panel for each method: the trajectory in grey, or in the colours of its sections, the long forecast on it.

    Its start is marked.
    """
    figure, panels = _panels_for(forecasts)
    origin, axes_of_z, _ = three_axes(embedding["z"])
    points = (embedding["z"] - origin) @ axes_of_z
    hop_s = mean_hop_s(embedding["times_s"])
    for axes, (method, forecast) in zip(panels, forecasts.items(), strict=False):
        path, start = (forecast["long_forecast"] - origin) @ axes_of_z, int(forecast["long_start"])
        truth = points[start : start + len(path)]
        _draw_background(axes, points, METHOD_NAMES[method], sections)
        axes.plot(*truth.T, color="0.35", linewidth=0.9)
        axes.plot(*path.T, color=METHOD_COLOURS[method], linewidth=1.3)
        axes.plot(*points[start, :, None], "o", color="black", markersize=4)
    n_steps, start_s = len(path) - 1, float(embedding["times_s"][start])
    figure.suptitle(
        f"forecasts over {n_steps} steps ({n_steps * hop_s:.1f} s) from {start_s:.1f} s on; dark grey: the true path"
        + _of_background(points)
    )
    if sections:
        figure.legend(handles=legend_of(sections), loc="lower right", fontsize=8)
    return figure


def draw_fans(embedding: Arrays, forecasts: Mapping[str, Arrays], sections: Sections = ()) -> Figure:
    """Draw a panel for each method: short forecasts from points all over the song, each beginning at a dot."""
    figure, panels = _panels_for(forecasts)
    origin, axes_of_z, _ = three_axes(embedding["z"])
    points = (embedding["z"] - origin) @ axes_of_z
    for axes, (method, forecast) in zip(panels, forecasts.items(), strict=False):
        chosen = np.unique(np.linspace(0, len(forecast["starts"]) - 1, N_FANS).astype(int))
        paths = (forecast["forecast"][chosen] - origin) @ axes_of_z
        truths = points[forecast["starts"][chosen, None] + np.arange(paths.shape[1])]
        _draw_background(axes, points, METHOD_NAMES[method], sections)
        axes.add_collection3d(Line3DCollection(truths, color="0.35", linewidth=0.8))
        axes.add_collection3d(Line3DCollection(paths, color=METHOD_COLOURS[method], linewidth=1.1))
        axes.plot(*paths[:, 0].T, "o", color="black", markersize=2)
    n_steps = paths.shape[1] - 1
    figure.suptitle(
        f"forecasts over {n_steps} steps from {len(chosen)} points; dark grey: the true path" + _of_background(points)
    )
    return figure


def _panels_for(forecasts: Mapping[str, Arrays]) -> tuple[Figure, np.ndarray]:
    n_columns = min(4, len(forecasts))
    n_rows = math.ceil(len(forecasts) / n_columns)
    height_in = PANEL_IN * n_rows + TITLE_IN
    figure = new_figure(max(PANEL_IN * n_columns, 5.5), height_in, layout=None)
    top = 1 - 1.5 * TITLE_IN / height_in
    figure.subplots_adjust(left=0, right=1, bottom=0.01, top=top, wspace=0, hspace=0.12)
    panels = figure.subplots(n_rows, n_columns, squeeze=False, subplot_kw={"projection": "3d"}).ravel()
    for axes in panels[len(forecasts) :]:
        axes.remove()
    return figure, panels


def _draw_background(axes: Axes3D, points: np.ndarray, title: str, sections: Sections) -> None:
    """Draw the trajectory, light, in a box without numbers: panels are compared, not read off."""
    thinned, sections, every = thin(points, sections)
    fineness = FINENESS if every > 1 else 1
    if not sections:
        axes.plot(*thinned.T, color="0.8", linewidth=0.4 * fineness, rasterized=True)
    for piece in cut(len(thinned), sections) if sections else ():
        axes.plot(*thinned[piece.points].T, color=piece.colour, linewidth=0.8 * fineness, alpha=0.5, rasterized=True)
    low, high = points.min(axis=0), points.max(axis=0)
    high = np.where(high > low, high, low + 1)
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), zlim=(low[2], high[2]))
    axes.set(xticks=[], yticks=[], zticks=[])
    axes.set_box_aspect(None, zoom=1.15)
    axes.set_title(title, fontsize=10, pad=0)


def _of_background(points: np.ndarray) -> str:
    """What is said of a trajectory that is too long to be drawn point by point."""
    *_, every = thin(points)
    return "" if every == 1 else f"\nlight: the song, {describe_thinning(every, len(points), 'points')}"
