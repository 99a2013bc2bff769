"""Figures of trajectories in three dimensions, coloured by time, alone or side by side."""

import math
from collections.abc import Mapping

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from mpl_toolkits.mplot3d import Axes3D
from mpl_toolkits.mplot3d.art3d import Line3DCollection

from embed.song.sections import Sections, cut, legend_of
from pipeline.figures import TIME_COLOURS, describe_thinning, new_figure, thinning

PANEL_IN = 4.4
BAR_IN, LEGEND_IN = 1.1, 1.7
MAX_POINTS = 10_000  # of a line: more are a blot
FINENESS = 0.5  # of the line of a trajectory that has more


def draw_trajectories(embeddings: Mapping[str, Mapping[str, np.ndarray]], sections: Sections = ()) -> Figure:
    """Draw a panel for each embedding, by run as step 3 stores them, and one colour bar for time.

    Titles have the run, its smoothness and its reconstruction loss. Where there are sections, ``(first point, name)``,
    colours are theirs.
    """
    n_columns = len(embeddings) if len(embeddings) <= 3 else math.ceil(math.sqrt(len(embeddings)))
    n_rows = -(-len(embeddings) // n_columns)
    bar_in = LEGEND_IN if sections else BAR_IN
    width_in = PANEL_IN * n_columns + bar_in
    figure = new_figure(width_in, PANEL_IN * n_rows, layout=None)  # no layout engine knows what 3-D axes need
    right = 1 - bar_in / width_in
    top = 0.9 if max(len(embedding["z"]) for embedding in embeddings.values()) <= MAX_POINTS else 0.86  # a line more
    figure.subplots_adjust(left=0, right=right, bottom=0.04, top=top, wspace=0, hspace=0.16)
    panels = figure.subplots(n_rows, n_columns, squeeze=False, subplot_kw={"projection": "3d"}).ravel()
    scale = Normalize(0.0, max(embedding["times_s"][-1] for embedding in embeddings.values()))
    for axes, (run, embedding) in zip(panels, embeddings.items(), strict=False):
        draw_trajectory(axes, run, embedding, scale, sections)
    for axes in panels[len(embeddings) :]:
        axes.remove()
    if sections:
        figure.legend(handles=legend_of(sections), loc="center right")
        return figure
    bar = figure.add_axes((right + 0.3 / width_in, 0.2, 0.14 / width_in, 0.55))
    figure.colorbar(ScalarMappable(scale, TIME_COLOURS), cax=bar, label="time (s)")
    return figure


def draw_trajectory(
    axes: Axes3D, run: str, embedding: Mapping[str, np.ndarray], scale: Normalize, sections: Sections = ()
) -> None:
    """Draw a trajectory as a line coloured by time, or section.

    The title says so if not all dimensions are shown, or not all points of a long one, whose line is also finer.
    """
    all_points, kept = first_three_components(embedding["z"])
    points, sections, every = thin(all_points, sections)
    fineness = FINENESS if every > 1 else 1
    if sections:
        for piece in cut(len(points), sections):
            axes.plot(*points[piece.points].T, color=piece.colour, linewidth=0.9 * fineness, rasterized=True)
    else:
        segments = np.stack([points[:-1], points[1:]], axis=1)  # (n_points - 1, 2, 3)
        line = Line3DCollection(segments, cmap=TIME_COLOURS, norm=scale, linewidth=0.8 * fineness, rasterized=True)
        line.set_array(embedding["times_s"][::every][:-1])
        axes.add_collection3d(line)
    name = "z" if kept is None else "component "
    for dimension, axis in enumerate("xyz"):
        if dimension < embedding["z"].shape[1]:
            limits = all_points[:, dimension].min(), all_points[:, dimension].max()
            axes.set(**{f"{axis}label": f"{name}{dimension + 1}", f"{axis}lim": limits})
        else:
            axes.set(**{f"{axis}lim": (-1, 1), f"{axis}ticks": []})
    axes.tick_params(labelsize=7, pad=1)
    axes.locator_params(nbins=5)
    axes.set_box_aspect(None, zoom=1.05)
    shown = "" if kept is None else f" ({embedding['z'].shape[1]} dimensions, {kept:.0%} of the variance shown)"
    smoothness, loss = embedding["mean_velocity_cosine"], embedding["reconstruction_loss"]
    title = f"{run}{shown}\nmean cos(v, v next) {smoothness:.3f}, reconstruction {loss:.5f}"
    if every > 1:
        title += "\n" + describe_thinning(every, len(all_points), "points")
    axes.set_title(title, fontsize=10)


def thin(points: np.ndarray, sections: Sections = ()) -> tuple[np.ndarray, Sections, int]:
    """Return every n-th point of a long trajectory, `MAX_POINTS` at most; its sections by these points; and n."""
    every = thinning(len(points), MAX_POINTS)
    return points[::every], [(-(-first // every), name) for first, name in sections], every


def first_three_components(z: np.ndarray) -> tuple[np.ndarray, float | None]:
    """Return points ``(n_points, 3)`` to draw a trajectory by, and the fraction of variance they keep if not all.

    Three dimensions are shown as they are, fewer with zeros added, more by their principal components.
    """
    origin, axes, kept = three_axes(z)
    return (z - origin) @ axes, kept


def three_axes(z: np.ndarray) -> tuple[np.ndarray, np.ndarray, float | None]:
    """Return origin ``(latent_dim,)`` and axes ``(latent_dim, 3)`` to draw a space by, and the variance they keep.

    A forecast is drawn by the axes of the trajectory it is a forecast of.
    """
    latent_dim = z.shape[1]
    if latent_dim <= 3:
        return np.zeros(latent_dim, z.dtype), np.eye(latent_dim, 3, dtype=z.dtype), None
    origin = z.mean(axis=0)
    _, deviations, directions = np.linalg.svd(z - origin, full_matrices=False)
    return origin, directions[:3].T, float(np.sum(deviations[:3] ** 2) / np.sum(deviations**2))
