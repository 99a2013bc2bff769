import numpy as np
import pytest

from embed.themes.theme import reference_spans_s
from evaluate.themes.repeats import interval, is_found, measure_repeats, pairs_of
from tests.small_recordings import small_recordings

THEME = [(0.0, 60.0), (1.0, 64.0), (1.0, 48.0), (2.0, 67.0)]
SCORE = np.array([[0, 0, 60], [2, 4, 60], [4, 8, 60], [5, 12, 60], [6, 16, 60]], float)  # twice as fast from 4 s on


def transposed(notes, beats, semitones=0):
    return [(onset + beats, pitch + semitones) for onset, pitch in notes]


def test_interval_is_that_of_most_notes():
    assert interval(THEME, transposed(THEME, 20)) == 0
    assert interval(THEME, transposed(THEME, 20, -5)) == -5
    ornamented = [*transposed(THEME, 20, 3), (21.5, 90.0)]
    assert interval(THEME, ornamented) == 3
    assert interval(ornamented, THEME) == -3
    # notes that never meet are not transposed
    assert interval([(0.0, 60.0)], [(4.0, 60.0), (5.5, 62.0)]) == 0
    assert interval([(0.0, 60.0), (1.0, 62.0)], [(4.0, 64.0), (4.25, 40.0)]) == 4


def test_pairs_are_of_the_kind_of_what_differs():
    pattern = [THEME, transposed(THEME, 4), transposed(THEME, 4, 7), transposed(THEME, 10)]
    pairs = pairs_of(pattern, SCORE)
    n_pairs = {kind: len(of_kind) for kind, of_kind in pairs.items()}
    assert n_pairs == {"alike": 1, "transposed": 3, "at another tempo": 2}
    ((first, second),) = pairs["alike"]
    np.testing.assert_allclose([first, second], [(0, 1), (2, 3)])
    np.testing.assert_allclose(pairs["at another tempo"][0][1], (4.5, 5))


def test_a_pair_is_found_by_one_theme_not_by_two():
    a, b = np.array([0.0, 4.0]), np.array([10.0, 14.0])
    both = np.array([(0.5, 4.5), (9.5, 13.5)])
    assert is_found(a, b, [both])
    assert not is_found(a, b, [both[:1], both[1:]])
    assert not is_found(a, b, [both + 2])
    assert not is_found(a, b, [])


def test_true_spans_find_all_and_nothing_finds_none():
    recordings = small_recordings()
    true_spans = {piece: reference_spans_s(recordings.patterns(piece), recordings.score(piece)) for piece in range(3)}
    n_pairs, found = measure_repeats(recordings, true_spans)
    np.testing.assert_array_equal(n_pairs, [0, 3, 0])  # the tones of the second time are others
    np.testing.assert_array_equal(found, [np.nan, 1, np.nan])
    assert measure_repeats(recordings, dict.fromkeys(true_spans, []))[1][1] == 0
    true_spans[1] = []
    assert measure_repeats(recordings, true_spans)[1][1] == pytest.approx(2 / 3)
