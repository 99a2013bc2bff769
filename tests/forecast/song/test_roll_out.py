import numpy as np
import pytest

from forecast.song.roll_out import Climatology, ConstantVelocity, Forecaster, Persistence, roll_out
from tests.trajectories import forecast_of, truth_of

STARTS = np.array([1, 4, 11])


class Recorder(Forecaster):
    """Goes on by 100, and remembers what it has seen at which step."""

    n_seen = 3

    def __init__(self):
        self.seen_by_step = []

    def velocity(self, seen, step):
        self.seen_by_step.append((step, seen.copy()))
        return np.full((len(seen), 1), 100.0)


def test_each_step_sees_the_last_points_its_own_after_the_songs():
    recorder = Recorder()
    path = roll_out(np.arange(10.0)[:, None], np.array([2, 7]), 3, recorder)
    np.testing.assert_array_equal(path[..., 0], [[2, 102, 202, 302], [7, 107, 207, 307]])
    (first, seen), *_, (last, seen_last) = recorder.seen_by_step
    assert (first, last) == (0, 2)
    np.testing.assert_array_equal(seen[..., 0], [[0, 1, 2], [5, 6, 7]])
    np.testing.assert_array_equal(seen_last[..., 0], [[2, 102, 202], [7, 107, 207]])


def test_persistence_stays_however_few_the_steps(rng):
    z = rng.normal(size=(12, 3))
    for n_steps in (0, 5):
        expected = np.repeat(z[STARTS, None], n_steps + 1, axis=1)
        np.testing.assert_array_equal(forecast_of(Persistence(), z, STARTS, n_steps=n_steps), expected)


def test_constant_velocity_continues_a_line_beyond_the_end_of_the_song_and_a_bend_as_it_came(rng):
    line = np.outer(np.arange(40.0), [1.0, -2.0, 0.25])
    forecast = forecast_of(ConstantVelocity(), line[:12], STARTS, n_steps=20)
    np.testing.assert_array_equal(forecast, truth_of(line, STARTS, 20))
    z = rng.normal(size=(12, 3))
    before = z.copy()
    expected = z[STARTS, None] + np.arange(5)[:, None] * (z[STARTS] - z[STARTS - 1])[:, None]
    np.testing.assert_allclose(forecast_of(ConstantVelocity(), z, STARTS, n_steps=4), expected, atol=1e-12)
    np.testing.assert_array_equal(z, before)  # the trajectory is left as it was


def test_climatology_is_at_the_mean_after_one_step_and_stays(rng):
    z = 3 + rng.normal(size=(12, 3))
    path = forecast_of(Climatology(), z, STARTS, n_steps=5)
    np.testing.assert_array_equal(path[:, 0], z[STARTS])
    np.testing.assert_allclose(path[:, 1:], np.broadcast_to(z.mean(axis=0), (3, 5, 3)))


@pytest.mark.parametrize(("starts", "shown"), [([0, 5], "0 to 5"), ([2, 9], "2 to 9"), ([-1, 3], "-1 to 3")])
def test_starts_without_the_points_that_are_seen_are_refused(starts, shown):
    with pytest.raises(ValueError, match=f"^starts from {shown}: must have 2 of the 9 points up to them, as many as"):
        roll_out(np.zeros((9, 3)), np.array(starts), 4, ConstantVelocity())


def test_more_steps_from_more_points_than_fit_into_memory_are_refused_by_name():
    z = np.broadcast_to(0.0, (100_000, 3))
    message = (
        r"^forecast.horizon_steps=10000 from 90000 points: would need 43.2 GB .*; take a larger forecast.every_points"
    )
    with pytest.raises(ValueError, match=message):
        roll_out(z, np.arange(5, 90_005), 10_000, ConstantVelocity())
