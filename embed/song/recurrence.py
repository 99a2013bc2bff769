"""Does a trajectory come back to where it was?"""

import numpy as np

N_RANDOM_PAIRS = 100_000


def distance_after(z: np.ndarray, times_s: np.ndarray, period_s: float) -> float:
    """Mean distance between points `period_s` apart, divided by that of random pairs of points.

    0 for a trajectory that repeats exactly, about 1 for one that knows nothing of the period. The trajectory is
    interpolated, because a period is no whole number of frames.

    Parameters
    ----------
    z : np.ndarray (n_points, latent_dim)
        The trajectory.
    times_s : np.ndarray (n_points,)
        Its times.
    period_s : float
        The period.

    Raises
    ------
    ValueError
        If the trajectory is not longer than the period.

    Examples
    --------
    >>> times_s = np.linspace(0, 3, 301)
    >>> circle = np.stack([np.cos(2 * np.pi * times_s), np.sin(2 * np.pi * times_s)], axis=1)
    >>> round(distance_after(circle, times_s, 1.0), 6), round(distance_after(circle, times_s, 0.5), 1)
    (0.0, 1.6)
    """
    here = times_s + period_s <= times_s[-1]
    if not here.any():
        raise ValueError(f"period_s={period_s}: must be less than the trajectory's {times_s[-1] - times_s[0]:.2f} s")
    later = np.stack([np.interp(times_s[here] + period_s, times_s, axis) for axis in z.T], axis=1)
    apart = np.linalg.norm(later - z[here], axis=1)
    one, other = np.random.default_rng(0).integers(len(z), size=(2, N_RANDOM_PAIRS))
    return float(apart.mean() / np.linalg.norm(z[one] - z[other], axis=1).mean())
