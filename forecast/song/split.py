"""The part of a song that networks are fitted on, and the part they are scored on."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Split:
    """A trajectory in two: its first points to fit on, and those from `first_unseen` on to score on.

    Between them lies a gap of as many points as overlapping windows make, so that no sound is part of both, and as many
    as a forecaster sees, so that it is not shown what it was fitted on.

    Attributes
    ----------
    n_fitted : int
        Points to fit on.
    first_unseen : int
        First initial condition that may be scored.
    """

    n_fitted: int
    first_unseen: int


def split(n_points: int, fraction: float, *, window_points: int, n_seen: int, horizon_steps: int) -> Split:
    """The split of a song.

    Parameters
    ----------
    n_points : int
        Points of the trajectory.
    fraction : float
        Part of them to fit on.
    window_points : int
        Points later at which a window shares no sound with the first.
    n_seen : int
        Last points that the forecaster sees.
    horizon_steps : int
        Steps of a forecast.

    Raises
    ------
    ValueError
        If too little is left of the song to fit on or to score on.

    Examples
    --------
    >>> split(1270, 0.5, window_points=22, n_seen=20, horizon_steps=30)
    Split(n_fitted=635, first_unseen=677)
    """
    n_fitted = int(n_points * fraction)
    first_unseen = n_fitted + window_points + n_seen
    if n_fitted <= n_seen or first_unseen + horizon_steps >= n_points:
        raise ValueError(
            f"fit.fraction={fraction}: of {n_points} points {n_fitted} are to fit on and those from {first_unseen} to "
            f"score on, over {horizon_steps} steps: take a longer song, another fraction, or a shorter "
            "forecast.horizon_steps"
        )
    return Split(n_fitted, first_unseen)


def clips_and_velocities(z: np.ndarray, n_seen: int) -> tuple[np.ndarray, np.ndarray]:
    """Clips ``(n_points - n_seen, n_seen, latent_dim)`` of a trajectory and the way from the last point of each on."""
    last = np.arange(n_seen - 1, len(z) - 1)
    return z[last[:, None] + np.arange(1 - n_seen, 1)], z[last + 1] - z[last]
