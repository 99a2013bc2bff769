import numpy as np
import pytest

from models.lowest_loss import lowest_cross_entropy


def test_grey_costs_log_two_and_black_and_white_nothing():
    assert lowest_cross_entropy(np.full((9, 4), 0.5), 3) == pytest.approx(np.log(2))
    assert lowest_cross_entropy(np.array([[0.0, 1.0]] * 5), 2) == 0


def test_it_is_the_mean_over_all_windows(rng):
    frames = rng.uniform(size=(20, 4))
    windows = np.lib.stride_tricks.sliding_window_view(frames, 6, axis=0)
    expected = -np.mean(windows * np.log(windows) + (1 - windows) * np.log(1 - windows))
    assert lowest_cross_entropy(frames, 6) == pytest.approx(expected)
