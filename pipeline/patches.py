"""Patches: stretches of frames as the complex autoencoder sees them, the same for training and for use.

A patch is ``(patch_frames, n_bins)``. Flat, it is read frame by frame: value ``frame * n_bins + bin``. Bases learned in
one order mean nothing to patches in another.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

PATCH_STD, WINDOW_STD, IMAGE_STD = 0.1, 1.0, 0.1  # standard deviations of what the paper trains on
NEARLY_ZERO = 1e-8  # added to a standard deviation: what has none becomes 0


def patches_of(frames: np.ndarray, patch_frames: int) -> np.ndarray:
    """Return all patches of a song ``(n_frames, n_bins)``, a view ``(n_patches, patch_frames, n_bins)``.

    Patch p begins at frame p; a song shorter than a patch has none.

    Raises
    ------
    ValueError
        If frames are no matrix, or a patch has no frame.
    """
    if np.ndim(frames) != 2:
        raise ValueError(f"frames of shape {np.shape(frames)}: must be (n_frames, n_bins)")
    if patch_frames < 1:
        raise ValueError(f"{patch_frames=}: must be at least 1")
    if len(frames) < patch_frames:
        return np.empty((0, patch_frames, frames.shape[1]), frames.dtype)
    return np.moveaxis(np.lib.stride_tricks.sliding_window_view(frames, patch_frames, axis=0), -1, 1)


def flatten(patches: Any, reshape: Callable[[Any, tuple[int, int]], Any] = np.reshape) -> Any:
    """Flatten patches ``(n, patch_frames, n_bins)``, read frame by frame; `reshape` is NumPy's or TensorFlow's."""
    return reshape(patches, (-1, patches.shape[-2] * patches.shape[-1]))


def unflatten(values: np.ndarray, patch_frames: int) -> np.ndarray:
    """Undo `flatten`: from ``(..., n_values)`` to ``(..., patch_frames, n_bins)``."""
    return values.reshape(*values.shape[:-1], patch_frames, -1)


def standardise(patches: np.ndarray, std: float = PATCH_STD) -> np.ndarray:
    """Return flat patches ``(..., n_values)``, float32, of mean 0 and this standard deviation; constant ones are 0."""
    centred = patches - patches.mean(axis=-1, keepdims=True)
    deviation = np.sqrt(np.mean(np.square(centred), axis=-1, keepdims=True))
    return (centred * (std / (deviation + NEARLY_ZERO))).astype(np.float32)
