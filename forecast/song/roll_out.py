"""Rolling a forecast out: every forecaster tells a velocity, its own points become what it sees next."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from tqdm import tqdm

Velocity: TypeAlias = Callable[[np.ndarray, int], np.ndarray]


@dataclass(frozen=True)
class Forecaster:
    """How a method forecasts from given initial conditions.

    Attributes
    ----------
    n_seen : int
        Last points that it sees.
    velocity : callable
        From those points ``(n_starts, n_seen, latent_dim)`` and the number of the step, from 0, to the way to the next
        points ``(n_starts, latent_dim)``.
    """

    n_seen: int
    velocity: Velocity


def roll_out(
    z: np.ndarray, starts: np.ndarray, n_steps: int, forecaster: Forecaster, *, show_progress: bool = False
) -> np.ndarray:
    """Forecast from all initial conditions together, ``(n_starts, n_steps + 1, latent_dim)``; step 0 is the start.

    Parameters
    ----------
    z : np.ndarray (n_points, latent_dim)
        The trajectory, in the forecaster's units.
    starts : np.ndarray (n_starts,)
        Points from which is forecast.
    n_steps : int
        Steps of each forecast.
    forecaster : Forecaster
        The method, made for these starts.
    show_progress : bool
        Whether to show a progress bar.

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
    path = np.empty((len(starts), n_seen + n_steps, z.shape[1]))
    path[:, :n_seen] = z[starts[:, None] + np.arange(1 - n_seen, 1)]
    for step in tqdm(range(n_steps), "forecasting", unit="step", disable=not show_progress):
        seen = path[:, step : step + n_seen]
        path[:, step + n_seen] = seen[:, -1] + forecaster.velocity(seen, step)
    return path[:, n_seen - 1 :]
