import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embed.song.spread import scale_by_spread, spread
from forecast.song.scaling import scaling_of

SEEDS = st.integers(0, 2**32 - 1)


def test_rms_keeps_the_shape_at_spread_1_and_own_the_points_as_they_are(rng):
    z = 5 + rng.normal(size=(50, 3)) * [0.1, 1.0, 20.0]
    scaled = scaling_of(z, "rms").apply(z)
    np.testing.assert_allclose(scaled, scale_by_spread(z))
    np.testing.assert_allclose(np.diff(scaled, axis=0) * spread(z), np.diff(z, axis=0))
    np.testing.assert_array_equal(scaling_of(z, "own").apply(z), z)
    np.testing.assert_array_equal(scaling_of(z, "own").undo(z), z)


def test_axes_takes_each_axis_to_0_and_1_and_one_that_stands_still_to_0(rng):
    z = np.column_stack([rng.normal(size=(50, 3)) * [0.1, 1.0, 20.0], np.full(50, 7.0)])
    scaling = scaling_of(z, "axes")
    scaled = scaling.apply(z)
    np.testing.assert_allclose(scaled.min(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(scaled.max(axis=0), [1, 1, 1, 0])
    np.testing.assert_allclose(scaling.undo(scaled), z)


@pytest.mark.parametrize("scale", ["rms", "axes", "own"])
@given(seed=SEEDS, factor=st.floats(1e-3, 1e3), offset=st.floats(-100, 100))
def test_undone_it_is_as_before_for_forecasts_of_any_shape(scale, seed, factor, offset):
    rng = np.random.default_rng(seed)
    scaling = scaling_of(offset + factor * rng.normal(size=(20, 3)), scale)
    forecast = offset + factor * rng.normal(size=(4, 6, 3))
    np.testing.assert_allclose(scaling.undo(scaling.apply(forecast)), forecast, atol=1e-9 * max(factor, 1))


@given(seed=SEEDS, factors=st.tuples(*3 * [st.floats(1e-3, 1e3)]), offset=st.floats(-100, 100))
def test_size_and_position_of_the_space_do_not_matter_nor_those_of_an_axis_to_axes(seed, factors, offset):
    z = np.random.default_rng(seed).normal(size=(20, 3))
    for scale, factor in (("rms", factors[0]), ("axes", np.array(factors))):
        changed, expected = factor * z + offset, scaling_of(z, scale).apply(z)
        np.testing.assert_allclose(scaling_of(changed, scale).apply(changed), expected, rtol=1e-6, atol=1e-8)


def test_stored_float32_is_scaled_in_double_precision(rng):
    z = (1e4 + rng.normal(size=(5000, 3))).astype(np.float32)
    scaled = scaling_of(z, "rms").apply(z)
    assert scaled.dtype == np.float64
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-9)
