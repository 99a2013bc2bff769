import numpy as np
import pytest

from forecast.themes.colours import COLOURS, LIKE_NONE, colours_like, colours_of, mean_overlap

KNOWN = [np.array([[0.0, 10.0], [20.0, 30.0]]), np.array([[40.0, 44.0], [50.0, 54.0], [60.0, 64.0]])]


def test_colours_begin_again_when_all_are_taken():
    colours = colours_of([None] * (len(COLOURS) + 1))
    assert len({*colours}) == len(COLOURS)
    assert colours[0] == colours[-1]


def test_themes_have_the_colour_of_what_they_are_like():
    found = [KNOWN[1] + 0.5, KNOWN[0] - 1, np.array([[100.0, 110.0], [120.0, 130.0]])]
    assert colours_like(KNOWN, found) == [COLOURS[1], COLOURS[0], LIKE_NONE]


def test_a_span_around_everything_is_like_nothing():
    assert colours_like(KNOWN, [np.array([[0.0, 64.0]])]) == [LIKE_NONE]


def test_where_none_is_known_each_has_its_own():
    assert colours_like([], KNOWN) == [*COLOURS[:2]]


@pytest.mark.parametrize(
    ("spans_s", "overlap"),
    [([[0, 10]], 1), ([[0, 5]], 0.5), ([[5, 15]], 1 / 3), ([[10, 20]], 0), ([[20, 30], [10, 20]], 0.5)],
)
def test_overlap_is_what_both_cover_over_what_either_does(spans_s, overlap):
    assert mean_overlap(np.array(spans_s, float), KNOWN[0]) == pytest.approx(overlap)
