import numpy as np
import pytest
import tensorflow as tf

from pipeline.data_generator import stretches, windows
from pipeline.windows import Stretch

STRETCH = Stretch(window_frames=4, history=3, future=1, n_samples=5)


@pytest.fixture
def frames():
    """Frames that hold their own number, which shows where a stretch was cut."""
    return np.repeat(np.arange(61.0, dtype=np.float32)[:, None], 2, axis=1)


def starts_of_epoch(dataset):
    return [int(stretch[0, 0]) for batch in dataset.as_numpy_iterator() for stretch in batch]


def test_stretches_are_pieces_of_the_song(frames):
    dataset = stretches(frames, STRETCH, stretches_per_batch=3, seed=0, epoch=tf.Variable(0))
    for batch in dataset.as_numpy_iterator():
        assert batch.shape == (3, STRETCH.n_frames, 2)
        for stretch in batch:
            start = int(stretch[0, 0])
            np.testing.assert_array_equal(stretch, frames[start : start + STRETCH.n_frames])


@pytest.mark.parametrize("stretches_per_batch", [1, 3, 4, 50])
def test_an_epoch_holds_every_sample_in_batches_of_one_shape(frames, stretches_per_batch):
    dataset = stretches(frames, STRETCH, stretches_per_batch=stretches_per_batch, seed=0, epoch=tf.Variable(0))
    starts = starts_of_epoch(dataset)
    assert len(starts) == stretches_per_batch * int(dataset.cardinality())
    assert set(starts) == set(STRETCH.starts(len(frames)))
    assert len(starts) - len(set(starts)) < stretches_per_batch or stretches_per_batch > len(set(starts))


def test_order_changes_with_the_epoch_and_the_seed_and_with_nothing_else(frames):
    def order(seed, number):
        return starts_of_epoch(stretches(frames, STRETCH, stretches_per_batch=2, seed=seed, epoch=tf.Variable(number)))

    assert order(0, 3) == order(0, 3)
    assert order(0, 3) != order(0, 4)
    assert order(0, 3) != order(1, 3)


def test_epoch_is_read_when_a_pass_begins(frames):
    epoch = tf.Variable(0)
    dataset = stretches(frames, STRETCH, stretches_per_batch=2, seed=0, epoch=epoch)
    first = starts_of_epoch(dataset)
    epoch.assign(1)
    assert starts_of_epoch(dataset) != first
    epoch.assign(0)
    assert starts_of_epoch(dataset) == first


@pytest.mark.parametrize("batch_windows", [1, 7, 1000])
def test_windows_come_in_order_and_whole(rng, batch_windows):
    frames = rng.normal(size=(30, 3)).astype(np.float32)
    got = np.concatenate(list(windows(frames, 6, batch_windows=batch_windows).as_numpy_iterator()))
    np.testing.assert_array_equal(got, np.lib.stride_tricks.sliding_window_view(frames, 6, axis=0).swapaxes(1, 2))
