"""What is measured of the spectra of sounds: timbre, its continuity, bandwidth, level and onsets.

Spectra are power. Timbre is measured in mel bands, of frames that are loud: within `LOUD_DB` of the loudest.
"""

from dataclasses import dataclass

import librosa
import numpy as np

from pipeline.sections.timbre import ShortTimeFourier
from save_dataset.sound.stft import stft

N_BANDS = 80
N_MFCC = 13  # from the first on: that before is the level
LOUD_DB = 30.0
FLOOR_DB = 60.0  # below the maximum: what is softer counts as this
ROLL_OFF = 0.95
SILENCE = 1e-20  # power


@dataclass(frozen=True)
class Spectra:
    """The power of a sound in the bins of its transform, and in mel bands."""

    bins: np.ndarray  # (n_frames, n_bins)
    bands: np.ndarray  # (n_frames, N_BANDS)
    sample_rate_hz: int

    @property
    def levels_db(self) -> np.ndarray:
        """The level of each frame, ``(n_frames,)``."""
        return _to_db(self.bins.sum(axis=1))

    @property
    def is_loud(self) -> np.ndarray:
        """Which frames are loud, ``(n_frames,)``; none in silence."""
        levels_db = self.levels_db
        return (levels_db >= levels_db.max() - LOUD_DB) & (levels_db > _to_db(SILENCE))


def spectra_of(samples: np.ndarray, fourier: ShortTimeFourier) -> Spectra:
    """Return the spectra of a sound ``(n_samples,)``."""
    frames = stft(samples, **fourier.framing)
    bins, rate_hz = np.abs(frames) ** 2, fourier.sample_rate_hz
    mel = librosa.filters.mel(sr=rate_hz, n_fft=fourier.window_samples, n_mels=N_BANDS)
    return Spectra(bins, bins @ mel.T, rate_hz)


def _to_db(power: np.ndarray | float, floor_db: float | None = None) -> np.ndarray:
    return np.asarray(librosa.power_to_db(power, amin=SILENCE, top_db=floor_db))


def _normalised(bands: np.ndarray) -> np.ndarray:
    """Return frames ``(n_frames, N_BANDS)`` of unit power."""
    return bands / np.maximum(bands.sum(axis=1, keepdims=True), SILENCE)


def mean_spectrum(spectra: Spectra) -> np.ndarray:
    """Return the mean of loud frames, each of unit power, ``(N_BANDS,)``; NaN of silence."""
    is_loud = spectra.is_loud
    return _normalised(spectra.bands[is_loud]).mean(axis=0) if is_loud.any() else np.full(N_BANDS, np.nan)


def log_spectral_distance(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the root mean square over bands of the difference in dB of two spectra ``(..., n_bands)``.

    Each has a floor, `FLOOR_DB` below its maximum.

    References
    ----------
    A. Gray and J. Markel, "Distance measures for speech processing", IEEE TASSP 24, 1976: the distance d_2.
    """
    return np.sqrt(np.mean((_to_db(first, FLOOR_DB) - _to_db(second, FLOOR_DB)) ** 2, axis=-1))


def reconstruction_db(output: Spectra, source: Spectra) -> float:
    """Return the mean log-spectral distance of frames where the source is loud; both have as many frames."""
    is_loud = source.is_loud
    return (
        float(np.mean(log_spectral_distance(output.bands[is_loud], source.bands[is_loud]))) if is_loud.any() else np.nan
    )


def continuity(spectra: Spectra) -> float:
    """Return the mean Euclidean distance of MFCC between neighbouring frames that are loud; NaN if there are none."""
    is_loud = spectra.is_loud
    levels_db = _to_db(_normalised(spectra.bands), FLOOR_DB)
    mfcc = librosa.feature.mfcc(S=levels_db.T, n_mfcc=1 + N_MFCC)[1:]  # (N_MFCC, n_frames)
    steps = np.linalg.norm(np.diff(mfcc), axis=0)[is_loud[1:] & is_loud[:-1]]
    return float(steps.mean()) if len(steps) else np.nan


def bandwidth_hz(spectra: Spectra) -> float:
    """Return the frequency below which 95 % of the mean power lies."""
    mean = spectra.bins.mean(axis=0)
    return float(
        librosa.feature.spectral_rolloff(S=mean[:, None], sr=spectra.sample_rate_hz, roll_percent=ROLL_OFF)[0, 0]
    )


def level_error_db(output: Spectra, source: Spectra) -> float:
    """Return the median difference of levels where the source is loud, a gain of all frames apart; NaN of silence."""
    differences_db = (output.levels_db - source.levels_db)[source.is_loud]
    return float(np.median(np.abs(differences_db - np.median(differences_db)))) if len(differences_db) else np.nan


def onset_correlation(first: Spectra, second: Spectra) -> float:
    """Return the correlation of the onset strengths of two sounds of as many frames; NaN if one has no onsets."""
    strengths = [
        librosa.onset.onset_strength(S=_to_db(spectra.bands, FLOOR_DB).T, sr=spectra.sample_rate_hz)
        for spectra in (first, second)
    ]
    return float(np.corrcoef(strengths)[0, 1]) if min(map(np.ptp, strengths)) > 0 else np.nan
