"""Retrieval: whether a vector of features that was shifted has its own unshifted one as the nearest of all."""

import numpy as np

NEARLY_ZERO = 1e-12  # norm below which a vector has no direction


def centred_cosines(reference: np.ndarray, shifted: np.ndarray) -> np.ndarray:
    """Return the cosine of each shifted vector with each reference, ``(n, n)``; the references' mean is taken off both.

    `reference` and `shifted` are ``(n, n_features)``, row by row the same thing.
    """
    mean = reference.mean(axis=0)
    reference, shifted = (_unit(vectors - mean) for vectors in (reference, shifted))
    return shifted @ reference.T


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), NEARLY_ZERO)


def retrieval_accuracy(cosines: np.ndarray, positions: np.ndarray | None = None, tolerance: float = 0) -> float:
    """Return the fraction of rows of ``(n, n)`` cosines that are largest in their own column.

    With `positions` ``(n,)`` a column is right whose position is no farther from the row's own than `tolerance`.

    Examples
    --------
    >>> retrieval_accuracy(np.array([[0.9, 0.1, 0.0], [0.8, 0.5, 0.1], [0.0, 0.0, 1.0]]))
    0.6666666666666666
    """
    positions = np.arange(len(cosines)) if positions is None else np.asarray(positions)
    return float(np.mean(np.abs(positions[cosines.argmax(axis=1)] - positions) <= tolerance))
