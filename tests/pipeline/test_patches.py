import numpy as np
import pytest

from pipeline.patches import flatten, patches_of, standardise, unflatten


def test_a_patch_has_consecutive_frames_and_a_song_that_is_too_short_has_none(rng):
    frames = rng.normal(size=(9, 4))
    patches = patches_of(frames, 3)
    assert patches.shape == (7, 3, 4)
    np.testing.assert_array_equal(patches[5], frames[5:8])
    assert len(patches_of(np.zeros((3, 2)), 3)) == 1
    assert patches_of(np.zeros((2, 2)), 3).shape == (0, 3, 2)


def test_flat_patches_are_read_frame_by_frame():
    patches = np.arange(24).reshape(2, 3, 4)
    flat = flatten(patches)
    assert flat.shape == (2, 12)
    assert flat[1, 2 * 4 + 3] == patches[1, 2, 3]
    np.testing.assert_array_equal(unflatten(flat, 3), patches)


def test_standardised_values_have_mean_0_and_the_standard_deviation_asked_for(rng):
    values = standardise(rng.normal(3, 5, size=(4, 60)), std=0.2)
    assert values.dtype == np.float32
    np.testing.assert_allclose(values.mean(axis=1), 0, atol=1e-6)
    np.testing.assert_allclose(values.std(axis=1), 0.2, rtol=1e-5)


def test_silence_stays_silence():
    np.testing.assert_array_equal(standardise(np.zeros((2, 5))), 0)
    np.testing.assert_array_equal(standardise(np.full((2, 8), 0.5)), 0)


@pytest.mark.parametrize(
    ("frames", "patch_frames", "message"),
    [(np.zeros(5), 2, r"shape \(5,\): must be \(n_frames, n_bins\)"), (np.zeros((5, 2)), 0, "patch_frames=0")],
)
def test_what_is_no_song_or_no_patch_is_refused(frames, patch_frames, message):
    with pytest.raises(ValueError, match=message):
        patches_of(frames, patch_frames)
