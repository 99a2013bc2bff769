import numpy as np

from forecast.themes.colours import COLOURS, LIKE_NONE, colours_like, colours_of

REFERENCE = [np.array([[0.0, 10.0], [20.0, 30.0]]), np.array([[40.0, 44.0], [50.0, 54.0], [60.0, 64.0]])]


def test_colours_begin_again_when_all_are_taken():
    colours = colours_of([None] * (len(COLOURS) + 1))
    assert len({*colours}) == len(COLOURS)
    assert colours[0] == colours[-1]


def test_themes_have_the_colour_of_what_they_are_like():
    estimated = [REFERENCE[1] + 0.5, REFERENCE[0] - 1, np.array([[100.0, 110.0], [120.0, 130.0]])]
    assert colours_like(REFERENCE, estimated) == [COLOURS[1], COLOURS[0], LIKE_NONE]
    estimated = [np.array(spans) for spans in ([[0, 5]], [[0, 4.9]], [[20, 30], [10, 20]])]  # overlap 0.5, 0.49, 0.5
    assert colours_like(REFERENCE, estimated) == [COLOURS[0], LIKE_NONE, COLOURS[0]]
    assert colours_like(REFERENCE, [np.array([[0.0, 64.0]])]) == [LIKE_NONE]  # a span around everything


def test_without_a_reference_each_has_its_own():
    assert colours_like([], REFERENCE) == [*COLOURS[:2]]
