"""KNN forecasts in their straightforward form: one initial condition, one step, one query at a time.

This is how the paper's code forecasts. The tests hold the vectorised form against it, the benchmarks measure what
asking for all initial conditions at once saves. A way to look for neighbours is a function from a point and the
initial condition that it was forecast from to distances and indices, nearest first.
"""

from functools import cache

import numpy as np
from scipy.spatial import KDTree
from sklearn.neighbors import NearestNeighbors

from forecast.song.neighbours import nearest_allowed


def knn_one_at_a_time(z, starts, n_steps, nearest):
    """Forecasts ``(n_starts, n_steps + 1, latent_dim)``."""
    forecast = np.empty((len(starts), n_steps + 1, z.shape[1]))
    for row, start in enumerate(starts):
        forecast[row, 0] = z[start]
        for step in range(n_steps):
            point = forecast[row, step]
            distances, near = nearest(point, start)
            forecast[row, step + 1] = point + mean_velocity(z, distances, near)
    return forecast


def mean_velocity(z, distances, near):
    """Mean of the velocities of the points `near` by 1 / distance; those on the point itself share all the weight."""
    closeness = (distances == 0).astype(float) if distances[0] == 0 else 1 / distances
    # the same sum, to the last bit, as that over many initial conditions
    return np.einsum("sk,skd->sd", (closeness / closeness.sum())[None], (z[near + 1] - z[near])[None])[0]


def may_learn_from(point, start, rule):
    """Whether the velocity of a point, the way to the next, may be learned from."""
    if rule.learn_from == "block":
        radius = rule.radius_points
        return point + 1 < start - radius or point > start + radius
    if rule.learn_from == "past":
        return point + 1 <= start
    return point != start


def nearest_by_all_distances(z, n_neighbours, rule):
    """By the distances to all points."""

    @cache
    def allowed_at(start):
        return np.array([number for number in range(len(z) - 1) if may_learn_from(number, start, rule)])

    def nearest(point, start):
        distances = np.sqrt(np.sum((z[allowed_at(start)] - point) ** 2, axis=1))
        order = np.argsort(distances, kind="stable")[:n_neighbours]
        return distances[order], allowed_at(start)[order]

    return nearest


def nearest_by_ball_tree(z, n_neighbours, rule):
    """By scikit-learn, as the paper's code does: so many more neighbours are asked for as the rule may forbid."""
    tree = NearestNeighbors(algorithm="ball_tree").fit(z[:-1])
    n_forbidden = {"block": 2 * rule.radius_points + 2, "past": len(z), "all": 1}[rule.learn_from]

    def nearest(point, start):
        n_asked = min(n_neighbours + n_forbidden, len(z) - 1)
        (distances,), (near,) = tree.kneighbors(point[None], n_asked)
        allowed = [rank for rank, number in enumerate(near) if may_learn_from(number, start, rule)][:n_neighbours]
        return distances[allowed], near[allowed]

    return nearest


def nearest_by_tree(z, n_neighbours, rule):
    """By the tree and the search of the vectorised form."""
    tree = KDTree(z[:-1])

    def nearest(point, start):
        def allow(_, number):
            return rule.allow(number, number + 1, start)

        (distances,), (near,) = nearest_allowed(tree, point[None], n_neighbours, allow)
        return distances, near

    return nearest


WAYS = {"all distances": nearest_by_all_distances, "ball tree": nearest_by_ball_tree, "the same tree": nearest_by_tree}


def forecast_straightforwardly(z, starts, n_steps, way, rule, *, n_neighbours=5):
    """Forecasts by one of `WAYS`."""
    return knn_one_at_a_time(z, starts, n_steps, WAYS[way](z, n_neighbours, rule))
