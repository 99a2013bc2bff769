import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embed.song.smoothness import mean_velocity_cosine, path_over_extent

SEEDS = st.integers(0, 2**32 - 1)
every_measure = pytest.mark.parametrize("measure", [mean_velocity_cosine, path_over_extent])


def circle(n_points):
    angles = 2 * np.pi * np.arange(n_points + 1) / n_points
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def walk(seed):
    rng = np.random.default_rng(seed)
    return np.cumsum(rng.normal(size=(30, rng.integers(1, 13))), axis=0)


def test_straight_line_is_as_smooth_as_can_be_and_a_zigzag_the_opposite():
    assert mean_velocity_cosine(np.outer(np.arange(5) ** 2, [1.0, 2.0, 3.0])) == pytest.approx(1)
    assert mean_velocity_cosine(np.outer(np.arange(5) % 2, [1.0, 2.0, 3.0])) == pytest.approx(-1)


def test_circle_turns_by_the_angle_of_its_step():
    for n_points in (3, 4, 12, 100):
        assert mean_velocity_cosine(circle(n_points)) == pytest.approx(np.cos(2 * np.pi / n_points))


def test_rest_has_no_angle_and_is_left_out():
    z = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [1.0, 1.0], [1.0, 1.0], [5.0, 5.0], [6.0, 6.0]])
    assert mean_velocity_cosine(z) == pytest.approx((0 + 1) / 2)


def test_length_of_a_path_by_its_extent():
    assert path_over_extent(np.outer(np.arange(5), [3.0, 4.0])) == pytest.approx(1)
    assert path_over_extent(circle(4)) == pytest.approx(4 * np.sqrt(2) / np.sqrt(8))
    assert path_over_extent(np.vstack([circle(4), circle(4)])) == pytest.approx(4)


@every_measure
@given(seed=SEEDS, factor=st.floats(1e-3, 1e3), offset=st.floats(-100, 100))
def test_position_scale_order_of_axes_and_direction_of_time_do_not_matter(measure, seed, factor, offset):
    z = walk(seed)
    assert measure(factor * z[:, ::-1] + offset) == pytest.approx(measure(z), rel=1e-6, abs=1e-6)
    assert measure(z[::-1]) == pytest.approx(measure(z))


@given(seed=SEEDS)
def test_rotation_of_the_space_does_not_matter_to_angles(seed):
    z = walk(seed)
    rotation = np.linalg.qr(np.random.default_rng(seed).normal(size=2 * z.shape[1:]))[0]
    assert mean_velocity_cosine(z @ rotation) == pytest.approx(mean_velocity_cosine(z))


@every_measure
def test_stored_float32_is_measured_in_double_precision(measure, rng):
    z = np.cumsum(rng.normal(size=(2000, 3)), axis=0).astype(np.float32)
    assert measure(z) == pytest.approx(measure(z.astype(float)), rel=1e-6)


def test_path_without_an_angle_or_without_extent_is_refused():
    for z in (np.zeros((5, 3)), np.zeros((2, 3)), np.zeros((1, 3)), np.eye(2)):
        with pytest.raises(ValueError, match=r"^z of shape \(.*\): must move at two consecutive points"):
            mean_velocity_cosine(z)
    with pytest.raises(ValueError, match=r"^z of shape \(5, 3\): all points are the same$"):
        path_over_extent(np.ones((5, 3)))
