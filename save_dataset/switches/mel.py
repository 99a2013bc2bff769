"""From sound to the mel spectrogram of a clip, and from what a generator made back to sound."""

import warnings

import librosa
import numpy as np

from pipeline.sections.switches import Inversion, Mel
from save_dataset.sound.griffin_lim import Framing, griffin_lim
from save_dataset.sound.heap_integration import integrate_phases
from save_dataset.sound.mel_inverse import spread_bands
from save_dataset.sound.spectrogram import mel_bands


def measure_power(samples: np.ndarray, mel: Mel) -> np.ndarray:
    """Return the mel power of a clip ``(n_samples,)``, ``(n_frames, n_mels)``."""
    framing = Framing(mel.n_frames, mel.window_samples, mel.hop_samples, mel.window)
    frames = framing.transform(librosa.util.fix_length(samples, size=framing.n_samples))
    return np.square(np.abs(frames)) @ bands_of(mel).T


def scale(power: np.ndarray, mel: Mel, loudest_db: float) -> np.ndarray:
    """Return what is stored of mel power, of any shape: in [0, 1] where the scale is "db"."""
    if mel.scale == "power":
        return power.astype(np.float32)
    above_floor_db = librosa.power_to_db(power, amin=1e-30, top_db=None) - loudest_db + mel.range_db
    return np.clip(above_floor_db / mel.range_db, 0, 1).astype(np.float32)


def to_db(values: np.ndarray, mel: Mel, loudest_db: float) -> np.ndarray:
    """Return decibels of what is stored or generated, at least `mel.range_db` below the loudest."""
    floor_db = loudest_db - mel.range_db
    if mel.scale == "power":
        return librosa.power_to_db(values, amin=10 ** (floor_db / 10), top_db=None)
    return floor_db + mel.range_db * np.clip(values, 0, 1)


def to_power(values: np.ndarray, mel: Mel, loudest_db: float) -> np.ndarray:
    """Return mel power of what is stored or generated; 0 where it is at the floor."""
    if mel.scale == "power":
        return np.maximum(values, 0)
    return np.where(values > 0, librosa.db_to_power(to_db(values, mel, loudest_db)), 0)


def distance_db(first: np.ndarray, second: np.ndarray, mel: Mel, loudest_db: float) -> np.ndarray:
    """Return the mean difference in dB, ``(...)``, of what is stored or generated, ``(..., n_frames, n_mels)``."""
    return np.abs(to_db(first, mel, loudest_db) - to_db(second, mel, loudest_db)).mean(axis=(-2, -1))


def render(
    values: np.ndarray, mel: Mel, loudest_db: float, inversion: Inversion, *, loop: bool = False,
    before: np.ndarray | None = None,
) -> np.ndarray:  # fmt: skip
    """Return the sound of what is stored or generated, ``(n_frames, n_mels)``: float32 ``(n_frames * hop_samples,)``.

    With `loop` its end leads into its beginning: the last eighth is blended into the first, and the sound is as much
    shorter. `before` is a sound rendered with fewer iterations, which is refined: its phases are begun with.
    """
    if loop:
        values = blend_ends(values)
    power = to_power(values, mel, loudest_db)
    magnitudes = np.sqrt(spread_bands(power, bands_of(mel), inversion.mel_updates))
    framing = Framing(len(values), mel.window_samples, mel.hop_samples, mel.window, loop)
    if before is not None:
        phases = np.angle(framing.transform(before))
    else:
        phases = first_phases(magnitudes, framing, inversion.start, inversion.seed)
    return griffin_lim(magnitudes, phases, framing, n_iterations=inversion.n_iterations, momentum=inversion.momentum)


def blend_ends(values: np.ndarray) -> np.ndarray:
    """Return frames of a loop: the last eighth fades into the first, ``(n_frames - n_frames // 8, n_mels)``."""
    n_blended = len(values) // 8
    weights = (np.arange(n_blended) / n_blended)[:, None]  # of the beginning: the frame before it is the last kept
    first = weights * values[:n_blended] + (1 - weights) * values[-n_blended:]
    return np.concatenate([first, values[n_blended:-n_blended]])


def first_phases(magnitudes: np.ndarray, framing: Framing, start: str, seed: int) -> np.ndarray:
    """Return the phases to begin with, by the name in the parameters: "random" or "pghi"."""
    if start == "pghi":
        return integrate_phases(magnitudes, framing, seed=seed)
    return np.random.default_rng(seed).uniform(0, 2 * np.pi, magnitudes.shape)


def bands_of(mel: Mel) -> np.ndarray:
    """Return the filters of its bands, ``(n_mels, window_samples // 2 + 1)``."""
    with warnings.catch_warnings(action="ignore"):  # of empty bands, which step 1 prints
        return mel_bands(mel.sample_rate_hz, mel.window_samples, mel.sample_rate_hz / 2, mel.n_mels)
