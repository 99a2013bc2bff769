"""From the power of mel bands to that of frequencies."""

import numpy as np
import scipy.sparse

FRAMES_AT_ONCE = 512
TINY = np.finfo(np.float32).tiny


def spread_bands(power: np.ndarray, bands: np.ndarray, n_updates: int = 20) -> np.ndarray:
    """Return power that fills mel bands as given, ``(n_frames, n_mels)``: at least 0, float32 ``(n_frames, n_bins)``.

    `bands` are the filters, ``(n_mels, n_bins)``. A bin touches two of them at most, so that sparse multiplicative
    updates take hundredths of the time of `librosa.util.nnls`. Those for the Kullback-Leibler divergence come nearer,
    to the bands and to the power that they were of, than those for squares.

    References
    ----------
    D. Lee and H. Seung, "Algorithms for non-negative matrix factorization", NIPS 2000, eq. 5, one factor being known.
    """
    filters = scipy.sparse.csr_array(bands, dtype=np.float32)
    back = filters.T.tocsr()
    weights = np.maximum(back.sum(axis=1), TINY)[:, None]  # of bins
    found = np.empty((len(power), bands.shape[1]), np.float32)
    for first in range(0, len(power), FRAMES_AT_ONCE):
        piece = slice(first, first + FRAMES_AT_ONCE)
        target = np.ascontiguousarray(power[piece].T, dtype=np.float32)  # (n_mels, n)
        values = np.ones((bands.shape[1], target.shape[1]), np.float32)
        for _ in range(n_updates):
            values *= (back @ (target / np.maximum(filters @ values, TINY))) / weights
        found[piece] = values.T
    return found
