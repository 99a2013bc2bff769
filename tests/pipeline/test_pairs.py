import numpy as np
import pytest
import tensorflow as tf
from scipy.signal import get_window

from pipeline.data_generator import pairs
from pipeline.pairs import ImagePairs, PatchPairs, Stretches, WindowPairs, rotate, shift_pitch, spans_of
from pipeline.patches import flatten, patches_of, standardise
from save_dataset.images import digits

SEED = tf.constant([1, 2])
SPANS = np.array([[0, 30], [30, 33], [33, 80]])  # the second is shorter than a patch of 5


def patch_pairs(frames, shifts="either", pitch_shift_bins=3, time_shift_frames=2):
    shift = {"pitch_shift_bins": pitch_shift_bins, "time_shift_frames": time_shift_frames}
    return PatchPairs(frames, SPANS, 5, **shift, shifts=shifts)


def plain_patches(frames):
    """Patches of the two songs that are long enough."""
    return np.concatenate([patches_of(frames[first:end], 5) for first, end in SPANS[[0, 2]]])


def all_patches(frames):
    """The same flat and standardised, as whoever uses the model makes them."""
    return standardise(flatten(plain_patches(frames)))


def all_shifts(frames, max_bins):
    """All patches shifted by each number of bins, one after the other."""
    return np.concatenate(
        [
            standardise(flatten(np.stack([straightforward_shift(patch, bins) for patch in plain_patches(frames)])))
            for bins in range(-max_bins, max_bins + 1)
        ]
    )


@pytest.fixture
def frames(rng):
    return rng.normal(size=(80, 6)).astype(np.float32)


def straightforward_shift(patch, bins):
    shifted = np.full_like(patch, patch.min())
    for source in range(patch.shape[1]):
        if 0 <= source + bins < patch.shape[1]:
            shifted[:, source + bins] = patch[:, source]
    return shifted


def nearest(values, candidates):
    """Index of the candidate that each row is, within rounding."""
    distances = np.abs(values[:, None] - candidates).max(axis=-1)
    assert distances.min(axis=1).max() < 1e-5
    return distances.argmin(axis=1)


def test_patches_move_up_and_empty_bins_get_the_lowest_value(rng):
    patches, bins = rng.normal(size=(5, 4, 7)).astype(np.float32), np.array([0, 2, -3, 6, -7])
    expected = [straightforward_shift(patch, shift) for patch, shift in zip(patches, bins, strict=True)]
    np.testing.assert_array_equal(shift_pitch(patches, bins), expected)


def test_first_views_are_patches_in_the_order_of_those_who_use_the_model(frames):
    made = patch_pairs(frames)(500, SEED).numpy()
    assert made.shape == (500, 2, 30)
    assert set(nearest(made[:, 0], all_patches(frames))) == set(range(26 + 43))


def test_second_views_are_shifted_in_pitch_or_in_time(frames):
    made, patches = patch_pairs(frames)(400, SEED).numpy(), all_patches(frames)
    plain = plain_patches(frames)
    n_time = n_pitch = 0
    for x, (_, y) in zip(nearest(made[:, 0], patches), made, strict=True):
        neighbours = [n for n in range(x - 2, x + 3) if 0 <= n < 69 and (n < 26) == (x < 26)]
        moved = standardise(flatten(np.stack([straightforward_shift(plain[x], bins) for bins in range(-3, 4)])))
        in_time, in_pitch = (np.abs(y - each).max(axis=1).min() < 1e-5 for each in (patches[neighbours], moved))
        assert in_time or in_pitch
        n_time, n_pitch = n_time + in_time, n_pitch + in_pitch
    assert n_time > 150
    assert n_pitch > 150


def test_both_shifts_at_once(frames):
    made = patch_pairs(frames, "both")(300, SEED).numpy()
    second, first = nearest(made[:, 1], all_shifts(frames, 3)), nearest(made[:, 0], all_patches(frames))
    bins, other = second // 69 - 3, second % 69
    assert set(bins) == set(range(-3, 4))
    assert set(other - first) == {-2, -1, 0, 1, 2}
    assert np.mean((bins != 0) & (other != first)) > 0.5
    assert np.array_equal(first < 26, other < 26)


def test_every_start_is_as_likely_and_stays_in_its_song(rng):
    start, other = (each.numpy() for each in Stretches(SPANS, 5, 2).draw(69_000, SEED))
    counts = np.bincount(start, minlength=76)
    possible = np.r_[0:26, 33:76]
    assert set(np.flatnonzero(counts)) == set(possible) == set(other)
    assert np.abs(counts[possible] - 1000).max() < 5 * np.sqrt(1000)
    assert np.abs(other - start).max() == 2
    in_the_middle = (start > 5) & (start < 20)
    np.testing.assert_allclose(np.bincount((other - start)[in_the_middle] + 2) / in_the_middle.sum(), 0.2, atol=0.02)


def test_a_song_as_long_as_a_patch_is_paired_with_itself():
    starts = Stretches(np.array([[0, 3], [3, 8]]), 5, 4).draw(50, SEED)
    assert [set(each.numpy()) for each in starts] == [{3}, {3}]


def test_windows_are_those_of_scipy(rng):
    samples = rng.normal(size=200).astype(np.float32)
    made = WindowPairs(samples, np.array([[0, 60], [100, 200]]), 32, shift_samples=4)(300, SEED).numpy()
    starts = np.r_[0:29, 100:169]
    windows = samples[starts[:, None] + np.arange(32)] * get_window("hann", 32)
    expected = (windows - windows.mean(1, keepdims=True)) / windows.std(1, keepdims=True)
    first, second = (starts[nearest(made[:, view], expected)] for view in (0, 1))
    assert np.abs(second - first).max() == 4
    assert len(set(first)) > 90


def test_images_are_rotated_as_by_scipy(rng):
    images, angles_deg = rng.random((6, 9, 9)).astype(np.float32), np.float32([0, 90, -90, 30, 180, -77])
    rotated = rotate(tf.constant(images[..., None]), tf.constant(angles_deg))[..., 0]
    np.testing.assert_allclose(rotated, digits.rotate(images, angles_deg), atol=1e-4)
    np.testing.assert_allclose(rotated[1], np.rot90(images[1]), atol=1e-5)


def test_a_pair_is_one_image_at_two_angles():
    images = np.zeros((2, 11, 11), np.float32)
    images[0, 5, 5] = images[1, 5, 5:] = 1  # a point in the middle, a line to the right
    made = ImagePairs(images, max_angle_deg=180)(40, SEED).numpy()
    assert made.shape == (40, 2, 121)
    np.testing.assert_allclose(made.std(axis=-1), 0.1, rtol=1e-4)
    is_point = np.abs(made - made[..., :1]).argmax(axis=-1) == 60
    ink = (made > made.min(axis=-1, keepdims=True) + 0.01).sum(axis=-1)
    assert np.array_equal(ink[:, 0] < 8, ink[:, 1] < 8)
    assert 0.2 < np.mean(ink[:, 0] < 8) < 0.8
    assert is_point[ink < 8].all()
    lines = made[ink[:, 0] > 8]
    assert np.abs(lines[:, 0] - lines[:, 1]).max(axis=-1).min() > 0.05


@pytest.mark.slow
def test_n_pairs_of_n_images_have_each_image_once_or_nearly():
    images = np.eye(64, dtype=np.float32).reshape(64, 8, 8)
    made = ImagePairs(images, max_angle_deg=1e-4)
    numbers = made(64, SEED).numpy()[:, 0].argmax(axis=1)
    assert numbers.tolist() == list(range(64))
    few = [made(4, np.int32([1, draw])).numpy()[:, 0].argmax(axis=1) for draw in range(400)]
    counts = np.bincount(np.ravel(few), minlength=64)  # 25 of each, as likely
    assert counts.min() > 8
    assert counts.max() < 45


def test_an_angle_of_0_leaves_images_as_they_are_and_silence_gives_zeros(rng):
    images = rng.random((3, 8, 8)).astype(np.float32)
    made = ImagePairs(images, max_angle_deg=1e-4)(10, SEED).numpy()
    nearest(made[:, 0], standardise(flatten(images)))
    np.testing.assert_allclose(made[:, 0], made[:, 1], atol=1e-4)
    np.testing.assert_array_equal(patch_pairs(np.zeros((80, 6)))(5, SEED), 0)


@pytest.mark.slow
def test_the_same_epoch_has_the_same_pairs_and_the_next_has_others(rng):
    make, epoch = patch_pairs(rng.normal(size=(80, 6))), tf.Variable(0)
    batches = pairs(make, 25, pairs_per_batch=10, seed=5, epoch=epoch)
    assert int(batches.cardinality()) == 3
    first = np.stack(list(batches))
    assert first.shape == (3, 10, 2, 30)
    np.testing.assert_array_equal(first, np.stack(list(batches)))
    epoch.assign(1)
    second = np.stack(list(batches))
    rows = np.concatenate([first, second]).reshape(6, 10, -1)
    assert len({batch.tobytes() for batch in rows}) == 6


def test_spans_of_some_songs():
    np.testing.assert_array_equal(spans_of([0, 3, 9, 10], np.array([True, False, True])), [[0, 3], [9, 10]])


def test_what_cannot_be_paired_is_refused():
    with pytest.raises(ValueError, match="length=50: nothing to train on is as long"):
        Stretches(SPANS, 50, 2)
    with pytest.raises(ValueError, match=r"images of shape \(0, 8, 8\): must be at least one"):
        ImagePairs(np.zeros((0, 8, 8)), max_angle_deg=10)


def test_a_fraction_below_1_makes_shifts_small(frames):
    for fraction, max_shift in ((0.3, 3), (0.01, 1)):
        start, other = Stretches(SPANS, 5, 10).draw(500, SEED, fraction)
        assert np.abs(other - start).max() == max_shift
    made = patch_pairs(frames, "both", pitch_shift_bins=3, time_shift_frames=0)(300, SEED, 0.34).numpy()
    assert set(nearest(made[:, 1], all_shifts(frames, 1)) // 69) == {0, 1, 2}


def test_the_maximum_shift_grows_from_a_twelfth_in_the_epochs_given():
    epoch, fractions = tf.Variable(0), []

    def make(n_pairs, seed, fraction):
        return tf.fill((n_pairs, 2, 1), fraction)

    batches = pairs(make, 4, pairs_per_batch=1, seed=5, epoch=epoch, growing_epochs=1.5)
    for number in range(2):
        epoch.assign(number)
        fractions += [float(batch[0, 0, 0]) for batch in batches]
    np.testing.assert_allclose(fractions, 12 ** -np.clip(1 - np.arange(8) / 6, 0, 1), rtol=1e-5)
    assert all(float(batch[0, 0, 0]) == 1 for batch in pairs(make, 4, pairs_per_batch=1, seed=5, epoch=epoch))
