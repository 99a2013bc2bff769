import numpy as np

from evaluate.themes.pattern_scores import METRICS
from evaluate.themes.upper_bound import known_pieces, measure_upper_bound, widen
from tests.small_recordings import small_recordings

SCORE = np.array([[0, 4, 60], [0, 4, 48], [0.5, 5, 62], [1, 6, 64], [1, 6, 50], [2, 8, 65]], float)


def test_widened_pattern_has_all_voices_from_first_to_last_onset():
    assert widen([[[(4, 60), (6, 64)]]], SCORE) == [[[(4, 48), (4, 60), (5, 62), (6, 50), (6, 64)]]]


def test_order_of_notes_in_an_occurrence_does_not_matter():
    assert widen([[[(6, 64), (4, 60)]]], SCORE) == widen([[[(4, 60), (6, 64)]]], SCORE)


def test_short_occurrences_and_patterns_of_none_other_are_left_out():
    patterns = [[[(4, 60), (8, 65)], [(5, 62), (6, 64)]], [[(5, 62), (6, 64)]]]
    (pattern,) = widen(patterns, SCORE, min_beats=2)
    assert [len(occurrence) for occurrence in pattern] == [6]


def test_upper_bound_of_one_voice_of_two_is_half():
    upper_bound = measure_upper_bound(small_recordings())
    scores = dict(zip(METRICS, upper_bound["scores"].T, strict=True))
    assert upper_bound["names"].tolist() == ["A", "B", "C"]
    np.testing.assert_allclose(scores["est_f"], [1, 1, 0.5])


def test_pieces_without_score_or_patterns_and_those_not_searched_are_not_known():
    assert known_pieces(small_recordings()).tolist() == [0, 1, 2]
    assert known_pieces(small_recordings(with_truth=False)).tolist() == []
    assert measure_upper_bound(small_recordings(with_truth=False))["scores"].shape == (0, len(METRICS))
