"""From the frames that a method gives to sound, the same for all methods: morphing, level, phases, no clipping."""

import numpy as np

from pipeline.sections.timbre import Transfer
from save_dataset.sound.griffin_lim import Framing, griffin_lim
from save_dataset.sound.stft import istft
from save_dataset.timbre.levels import frame_levels


def morph(source: np.ndarray, result: np.ndarray, weight: float) -> np.ndarray:
    """Return complex frames between two: geometric means of magnitudes, phases along the shorter arc.

    With a weight of 0 they are those of the source, with 1 those of the result; all are ``(n_frames, n_bins)``.
    """
    if weight == 1:
        return result
    magnitudes = np.abs(source) ** (1 - weight) * np.abs(result) ** weight
    phases = np.angle(source) + weight * np.angle(result * np.conj(source))
    return magnitudes * np.exp(1j * phases)


def impose_level(frames: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Return frames at the levels that the frames of another sound have; silence stays silence."""
    levels = frame_levels(np.abs(frames))
    gains = np.divide(frame_levels(np.abs(like)), levels, out=np.zeros_like(levels), where=levels > 0)
    return frames * gains.astype(np.float32)[:, None]


def to_sound(frames: np.ndarray, n_samples: int, transfer: Transfer, *, hop_samples: int) -> np.ndarray:
    """Return the sound of complex frames, ``(n_samples,)``, by their phases or by Griffin-Lim from there on."""
    if transfer.phase == "source":
        return istft(frames, n_samples, hop_samples=hop_samples)
    framing = Framing(len(frames), 2 * (frames.shape[1] - 1), hop_samples, length=n_samples)
    return griffin_lim(np.abs(frames), np.angle(frames), framing, n_iterations=transfer.n_iterations)


def limit(samples: np.ndarray) -> tuple[np.ndarray, float]:
    """Return samples within [-1, 1], and the gain they are made softer by, 1 if they lie there already."""
    gain = 1 / max(1.0, float(np.abs(samples).max()))
    return samples * np.float32(gain), gain
