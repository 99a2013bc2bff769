import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import KDTree

from forecast.song.neighbours import inverse_distance_weights, nearest_allowed


@given(
    seed=st.integers(0, 2**32 - 1),
    n_neighbours=st.integers(1, 8),
    fraction=st.floats(0.1, 1),
    n_decimals=st.sampled_from([0, 1, 15]),
)
def test_neighbours_are_the_nearest_of_all_that_are_allowed(seed, n_neighbours, fraction, n_decimals):
    rng = np.random.default_rng(seed)
    points, queries = rng.normal(size=(60, 3)).round(n_decimals), rng.normal(size=(7, 3)).round(n_decimals)
    allowed = rng.uniform(size=(7, 60)) < fraction
    allowed[:, :8] = True
    distances, near = nearest_allowed(KDTree(points), queries, n_neighbours, lambda query, point: allowed[query, point])
    everywhere = np.linalg.norm(queries[:, None] - points, axis=2)
    expected = np.sort(np.where(allowed, everywhere, np.inf), axis=1)[:, :n_neighbours]
    np.testing.assert_allclose(distances, expected, atol=1e-12)
    np.testing.assert_allclose(np.take_along_axis(everywhere, near, axis=1), distances, atol=1e-12)
    assert np.take_along_axis(allowed, near, axis=1).all()
    assert all(len(set(row)) == n_neighbours for row in near.tolist())


def test_many_points_at_one_position_are_different_neighbours_and_those_behind_many_are_found():
    points = np.repeat([[0.0, 0.0], [1.0, 0.0], [9.0, 9.0]], 12, axis=0)
    distances, near = nearest_allowed(KDTree(points), np.array([[0.1, 0.0]]), 15, lambda query, point: point >= 0)
    np.testing.assert_allclose(distances, [[0.1] * 12 + [0.9] * 3])
    assert set(near[0, :12]) == set(range(12))
    assert len(set(near[0, 12:]) & set(range(12, 24))) == 3
    points = np.arange(1000.0)[:, None]  # many of which are forbidden
    _, near = nearest_allowed(KDTree(points), np.array([[10.0]]), 2, lambda query, point: point >= 990)
    np.testing.assert_array_equal(near, [[990, 991]])


@pytest.mark.parametrize(("n_points", "n_allowed"), [(50, 0), (50, 4), (4, 4)])
def test_too_few_allowed_points(rng, n_points, n_allowed):
    tree = KDTree(rng.normal(size=(n_points, 3)))
    with pytest.raises(ValueError, match="^n_neighbours=5: a start has fewer pieces of the trajectory"):
        nearest_allowed(tree, np.zeros((2, 3)), 5, lambda query, point: point < n_allowed + 0 * query)


@pytest.mark.parametrize(
    ("distances", "weights"),
    [
        ([1.0, 1.0], [0.5, 0.5]),
        ([1.0, 2.0, 4.0], [4 / 7, 2 / 7, 1 / 7]),
        ([0.0, 1.0], [1.0, 0.0]),
        ([0.0, 0.0, 3.0], [0.5, 0.5, 0.0]),
        ([0.0, 1e-300], [1.0, 0.0]),
        ([7.0], [1.0]),
    ],
)
def test_weights_of_one_query(distances, weights):
    np.testing.assert_allclose(inverse_distance_weights(np.array([distances])), [weights])


@given(st.lists(st.floats(1e-9, 1e9), min_size=1, max_size=8), st.floats(1e-6, 1e6))
def test_weights_sum_to_1_fall_with_distance_and_have_no_unit(distances, factor):
    row = np.sort(distances)[None]
    weights = inverse_distance_weights(row)
    assert weights.sum() == pytest.approx(1)
    assert (np.diff(weights) <= 0).all()
    np.testing.assert_allclose(inverse_distance_weights(factor * row), weights, rtol=1e-9)
