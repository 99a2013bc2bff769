"""Clips of one length cut from sounds: half-overlapping, the last of a short sound filled up with silence."""

from pathlib import Path

import numpy as np

from save_dataset.sound.files import read_sound


def read_clips(path: Path, *, sample_rate_hz: int, clip_samples: int, max_clips: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the clips of a sound file as `cut` does; no more is read than they need."""
    duration_s = (max_clips + 1) * clip_samples / 2 / sample_rate_hz
    samples = read_sound(path, sample_rate_hz=sample_rate_hz, duration_s=duration_s)
    return cut(samples, clip_samples, max_clips)


def cut(samples: np.ndarray, clip_samples: int, max_clips: int) -> tuple[np.ndarray, np.ndarray]:
    """Return clips, ``(n_clips, clip_samples)``, and how many samples of each are sound, ``(n_clips,)``.

    Each begins half a clip after the one before, and none but the first reaches beyond the sound.

    >>> cut(np.arange(1.0, 7.0), clip_samples=4, max_clips=8)[0].tolist()
    [[1.0, 2.0, 3.0, 4.0], [3.0, 4.0, 5.0, 6.0]]
    >>> cut(np.ones(3), clip_samples=4, max_clips=8)
    (array([[1., 1., 1., 0.]]), array([3]))
    """
    n_clips = min(1 + max(len(samples) - clip_samples, 0) // (clip_samples // 2), max_clips)
    padded = np.pad(samples, (0, max(clip_samples - len(samples), 0)))
    starts = np.arange(n_clips) * (clip_samples // 2)
    clips = np.stack([padded[start : start + clip_samples] for start in starts])
    return clips, np.minimum(len(samples) - starts, clip_samples)
