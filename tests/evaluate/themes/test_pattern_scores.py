import mir_eval
import numpy as np
import pytest

from evaluate.themes.pattern_scores import METRICS, score_patterns


def occurrence(*onsets):
    return [(float(onset), 60.0) for onset in onsets]


REFERENCE = [[occurrence(1, 2, 3, 4), occurrence(11, 12, 13, 14)], [occurrence(21, 22), occurrence(31, 32)]]
ESTIMATED = [[occurrence(1, 2, 3), occurrence(11, 12, 13, 14, 15)], [occurrence(21, 40)]]


def by_mir_eval(reference, estimated):
    scores = [
        mir_eval.pattern.establishment_FPR(reference, estimated),
        mir_eval.pattern.occurrence_FPR(reference, estimated, thres=0.5),
        mir_eval.pattern.occurrence_FPR(reference, estimated, thres=0.75),
        mir_eval.pattern.three_layer_FPR(reference, estimated),
    ]
    return dict(zip(METRICS, np.ravel(scores).tolist(), strict=True))


def draw_patterns(rng, score, n_patterns):
    """Spans of one small score, so that many share notes."""
    patterns = []
    for n_occurrences in rng.integers(1, 6, n_patterns):
        spans = np.sort(rng.integers(0, 21, (n_occurrences, 2)), axis=1)
        patterns.append([[note for note in score if first <= note[0] <= last] for first, last in spans])
    return patterns


def test_scores_worked_out_by_hand():
    # notes shared over the larger: 3/4 and 4/5 in the first pattern, 1/2 in one occurrence of two in the second
    precision_50, recall_50 = (0.775 + 0.5) / 2, (0.775 + 0.25) / 2
    expected = {
        "est": (0.65, 0.65, 0.65),
        "occ50": (2 * precision_50 * recall_50 / (precision_50 + recall_50), precision_50, recall_50),
        "occ75": (0.775, 0.775, 0.775),
        # F of two occurrences: 6/7, 8/9, 1/2; of two patterns: 55/63, 1/3
        "three": (38 / 63, 38 / 63, 38 / 63),
    }
    scores = score_patterns(REFERENCE, ESTIMATED)
    for measure, values in expected.items():
        np.testing.assert_allclose([scores[f"{measure}_{part}"] for part in "fpr"], values, rtol=1e-12)


def test_precision_and_recall_are_not_confused_and_the_reference_itself_scores_one():
    assert score_patterns(REFERENCE, REFERENCE) == dict.fromkeys(METRICS, 1.0)
    scores = score_patterns([[occurrence(1, 2)]], [[occurrence(1, 2)], [occurrence(5, 6)]])
    assert (scores["est_p"], scores["est_r"]) == (0.5, 1)
    assert (scores["three_p"], scores["three_r"]) == (0.5, 1)


def test_scores_are_those_of_mir_eval(rng):
    score = [(onset / 2, float(pitch)) for onset in range(42) for pitch in rng.choice(60, 2, replace=False)]
    for n_reference, n_estimated in rng.integers(1, 9, (30, 2)):
        reference, estimated = (draw_patterns(rng, score, n) for n in (n_reference, n_estimated))
        scores, expected = score_patterns(reference, estimated), by_mir_eval(reference, estimated)
        np.testing.assert_allclose([*scores.values()], [*expected.values()], rtol=0, atol=1e-12)
    assert 0 < expected["occ75_f"] < 1


def test_what_shares_no_note_scores_zero_and_no_reference_is_refused():
    for estimated in ([[occurrence(100, 101)]], []):
        assert score_patterns(REFERENCE, estimated) == dict.fromkeys(METRICS, 0.0)
    with pytest.raises(ValueError, match="needs a pattern to score against"):
        score_patterns([], ESTIMATED)


def test_onsets_that_files_have_rounded_are_the_same_notes():
    thirds = [[[(1 / 3, 60.0), (2 / 3, 62.0)]]]
    assert score_patterns(thirds, [[[(0.333333, 60.0), (0.666667, 62.0)]]])["est_f"] == 1
    assert score_patterns(thirds, [[[(0.335, 60.0), (0.67, 62.0)]]])["est_f"] == 0
