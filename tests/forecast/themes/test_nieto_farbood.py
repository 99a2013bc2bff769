import numpy as np
import pytest

from forecast.themes.nieto_farbood import Search, find_by_nieto_farbood
from tests import straightforward_themes as straightforward


def with_stripe(n, start, lag, length, value=1.0):
    matrix = np.zeros((n, n))
    frames = np.arange(start, start + length)
    matrix[frames, frames + lag] = matrix[frames + lag, frames] = value
    return matrix


def spans(matrix, **settings):
    return [theme.occurrences.tolist() for theme in find_by_nieto_farbood(matrix, **settings)]


def expected_spans(matrix, **settings):
    """The same, found from cell to cell."""
    return [[list(span) for span in theme] for theme in straightforward.find_by_nieto_farbood(matrix, **settings)]


def test_a_segment_grows_until_the_weighted_mean_of_its_last_ten_cells_fails():
    matrix = with_stripe(80, 5, 40, 20)
    # after k cells of 0 the mean of the last ten is (10 - k)(11 - k) / 2 / 55; at .2 the sixth is the first to fail
    assert spans(matrix, frames_per_beat=1, threshold=0.2, min_beats=16) == [[[5, 31], [45, 71]]]
    # at .1 the seventh
    assert spans(matrix, frames_per_beat=1, threshold=0.12, min_beats=16) == [[[5, 32], [45, 72]]]
    matrix = with_stripe(60, 10, 30, 20)  # as far as the matrix
    assert spans(matrix, frames_per_beat=1, threshold=0.2, min_beats=16) == [[[10, 30], [40, 60]]]


def test_segments_whose_rows_lie_alike_are_one_theme():
    matrix = with_stripe(120, 5, 40, 20) + with_stripe(120, 7, 80, 20)
    (theme,) = find_by_nieto_farbood(matrix, frames_per_beat=1, threshold=0.2, max_difference_beats=5)
    assert theme.occurrences.tolist() == [[5, 31], [45, 71], [87, 113]]
    assert theme.strength == 78
    assert len(spans(matrix, frames_per_beat=1, threshold=0.2, max_difference_beats=1)) == 2


def test_what_lies_next_to_a_segment_is_used_up():
    for start, lag, n_themes in ((5, 43, 1), (6, 44, 2)):
        matrix = with_stripe(90, 5, 40, 20) + with_stripe(90, start, lag, 20)
        assert len(spans(matrix, frames_per_beat=1, threshold=0.2, max_difference_beats=0)) == n_themes


def test_the_threshold_is_lowered_until_something_is_found():
    matrix = with_stripe(80, 5, 40, 20, value=0.0055)
    assert not straightforward.find_segments(matrix.copy(), 16, 0.006)
    assert len(spans(matrix, frames_per_beat=1, threshold=0.01)) == 1


def test_a_threshold_above_all_is_lowered_without_a_search_at_each_step(rng, monkeypatch):
    matrix = 0.2 * rng.random((30, 30))
    settings = {"frames_per_beat": 1, "threshold": 0.6, "min_beats": 5, "max_difference_beats": 2}
    expected = expected_spans(matrix, **settings)
    tried, measure_all = [], Search._measure_all
    monkeypatch.setattr(Search, "_measure_all", lambda self, threshold: tried.append(1) or measure_all(self, threshold))
    assert spans(matrix, **settings) == expected != []
    assert len(tried) <= 13  # of 500 and more


@pytest.mark.parametrize("seed", range(9))
def test_it_is_what_going_from_cell_to_cell_finds(seed):
    rng = np.random.default_rng(seed)
    matrix = rng.random((60, 60))
    for _ in range(2 * (seed % 4)):
        start, lag, length = rng.integers((0, 1, 8), (30, 30, 20))
        frames = np.arange(start, min(start + length, 60 - lag))
        matrix[frames, frames + lag] = 0.9
    settings = {
        "frames_per_beat": 0.5 + seed % 2,
        "threshold": (0.01, 0.1, 0.3)[seed % 3],
        "min_beats": (4, 8, 12)[seed % 3],
        "max_difference_beats": 3,
    }
    assert spans(matrix, **settings) == expected_spans(matrix, **settings)


def test_it_is_the_same_with_segments_shorter_than_ten_cells(rng):
    matrix = np.kron(rng.random((20, 20)), np.ones((3, 3)))
    settings = {"frames_per_beat": 1, "threshold": 0.2, "min_beats": 5, "max_difference_beats": 2}
    expected = expected_spans(matrix, **settings)
    assert len(expected) > 3
    assert spans(matrix, **settings) == expected


def test_a_piece_shorter_than_a_segment_has_none():
    assert spans(np.ones((16, 16)), frames_per_beat=1) == []
