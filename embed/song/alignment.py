"""Trajectories of different runs aligned: a latent space has no orientation, position or scale of its own.

A similarity (translation, rotation or reflection, one scale) is written as ``z @ matrix + shift``. Trajectories `z` and
`reference` are ``(n_points, d)``, the same points of time in both; where their shapes differ, or all points of one are
the same, there is a ValueError.
"""

import numpy as np
import scipy.linalg
import scipy.spatial


def fit_similarity(z: np.ndarray, reference: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the similarity that brings a trajectory nearest to another by least squares (Procrustes).

    Returns
    -------
    tuple of np.ndarray
        ``matrix`` (d, d), an orthogonal matrix times a scale, and ``shift`` (d,).

    References
    ----------
    P. H. Schönemann and R. M. Carroll, "Fitting one matrix to another under choice of a central dilation and a rigid
    motion", Psychometrika 35 (1970).
    """
    _check_pair(z, reference)
    mean, reference_mean = z.mean(axis=0), reference.mean(axis=0)
    centred = z - mean
    rotation, overlap = scipy.linalg.orthogonal_procrustes(centred, reference - reference_mean)
    matrix = rotation * overlap / np.sum(centred**2)
    return matrix, reference_mean - mean @ matrix


def align(z: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Return a trajectory translated, rotated or reflected, and scaled onto another by least squares.

    Examples
    --------
    >>> square = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])
    >>> rotated_and_doubled = 2 * square @ np.array([[0.0, 1], [-1, 0]]) + 5
    >>> np.allclose(align(rotated_and_doubled, square), square)
    True
    """
    matrix, shift = fit_similarity(z, reference)
    return z @ matrix + shift


def fit_similarity_in_time(
    z: np.ndarray, times_s: np.ndarray, reference: np.ndarray, reference_times_s: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the similarity between trajectories whose points have different times, as those of other window lengths.

    It is fitted to the points of `z` whose times the reference covers, and to the reference at those times.

    Raises
    ------
    ValueError
        If fewer than two points have times that the reference covers.
    """
    covered = (times_s >= reference_times_s[0]) & (times_s <= reference_times_s[-1])
    if covered.sum() < 2:
        raise ValueError(
            f"times_s from {times_s[0]:.2f} to {times_s[-1]:.2f}: must overlap with "
            f"reference_times_s from {reference_times_s[0]:.2f} to {reference_times_s[-1]:.2f}"
        )
    return fit_similarity(z[covered], at_times(reference, reference_times_s, times_s[covered]))


def at_times(z: np.ndarray, times_s: np.ndarray, wanted_s: np.ndarray) -> np.ndarray:
    """Return the trajectory at other times ``(n_wanted, d)``: linear between its points, held at its ends."""
    return np.stack([np.interp(wanted_s, times_s, axis) for axis in z.T], axis=1)


def procrustes_distance(z: np.ndarray, reference: np.ndarray) -> float:
    """Return how much two trajectories differ in shape: 0 for a similar copy, at most 1; symmetric.

    It is the fraction of the trajectory's sum of squares that the best alignment leaves.
    """
    _check_pair(z, reference)
    *_, disparity = scipy.spatial.procrustes(reference, z)
    return float(np.clip(disparity, 0, 1))


def _check_pair(z: np.ndarray, reference: np.ndarray) -> None:
    if z.shape != reference.shape or z.ndim != 2:
        raise ValueError(f"z.shape={z.shape}: must be (n_points, d) and that of the reference, {reference.shape}")
    for name, points in (("z", z), ("reference", reference)):
        if not np.ptp(points, axis=0).any():
            raise ValueError(f"{name}: its points must not all be the same")
