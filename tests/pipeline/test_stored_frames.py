import numpy as np
import pytest
import tensorflow as tf

from pipeline.data_generator import samples, windows
from pipeline.stored_frames import StoredFrames, part_of, write_frames
from pipeline.windows import Sample, evenly_spread_windows


@pytest.fixture
def frames(tmp_path, rng):
    """Stored frames, and the array they are."""
    values = rng.integers(0, 256, (1203, 3, 4), np.uint8)
    with write_frames(tmp_path / "frames.npy") as writer:
        for frame in values:
            writer.add(frame)
    return StoredFrames(tmp_path / "frames.npy"), values


def test_the_file_is_an_array_of_numpy(frames):
    stored, values = frames
    np.testing.assert_array_equal(np.load(stored.path), values)
    assert stored.shape == values.shape
    assert len(stored) == 1203


def test_slices_are_scaled_and_parts_are_parts(frames):
    stored, values = frames
    np.testing.assert_allclose(stored[5:9], values[5:9] / 255, atol=1e-7)
    np.testing.assert_allclose(stored[::400], values[::400] / 255, atol=1e-7)
    part = part_of(stored, 100, 110)
    assert part.shape == (10, 3, 4)
    np.testing.assert_allclose(part[-2:], values[108:110] / 255, atol=1e-7)
    np.testing.assert_array_equal(part_of(part, 3, 5).read(np.array([[0], [1]])), values[103:105][:, None])
    np.testing.assert_array_equal(part_of(values, 3, 5), values[3:5])


def test_nothing_is_left_of_a_film_that_breaks_off(tmp_path):
    def break_off():
        with write_frames(tmp_path / "frames.npy") as writer:
            writer.add(np.zeros((2, 2), np.uint8))
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        break_off()
    assert list(tmp_path.iterdir()) == []


def test_samples_of_stored_frames_are_those_of_the_array(frames):
    stored, values = frames
    settings = {"samples_per_batch": 4, "seed": 3, "epoch": tf.Variable(1), "part": (200, 260)}
    sample = Sample(1, before=2, after=1, max_lag=3)
    for ours, expected in zip(
        samples(stored, sample, **settings), samples(values / 255, sample, **settings), strict=True
    ):
        np.testing.assert_array_equal(ours["t"], expected["t"])
        np.testing.assert_allclose(ours["windows"], expected["windows"], atol=1e-6)
        assert ours["windows"].shape == (4, 5, 1, 3, 4)
        assert ours["t"].numpy().min() >= 202
        assert ours["t"].numpy().max() < 260 - 3


def test_windows_are_all_frames_in_order(frames):
    stored, values = frames
    batches = list(windows(stored, 1, batch_windows=500).as_numpy_iterator())
    assert [len(batch) for batch in batches] == [500, 500, 203]
    np.testing.assert_allclose(np.concatenate(batches)[:, 0], values / 255, atol=1e-6)


def test_of_many_frames_evenly_spread_ones_are_taken(frames):
    stored, values = frames
    taken = evenly_spread_windows(stored, 1, max_windows=100)
    assert taken.shape == (93, 1, 3, 4)
    np.testing.assert_allclose(taken[:, 0], values[::13] / 255, atol=1e-7)
