"""Trajectories of different runs brought together: a latent space has no orientation, place or size of its own.

A similarity (shift, turn or mirroring, one scale) is written as ``z @ matrix + shift``.
"""

import numpy as np
import scipy.linalg
import scipy.spatial


def fit_similarity(z: np.ndarray, reference: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The similarity that brings a trajectory nearest to another in the sense of least squares (Procrustes).

    Parameters
    ----------
    z, reference : np.ndarray (n_points, d)
        The same points of time in both.

    Returns
    -------
    tuple of np.ndarray
        ``matrix`` (d, d), an orthogonal matrix times a scale, and ``shift`` (d,).

    Raises
    ------
    ValueError
        If the shapes differ, or all points of one are the same.

    References
    ----------
    P. H. Schönemann and R. M. Carroll, "Fitting one matrix to another under choice of a central dilation and a rigid
    motion", Psychometrika 35 (1970).
    """
    _check_pair(z, reference)
    middle, reference_middle = z.mean(axis=0), reference.mean(axis=0)
    centred = z - middle
    turn, overlap = scipy.linalg.orthogonal_procrustes(centred, reference - reference_middle)
    matrix = turn * overlap / np.sum(centred**2)
    return matrix, reference_middle - middle @ matrix


def align(z: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """A trajectory moved, turned or mirrored, and scaled onto another with least squares.

    Parameters
    ----------
    z, reference : np.ndarray (n_points, d)
        The same points of time in both.

    Raises
    ------
    ValueError
        If the shapes differ, or all points of one are the same.

    Examples
    --------
    >>> square = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])
    >>> turned_and_doubled = 2 * square @ np.array([[0.0, 1], [-1, 0]]) + 5
    >>> np.allclose(align(turned_and_doubled, square), square)
    True
    """
    matrix, shift = fit_similarity(z, reference)
    return z @ matrix + shift


def fit_similarity_in_time(
    z: np.ndarray, times_s: np.ndarray, reference: np.ndarray, reference_times_s: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The similarity between trajectories whose points have other times, as have those of windows of other lengths.

    It is fitted to the points of `z` whose times the reference covers, and to the reference at those times.

    Parameters
    ----------
    z : np.ndarray (n_points, d)
        The trajectory.
    times_s : np.ndarray (n_points,)
        Its times.
    reference : np.ndarray (n_reference_points, d)
        The other.
    reference_times_s : np.ndarray (n_reference_points,)
        Its times.

    Raises
    ------
    ValueError
        If fewer than two points have times that the reference covers, or all points of one are the same.
    """
    covered = (times_s >= reference_times_s[0]) & (times_s <= reference_times_s[-1])
    if covered.sum() < 2:
        raise ValueError(
            f"times_s from {times_s[0]:.2f} to {times_s[-1]:.2f}: must overlap with "
            f"reference_times_s from {reference_times_s[0]:.2f} to {reference_times_s[-1]:.2f}"
        )
    return fit_similarity(z[covered], at_times(reference, reference_times_s, times_s[covered]))


def at_times(z: np.ndarray, times_s: np.ndarray, wanted_s: np.ndarray) -> np.ndarray:
    """The trajectory at other times ``(n_wanted, d)``, on straight lines between its points, held at its ends."""
    return np.stack([np.interp(wanted_s, times_s, axis) for axis in z.T], axis=1)


def procrustes_distance(z: np.ndarray, reference: np.ndarray) -> float:
    """How unlike two trajectories are in shape: 0 for a moved, turned, mirrored or scaled copy, at most 1; symmetric.

    The sum of squares that is left after the best alignment, as a share of that of the trajectory itself.

    Parameters
    ----------
    z, reference : np.ndarray (n_points, d)
        The same points of time in both.

    Raises
    ------
    ValueError
        If the shapes differ, or all points of one are the same.
    """
    _check_pair(z, reference)
    *_, disparity = scipy.spatial.procrustes(reference, z)
    return float(np.clip(disparity, 0, 1))


def _check_pair(z: np.ndarray, reference: np.ndarray) -> None:
    """ValueError unless two trajectories have the same shape, and both move."""
    if z.shape != reference.shape or z.ndim != 2:
        raise ValueError(f"z.shape={z.shape}: must be (n_points, d) and that of the reference, {reference.shape}")
    for name, points in (("z", z), ("reference", reference)):
        if not np.ptp(points, axis=0).any():
            raise ValueError(f"{name}: its points must not all be the same")
