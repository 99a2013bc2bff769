"""The source's estimate of r, from the distance between peaks of mel spectra; of white noise it is the same.

Spectra are smoothed over bands before peaks are sought, and peaks come about as far apart as that window is long,
whatever the sound. Two controls show it: noise instead of a recording, and a window of one length for all.
"""

import warnings
from pathlib import Path

import librosa
import numpy as np
import scipy.ndimage
import scipy.signal

from pipeline.parameters import ROOT
from pipeline.studies.switches import Parameters
from save_dataset.sound.decoding import decode
from save_dataset.sound.files import read_sound
from save_dataset.sound.spectrogram import mel_bands
from save_dataset.switches.read import find_recordings, unusable_left_out

WINDOW_SAMPLES, HOP_SAMPLES = 2048, 512  # all settings are the source's but for the second window
MIN_DISTANCE_BANDS = 4  # distances up to it are not counted
FIXED_BANDS = 9
MAX_RECORDINGS, MAX_S = 16, 60.0


def measure_peaks(parameters: Parameters, root: Path = ROOT) -> dict[str, np.ndarray]:
    """Return mean distances, in bands, of peaks in ``recordings`` and in white ``noise`` of their rates and lengths.

    Both are ``(n_recordings, n, 2)``: for each of ``n_mels (n,)`` with the windows ``windows_bands (n, 2)``, that of
    the source and the fixed one; ``names (n_recordings,)`` are those of the files.
    """
    section, rng = parameters.peaks, np.random.default_rng(parameters.peaks.seed)
    windows_bands = np.array([[round(np.sqrt(n_mels)), FIXED_BANDS] for n_mels in section.n_mels])
    names, recordings, noise = list[str](), list[np.ndarray](), list[np.ndarray]()
    for path in find_recordings(parameters, root)[:MAX_RECORDINGS]:
        with unusable_left_out(parameters.clips):
            rate_hz, _ = next(decode(path))  # not that of the clips
            samples = read_sound(path, sample_rate_hz=rate_hz, duration_s=MAX_S)
            recordings.append(_distances(samples, rate_hz, section.n_mels, windows_bands))
            noise.append(_distances(rng.standard_normal(len(samples)), rate_hz, section.n_mels, windows_bands))
            names.append(path.stem)
    arrays = {"names": names, "n_mels": section.n_mels, "recordings": recordings, "noise": noise}
    return {name: np.array(values) for name, values in arrays.items()} | {"windows_bands": windows_bands}


def _distances(samples: np.ndarray, rate_hz: int, n_mels: tuple[int, ...], windows_bands: np.ndarray) -> np.ndarray:
    """Return the mean distances of peaks of a sound, ``(n, 2)``."""
    magnitudes = np.abs(librosa.stft(samples, n_fft=WINDOW_SAMPLES, hop_length=HOP_SAMPLES, window="hamming")).T
    with warnings.catch_warnings(action="ignore"):  # of empty bands
        mels = [magnitudes @ mel_bands(rate_hz, WINDOW_SAMPLES, rate_hz / 2, n).T for n in n_mels]
    return np.array([[peak_distance(mel, w) for w in pair] for mel, pair in zip(mels, windows_bands, strict=True)])


def peak_distance(mel: np.ndarray, window_bands: int) -> float:
    """Return the mean distance, in bands, of neighbouring peaks in the lower half of frames ``(n_frames, n_mels)``.

    The mean is over the means of frames. Those with no distance are left out; in the source one made all of it NaN.
    """
    window = np.hanning(window_bands)
    smooth = scipy.ndimage.convolve1d(mel, window / window.sum(), axis=1)
    n_low = (mel.shape[1] + 1) // 2
    frames, bands = scipy.signal.argrelmax(smooth[:, : n_low + 1], axis=1)  # of which the last is none
    distances = np.diff(bands)
    is_counted = (np.diff(frames) == 0) & (distances > MIN_DISTANCE_BANDS)
    of_frames = frames[1:][is_counted]
    counts = np.bincount(of_frames)
    means = np.bincount(of_frames, distances[is_counted])[counts > 0] / counts[counts > 0]
    return float(means.mean()) if means.size else np.nan
