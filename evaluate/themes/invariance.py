"""How invariant features are: patches of music are shifted in pitch or time, and retrieved among those unshifted.

What a shift leaves of the features shows in the cosine of a patch and its shifted form, compared with that of any two
patches; what that is worth, in the accuracy of retrieval. The mean over all patches is taken off the features first.
Shifts are tried either way and averaged. In pitch the bins are shifted, and those left empty get the lowest value of
the patch, as in training; in time it is the music itself that goes on.
"""

from itertools import pairwise
from typing import Any

import numpy as np

from embed.themes.features import EncodePatches
from models.retrieval import centred_cosines, retrieval_accuracy
from pipeline.patches import flatten, standardise
from save_dataset.themes.recordings import Recordings

PITCH_SHIFTS_BINS = (0, 1, 2, 4, 6, 8, 12, 16, 20, 24)
TIME_SHIFTS_FRAMES = (0, 1, 2, 4, 6, 8, 12)


def draw_starts(recordings: Recordings, patch_frames: int, n_patches: int, rng: np.random.Generator) -> np.ndarray:
    """Draw the first frames of different patches of the pieces that are searched, in order, `n_patches` at most.

    Each can be shifted by the longest of `TIME_SHIFTS_FRAMES` either way within its piece; silence is left out.

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
            "which it takes to shift a patch: take shorter patches"
        )
    return np.sort(rng.choice(starts, min(n_patches, len(starts)), replace=False))


def shifted_patches(
    frames: np.ndarray, starts: np.ndarray, patch_frames: int, pitch_bins: np.ndarray | int = 0,
    time_frames: np.ndarray | int = 0,
) -> np.ndarray:  # fmt: skip
    """Return flat standardised patches ``(n, patch_frames * n_bins)``, transposed up and beginning later by shifts.

    `starts` ``(n,)`` are the first frames before the shift; shifts are of all patches or, ``(n,)``, of each.
    """
    patches = frames[(starts + time_frames)[:, None] + np.arange(patch_frames)]
    n_bins = frames.shape[1]
    source = np.arange(n_bins) - np.broadcast_to(pitch_bins, starts.shape)[:, None]
    shifted = np.take_along_axis(patches, np.clip(source, 0, n_bins - 1)[:, None], axis=2)
    exists = (source >= 0) & (source < n_bins)
    return standardise(flatten(np.where(exists[:, None], shifted, patches.min(axis=(1, 2), keepdims=True))))


def measure_invariance(
    recordings: Recordings, patch_frames: int, starts: np.ndarray, encode: EncodePatches
) -> dict[str, np.ndarray]:
    """Measure the invariance of features to shifts in pitch and in time.

    `encode` makes of flat standardised patches ``(n, n_values)`` ``magnitudes`` ``(n, n_features)``, the features.

    Returns
    -------
    dict of str to np.ndarray
        For ``pitch`` and ``time``, each ``(n_shifts,)``: ``_shifts`` in bins and in frames; ``_found``, the accuracy of
        retrieval, in time with a tolerance of the shift; ``_cosine`` of shifted pairs; ``_unrelated``, of other pairs.
    """
    arrays: dict[str, Any] = {"pitch_shifts": PITCH_SHIFTS_BINS, "time_shifts": TIME_SHIFTS_FRAMES}
    unshifted = np.asarray(encode(shifted_patches(recordings.frames, starts, patch_frames))["magnitudes"])
    for kind, argument in (("pitch", "pitch_bins"), ("time", "time_frames")):
        rows = []
        for shift in arrays[f"{kind}_shifts"]:
            either_way = []
            for signed in {shift, -shift}:
                patches = shifted_patches(recordings.frames, starts, patch_frames, **{argument: signed})
                cosines = centred_cosines(unshifted, np.asarray(encode(patches)["magnitudes"]))
                accuracy = retrieval_accuracy(cosines, starts, tolerance=shift if kind == "time" else 0)
                either_way.append((accuracy, *mean_cosines(cosines)))
            rows.append(np.mean(either_way, axis=0))
        names = (f"{kind}_{name}" for name in ("found", "cosine", "unrelated"))
        arrays |= dict(zip(names, np.transpose(rows), strict=True))
    return {name: np.asarray(array) for name, array in arrays.items()}


def mean_cosines(cosines: np.ndarray) -> tuple[float, float]:
    """Return the mean of ``(n, n)`` cosines on the diagonal, and off it."""
    total_of_pairs = np.trace(cosines)
    of_others = (cosines.sum() - total_of_pairs) / (cosines.size - len(cosines))
    return float(total_of_pairs / len(cosines)), float(of_others)
