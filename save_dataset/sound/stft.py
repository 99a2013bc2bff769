"""The short-time Fourier transform and back, and phases that fit magnitudes: sound in, sound out.

Frames are centred: the first lies on the first sample, so that a sound of any length comes back whole. Unlike the
spectrogram of `song`, magnitudes are not scaled.
"""

import librosa
import numpy as np


def stft(samples: np.ndarray, *, window_samples: int = 2048, hop_samples: int = 512) -> np.ndarray:
    """Return the transform of a sound ``(n_samples,)``, complex64 ``(n_frames, window_samples // 2 + 1)``.

    The window is Hann's; there are ``1 + n_samples // hop_samples`` frames.
    """
    return librosa.stft(samples, n_fft=window_samples, hop_length=hop_samples).T


def istft(frames: np.ndarray, n_samples: int, *, hop_samples: int = 512) -> np.ndarray:
    """Return the sound of a transform, ``(n_samples,)`` float32: of that of `stft` the very sound."""
    return librosa.istft(frames.T, hop_length=hop_samples, length=n_samples)


def griffin_lim(
    magnitudes: np.ndarray, phases: np.ndarray, n_samples: int, *, hop_samples: int = 512, n_iterations: int = 16,
    momentum: float = 0.99,
) -> np.ndarray:  # fmt: skip
    """Return the sound whose transform has nearly these magnitudes, found from given phases on.

    Parameters
    ----------
    magnitudes : np.ndarray (n_frames, n_bins)
    phases : np.ndarray (n_frames, n_bins)
        In radians: where the search begins. librosa's own begins at random phases only.
    momentum : float
        0: Griffin and Lim's algorithm; else the fast one.

    References
    ----------
    D. Griffin and J. Lim, "Signal estimation from modified short-time Fourier transform", IEEE TASSP 32, 1984;
    N. Perraudin, P. Balazs and P. Sondergaard, "A fast Griffin-Lim algorithm", WASPAA 2013.
    """
    window_samples = 2 * (magnitudes.shape[1] - 1)
    frames = magnitudes * np.exp(1j * phases)
    before = np.zeros_like(frames)
    for _ in range(n_iterations):
        samples = istft(frames, n_samples, hop_samples=hop_samples)
        consistent = stft(samples, window_samples=window_samples, hop_samples=hop_samples)
        ahead = consistent + momentum * (consistent - before)
        before = consistent
        frames = magnitudes * np.exp(1j * np.angle(ahead))
    return istft(frames, n_samples, hop_samples=hop_samples)
