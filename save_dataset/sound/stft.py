"""The short-time Fourier transform and back.

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
