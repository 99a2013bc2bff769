import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embed.song.spread import effective_dimensions, scale_by_spread, spread


def test_variances_of_the_axes_add_up(rng):
    z = rng.normal(size=(50, 12)) * np.arange(1, 13)
    assert spread(z) == pytest.approx(np.sqrt(np.var(z, axis=0).sum()))


@given(seed=st.integers(0, 2**32 - 1), factor=st.floats(1e-3, 1e3), offset=st.floats(-100, 100))
def test_scale_counts_for_the_spread_only_and_position_and_rotation_do_not(seed, factor, offset):
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(30, 3)) * [1, 2, 5]
    changed = factor * z @ np.linalg.qr(rng.normal(size=(3, 3)))[0] + offset
    assert spread(changed) == pytest.approx(factor * spread(z), rel=1e-6)
    assert effective_dimensions(changed) == pytest.approx(effective_dimensions(z), rel=1e-6)


def test_scaled_trajectory_has_spread_1_about_0_and_the_same_shape(rng):
    z = 40 + np.array([0.1, 5.0, 70.0]) * rng.normal(size=(200, 3))
    scaled = scale_by_spread(z)
    assert spread(scaled) == pytest.approx(1)
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(np.diff(scaled, axis=0) * spread(z), np.diff(z, axis=0))


def test_stored_float32_far_from_0_is_measured_in_double_precision(rng):
    z = (1e4 + rng.normal(size=(100_000, 1))).astype(np.float32)
    assert spread(z) == pytest.approx(np.std(z.astype(float)), rel=1e-9)
    assert scale_by_spread(z).mean() == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("z", "message"),
    [
        (np.full((1, 2), 0.1), r"z of shape \(1, 2\): all points are the same"),
        (np.full((7, 3), 0.1), r"z of shape \(7, 3\): all points are the same"),
        (np.diag([0.0, np.nan]), r"z of shape \(2, 2\): must be finite"),
        (np.diag([0.0, np.inf]), r"z of shape \(2, 2\): must be finite"),
    ],
)
def test_points_without_a_spread_are_refused(z, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        spread(z)


def test_a_line_is_in_one_dimension_and_a_ball_in_all(rng):
    assert effective_dimensions(np.outer(np.arange(9.0), [1, 2, 3])) == pytest.approx(1)
    assert effective_dimensions(rng.normal(size=(20_000, 4))) == pytest.approx(4, abs=0.02)
