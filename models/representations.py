"""Representations of sound as vectors: projections on a basis, Fourier magnitudes, mel spectrograms.

A basis is a matrix whose rows are its vectors. Whatever spans the space is allowed: analysis takes inner products, and
synthesis uses the dual.
"""

import librosa
import numpy as np

LOG_GAIN = 1000  # of log(1 + 1000 x): Lostanlen and Cella, ISMIR 2016


def project(y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return the projection of y on x: <y, x> / ||x||^2 x.

    >>> project(np.array([3.0, 4.0]), np.array([2.0, 0.0]))
    array([3., 0.])
    """
    return np.vdot(x, y) / np.vdot(x, x) * x


def analyse(x: np.ndarray, basis: np.ndarray) -> np.ndarray:
    """Return the inner products <x, b_k> of vectors ``(..., n)`` with the rows of a basis ``(n_vectors, n)``."""
    return x @ basis.conj().T


def synthesise(inner_products: np.ndarray, basis: np.ndarray) -> np.ndarray:
    """Return the vectors ``(..., n)`` that have these inner products: sum of the dual's vectors, weighted.

    The dual of an orthonormal basis is itself; of more vectors than dimensions it is the one of least norm.

    Raises
    ------
    ValueError
        If the vectors do not span the space: inner products with them do not determine a vector.
    """
    n_dimensions = basis.shape[1]
    if (rank := int(np.linalg.matrix_rank(basis))) < n_dimensions:
        raise ValueError(f"basis: its {len(basis)} vectors span {rank} of {n_dimensions} dimensions")
    return inner_products @ np.linalg.pinv(basis.conj()).T


def dft_magnitudes(clips: np.ndarray) -> np.ndarray:
    """Return |X_k| of clips ``(n_clips, n_samples)``, up to half the sample rate."""
    return np.abs(np.fft.rfft(clips))


def log_mel(clips: np.ndarray, sample_rate_hz: float) -> np.ndarray:
    """Return log(1 + 1000 x) of the mel spectrograms of clips ``(n_clips, n_samples)``, all frames in a row."""
    mel = librosa.feature.melspectrogram(y=clips, sr=sample_rate_hz)
    return np.log1p(LOG_GAIN * mel).reshape(len(clips), -1)
