import numpy as np
import pytest

from embed.song.recurrence import distance_after


def test_a_loop_comes_back_after_a_period_that_is_no_whole_number_of_points(rng):
    times_s = np.arange(0, 20, 0.0232)
    period_s = 2.4742
    loop = np.stack([np.sin(2 * np.pi * k * times_s / period_s + k) / k for k in (1, 2, 3)], axis=1)
    assert distance_after(loop, times_s, period_s) < 0.005
    assert distance_after(loop, times_s, 3 * period_s) < 0.005
    assert distance_after(loop, times_s, 0.5 * period_s) > 0.5


def test_noise_is_as_far_from_itself_as_random_pairs_and_scale_and_position_do_not_matter(rng):
    times_s, noise = np.arange(2000.0), rng.normal(size=(2000, 3))
    assert distance_after(noise, times_s, 5.0) == pytest.approx(1, abs=0.05)
    walk = np.cumsum(noise, axis=0)
    assert distance_after(100 + 7 * walk, times_s, 12.3) == pytest.approx(distance_after(walk, times_s, 12.3))


def test_a_period_longer_than_the_trajectory_is_refused():
    with pytest.raises(ValueError, match=r"^music.period_s=9.5: must be less than the trajectory's 9.00 s"):
        distance_after(np.eye(10), np.arange(10.0), 9.5, key="music.period_s")
