import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.song.baselines import climatology, constant_velocity, persistence
from forecast.song.roll_out import roll_out

STARTS = np.array([1, 4, 11])
VELOCITY = np.array([1.0, -2.0, 0.25])


def test_persistence_stays(rng):
    z = rng.normal(size=(12, 3))
    np.testing.assert_array_equal(roll_out(z, STARTS, 5, persistence()), np.repeat(z[STARTS, None], 6, axis=1))


def test_constant_velocity_continues_a_straight_line_exactly():
    line = np.outer(np.arange(20.0), VELOCITY)
    truth = line[STARTS[:, None] + np.arange(9)]
    np.testing.assert_array_equal(roll_out(line, STARTS, 8, constant_velocity()), truth)


def test_constant_velocity_goes_on_from_a_bend_as_it_came(rng):
    z = rng.normal(size=(12, 3))
    path = roll_out(z, STARTS, 4, constant_velocity())
    expected = z[STARTS, None] + np.arange(5)[:, None] * (z[STARTS] - z[STARTS - 1])[:, None]
    np.testing.assert_allclose(path, expected, atol=1e-12)


def test_climatology_is_at_the_mean_after_one_step_and_stays(rng):
    z = 3 + rng.normal(size=(12, 3))
    path = roll_out(z, STARTS, 5, climatology(z))
    np.testing.assert_array_equal(path[:, 0], z[STARTS])
    np.testing.assert_allclose(path[:, 1:], np.broadcast_to(z.mean(axis=0), (3, 5, 3)))


@pytest.mark.parametrize("make", [lambda z: persistence(), lambda z: constant_velocity(), climatology])
@given(seed=st.integers(0, 2**32 - 1), offset=st.floats(-10, 10), factors=st.tuples(*3 * [st.floats(0.1, 10)]))
def test_turn_shift_and_scale_of_the_space_do_not_matter(make, seed, offset, factors):
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(12, 3))
    change = np.linalg.qr(rng.normal(size=(3, 3)))[0] * factors
    changed = z @ change + offset
    expected = roll_out(z, STARTS, 5, make(z)) @ change + offset
    np.testing.assert_allclose(roll_out(changed, STARTS, 5, make(changed)), expected, atol=1e-9)
