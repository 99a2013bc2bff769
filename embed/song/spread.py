"""How much room a trajectory takes: the one number that distances in its space are divided by.

One number for all axes, because dividing each axis by its own would make a small axis as important as a large one.
"""

import numpy as np


def spread(z: np.ndarray) -> float:
    """Root-mean-square distance of the points from their mean.

    The error, in the same sense, of the forecast that always says the mean.

    Parameters
    ----------
    z : np.ndarray (n_points, latent_dim)
        The trajectory.

    Raises
    ------
    ValueError
        If a point is not finite, or all points are the same.

    Examples
    --------
    >>> spread(np.array([[3.0, 4.0], [-3.0, -4.0]]))
    5.0
    """
    if not np.isfinite(z).all():
        raise ValueError(f"z of shape {z.shape}: must be finite")
    if not np.ptp(z, axis=0).any():  # the root would be a rounding error instead of 0
        raise ValueError(f"z of shape {z.shape}: all points are the same")
    exact = z.astype(float)
    return float(np.sqrt(np.mean(np.sum((exact - exact.mean(axis=0)) ** 2, axis=1))))


def scale_by_spread(z: np.ndarray) -> np.ndarray:
    """The trajectory about its mean in units of its spread, ``(n_points, latent_dim)``; its shape stays the same."""
    return (z.astype(float) - z.mean(axis=0, dtype=float)) / spread(z)


def effective_dimensions(z: np.ndarray) -> float:
    """How many dimensions a trajectory fills, from 1 (a line) to latent_dim (a ball): the participation ratio.

    The square of the sum of the variances along the principal axes over the sum of their squares.

    Parameters
    ----------
    z : np.ndarray (n_points, latent_dim)
        The trajectory.

    References
    ----------
    P. Gao and S. Ganguli, "On simplicity and complexity in the brave new world of large-scale neuroscience", Current
    Opinion in Neurobiology 32, 2015.

    Examples
    --------
    >>> effective_dimensions(np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]]))
    2.0
    """
    scaled = scale_by_spread(z)  # whose variances sum to 1
    covariance = scaled.T @ scaled / len(z)
    return float(1 / np.sum(covariance**2))
