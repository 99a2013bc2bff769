import numpy as np
import pytest
import tensorflow as tf

from tests.small_clips import small_clips
from train_model.instruments.batches import draw_batches, draw_probabilities, tilt_clips, transpose_clips


def test_classes_are_drawn_alike_and_sources_as_the_root_of_their_number():
    clips = small_clips(6, ("A", "B")).rows(np.r_[0:18, 18:20])  # of B, one clip of each of two classes
    probabilities = draw_probabilities(clips)
    np.testing.assert_allclose(np.bincount(clips.labels, probabilities), np.full(3, 1 / 3))
    of_source = np.bincount((clips.collections == "B").astype(int), probabilities * (clips.labels == 0))
    assert of_source[0] / of_source[1] == pytest.approx(np.sqrt(6))


def test_phrases_are_drawn_as_often_as_clips_of_the_classes_that_have_some():
    clips, phrases = small_clips(6, ("A",)), small_clips(2, ("A",))
    phrases = phrases.rows(np.flatnonzero(phrases.labels < 2))
    probabilities = draw_probabilities(clips, phrases)
    of_clips, of_phrases = probabilities[:18], probabilities[18:]
    np.testing.assert_allclose(np.bincount(clips.labels, of_clips), [1 / 6, 1 / 6, 1 / 3])
    np.testing.assert_allclose(np.bincount(phrases.labels, of_phrases), [1 / 6, 1 / 6])


def batches_of(cqt, labels, probabilities, epoch=0, **settings):
    settings = {"batch_clips": 50, "n_batches": 4, "seed": 3, **settings}
    batches = draw_batches(cqt, labels, probabilities, epoch=tf.Variable(epoch), **settings)
    drawn, known = zip(*batches.as_numpy_iterator(), strict=True)
    return np.concatenate(drawn), np.concatenate(known)


@pytest.fixture
def numbered():
    """Six clips of 7 frames and 5 bins; a value says which clip, frame and bin it is of."""
    return np.arange(6 * 7 * 5).reshape(6, 7, 5).astype(np.float16), np.arange(6)


def test_clips_are_drawn_as_they_are_and_as_often_as_asked(numbered):
    probabilities = np.array([0.5, 0.2, 0.1, 0.2, 0.0, 0.0])
    drawn, known = batches_of(*numbered, probabilities)
    np.testing.assert_array_equal(drawn, numbered[0][known])
    np.testing.assert_allclose(np.bincount(known, minlength=6) / 200, probabilities, atol=0.1)
    assert set(known) == {0, 1, 2, 3}


def test_batches_depend_on_seed_and_epoch_alone(numbered):
    settings = {"shift_bins": 2, "tilt_db": 6.0}
    first, again = (batches_of(*numbered, np.full(6, 1 / 6), **settings) for _ in range(2))
    np.testing.assert_array_equal(first[0], again[0])
    for other in ({"epoch": 1}, {"seed": 4}):
        assert not np.array_equal(first[1], batches_of(*numbered, np.full(6, 1 / 6), **settings, **other)[1])
    batches = first[1].reshape(4, 50)
    assert not np.array_equal(batches[0], batches[1])


def test_transposed_clips_are_rolled_in_time_and_keep_their_edge(numbered):
    drawn, known = batches_of(*numbered, np.full(6, 1 / 6), shift_bins=2)
    shifts, rolls = set(), set()
    for clip, label in zip(drawn, known, strict=True):
        source = clip.astype(int) - 35 * label
        bins, frames = source % 5, source // 5
        shift, roll = -(bins[0, 2] - 2), frames[0, 0]
        np.testing.assert_array_equal(bins, np.tile(np.clip(np.arange(5) - shift, 0, 4), (7, 1)))
        np.testing.assert_array_equal(frames, np.tile((np.arange(7) + roll)[:, None] % 7, 5))
        shifts.add(shift)
        rolls.add(roll)
    assert shifts == {-2, -1, 0, 1, 2}
    assert rolls == set(range(7))


def test_transposition_up_moves_a_peak_up():
    peak = np.zeros((1, 1, 5), np.float32)
    peak[..., 2] = 1
    assert np.argmax(transpose_clips(peak, np.array([[1]]))) == 3


def test_tilt_and_gain_are_decibels_of_the_magnitude():
    magnitudes = np.full((2, 3, 5), 10.0, np.float32)
    magnitudes[:, 0] = 0
    tilted = np.expm1(tilt_clips(np.log1p(magnitudes), np.array([12.0, 0.0], np.float32), np.array([0, -20.0], "f4")))
    np.testing.assert_array_equal(tilted[:, 0], 0)
    np.testing.assert_allclose(20 * np.log10(tilted[0, 1] / 10), [-6, -3, 0, 3, 6], atol=1e-4)
    np.testing.assert_allclose(tilted[1, 1:], 1.0, rtol=1e-5)
