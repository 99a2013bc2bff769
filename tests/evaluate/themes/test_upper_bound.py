import numpy as np

from evaluate.themes.pattern_scores import METRICS
from evaluate.themes.upper_bound import measure_upper_bound, pieces_with_reference, widen
from tests.small_recordings import small_recordings

SCORE = np.array([[0, 4, 60], [0, 4, 48], [0.5, 5, 62], [1, 6, 64], [1, 6, 50], [2, 8, 65]], float)


def test_widened_pattern_has_all_voices_from_first_to_last_onset_whatever_the_order_of_its_notes():
    for notes in ([(4, 60), (6, 64)], [(6, 64), (4, 60)]):
        assert widen([[notes]], SCORE) == [[[(4, 48), (4, 60), (5, 62), (6, 50), (6, 64)]]]


def test_upper_bound_of_one_voice_of_two_is_half():
    upper_bound = measure_upper_bound(small_recordings())
    scores = dict(zip(METRICS, upper_bound["scores"].T, strict=True))
    assert upper_bound["names"].tolist() == ["A", "B", "C"]
    np.testing.assert_allclose(scores["est_f"], [1, 1, 0.5])


def test_pieces_without_score_or_patterns_and_those_not_searched_have_no_reference():
    assert pieces_with_reference(small_recordings()).tolist() == [0, 1, 2]
    assert pieces_with_reference(small_recordings(with_truth=False)).tolist() == []
    assert measure_upper_bound(small_recordings(with_truth=False))["scores"].shape == (0, len(METRICS))
