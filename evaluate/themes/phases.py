"""How well phases predict shifts: magnitudes do not depend on how much a patch was shifted, phases do.

Patches are shifted by known amounts, in pitch or in time. The difference of phases is taken as its cosine and sine, so
that there is no jump at half a rotation.
"""

import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import RidgeCV
from sklearn.metrics import r2_score

from embed.themes.features import EncodePatches
from evaluate.themes.invariance import shifted_patches
from save_dataset.themes.recordings import Recordings

EXAMPLES_OF_A_PATCH = 4  # two shifts in pitch, two in time
PENALTIES = 10.0 ** np.arange(-1, 6)
HELD_OUT = 0.25  # fraction of the patches, the last in time, whose shifts are predicted


def draw_shifts(
    n_patches: int, pitch_shift_bins: int, time_shift_frames: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw signed shifts in bins and frames, ``(n_patches * EXAMPLES_OF_A_PATCH,)``: in turn one or the other is 0."""
    shape = (n_patches, EXAMPLES_OF_A_PATCH)
    in_pitch = np.arange(EXAMPLES_OF_A_PATCH) % 2 == 0
    bins = rng.integers(-pitch_shift_bins, pitch_shift_bins + 1, shape) * in_pitch
    frames = rng.integers(-time_shift_frames, time_shift_frames + 1, shape) * ~in_pitch
    return bins.ravel(), frames.ravel()


def phase_differences(
    recordings: Recordings, patch_frames: int, starts: np.ndarray, shift_bins: np.ndarray, shift_frames: np.ndarray,
    encode: EncodePatches,
) -> np.ndarray:  # fmt: skip
    """Return how much shifts rotate the phases, ``(n_examples, n_bases)``, -pi (left out) to pi; each has its start."""
    unshifted, shifted = (
        np.asarray(encode(shifted_patches(recordings.frames, starts, patch_frames, *shifts))["phases"])
        for shifts in ((), (shift_bins, shift_frames))
    )
    return fold(shifted - unshifted)


def fold(angles: np.ndarray) -> np.ndarray:
    """Return angles in radians between -pi, left out, and pi."""
    return np.pi - (np.pi - angles) % (2 * np.pi)


def measure_phases(
    recordings: Recordings, patch_frames: int, starts: np.ndarray, encode: EncodePatches, max_shifts: tuple[int, int],
    rng: np.random.Generator,
) -> dict[str, np.ndarray]:  # fmt: skip
    """Measure how well the phases of a run predict shifts.

    `starts` are the first frames of patches in order of time, `max_shifts` are in bins and in frames.

    Returns
    -------
    dict of str to np.ndarray
        ``shift_bins`` and ``shift_frames`` (n_examples,), in turn a shift in pitch and one in time; ``pca``
        (n_examples, 2), of either kind apart; ``shift_r2`` (2,), how well a linear model predicts the shift in pitch
        and in time of patches that it was not fitted to: 1 is exact, 0 no better than the mean.
    """
    bins, frames = draw_shifts(len(starts), *max_shifts, rng)
    repeated = np.repeat(starts, EXAMPLES_OF_A_PATCH)
    angles = phase_differences(recordings, patch_frames, repeated, bins, frames, encode)
    circles = np.concatenate([np.cos(angles), np.sin(angles)], axis=1)
    pca, r2 = np.zeros((len(bins), 2)), []
    for first, shifts in enumerate((bins, frames)):
        of_kind = np.arange(len(bins)) % 2 == first
        pca[of_kind] = PCA(2, random_state=0).fit_transform(circles[of_kind])
        r2.append(predict_shift(circles[of_kind], shifts[of_kind]))
    return {"shift_bins": bins, "shift_frames": frames, "pca": pca, "shift_r2": np.array(r2)}


def predict_shift(circles: np.ndarray, shifts: np.ndarray) -> float:
    """Return R2 of shifts ``(n,)`` by ridge regression, on the last `HELD_OUT` of examples.

    NaN where that is one example, which has no variance.
    """
    n_fitted = round(len(shifts) * (1 - HELD_OUT))
    if len(shifts) - n_fitted < 2:
        return np.nan
    model = RidgeCV(PENALTIES).fit(circles[:n_fitted], shifts[:n_fitted])
    return float(r2_score(shifts[n_fitted:], model.predict(circles[n_fitted:])))
