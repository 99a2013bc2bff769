"""Does a trajectory come back to where it was?"""

import numpy as np

from embed.song.alignment import at_times

N_RANDOM_PAIRS = 100_000


def distance_after(z: np.ndarray, times_s: np.ndarray, period_s: float, key: str = "period_s") -> float:
    """Return the mean distance between points `period_s` apart, divided by that of random pairs of points.

    0 for a trajectory that repeats exactly, about 1 for one that is independent of the period. The trajectory
    ``(n_points, latent_dim)`` is interpolated, because a period is not an integer number of frames.

    Raises
    ------
    ValueError
        If the trajectory is not longer than the period; it begins with `key`.

    Examples
    --------
    >>> times_s = np.linspace(0, 3, 301)
    >>> circle = np.stack([np.cos(2 * np.pi * times_s), np.sin(2 * np.pi * times_s)], axis=1)
    >>> round(distance_after(circle, times_s, 1.0), 6), round(distance_after(circle, times_s, 0.5), 1)
    (0.0, 1.6)
    """
    starts = times_s + period_s <= times_s[-1]
    if not starts.any():
        raise ValueError(f"{key}={period_s}: must be less than the trajectory's {times_s[-1] - times_s[0]:.2f} s")
    distances = np.linalg.norm(at_times(z, times_s, times_s[starts] + period_s) - z[starts], axis=1)
    one, other = np.random.default_rng(0).integers(len(z), size=(2, N_RANDOM_PAIRS))
    return float(distances.mean() / np.linalg.norm(z[one] - z[other], axis=1).mean())
