import numpy as np
import pytest

from embed.themes.features import fourier_magnitudes
from evaluate.themes.invariance import (
    TIME_SHIFTS_FRAMES,
    draw_starts,
    mean_cosines,
    measure_invariance,
    shifted_patches,
)
from pipeline.patches import flatten, standardise
from tests.small_recordings import PATCH_FRAMES, small_recordings


def as_it_is(patches):
    return {"magnitudes": patches}


def by_fourier(patches):
    return {"magnitudes": fourier_magnitudes(patches, PATCH_FRAMES)}


def test_shifted_patches_by_hand():
    frames = np.array([[0, 1, 5], [2, 3, 4], [9, 8, 7], [1, 1, 2]], np.float32)

    def expected(*patch):
        return standardise(np.ravel(np.array(patch, np.float32))[None])

    one = np.array([1])
    np.testing.assert_allclose(shifted_patches(frames, one, 2), expected([2, 3, 4], [9, 8, 7]))
    up = expected([2, 2, 3], [2, 9, 8])  # the lowest of the patch is 2
    np.testing.assert_allclose(shifted_patches(frames, one, 2, pitch_bins=1), up)
    down = expected([4, 2, 2], [7, 2, 2])
    np.testing.assert_allclose(shifted_patches(frames, one, 2, pitch_bins=-2), down)
    np.testing.assert_allclose(shifted_patches(frames, one, 2, time_frames=1), expected([9, 8, 7], [1, 1, 2]))
    np.testing.assert_allclose(shifted_patches(frames, one, 2, 1, -1), expected([0, 0, 1], [0, 2, 3]))


def test_each_patch_may_have_a_shift_of_its_own_and_unshifted_ones_are_flat_as_everywhere_else(rng):
    frames, starts = rng.normal(size=(40, 6)).astype(np.float32), np.array([3, 10, 20])
    np.testing.assert_array_equal(shifted_patches(frames, starts[:1], 3), standardise(flatten(frames[None, 3:6])))
    bins, times = np.array([0, 2, -1]), np.array([1, 0, -2])
    together = shifted_patches(frames, starts, 5, bins, times)
    for row, start, pitch, time in zip(together, starts, bins, times, strict=True):
        np.testing.assert_array_equal(row, shifted_patches(frames, np.array([start]), 5, pitch, time)[0])


def test_patches_are_drawn_of_sounding_pieces_that_are_searched_with_room_to_shift(rng):
    recordings = small_recordings()
    last = recordings.starts[recordings.n_searched]
    recordings.frames[recordings.starts[1] : recordings.starts[2]] = 0
    starts = draw_starts(recordings, PATCH_FRAMES, 10_000, rng)
    margin = TIME_SHIFTS_FRAMES[-1]
    piece = np.searchsorted(recordings.starts, starts, side="right") - 1
    assert set(piece) == {0, 2, 3}
    assert len(set(starts)) == len(starts) == 3 * (len(recordings.piece(0)) - PATCH_FRAMES - 2 * margin + 1)
    assert (np.diff(starts) > 0).all()
    assert (starts - margin >= recordings.starts[piece]).all()
    assert (starts + PATCH_FRAMES + margin <= recordings.starts[piece + 1]).all()
    assert starts.max() < last
    assert len(draw_starts(recordings, PATCH_FRAMES, 7, rng)) == 7
    with pytest.raises(ValueError, match="model.patch_frames=200: no piece has sound and 224 frames"):
        draw_starts(small_recordings(), 200, 10, rng)


def test_mean_cosines_are_those_of_pairs_and_of_others():
    assert mean_cosines(np.array([[1.0, 0.5], [0.25, 0.0]])) == (0.5, 0.375)


def test_patches_as_they_are_are_not_invariant_and_fourier_magnitudes_are_in_pitch():
    recordings = small_recordings()
    recordings.frames[:, :8] = recordings.frames[:, -8:] = recordings.frames.min()  # nothing leaves or comes in
    starts = np.arange(20, 80)  # the theme comes again later
    plain = measure_invariance(recordings, PATCH_FRAMES, starts, as_it_is)
    fourier = measure_invariance(recordings, PATCH_FRAMES, starts, by_fourier)
    assert plain["pitch_found"][0] == plain["time_found"][0] == 1
    np.testing.assert_allclose([plain["pitch_cosine"][0], plain["time_cosine"][0]], 1, rtol=1e-6)
    shifts = fourier["pitch_shifts"]
    np.testing.assert_allclose(fourier["pitch_cosine"][shifts <= 8], 1, atol=1e-5)
    assert (fourier["pitch_found"][shifts <= 8] == 1).all()
    assert (plain["pitch_found"][(shifts > 0) & (shifts <= 8)] < 0.3).all()
    assert (np.abs(plain["pitch_unrelated"]) < 0.1).all()
    assert all(len(plain[f"time_{name}"]) == len(TIME_SHIFTS_FRAMES) for name in ("found", "cosine", "unrelated"))


def test_in_time_music_goes_on_within_the_piece(rng):
    recordings = small_recordings()
    starts = draw_starts(recordings, PATCH_FRAMES, 40, rng)
    time = measure_invariance(recordings, PATCH_FRAMES, starts, as_it_is)["time_cosine"]
    assert time[0] == pytest.approx(1)
    assert np.abs(time[TIME_SHIFTS_FRAMES.index(4) :]).max() < 0.2  # every frame has a sound of its own
