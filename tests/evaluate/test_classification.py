import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from evaluate.classification import (
    activation_features,
    centroid_distances,
    choose_pieces,
    interval_of_accuracy,
    measure_style,
)

SETTINGS = {"folds": 5, "penalty": 0.1, "n_bootstrap": 200, "seed": 0}
N_GROUPS, PIECES_PER_GROUP = 30, 4
GROUPS = np.repeat([f"session {n}" for n in range(N_GROUPS)], PIECES_PER_GROUP)
LABELS = np.repeat(np.resize(["funk", "jazz", "rock"], N_GROUPS), PIECES_PER_GROUP)


def place_apart(rng, distance):
    """Noise around a mean for each label, at a distance from one another in the first features."""
    means = np.pad(np.eye(3) * distance / np.sqrt(2), ((0, 0), (0, 7)))
    return means[np.unique(LABELS, return_inverse=True)[1]] + rng.normal(size=(len(LABELS), 10))


def measure(features, labels=LABELS, groups=GROUPS, **settings):
    return measure_style(features, labels, groups, **SETTINGS | settings)


def test_labels_that_lie_far_apart_are_classified_without_error(rng):
    measures = measure(place_apart(rng, 50))
    for name in ("accuracy", "accuracy_low", "accuracy_high", "macro_f1", "accuracy_ungrouped"):
        assert measures[name] == 1, name
    assert measures["class_names"].tolist() == ["funk", "jazz", "rock"]
    np.testing.assert_array_equal(measures["predicted"], LABELS)
    np.testing.assert_array_equal(measures["confusion"], 40 * np.eye(3))
    assert measures["majority"] == pytest.approx(1 / 3)
    assert measures["silhouette_pca"] > 0.5 > measures["silhouette"] > 0.1  # seven features say nothing
    assert measures["pca"].shape == (120, 3)
    assert measures["explained_variance"][:2].sum() > 0.25 > measures["explained_variance"][2]


def test_noise_is_classified_by_chance_and_has_no_clusters(rng):
    measures = measure(place_apart(rng, 0))
    assert measures["accuracy"] == pytest.approx(1 / 3, abs=0.12)
    assert measures["accuracy_low"] < measures["accuracy"] < measures["accuracy_high"]
    assert measures["silhouette"] == pytest.approx(0, abs=0.03)


def test_pieces_that_only_show_their_group_leak_if_groups_are_split(rng):
    of_group = rng.normal(size=(N_GROUPS, 40)).repeat(PIECES_PER_GROUP, axis=0)
    measures = measure(of_group + 0.1 * rng.normal(size=of_group.shape))
    assert measures["accuracy"] < 0.5
    assert measures["accuracy_ungrouped"] > 0.95


def test_predictions_are_those_of_scikit_learn(rng):
    features = place_apart(rng, 2)
    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
    expected = cross_val_predict(classifier, features, LABELS, groups=GROUPS, cv=GroupKFold(5))
    measures = measure(features)
    assert 0.4 < measures["accuracy"] < 0.95
    np.testing.assert_array_equal(measures["predicted"], expected)
    assert measures["confusion"][0, 1] == np.sum((LABELS == "funk") & (expected == "jazz"))
    assert measures["accuracy"] == np.trace(measures["confusion"]) / len(LABELS)


def test_order_of_pieces_and_unit_of_features_do_not_matter(rng):
    features, order = place_apart(rng, 2), rng.permutation(len(LABELS))
    before = measure(features)
    in_other_units = measure(features * np.logspace(-2, 2, 10) + 7)
    for name in before.keys() - {"predicted", "class_names"}:
        np.testing.assert_allclose(in_other_units[name], before[name], atol=1e-8, err_msg=name)
    after = measure(features[order], LABELS[order], GROUPS[order])
    np.testing.assert_array_equal(after["predicted"], before["predicted"][order])
    np.testing.assert_allclose(np.abs(after["pca"]), np.abs(before["pca"])[order], atol=1e-8)
    for name in before.keys() - {"predicted", "pca", "accuracy_ungrouped", "class_names"}:
        np.testing.assert_allclose(after[name], before[name], err_msg=name)


def test_interval_of_accuracy_counts_groups_not_pieces():
    is_right = np.resize([True, True, False], N_GROUPS).repeat(PIECES_PER_GROUP)
    of_pieces = interval_of_accuracy(is_right, np.arange(120).astype(str), 4000, 0)
    of_groups = interval_of_accuracy(is_right, GROUPS, 4000, 0)
    error = np.sqrt(2 / 3 * 1 / 3 / 120)  # binomial
    assert np.diff(of_pieces)[0] == pytest.approx(2 * 1.96 * error, rel=0.1)
    assert np.diff(of_groups)[0] == pytest.approx(2 * 2.05 * 2 * error, rel=0.1)  # a quarter as many; 2.05 is Student's
    assert np.mean(of_groups) == pytest.approx(2 / 3, abs=0.03)


def test_distances_hold_the_truth_and_are_none_between_alike_labels():
    inside, alike = [], []
    means = np.repeat([[0.0], [0.0], [1.5]], 10, axis=1)[np.unique(LABELS, return_inverse=True)[1]]
    for seed in range(60):
        rng = np.random.default_rng(seed)
        of_group = 0.5 * rng.normal(size=(N_GROUPS, 10)).repeat(PIECES_PER_GROUP, axis=0)
        pieces = means + of_group + rng.normal(size=means.shape)
        measures = centroid_distances(pieces, LABELS, GROUPS, n_bootstrap=200, seed=seed)
        inside.append(measures["distances_low"][0, 2] <= 1.5 <= measures["distances_high"][0, 2])
        alike.append(measures["distances"][0, 1] ** 2)
        assert (measures["distances_low"] <= measures["distances"]).all()
        assert (measures["distances"] <= measures["distances_high"]).all()
    assert np.mean(inside) > 0.85
    # the means themselves lie apart by 2 / 10 groups of the variance of a group's mean
    assert np.mean(alike) < 0.5 * 0.2 * (0.25 + 1 / PIECES_PER_GROUP)


def test_label_of_a_single_group_has_no_interval_and_is_still_measured(rng):
    labels = np.where(GROUPS == "session 29", "soul", LABELS)
    measures = measure(place_apart(rng, 3), labels, folds=4)
    assert measures["class_names"].tolist() == ["funk", "jazz", "rock", "soul"]
    assert np.isnan(measures["distances"][3, :3]).all()
    assert np.isfinite(measures["distances"][:3, :3]).all()
    assert measures["confusion"][3, 3] == 0  # it is not in the other parts when it is held out
    for name in ("distances", "distances_low", "distances_high"):
        np.testing.assert_array_equal(measures[name], measures[name].T)
        np.testing.assert_array_equal(np.diag(measures[name]), 0)


def test_one_feature_is_enough_and_a_part_that_leaves_one_label_is_classified_as_that(rng):
    labels = np.where(GROUPS == "session 29", "soul", "rock")
    assert measure(rng.normal(size=(120, 2)), labels, folds=4)["confusion"][1].tolist() == [4, 0]
    measures = measure(place_apart(rng, 50)[:, :1])
    assert measures["confusion"][0, 0] == 40
    assert measures["pca"].shape == (120, 1)


@pytest.mark.filterwarnings("error")
def test_pieces_that_are_all_the_same_vary_in_nothing():
    assert measure(np.ones((120, 3)))["explained_variance"].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("n_pieces", "labels", "message"),
    [
        (120, np.full(120, "jazz"), r"labels=\['jazz'\]: there must be two; .*style.min_pieces"),
        (0, LABELS[:0], r"labels=\[\]: there must be two; .*"),
        (12, LABELS[:12], r"style.folds=5: there are only 3 groups of pieces \(.*\)"),
        (120, np.append(LABELS[:117], ["soul"] * 3), "style.folds=5: there are only 3 pieces of soul"),
    ],
)
def test_too_little_music_and_what_is_not_finite_are_errors(rng, n_pieces, labels, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        measure(rng.normal(size=(n_pieces, 3)), labels, GROUPS[:n_pieces])
    with pytest.raises(ValueError, match=r"^features of shape \(120, 3\): must be finite$"):
        measure(np.where(np.arange(360).reshape(120, 3) == 7, np.nan, 1.0))


def choose(labels, groups=None, n_bars=None, *, min_pieces=1, max_labels=9, min_bars=0):
    groups = np.arange(len(labels)).astype(str) if groups is None else np.array(groups)
    n_bars = np.full(len(labels), 8) if n_bars is None else np.array(n_bars)
    limits = {"min_pieces": min_pieces, "max_labels": max_labels, "min_bars": min_bars}
    return choose_pieces(np.array(labels), groups, n_bars, **limits).tolist()


def test_most_frequent_labels_are_chosen_and_of_as_frequent_ones_the_first_by_name():
    labels = ["c", "b", "a", "c", "b", "a", "c", "", "", "", ""]
    assert choose(labels) == [0, 1, 2, 3, 4, 5, 6]
    assert choose(labels, min_pieces=3) == [0, 3, 6]
    assert choose(labels, max_labels=2) == [0, 2, 3, 5, 6]
    assert choose(labels, min_pieces=4) == []


def test_short_pieces_do_not_count_and_a_label_of_a_single_group_is_left_out():
    assert choose(["a", "a", "b", "b", "b"], n_bars=[4, 4, 1, 4, 3], min_bars=4, min_pieces=2) == [0, 1]
    assert choose(["a", "a", "b", "b"], groups=["x", "x", "x", "y"]) == [2, 3]


def test_activation_features_are_square_roots():
    np.testing.assert_array_equal(activation_features(np.array([[0.0, 4.0], [0.25, 1.0]])), [[0, 2], [0.5, 1]])
    with pytest.raises(ValueError, match=r"^magnitudes of shape \(1, 2\): must not be negative$"):
        activation_features(np.array([[1.0, -0.5]]))
