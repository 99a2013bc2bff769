"""Nearest neighbours among those points that may be neighbours, exact for any rule."""

from collections.abc import Callable

import numpy as np
from scipy.spatial import KDTree


def nearest_allowed(
    tree: KDTree,
    queries: np.ndarray,
    n_neighbours: int,
    allow: Callable[[np.ndarray, np.ndarray], np.ndarray],
    key: str = "n_neighbours",
) -> tuple[np.ndarray, np.ndarray]:
    """Return distances and indices ``(n_queries, n_neighbours)`` of the nearest points allowed as neighbours.

    Asks the tree for more and more points until enough of them are allowed: where the rule forbids few, that is soon.
    Of points at the same distance those are taken that the tree names first.

    Parameters
    ----------
    tree : scipy.spatial.KDTree
        Of the points.
    queries : np.ndarray (n_queries, n_axes)
        Where neighbours are looked for.
    allow : callable
        From indices of queries ``(n, 1)`` and of points ``(n, k)`` to whether each pair is allowed.
    key : str
        Of the parameter that asks for so many neighbours.

    Raises
    ------
    ValueError
        If a query has fewer neighbours that are allowed; it begins with `key`.
    """
    distances = np.empty((len(queries), n_neighbours))
    indices = np.empty((len(queries), n_neighbours), int)
    open_queries = np.arange(len(queries))
    n_asked = n_neighbours
    while len(open_queries):
        n_asked = min(4 * n_asked, tree.n)
        far, near = tree.query(queries[open_queries], k=np.arange(1, n_asked + 1))
        allowed = allow(open_queries[:, None], near)
        enough = allowed.sum(axis=1) >= n_neighbours
        if n_asked == tree.n and not enough.all():
            raise ValueError(
                f"{key}={n_neighbours}: a start has fewer pieces of the trajectory that it may learn from; "
                "take a longer recording, a shorter forecast.horizon_steps or another forecast.first_point"
            )
        order = np.argsort(~allowed[enough], axis=1, kind="stable")[:, :n_neighbours]  # allowed first, nearest first
        distances[open_queries[enough]] = np.take_along_axis(far[enough], order, axis=1)
        indices[open_queries[enough]] = np.take_along_axis(near[enough], order, axis=1)
        open_queries = open_queries[~enough]
    return distances, indices


def inverse_distance_weights(distances: np.ndarray) -> np.ndarray:
    """Return weights ``(n_queries, n_neighbours)`` proportional to 1 / distance, with sum 1.

    Where neighbours lie on the query itself they share all the weight.

    Examples
    --------
    >>> inverse_distance_weights(np.array([[1.0, 3.0], [0.0, 3.0]]))
    array([[0.75, 0.25],
           [1.  , 0.  ]])
    """
    on_it = distances == 0
    closeness = np.where(on_it.any(axis=1, keepdims=True), on_it, 1 / np.where(on_it, 1.0, distances))
    return closeness / closeness.sum(axis=1, keepdims=True)
