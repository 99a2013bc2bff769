"""Forecasting by nearest neighbours: a point moves as the points near it did.

References
----------
M-Lin-DM, "Deep Audio Embedding", 2021: velocity field of 5 neighbours weighted by 1 / distance.
G. Sugihara and R. M. May, "Nonlinear forecasting as a way of distinguishing chaos from measurement error in time
series", Nature 344, 1990: neighbours of delay vectors, and what followed them.
"""

import numpy as np
from scipy.spatial import KDTree

from forecast.song.exclusion import ExclusionRule
from forecast.song.neighbours import inverse_distance_weights, nearest_allowed
from forecast.song.roll_out import Forecaster


def knn(z: np.ndarray, starts: np.ndarray, rule: ExclusionRule, *, n_neighbours: int = 5) -> Forecaster:
    """Forecaster by the mean velocity of the nearest points, found anew at every step.

    The last point of the song has no velocity and is nobody's neighbour.

    Parameters
    ----------
    z : np.ndarray (n_points, latent_dim)
        The trajectory.
    starts : np.ndarray (n_starts,)
        Initial conditions.
    rule : ExclusionRule
        What may be learned from.
    n_neighbours : int
        Nearest points, weighted by 1 / distance.
    """
    velocities = np.diff(z, axis=0)
    tree = KDTree(z[:-1])

    def velocity(seen: np.ndarray, step: int) -> np.ndarray:
        distances, near = nearest_allowed(
            tree, seen[:, -1], n_neighbours, lambda query, point: rule.allow(point, point + 1, starts[query])
        )
        return np.einsum("sk,skd->sd", inverse_distance_weights(distances), velocities[near])

    return Forecaster(1, velocity)


def analog(
    z: np.ndarray,
    starts: np.ndarray,
    rule: ExclusionRule,
    *,
    n_steps: int,
    n_neighbours: int = 5,
    delay_points: int = 10,
    delay_step_points: int = 2,
) -> Forecaster:
    """Forecaster by what followed the pieces most like the one before the start: neighbours are found once.

    Parameters
    ----------
    z, starts, rule
        As for `knn`.
    n_steps : int
        Steps that will be asked for: neighbours must have as many points after them.
    n_neighbours : int
        Nearest delay vectors, weighted by 1 / distance.
    delay_points, delay_step_points : int
        Points of a delay vector, and from one of them to the next.

    Raises
    ------
    ValueError
        If the song is shorter than a delay vector and what follows it.
    """
    span = (delay_points - 1) * delay_step_points
    delays = np.arange(-span, 1, delay_step_points)
    candidates = np.arange(span, len(z) - n_steps)
    if not len(candidates):
        raise ValueError(f"delay_points={delay_points}: the {len(z)} points hold no such vector and {n_steps} after it")
    tree = KDTree(z[candidates[:, None] + delays].reshape(len(candidates), -1))
    distances, near = nearest_allowed(
        tree,
        z[starts[:, None] + delays].reshape(len(starts), -1),
        n_neighbours,
        lambda query, index: rule.allow(
            candidates[index] - span, candidates[index] + n_steps, starts[query], present=candidates[index]
        ),
    )
    weights = inverse_distance_weights(distances)

    def velocity(seen: np.ndarray, step: int) -> np.ndarray:
        point = candidates[near] + step
        return np.einsum("sk,skd->sd", weights, z[point + 1] - z[point])

    return Forecaster(span + 1, velocity)
