import numpy as np
import pytest
import scipy.spatial
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from embed.song.alignment import align, at_times, fit_similarity, fit_similarity_in_time, procrustes_distance


def random_similarity(rng, d):
    rotation = scipy.stats.ortho_group.rvs(d, random_state=rng)  # or a reflection
    return rng.uniform(0.1, 10) * rotation, rng.normal(size=d)


@given(seed=st.integers(0, 10_000), d=st.integers(2, 12))
def test_a_copy_that_was_translated_rotated_reflected_and_scaled_comes_back(seed, d):
    rng = np.random.default_rng(seed)
    walk = np.cumsum(rng.normal(size=(60, d)), axis=0)
    matrix, shift = random_similarity(rng, d)
    copy = walk @ matrix + shift
    np.testing.assert_allclose(align(copy, walk), walk, atol=1e-8)
    assert procrustes_distance(copy, walk) == pytest.approx(0, abs=1e-12)


def test_no_other_rotation_scale_or_shift_is_nearer(rng):
    z, reference = np.cumsum(rng.normal(size=(2, 80, 3)), axis=1)
    matrix, shift = fit_similarity(z, reference)
    best = np.sum((z @ matrix + shift - reference) ** 2)
    for _ in range(200):
        rotation = scipy.spatial.transform.Rotation.from_rotvec(rng.normal(scale=0.1, size=3)).as_matrix()
        other = z @ (matrix @ rotation * rng.uniform(0.9, 1.1)) + shift + rng.normal(scale=0.1, size=3)
        assert np.sum((other - reference) ** 2) > best


def test_the_distance_is_what_alignment_leaves_of_the_reference(rng):
    z, reference = np.cumsum(rng.normal(size=(2, 80, 3)), axis=1)
    left = np.sum((align(z, reference) - reference) ** 2) / np.sum((reference - reference.mean(axis=0)) ** 2)
    expected = scipy.spatial.procrustes(reference, z)[2]
    assert procrustes_distance(z, reference) == pytest.approx(expected) == pytest.approx(left)
    assert procrustes_distance(*rng.normal(size=(2, 5000, 3))) > 0.99  # nothing in common


@given(seed=st.integers(0, 10_000))
def test_the_distance_is_symmetric_between_0_and_1_and_the_same_for_any_scale_and_rotation(seed):
    rng = np.random.default_rng(seed)
    one, other = rng.normal(size=(2, 30, 3))
    distance = procrustes_distance(one, other)
    matrix, shift = random_similarity(rng, 3)
    assert 0 < distance < 1
    assert procrustes_distance(other, one) == pytest.approx(distance)
    assert procrustes_distance(one @ matrix + shift, other) == pytest.approx(distance)


def test_trajectories_with_different_times_are_aligned_where_both_are():
    def helix(times_s):
        return np.stack([np.cos(times_s), np.sin(times_s), 0.3 * times_s], axis=1)

    times_s, reference_times_s = np.arange(1, 9, 0.02), np.arange(0.25, 12, 0.023)
    other = -3 * helix(times_s)[:, ::-1] + 2
    matrix, shift = fit_similarity_in_time(other, times_s, helix(reference_times_s), reference_times_s)
    np.testing.assert_allclose(other @ matrix + shift, helix(times_s), atol=2e-4)


def test_a_trajectory_is_read_between_its_points_and_held_at_its_ends():
    read = at_times(np.array([[0.0, 0], [2, 4]]), np.array([1.0, 3.0]), np.array([0.0, 1.0, 1.5, 9.0]))
    np.testing.assert_array_equal(read, [[0, 0], [0, 0], [0.5, 1], [2, 4]])


def test_what_cannot_be_aligned_is_refused(rng):
    walk = rng.normal(size=(10, 3))
    times_s = np.arange(10.0)
    with pytest.raises(ValueError, match=r"z.shape=\(9, 3\): must be .*\(10, 3\)"):
        align(walk[:9], walk)
    with pytest.raises(ValueError, match=r"z.shape=\(10, 2\): must be"):
        procrustes_distance(walk[:, :2], walk)
    with pytest.raises(ValueError, match="z: its points must not all be the same"):
        align(np.ones((10, 3)), walk)
    with pytest.raises(ValueError, match="reference: its points must not all be the same"):
        procrustes_distance(walk, np.ones((10, 3)))
    with pytest.raises(ValueError, match=r"times_s from 9.00 to 18.00: must overlap .* from 0.00 to 9.00"):
        fit_similarity_in_time(walk, times_s + 9, walk, times_s)
