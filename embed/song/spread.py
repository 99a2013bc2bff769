"""The spread of a trajectory: the one number that distances in its space are divided by.

One number for all axes, because dividing each axis by its own would make a small axis as important as a large one.
"""

import numpy as np


def spread(z: np.ndarray) -> float:
    """Return the root mean square distance of the points ``(n_points, latent_dim)`` from their mean.

    It is the RMSE of the forecast that is always the mean.

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
    if not np.ptp(z, axis=0).any():  # the result would be a rounding error instead of 0
        raise ValueError(f"z of shape {z.shape}: all points are the same")
    exact = z.astype(float)
    return float(np.sqrt(np.mean(np.sum((exact - exact.mean(axis=0)) ** 2, axis=1))))


def scale_by_spread(z: np.ndarray) -> np.ndarray:
    """Return the trajectory about its mean in units of its spread; its shape stays the same."""
    return (z.astype(float) - z.mean(axis=0, dtype=float)) / spread(z)


def effective_dimensions(z: np.ndarray) -> float:
    """Return the effective dimension, from 1 (a line) to latent_dim (a ball): the participation ratio.

    The square of the sum of the variances along the principal axes over the sum of their squares.

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
