"""How invariant features are: patches of music are moved in pitch or time, and look for themselves among those unmoved.

What a shift leaves of the features shows in the cosine of a patch and its moved form, beside that of any two patches;
what that is worth, in how many moved patches find themselves. The mean over all patches is taken from the features
first. Shifts are tried either way and averaged. In pitch the bins move, and those left empty get the lowest value of
the patch, as in training; in time it is the music itself that goes on.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from embed.themes.features import EncodePatches
from pipeline.patches import flatten, standardise
from save_dataset.themes.recordings import Recordings

PITCH_SHIFTS_BINS = (0, 1, 2, 4, 6, 8, 12, 16, 20, 24)
TIME_SHIFTS_FRAMES = (0, 1, 2, 4, 6, 8, 12)
NEARLY_ZERO = 1e-9


def draw_starts(recordings: Recordings, patch_frames: int, n_patches: int, rng: np.random.Generator) -> np.ndarray:
    """First frames of patches of the pieces that are searched, none twice, in order, ``(n,)``; n may be less.

    Each can be moved by the longest of `TIME_SHIFTS_FRAMES` either way within its piece; silence is left out.

    Raises
    ------
    ValueError
        If there are fewer than two such patches.
    """
    margin = TIME_SHIFTS_FRAMES[-1]
    spans = pairwise(recordings.starts[: recordings.n_searched + 1].tolist())
    starts = np.concatenate([np.arange(first + margin, end - patch_frames - margin + 1) for first, end in spans])
    sounding = np.append(0, np.cumsum(recordings.frames.any(axis=1)))
    starts = starts[sounding[starts + patch_frames] > sounding[starts]]
    if len(starts) < 2:
        raise ValueError(
            f"model.patch_frames={patch_frames}: no piece has sound and {patch_frames + 2 * margin} frames, "
            "which it takes to move a patch: take shorter patches"
        )
    return np.sort(rng.choice(starts, min(n_patches, len(starts)), replace=False))


def moved_patches(
    frames: np.ndarray, starts: np.ndarray, patch_frames: int, pitch_bins: np.ndarray | int = 0,
    time_frames: np.ndarray | int = 0,
) -> np.ndarray:  # fmt: skip
    """Flat standardised patches ``(n, patch_frames * n_bins)`` that begin later and are transposed up by so much.

    Parameters
    ----------
    frames : np.ndarray (n_frames, n_bins)
        All pieces.
    starts : np.ndarray (n,)
        First frames of the patches before they are moved.
    patch_frames : int
        Length of a patch.
    pitch_bins, time_frames : int or np.ndarray (n,)
        Shifts of all patches or of each.
    """
    patches = frames[(starts + time_frames)[:, None] + np.arange(patch_frames)]
    n_bins = frames.shape[1]
    source = np.arange(n_bins) - np.broadcast_to(pitch_bins, starts.shape)[:, None]
    moved = np.take_along_axis(patches, np.clip(source, 0, n_bins - 1)[:, None], axis=2)
    is_there = (source >= 0) & (source < n_bins)
    return standardise(flatten(np.where(is_there[:, None], moved, patches.min(axis=(1, 2), keepdims=True))))


def measure_invariance(
    recordings: Recordings, patch_frames: int, starts: np.ndarray, encode: EncodePatches
) -> dict[str, np.ndarray]:
    """Invariance of features to shifts in pitch and in time.

    Parameters
    ----------
    recordings : Recordings
        All pieces.
    patch_frames : int
        Length of a patch.
    starts : np.ndarray (n_patches,)
        From `draw_starts`.
    encode : callable
        From flat standardised patches ``(n, n_values)`` to ``magnitudes`` ``(n, n_features)``, the features.

    Returns
    -------
    dict of str to np.ndarray
        For ``pitch`` and ``time``, each ``(n_shifts,)``: ``_shifts`` in bins and in frames; ``_found``, share of moved
        patches that are nearest to themselves, in time: to one not further away than the shift; ``_cosine`` of moved
        pairs; ``_unrelated``, of all other pairs.
    """
    arrays: dict[str, Any] = {"pitch_shifts": PITCH_SHIFTS_BINS, "time_shifts": TIME_SHIFTS_FRAMES}
    still = np.asarray(encode(moved_patches(recordings.frames, starts, patch_frames))["magnitudes"])
    for kind, argument in (("pitch", "pitch_bins"), ("time", "time_frames")):
        rows = []
        for shift in arrays[f"{kind}_shifts"]:
            found = []
            for signed in {shift, -shift}:
                patches = moved_patches(recordings.frames, starts, patch_frames, **{argument: signed})
                moved = np.asarray(encode(patches)["magnitudes"])
                found.append(find_again(still, moved, starts, shift if kind == "time" else 0))
            rows.append(np.mean(found, axis=0))
        names = (f"{kind}_{name}" for name in ("found", "cosine", "unrelated"))
        arrays |= dict(zip(names, np.transpose(rows), strict=True))
    return {name: np.asarray(array) for name, array in arrays.items()}


def find_again(
    still: np.ndarray, moved: np.ndarray, starts: Sequence[int] | np.ndarray, near_frames: int = 0
) -> tuple[float, float, float]:
    """Share of the moved that are nearest to themselves, cosine of a thing and its moved form, of any two others.

    `still` and `moved` are ``(n, n_features)``; as near in `starts` as `near_frames` is near enough.
    """
    mean = still.mean(axis=0)
    units = [each / np.maximum(np.linalg.norm(each, axis=1, keepdims=True), NEARLY_ZERO)
             for each in (moved - mean, still - mean)]  # fmt: skip
    cosine = units[0] @ units[1].T
    itself = np.trace(cosine) / len(cosine)
    others = (cosine.sum() - np.trace(cosine)) / (cosine.size - len(cosine))
    starts = np.asarray(starts)
    is_found = np.abs(starts[np.argmax(cosine, axis=1)] - starts) <= near_frames
    return float(is_found.mean()), float(itself), float(others)
