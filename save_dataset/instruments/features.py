"""What clips are represented by, one array each: the constant-Q transform, MFCC, and a bag of features.

References
----------
.. [1] V. Lostanlen and C.-E. Cella, "Deep convolutional networks on the pitch spiral for musical instrument
   recognition", ISMIR 2016: the transform (section 5.1), and the bag of features (section 5.3), with the spectral
   contrast of its code in place of the skewness that the text names.
"""

from typing import Any

import librosa
import numpy as np

from models.representations import LOG_GAIN
from pipeline.memory import cqt_filter_samples

LOWEST_WEIGHT_DB = -80.0
BYTES_AT_ONCE = 5e8  # of spectra that filters are applied to
N_MFCC, FFT_SAMPLES, HOP_SAMPLES = 20, 2048, 512
DELTA_FRAMES = 9  # that a slope is fitted to
ROLL_OFF = 0.85
LOWEST_CONTRAST_HZ, N_CONTRASTS = 200.0, 6  # octave bands, as many as fit below half of the sample rate


def log_cqt(
    clips: np.ndarray, *, sample_rate_hz: int, hop_samples: int, min_frequency_hz: float, n_bins: int,
    bins_per_octave: int = 12,
) -> np.ndarray:  # fmt: skip
    """Return log(1 + 1000 x) of A-weighted magnitudes, ``(n_clips, clip_frames, n_bins)`` float16.

    Clips are ``(n_clips, clip_frames * hop_samples)``. The weight is one of power, applied to magnitudes, as in [1]_.
    As many are transformed at once as fit into memory: the filter of a low bin is long where the hop cannot be halved.
    """
    clip_frames = clips.shape[1] // hop_samples
    how: dict[str, Any] = {"fmin": min_frequency_hz, "n_bins": n_bins, "bins_per_octave": bins_per_octave}
    frequencies_hz = librosa.cqt_frequencies(**how)
    longest = librosa.filters.wavelet_lengths(freqs=frequencies_hz, sr=sample_rate_hz)[0].max()
    at_once = max(1, int(BYTES_AT_ONCE / (4 * cqt_filter_samples(longest, hop_samples) * (clip_frames + 1))))
    parts = (clips[first : first + at_once] for first in range(0, len(clips), at_once))
    transforms = [np.abs(librosa.cqt(part, sr=sample_rate_hz, hop_length=hop_samples, **how)) for part in parts]
    weights = 10 ** (librosa.A_weighting(frequencies_hz, min_db=LOWEST_WEIGHT_DB) / 10)
    magnitudes = np.concatenate(transforms).transpose(0, 2, 1)[:, :clip_frames]  # (n_clips, clip_frames, n_bins)
    return np.log1p(LOG_GAIN * (magnitudes * weights)).astype(np.float16)


def check_octaves(sample_rate_hz: int, min_frequency_hz: float, octaves: int, bins_per_octave: int = 12) -> None:
    """Raise a ValueError with the highest possible number if the sample rate leaves no room for so many octaves."""
    highest = octaves
    while highest and _bandwidth_hz(min_frequency_hz, highest * bins_per_octave, bins_per_octave) > sample_rate_hz / 2:
        highest -= 1
    if highest < octaves:
        raise ValueError(
            f"cqt.octaves={octaves}: from cqt.min_frequency_hz={min_frequency_hz:g} on must be at most {highest} "
            f"with sounds.sample_rate_hz={sample_rate_hz}"
        )


def _bandwidth_hz(min_frequency_hz: float, n_bins: int, bins_per_octave: int) -> float:
    """Return where the filter of the highest bin ends."""
    frequencies_hz = librosa.cqt_frequencies(n_bins, fmin=min_frequency_hz, bins_per_octave=bins_per_octave)
    return float(librosa.filters.wavelet_lengths(freqs=frequencies_hz, sr=1.0)[1])


def mfcc_statistics(sound: np.ndarray, sample_rate_hz: int) -> np.ndarray:
    """Return mean and standard deviation over frames of 20 MFCC of a sound at its peak level, ``(40,)`` float32."""
    coefficients = _mfcc(at_peak(sound), sample_rate_hz)
    return np.concatenate([coefficients.mean(axis=1), coefficients.std(axis=1)]).astype(np.float32)


def bag_of_features(sound: np.ndarray, sample_rate_hz: int) -> np.ndarray:
    """Return the 70 features of [1]_, ``(70,)`` float32, of a sound at its peak level.

    They are the means over frames of 20 MFCC, their first and their second slopes, then mean and standard deviation of
    bandwidth, centroid, contrast, roll-off, and rate of zero crossings.
    """
    sound = at_peak(sound)
    coefficients = _mfcc(sound, sample_rate_hz)
    slopes = [librosa.feature.delta(coefficients, width=DELTA_FRAMES, order=order) for order in (1, 2)]
    means = [values.mean(axis=1) for values in (coefficients, *slopes)]
    others = _shapes_of_spectrum(sound, sample_rate_hz)
    statistics = [statistic(values) for values in others for statistic in (np.mean, np.std)]
    return np.concatenate([*means, statistics]).astype(np.float32)


def _shapes_of_spectrum(sound: np.ndarray, sample_rate_hz: int) -> list[np.ndarray]:
    spectrum = np.abs(librosa.stft(sound, n_fft=FFT_SAMPLES, hop_length=HOP_SAMPLES))
    how = {"S": spectrum, "sr": sample_rate_hz}
    octaves = int(np.ceil(np.log2(sample_rate_hz / 2 / LOWEST_CONTRAST_HZ)))
    return [
        librosa.feature.spectral_bandwidth(**how),
        librosa.feature.spectral_centroid(**how),
        librosa.feature.spectral_contrast(**how, fmin=LOWEST_CONTRAST_HZ, n_bands=min(N_CONTRASTS, octaves)),
        librosa.feature.spectral_rolloff(**how, roll_percent=ROLL_OFF),
        librosa.feature.zero_crossing_rate(sound, frame_length=FFT_SAMPLES, hop_length=HOP_SAMPLES),
    ]


def _mfcc(sound: np.ndarray, sample_rate_hz: int) -> np.ndarray:
    return librosa.feature.mfcc(y=sound, sr=sample_rate_hz, n_mfcc=N_MFCC, n_fft=FFT_SAMPLES, hop_length=HOP_SAMPLES)


def at_peak(sound: np.ndarray) -> np.ndarray:
    """Return a sound scaled to a peak of 1, with silence after it to fill the frames of a slope; silence stays."""
    peak = np.abs(sound).max()
    padding = max(DELTA_FRAMES * HOP_SAMPLES - len(sound), 0)
    return np.pad(sound / peak if peak > 0 else sound, (0, padding))
