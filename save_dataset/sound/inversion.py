"""From spectrogram frames back to sound: undo the normalisation, find phases that fit.

References
----------
D. Griffin and J. Lim, "Signal estimation from modified short-time Fourier transform", IEEE TASSP 32, 1984;
N. Perraudin, P. Balazs and P. Sondergaard, "A fast Griffin-Lim algorithm", WASPAA 2013, which librosa has.
"""

from collections.abc import Mapping

import librosa
import numpy as np
import scipy.signal

from save_dataset.sound.mel_inverse import spread_bands
from save_dataset.sound.spectrogram import mel_bands

HOPS_PER_WINDOW = 4  # phases follow from what frames share; the stored frames may share nothing


def invert_spectrogram(
    frames: np.ndarray, spectrogram: Mapping[str, np.ndarray], *, sample_rate_hz: int, max_frequency_hz: float,
    tukey_alpha: float = 0.4, n_iterations: int = 32,
) -> np.ndarray:  # fmt: skip
    """Return the sound of frames, ``(n_samples,)`` from the centre of the first to that of the last.

    Magnitudes are interpolated between frames, and what the spectrogram left out, high frequencies or detail within a
    mel band, stays out. The level is that of the spectrogram where it is linear, else that of a sound whose loudest
    pixel is 1.

    Parameters
    ----------
    frames : np.ndarray (n_frames, n_bins)
        In [0, 1]: frames of the spectrogram, or what a decoder made.
    spectrogram : mapping of str to np.ndarray
        As stored by step 1, which made it with these `max_frequency_hz` and `tukey_alpha`.
    n_iterations : int
        Of Griffin-Lim.
    """
    window_samples = round(float(spectrogram["frame_s"]) * sample_rate_hz)
    hop_samples = window_samples // HOPS_PER_WINDOW
    magnitude = linear_magnitude(frames, spectrogram, sample_rate_hz, window_samples, max_frequency_hz)
    positions = np.arange(0, len(frames) - 1 + 1e-9, hop_samples / (float(spectrogram["hop_s"]) * sample_rate_hz))
    between = np.stack([np.interp(positions, np.arange(len(frames)), bin_) for bin_ in magnitude.T])
    taper = scipy.signal.windows.tukey(window_samples, tukey_alpha)
    return librosa.griffinlim(
        between * taper.sum(), n_iter=n_iterations, hop_length=hop_samples, window=taper, random_state=0
    )


def linear_magnitude(
    frames: np.ndarray, spectrogram: Mapping[str, np.ndarray], sample_rate_hz: int, window_samples: int,
    max_frequency_hz: float,
) -> np.ndarray:  # fmt: skip
    """Return magnitudes of all frequencies, ``(n_frames, window_samples // 2 + 1)``; of a sine half its amplitude."""
    lowest, highest = float(spectrogram["lowest"]), float(spectrogram["highest"])
    pixels = lowest + np.clip(frames, 0, 1) * (highest - lowest)
    scale = str(spectrogram["scale"])
    if scale != "magnitude":
        pixels = np.where(pixels > lowest, librosa.db_to_amplitude(pixels), 0.0)
    if scale == "log_mel":
        bands = mel_bands(sample_rate_hz, window_samples, max_frequency_hz, frames.shape[1])
        return np.sqrt(spread_bands(np.square(pixels), bands))
    return np.pad(pixels, ((0, 0), (0, window_samples // 2 + 1 - pixels.shape[1])))
