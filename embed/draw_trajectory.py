"""Pictures of trajectories in three dimensions, coloured by time, alone or side by side."""

from collections.abc import Mapping

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from mpl_toolkits.mplot3d import Axes3D
from mpl_toolkits.mplot3d.art3d import Line3DCollection

from pipeline.figures import TIME_COLOURS, new_figure

PANEL_IN = 4.6
MOST_PANELS_A_ROW = 3


def draw_trajectories(embeddings: Mapping[str, Mapping[str, np.ndarray]]) -> Figure:
    """One panel for each stored embedding, titled with its run, smoothness and reconstruction loss; one bar for time.

    Parameters
    ----------
    embeddings : mapping of str to mapping of str to np.ndarray
        By run, as step 3 stores them.
    """
    n_columns = min(len(embeddings), MOST_PANELS_A_ROW)
    n_rows = -(-len(embeddings) // n_columns)
    figure = new_figure(PANEL_IN * n_columns + 0.9, PANEL_IN * n_rows)
    panels = figure.subplots(n_rows, n_columns, squeeze=False, subplot_kw={"projection": "3d"}).ravel()
    times_s = np.concatenate([embedding["times_s"] for embedding in embeddings.values()])
    scale = Normalize(0.0, times_s.max())
    for axes, (run, embedding) in zip(panels, embeddings.items(), strict=False):
        draw_trajectory(axes, embedding, scale)
        axes.set_title(
            f"{run}\nmean cos(v, v next) {embedding['mean_velocity_cosine']:.3f}, "
            f"reconstruction {embedding['reconstruction_loss']:.5f}"
        )
    for axes in panels[len(embeddings) :]:
        axes.remove()
    colours = ScalarMappable(scale, TIME_COLOURS)
    figure.colorbar(colours, ax=list(panels[: len(embeddings)]), label="time (s)", shrink=0.6, pad=0.08)
    return figure


def draw_trajectory(axes: Axes3D, embedding: Mapping[str, np.ndarray], scale: Normalize) -> None:
    """One trajectory as a line coloured by time; of more than three dimensions the first three components."""
    points, kept = first_three_components(embedding["z"])
    segments = np.stack([points[:-1], points[1:]], axis=1)  # (n_points - 1, 2, 3)
    line = Line3DCollection(segments, cmap=TIME_COLOURS, norm=scale, linewidth=0.8, rasterized=True)
    line.set_array(embedding["times_s"][:-1])
    axes.add_collection3d(line)
    lowest, highest = points.min(axis=0), points.max(axis=0)
    axes.set(xlim=(lowest[0], highest[0]), ylim=(lowest[1], highest[1]), zlim=(lowest[2], highest[2]))
    name = "z" if kept is None else "component "
    axes.set(xlabel=f"{name}1", ylabel=f"{name}2", zlabel=f"{name}3")
    axes.tick_params(labelsize=7, pad=0)
    if kept is not None:
        axes.text2D(0.5, 0.0, f"{kept:.0%} of the variance", transform=axes.transAxes, ha="center", fontsize=9)


def first_three_components(z: np.ndarray) -> tuple[np.ndarray, float | None]:
    """Points ``(n_points, 3)`` to draw a trajectory by, and the share of variance they keep where it is not all.

    Parameters
    ----------
    z : np.ndarray (n_points, latent_dim)
        Shown as it is in three dimensions, with zeros added in fewer, by its principal components in more.
    """
    latent_dim = z.shape[1]
    if latent_dim <= 3:
        return np.pad(z, ((0, 0), (0, 3 - latent_dim))), None
    centred = z - z.mean(axis=0)
    _, spreads, directions = np.linalg.svd(centred, full_matrices=False)
    kept = np.sum(spreads[:3] ** 2) / np.sum(spreads**2)
    return centred @ directions[:3].T, float(kept)
