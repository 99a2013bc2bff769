import numpy as np
import pytest

from forecast.song.baselines import constant_velocity, persistence
from forecast.song.roll_out import Forecaster, roll_out


def test_each_step_sees_the_last_points_its_own_after_the_songs():
    seen_by_step = []

    def velocity(seen, step):
        seen_by_step.append((step, seen.copy()))
        return np.full((len(seen), 1), 100.0)

    path = roll_out(np.arange(10.0)[:, None], np.array([2, 7]), 3, Forecaster(3, velocity))
    np.testing.assert_array_equal(path[..., 0], [[2, 102, 202, 302], [7, 107, 207, 307]])
    assert [step for step, _ in seen_by_step] == [0, 1, 2]
    np.testing.assert_array_equal(seen_by_step[0][1][..., 0], [[0, 1, 2], [5, 6, 7]])
    np.testing.assert_array_equal(seen_by_step[2][1][..., 0], [[2, 102, 202], [7, 107, 207]])


def test_no_steps_are_the_starts_themselves(rng):
    z = rng.normal(size=(9, 3))
    np.testing.assert_array_equal(roll_out(z, np.array([4, 1]), 0, persistence()), z[[4, 1]][:, None])


def test_forecast_may_go_on_beyond_the_end_of_the_song():
    line = np.arange(5.0)[:, None]
    path = roll_out(line, np.array([4]), 6, constant_velocity())
    np.testing.assert_array_equal(path[0, :, 0], np.arange(4, 11))


def test_trajectory_stays_as_it_was(rng):
    z = rng.normal(size=(9, 3))
    before = z.copy()
    roll_out(z, np.array([3]), 5, constant_velocity())
    np.testing.assert_array_equal(z, before)


@pytest.mark.parametrize(("starts", "told"), [([0, 5], "0 to 5"), ([2, 9], "2 to 9"), ([-1, 3], "-1 to 3")])
def test_starts_without_the_points_that_are_seen_are_refused(starts, told):
    with pytest.raises(ValueError, match=f"^starts from {told}: must have 2 of the 9 points up to them, as many as"):
        roll_out(np.zeros((9, 3)), np.array(starts), 4, constant_velocity())
