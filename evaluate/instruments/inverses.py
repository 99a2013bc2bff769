"""The best inverse there is of a representation, and how near it comes.

Fourier and constant-Q transforms keep their phase; mel and MFCC have none, it is estimated (Griffin and Lim). Means
over time, and so scattering that is averaged over all of it, have no inverse: those are of the frames.
"""

from collections.abc import Callable

import librosa
import numpy as np

from pipeline.sections.instruments import ConstantQ
from save_dataset.instruments.features import HOP_SAMPLES, N_MFCC

Inverse = Callable[[np.ndarray, int, ConstantQ], np.ndarray]  # samples, sample rate in Hz

SMALLEST = 1e-20
SEED = 0  # of the first phases


def _of_dft(sound: np.ndarray, sample_rate_hz: int, cqt: ConstantQ) -> np.ndarray:
    return np.fft.irfft(np.fft.rfft(sound), len(sound))


def _of_mel(sound: np.ndarray, sample_rate_hz: int, cqt: ConstantQ) -> np.ndarray:
    mel = librosa.feature.melspectrogram(y=sound, sr=sample_rate_hz)
    return _with_phase(mel, sample_rate_hz, len(sound))


def _of_mfcc(sound: np.ndarray, sample_rate_hz: int, cqt: ConstantQ) -> np.ndarray:
    mfcc = librosa.feature.mfcc(y=sound, sr=sample_rate_hz, n_mfcc=N_MFCC)
    return _with_phase(librosa.feature.inverse.mfcc_to_mel(mfcc), sample_rate_hz, len(sound))


def _with_phase(mel: np.ndarray, sample_rate_hz: int, n_samples: int) -> np.ndarray:
    magnitudes = librosa.feature.inverse.mel_to_stft(mel, sr=sample_rate_hz)
    return librosa.griffinlim(magnitudes, length=n_samples, random_state=SEED)


def _of_cqt(sound: np.ndarray, sample_rate_hz: int, cqt: ConstantQ) -> np.ndarray:
    lowest_hz = cqt.min_frequency_hz
    transform = librosa.cqt(sound, sr=sample_rate_hz, hop_length=HOP_SAMPLES, fmin=lowest_hz, n_bins=cqt.n_bins)
    return librosa.icqt(transform, sr=sample_rate_hz, hop_length=HOP_SAMPLES, fmin=lowest_hz, length=len(sound))


INVERSES: dict[str, Inverse] = {"dft": _of_dft, "mel": _of_mel, "mfcc": _of_mfcc, "cqt": _of_cqt}


def spectral_convergence_db(sound: np.ndarray, estimate: np.ndarray) -> float:
    """Return the norm of the error of STFT magnitudes against that of the magnitudes, in dB; phases do not count."""
    before, after = (np.abs(librosa.stft(x.astype(float))) for x in (sound, estimate))
    return float(20 * np.log10(np.linalg.norm(before - after) / np.linalg.norm(before) + SMALLEST))
