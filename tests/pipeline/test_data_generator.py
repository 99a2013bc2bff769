import numpy as np
import pytest
import tensorflow as tf

from pipeline.data_generator import samples, windows
from pipeline.windows import Sample

SAMPLE = Sample(window_frames=4, before=2, after=1, max_lag=5, remembered=3)


@pytest.fixture
def frames():
    """Frames that hold their own number, which shows where a window was cut."""
    return np.repeat(np.arange(61.0, dtype=np.float32)[:, None], 2, axis=1)


def make(frames, seed=0, epoch=0, per_batch=3, sample=SAMPLE):
    epoch = epoch if isinstance(epoch, tf.Variable) else tf.Variable(epoch)
    return samples(frames, sample, samples_per_batch=per_batch, seed=seed, epoch=epoch)


def numbers(dataset):
    return [int(t) for batch in dataset.as_numpy_iterator() for t in batch["t"]]


def lags(dataset):
    return [batch["windows"][:, -1, 0, 0] - batch["t"] for batch in dataset.as_numpy_iterator()]


def test_windows_of_a_sample_are_those_around_t_and_a_later_one(frames):
    for batch in make(frames).as_numpy_iterator():
        assert batch["windows"].shape == (3, 5, 4, 2)
        firsts = batch["windows"][:, :, 0, 0]
        np.testing.assert_array_equal(firsts[:, :4], batch["t"][:, None] + np.arange(-2, 2))
        expected = firsts[:, :, None, None] + np.arange(4)[:, None] + np.zeros(2)
        np.testing.assert_array_equal(batch["windows"], expected)


def test_lags_are_all_from_one_to_the_longest_and_others_in_each_epoch(frames):
    first, second = (np.concatenate(lags(make(frames, epoch=epoch))) for epoch in (0, 1))
    assert set(first) == set(second) == {1, 2, 3, 4, 5}
    assert (first != second).any()
    np.testing.assert_array_equal(np.concatenate(lags(make(frames))), first)
    assert all(batch["windows"].shape[1] == 1 for batch in make(frames, sample=Sample(4)).as_numpy_iterator())


@pytest.mark.parametrize("per_batch", [1, 3, 4, 100])
def test_an_epoch_holds_every_sample_in_batches_of_one_shape(frames, per_batch):
    dataset = make(frames, per_batch=per_batch)
    found = numbers(dataset)
    assert len(found) == per_batch * int(dataset.cardinality())
    assert set(found) == set(SAMPLE.of_song(len(frames)))
    assert len(found) - len(set(found)) < per_batch


def test_order_changes_with_the_epoch_and_the_seed_and_with_nothing_else(frames):
    order = numbers(make(frames, 0, 3))
    assert numbers(make(frames, 0, 3)) == order
    assert numbers(make(frames, 0, 4)) != order
    assert numbers(make(frames, 1, 3)) != order


def test_epoch_is_read_when_a_pass_begins(frames):
    epoch = tf.Variable(0)
    dataset = make(frames, epoch=epoch)
    first, first_lags = numbers(dataset), lags(dataset)
    epoch.assign(1)
    assert numbers(dataset) != first
    epoch.assign(0)
    assert numbers(dataset) == first
    np.testing.assert_array_equal(lags(dataset), first_lags)


@pytest.mark.parametrize("batch_windows", [1, 7, 1000])
def test_windows_come_in_order_and_whole(rng, batch_windows):
    frames = rng.normal(size=(30, 3)).astype(np.float32)
    got = np.concatenate(list(windows(frames, 6, batch_windows=batch_windows).as_numpy_iterator()))
    np.testing.assert_array_equal(got, np.lib.stride_tricks.sliding_window_view(frames, 6, axis=0).swapaxes(1, 2))


def test_batches_of_long_windows_are_small():
    song = np.zeros((2040, 512), np.float32)
    assert [len(batch) for batch in windows(song, 2000)] == [16, 16, 9]
    assert len(next(iter(windows(song, 4)))) == 1024
