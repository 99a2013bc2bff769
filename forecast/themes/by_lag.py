"""A self-similarity matrix sorted by lag, as both extractors search it."""

import numpy as np


def check_matrix(matrix: np.ndarray, frames_per_beat: float) -> None:
    """Raise ValueError unless the matrix can be searched."""
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"matrix of shape {matrix.shape}: must be (n, n)")
    if not np.isfinite(matrix).all():
        raise ValueError("matrix: must hold finite numbers only")
    if not 0 < frames_per_beat < np.inf:
        raise ValueError(f"frames_per_beat={frames_per_beat}: must be above 0")


def sort_by_lag(matrix: np.ndarray, beyond: float) -> np.ndarray:
    """Return the similarity of frames t and t + lag at [lag, t], ``(n, n)``; `beyond` where the piece is over.

    Examples
    --------
    >>> sort_by_lag(np.array([[9, 1, 2], [1, 8, 3], [2, 3, 7]]), 0)
    array([[9, 8, 7],
           [1, 3, 0],
           [2, 0, 0]])
    """
    by_lag = np.full_like(matrix, beyond)
    for lag in range(len(matrix)):
        by_lag[lag, : len(matrix) - lag] = matrix.diagonal(lag)
    return by_lag
