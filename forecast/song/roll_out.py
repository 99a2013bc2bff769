"""Forecasters, and rolling them out: each predicts a velocity, and its own points become what it sees next.

Here are the baselines, which every other forecaster is compared with.
"""

from abc import ABC, abstractmethod
from typing import Self

import numpy as np

from forecast.song.exclusion import ExclusionRule
from pipeline.memory import check_memory


class Forecaster(ABC):
    """A way to forecast a trajectory, used like an estimator of scikit-learn: first `fit`, then `velocity` each step.

    Attributes
    ----------
    n_seen : int
        Last points that it sees.
    """

    n_seen: int = 1

    def fit(self, z: np.ndarray, starts: np.ndarray, rule: ExclusionRule, n_steps: int) -> Self:
        """Learn from a trajectory what forecasts of `n_steps` steps from these starts need; return the forecaster.

        Parameters
        ----------
        z : np.ndarray (n_points, latent_dim)
            The trajectory.
        starts : np.ndarray (n_starts,)
            Initial conditions, as indices of points.
        rule : ExclusionRule
            What may be learned from.
        n_steps : int
            Steps that will be asked for.
        """
        return self

    @abstractmethod
    def velocity(self, seen: np.ndarray, step: int) -> np.ndarray:
        """Return the way to the next points ``(n_starts, latent_dim)``.

        `seen` are the last points ``(n_starts, n_seen, latent_dim)``, `step` is the index of the step, from 0.
        """


class Persistence(Forecaster):
    """Stay at the start."""

    def velocity(self, seen: np.ndarray, step: int) -> np.ndarray:
        """Return zeros."""
        return np.zeros_like(seen[:, -1])


class ConstantVelocity(Forecaster):
    """Go straight on."""

    n_seen = 2

    def velocity(self, seen: np.ndarray, step: int) -> np.ndarray:
        """Return the last step once more."""
        return seen[:, -1] - seen[:, -2]


class Climatology(Forecaster):
    """Go to the mean of the trajectory at once and stay there."""

    def fit(self, z: np.ndarray, starts: np.ndarray, rule: ExclusionRule, n_steps: int) -> Self:
        """Keep the mean, whatever the rule allows."""
        self.mean = z.mean(axis=0)
        return self

    def velocity(self, seen: np.ndarray, step: int) -> np.ndarray:
        """Return the way to the mean."""
        return self.mean - seen[:, -1]


def clips_and_velocities(z: np.ndarray, n_seen: int) -> tuple[np.ndarray, np.ndarray]:
    """Clips ``(n_points - n_seen, n_seen, latent_dim)`` of a trajectory and the way from the last point of each on."""
    last = np.arange(n_seen - 1, len(z) - 1)
    return _last_points(z, last, n_seen), z[last + 1] - z[last]


def _last_points(z: np.ndarray, points: np.ndarray, n_seen: int) -> np.ndarray:
    """The `n_seen` points up to each of some points, ``(n, n_seen, latent_dim)``."""
    return z[points[:, None] + np.arange(1 - n_seen, 1)]


def roll_out(z: np.ndarray, starts: np.ndarray, n_steps: int, forecaster: Forecaster) -> np.ndarray:
    """Forecast from all initial conditions together, ``(n_starts, n_steps + 1, latent_dim)``; step 0 is the start.

    The trajectory `z` is in the forecaster's units, the forecaster fitted to these starts.

    Raises
    ------
    ValueError
        If a start has fewer points up to it than the forecaster sees, or lies outside the trajectory.
    """
    n_seen = forecaster.n_seen
    if starts.min() < n_seen - 1 or starts.max() >= len(z):
        raise ValueError(
            f"starts from {starts.min()} to {starts.max()}: must have {n_seen} of the {len(z)} points up to them, "
            "as many as the method sees; take another forecast.first_point"
        )
    n_bytes = 2 * z.itemsize * len(starts) * (n_seen + n_steps) * z.shape[1]  # also in the units of the trajectory
    asked = f"forecast.horizon_steps={n_steps} from {len(starts)} points"
    check_memory(asked, n_bytes, "take a larger forecast.every_points, or fewer steps")
    path = np.empty((len(starts), n_seen + n_steps, z.shape[1]))
    path[:, :n_seen] = _last_points(z, starts, n_seen)
    for step in range(n_steps):
        seen = path[:, step : step + n_seen]
        path[:, step + n_seen] = seen[:, -1] + forecaster.velocity(seen, step)
    return path[:, n_seen - 1 :]
