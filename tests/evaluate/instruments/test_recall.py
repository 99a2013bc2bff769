import numpy as np
import pytest
from sklearn.metrics import recall_score

from evaluate.instruments.recall import decide_by_track, difference, measure_recall
from tests.scattered_clips import probabilities_of

SETTINGS = {"n_bootstrap": 2000, "seed": 5}
LABELS = np.repeat([0, 1, 2], [8, 8, 4])
GROUPS = np.repeat(list("abcdefghij"), 2)


def measure(predicted, labels=LABELS, groups=GROUPS, **settings):
    return measure_recall(probabilities_of(predicted), labels, groups, **SETTINGS | settings)


def test_what_is_always_right_has_no_doubt():
    measures = measure([LABELS, LABELS])
    for name in ("recall", "recall_low", "recall_high", "track_recall", "track_recall_low"):
        assert measures[name] == 1, name
    np.testing.assert_array_equal(measures["confusion"], 2 * np.diag([8, 8, 4]))
    np.testing.assert_array_equal(measures["n_clips"], [8, 8, 4])
    np.testing.assert_array_equal(measures["n_tracks"], [4, 4, 2])
    assert measures["samples"].shape == (2000,)


def test_recall_is_that_of_scikit_learn(rng):
    predicted = rng.integers(3, size=(4, 20))
    measures = measure(predicted)
    expected = [recall_score(LABELS, of_seed, average="macro") for of_seed in predicted]
    np.testing.assert_allclose(measures["recall_of_seeds"], expected)
    assert measures["recall"] == pytest.approx(np.mean(expected))
    of_classes = np.mean([recall_score(LABELS, of_seed, average=None) for of_seed in predicted], axis=0)
    np.testing.assert_allclose(measures["class_recall"], of_classes)
    assert measures["confusion"][0, 1] == np.sum((LABELS == 0) & (predicted == 1))


def test_interval_is_as_wide_as_that_of_independent_tracks():
    """Of 40 tracks of each class every second is right: the error of a class is sqrt(0.25 / 39)."""
    labels = np.repeat([0, 1], 120)
    groups = np.repeat(np.arange(80), 3)
    predicted = np.where(groups % 2, labels, 1 - labels)
    probabilities = probabilities_of([predicted], n_classes=2)
    measures = measure_recall(probabilities, labels, groups, n_bootstrap=20_000, seed=0)
    error = np.sqrt(0.25 / 39 / 2)
    assert measures["recall_high"] - measures["recall_low"] == pytest.approx(2 * 1.96 * error, rel=0.05)
    of_class = measures["class_high"] - measures["class_low"]
    np.testing.assert_allclose(of_class, 2 * 2.02 * np.sqrt(0.25 / 39), rtol=0.05)  # 2.02 is Student's
    of_clips = measure_recall(probabilities, labels, np.arange(240), n_bootstrap=20_000, seed=0)
    ratio = np.std(measures["samples"]) / np.std(of_clips["samples"])
    assert ratio == pytest.approx(np.sqrt(3), rel=0.05)  # a third as many


def test_order_of_clips_does_not_matter(rng):
    predicted, order = rng.integers(3, size=(1, 20)), rng.permutation(20)
    before, after = measure(predicted), measure(predicted[:, order], LABELS[order], GROUPS[order])
    for name in before:
        np.testing.assert_allclose(after[name], before[name], err_msg=name)


def test_difference_is_paired(rng):
    """Runs that err on the same tracks differ by less than their intervals say."""
    weak = np.where(np.isin(GROUPS, list("aceg")), (LABELS + 1) % 3, LABELS)
    better = weak.copy()
    better[GROUPS == "a"] = LABELS[GROUPS == "a"]
    first, second = measure([better]), measure([weak])
    value, low, high = difference(first, second)
    assert value == pytest.approx(1 / 4 / 3)
    assert low <= value <= high
    assert high - low < 0.7 * (first["recall_high"] - first["recall_low"])
    assert difference(first, first) == (0, 0, 0)
    assert difference(second, first) == pytest.approx((-value, -high, -low))


def test_track_is_decided_by_the_geometric_mean():
    probabilities = np.array([[[0.6, 0.4], [0.6, 0.4], [0.01, 0.99], [0.3, 0.7]]])
    np.testing.assert_array_equal(decide_by_track(probabilities, np.array([0, 0, 0, 1])), [[1, 1]])
    impossible = np.array([[[0.0, 1.0], *[[0.99, 0.01]] * 9]])  # one clip against nine
    assert decide_by_track(impossible, np.zeros(10, int)) == 0


def test_track_counts_once_whatever_its_clips():
    labels, groups = np.zeros(10, int), np.repeat([0, 1], [9, 1])
    measures = measure([np.repeat([0, 1], [9, 1])], labels, groups)
    assert measures["recall"] == pytest.approx(0.9)
    assert measures["track_recall"] == pytest.approx(0.5)


def test_group_of_two_classes_is_two_tracks():
    measures = measure([[0, 1]], np.array([0, 1]), np.array(["trio", "trio"]))
    np.testing.assert_array_equal(measures["n_tracks"], [1, 1, 0])
    assert measures["recall"] == 1


def test_class_without_clips_is_left_out_of_the_mean():
    measures = measure([np.where(LABELS == 1, 0, LABELS)[:16]], LABELS[:16], GROUPS[:16])
    assert measures["recall"] == pytest.approx(0.5)
    np.testing.assert_array_equal(measures["class_recall"], [1, 0, np.nan])
    assert np.isnan(measures["class_low"][2])
    assert measures["confusion"][2].sum() == 0


@pytest.mark.parametrize("probabilities", [np.zeros((1, 0, 3)), np.full((1, 20, 3), np.nan)])
def test_nothing_and_what_is_not_finite_are_errors(probabilities):
    n_clips = probabilities.shape[1]
    with pytest.raises(
        ValueError, match=r"^probabilities of shape \(1, \d+, 3\): must be finite, of one clip at least$"
    ):
        measure_recall(probabilities, LABELS[:n_clips], GROUPS[:n_clips], **SETTINGS)
