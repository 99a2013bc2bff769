"""How smooth a trajectory is.

Neighbouring windows share most of their frames, so that even a linear map gives a smooth path: compare with the PCA of
the same windows, never with 0.
"""

import numpy as np


def mean_velocity_cosine(z: np.ndarray) -> float:
    """Return the mean cosine of the angle between consecutive velocities: 1 on a straight line, -1 on a zigzag.

    Pairs with a zero velocity have no angle and are left out. The trajectory is ``(n_points, latent_dim)``.

    Raises
    ------
    ValueError
        If there is no angle.

    Examples
    --------
    >>> mean_velocity_cosine(np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]))
    0.5
    """
    velocities = np.diff(z.astype(float), axis=0)
    norms = np.linalg.norm(velocities, axis=1)
    products = norms[1:] * norms[:-1]
    has_angle = products > 0
    if not has_angle.any():
        raise ValueError(f"z of shape {z.shape}: must move at two consecutive points at least")
    dots = np.sum(velocities[1:] * velocities[:-1], axis=1)
    return float(np.mean(dots[has_angle] / products[has_angle]))


def path_over_extent(z: np.ndarray) -> float:
    """Return the length of the path divided by the diagonal of the box around it.

    Examples
    --------
    >>> path_over_extent(np.array([[0.0], [1.0], [0.0], [1.0]]))
    3.0
    """
    extent = np.linalg.norm(np.ptp(z, axis=0))
    if extent == 0:
        raise ValueError(f"z of shape {z.shape}: all points are the same")
    return float(np.linalg.norm(np.diff(z.astype(float), axis=0), axis=1).sum() / extent)
