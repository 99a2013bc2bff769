import numpy as np
import pytest

from embed.themes.theme import reference_spans_s
from tests.themes_of_scale import PATTERN, scale_recordings


def spans_of(pattern, score):
    (spans_s,) = reference_spans_s([pattern], score)
    return spans_s.tolist()


def test_a_reference_pattern_ends_where_the_score_goes_on_or_soon_after_its_last_note():
    recordings = scale_recordings()
    assert spans_of(recordings.patterns(0)[0], recordings.score(0)) == [[1, 2.5], [5, 6.5]]
    at_the_end = [[(17.0, 60.0), (19.0, 60.0)]]
    assert spans_of(at_the_end, recordings.score(0)) == [[9.5, 12.0]]


def test_chords_and_changes_of_tempo():
    score = np.array([(1.0, 0, 60), (1.0, 0, 64), (2.0, 1, 60), (4.0, 2, 60), (4.0, 2, 67), (6.0, 3, 60)])
    assert spans_of([[(0.0, 64.0), (1.0, 60.0)], [(1.0, 60.0), (2.0, 67.0)]], score) == [[1.0, 3.5], [2.0, 5.5]]


@pytest.mark.parametrize("patterns", [[], [PATTERN]])
def test_without_a_score_there_is_none(patterns):
    assert reference_spans_s(patterns, np.empty((0, 3))) == []
