"""The constant-Q transform: magnitudes at pitches, each frame standardised over its bins.

Frame k has its centre at sample ``k * hop_samples``. A standardised frame says what sounds and not how loud; a frame
that is next to silent would be nothing but noise, and is all zeros.
"""

import warnings
from typing import Literal

import librosa
import numpy as np

SILENCE = 1e-3  # fraction of the piece's largest standard deviation over bins, -60 dB: MP3 leaves noise at -90 dB
LOG_GAIN = 100.0  # log(1 + 100 x), as is usual for chroma features: Müller, Fundamentals of Music Processing, eq. 3.13


def constant_q(
    samples: np.ndarray, *, sample_rate_hz: int, hop_samples: int, min_frequency_hz: float, n_bins: int,
    bins_per_octave: int, scale: Literal["linear", "log"] = "linear",
) -> np.ndarray:  # fmt: skip
    """Return standardised magnitudes, ``(n_frames, n_bins)`` float32, with ``n_frames = 1 + n_samples // hop_samples``.

    The arguments are mono sound, ``(n_samples,)``, and the section `cqt` of the parameters. ValueError if the sample
    rate leaves no room for the highest bin.
    """
    frequencies_hz = librosa.cqt_frequencies(n_bins, fmin=min_frequency_hz, bins_per_octave=bins_per_octave)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "n_fft=", UserWarning)  # of short sounds, which are padded
            transform = librosa.cqt(
                np.asarray(samples, np.float32), sr=sample_rate_hz, hop_length=hop_samples, fmin=min_frequency_hz,
                n_bins=n_bins, bins_per_octave=bins_per_octave,
            )  # fmt: skip
    except librosa.ParameterError as error:  # its filters are wider than their centres say, which only librosa knows
        raise ValueError(
            f"cqt.n_bins={n_bins}: the highest bin, at {frequencies_hz[-1]:.0f} Hz, must fit below half of "
            f"cqt.sample_rate_hz={sample_rate_hz}"
        ) from error
    return standardise(np.abs(transform).T, scale)


def standardise(magnitudes: np.ndarray, scale: Literal["linear", "log"] = "linear") -> np.ndarray:
    """Return frames ``(n_frames, n_bins)`` with mean 0 and standard deviation 1 over bins, float32; silent ones 0."""
    magnitudes = np.asarray(magnitudes, float)
    loudness = magnitudes.std(axis=1)
    sounds = loudness > SILENCE * loudness.max(initial=0)
    if scale == "log" and sounds.any():
        magnitudes = np.log1p(LOG_GAIN * magnitudes / magnitudes.max())
    centred = magnitudes - magnitudes.mean(axis=1, keepdims=True)
    std = centred.std(axis=1, keepdims=True)
    return np.where(sounds[:, None], centred / np.where(std > 0, std, 1), 0).astype(np.float32)
