"""Features of every patch of a piece: a window that slides over its frames one at a time becomes a row of numbers."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from pipeline.patches import flatten, patches_of, standardise
from save_dataset.themes.recordings import Recordings

EncodePatches = Callable[[np.ndarray], Mapping[str, np.ndarray]]

BATCH_PATCHES = 1024


def embed_recordings(recordings: Recordings, patch_frames: int, encode: EncodePatches | None) -> dict[str, Any]:
    """Return the features of all pieces that are searched.

    Parameters
    ----------
    encode : callable
        From flat standardised patches ``(n, patch_frames * n_bins)`` to ``magnitudes`` ``(n, n_features)`` and, where
        there are any, ``phases`` of the same shape; None: the patches themselves are the features, and are not stored.

    Returns
    -------
    dict of str
        ``magnitudes`` and ``phases``, the patches of the pieces one after the other, float32; ``starts``
        ``(n_searched + 1,)``, where the pieces start; ``patch_frames``.

    Raises
    ------
    ValueError
        If a piece is shorter than a patch.
    """
    pieces = range(recordings.n_searched)
    n_patches = [recordings.count_patches(piece, patch_frames) for piece in pieces]
    rows: dict[str, list[np.ndarray]] = {"magnitudes": [], "phases": []}
    if encode is not None:
        for piece in pieces:
            for name, values in encode_piece(recordings.piece(piece), patch_frames, encode).items():
                rows[name].append(values)
    arrays = {name: np.concatenate(values or [np.zeros((0, 0))]).astype(np.float32) for name, values in rows.items()}
    return arrays | {"starts": np.cumsum([0, *n_patches]), "patch_frames": patch_frames}


def encode_piece(frames: np.ndarray, patch_frames: int, encode: EncodePatches) -> dict[str, np.ndarray]:
    """Return what `encode` returns for every patch of a piece, in batches; silence has features of zero."""
    patches = patches_of(frames, patch_frames)
    batches = [
        encode(standardise(flatten(patches[first : first + BATCH_PATCHES])))
        for first in range(0, len(patches), BATCH_PATCHES)
    ]
    features = {name: np.concatenate([np.asarray(batch[name]) for batch in batches]) for name in batches[0]}
    for values in features.values():
        values[~patches.any(axis=(1, 2))] = (
            0  # the magnitudes of bases are not quite 0 there, for the sake of their gradient
        )
    return features


def fourier_magnitudes(patches: np.ndarray, patch_frames: int) -> np.ndarray:
    """Return magnitudes of 2-D Fourier transforms, ``(n, patch_frames * n_half_bins)``, of flat patches.

    They are those of the bins' half spectrum, which the other half mirrors; cyclic shifts do not change them.
    """
    images = patches.reshape(len(patches), patch_frames, -1)
    return np.abs(np.fft.rfft2(images)).reshape(len(patches), -1).astype(np.float32)
