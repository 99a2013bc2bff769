"""Sonification of the long forecasts of a run: decode every point to its window, overlay the windows, invert."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import keras
import numpy as np

from models import surgery
from pipeline import results
from pipeline.parameters import ROOT
from pipeline.studies.song import Parameters
from save_dataset.sound.files import write_sound
from save_dataset.sound.inversion import invert_spectrogram

PEAK = 0.9


def write_sounds(
    parameters: Parameters, forecasts: Mapping[str, Mapping[str, np.ndarray]], root: Path = ROOT
) -> list[Path]:
    """Write, in ``<run>/sound/``, the song from the long start on, its decoded trajectory, and decoded forecasts.

    All go through the same inversion: from ``truth.wav`` to ``decoded.wav`` the autoencoder makes the difference, from
    ``decoded.wav`` to ``<method>.wav`` the forecast. `forecasts` are those of `forecast_song` by method.
    """
    if not forecasts:
        return []
    spectrogram = results.load(parameters, "spectrogram", root)
    z = results.load(parameters, "embedding", root)["z"]
    decoder = surgery.part(results.load_model(parameters, "autoencoder", root), "decoder")
    first, *_ = forecasts.values()
    start = int(first["long_start"])
    decoded = frames_of(decoder, z[start : start + len(first["long_forecast"])])
    frames = {"truth": spectrogram["frames"][start : start + len(decoded)], "decoded": decoded}
    frames |= {method: frames_of(decoder, arrays["long_forecast"]) for method, arrays in forecasts.items()}
    rate_hz = parameters.sound.sample_rate_hz
    settings = parameters.spectrogram.model_dump(include={"max_frequency_hz", "tukey_alpha"})
    invert = partial(invert_spectrogram, spectrogram=spectrogram, sample_rate_hz=rate_hz, **settings)
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # what takes time in it leaves the other threads free
        sounds = dict(zip(frames, pool.map(invert, frames.values()), strict=True))
    gain = PEAK / max(np.abs(sound).max() for sound in sounds.values())
    folder = results.path_of(parameters, "embedding", root).parent / "sound"
    return [write_sound(gain * sound, folder / f"{name}.wav", rate_hz) for name, sound in sounds.items()]


def frames_of(decoder: keras.Model, z: np.ndarray) -> np.ndarray:
    """Decode a trajectory ``(n_points, latent_dim)`` to frames ``(n_points + window_frames - 1, n_bins)``."""
    return overlay(decoder.predict(z.astype(np.float32), verbose=0))


def overlay(windows: np.ndarray) -> np.ndarray:
    """Return frames ``(n_windows + window_frames - 1, n_bins)``, each the mean over all windows that contain it.

    Windows are ``(n_windows, window_frames, n_bins)``, each one frame after the one before.

    Examples
    --------
    >>> overlay(np.array([[[0.0], [2.0]], [[4.0], [6.0]]])).ravel()
    array([0., 3., 6.])
    """
    n_windows, window_frames, n_bins = windows.shape
    total = np.zeros((n_windows + window_frames - 1, n_bins))
    for frame in range(window_frames):
        total[frame : frame + n_windows] += windows[:, frame]
    n_over_frame = np.convolve(np.ones(n_windows), np.ones(window_frames))
    return total / n_over_frame[:, None]
