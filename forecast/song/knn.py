"""Forecasting by nearest neighbours: a point moves as the points near it did.

References
----------
M-Lin-DM, "Deep Audio Embedding", 2021: velocity field of 5 neighbours weighted by 1 / distance.
G. Sugihara and R. M. May, "Nonlinear forecasting as a way of distinguishing chaos from measurement error in time
series", Nature 344, 1990: neighbours of delay vectors, and what followed them.
"""

from typing import Self

import numpy as np
from scipy.spatial import KDTree

from forecast.song.exclusion import ExclusionRule
from forecast.song.neighbours import inverse_distance_weights, nearest_allowed
from forecast.song.roll_out import Forecaster


class KNN(Forecaster):
    """Forecast by the mean velocity of the nearest points, found anew at every step.

    Parameters
    ----------
    n_neighbours : int
        Nearest points, weighted by 1 / distance.
    """

    def __init__(self, n_neighbours: int = 5):
        self.n_neighbours = n_neighbours

    def fit(self, z: np.ndarray, starts: np.ndarray, rule: ExclusionRule, n_steps: int) -> Self:
        """Index all points but the last, which has no velocity."""
        self.starts, self.rule = starts, rule
        self.velocities, self.tree = np.diff(z, axis=0), KDTree(z[:-1])
        return self

    def velocity(self, seen: np.ndarray, step: int) -> np.ndarray:
        """Return the weighted mean velocity of the points nearest to the last that may be learned from."""
        distances, near = nearest_allowed(
            self.tree,
            seen[:, -1],
            self.n_neighbours,
            lambda query, point: self.rule.allow(point, point + 1, self.starts[query]),
            key="knn.n_neighbours",
        )
        return np.einsum("sk,skd->sd", inverse_distance_weights(distances), self.velocities[near])


class Analog(Forecaster):
    """Forecast by what followed the pieces most like the one before the start: neighbours are found once.

    Parameters
    ----------
    n_neighbours : int
        Nearest delay vectors, weighted by 1 / distance.
    delay_points, delay_step_points : int
        Points of a delay vector, and from one of them to the next.
    """

    def __init__(self, n_neighbours: int = 5, delay_points: int = 10, delay_step_points: int = 2):
        self.n_neighbours, self.delay_points = n_neighbours, delay_points
        self.delays = delay_step_points * np.arange(1 - delay_points, 1)
        self.n_seen = 1 - int(self.delays[0])

    def fit(self, z: np.ndarray, starts: np.ndarray, rule: ExclusionRule, n_steps: int) -> Self:
        """Find the neighbours of each start; ValueError if the song is shorter than a delay vector and `n_steps`."""
        span = self.n_seen - 1
        candidates = np.arange(span, len(z) - n_steps)
        if not len(candidates):
            raise ValueError(
                f"analog.delay_points={self.delay_points}: the {len(z)} points hold no such vector "
                f"and {n_steps} after it"
            )
        tree = KDTree(z[candidates[:, None] + self.delays].reshape(len(candidates), -1))
        distances, near = nearest_allowed(
            tree,
            z[starts[:, None] + self.delays].reshape(len(starts), -1),
            self.n_neighbours,
            lambda query, index: rule.allow(
                candidates[index] - span, candidates[index] + n_steps, starts[query], present=candidates[index]
            ),
            key="analog.n_neighbours",
        )
        self.z, self.points, self.weights = z, candidates[near], inverse_distance_weights(distances)
        return self

    def velocity(self, seen: np.ndarray, step: int) -> np.ndarray:
        """Return the weighted mean of the neighbours' velocities, `step` points after they were found."""
        points = self.points + step
        return np.einsum("sk,skd->sd", self.weights, self.z[points + 1] - self.z[points])
