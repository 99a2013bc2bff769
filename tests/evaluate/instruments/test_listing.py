import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import recall_score
from sklearn.model_selection import KFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from evaluate.instruments.listing import CLASSIFIERS, FOREST_100, measure_listing, splits_of
from pipeline.parameters import load
from pipeline.sections.instruments import Listing
from save_dataset.instruments.clips import Clips
from tests.scattered_clips import scattered_clips

FAST = Listing(features=("mfcc",), folds=3, n_forests=3, n_bootstrap=100)
NAMES = [name for name in CLASSIFIERS if name != FOREST_100]


@pytest.fixture(scope="module", autouse=True)
def without_large_forest():
    """A hundred trees take most of the time, and are built as ten are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delitem(CLASSIFIERS, FOREST_100)
        yield


@pytest.fixture(scope="module")
def apart():
    return measure_listing(scattered_clips(distance=30), [("A", "B")], FAST)


@pytest.fixture(scope="module")
def overlapping():
    return measure_listing(scattered_clips(distance=2), [("A", "B")], FAST)


@pytest.mark.parametrize("score", ["folds", "group_folds", "hold_out", "test_folds", "recall", "recall_low"])
def test_instruments_that_lie_far_apart_are_classified_without_error(apart, score):
    np.testing.assert_array_equal(apart[score][0, :-2], 1)


def test_chance_is_the_most_frequent_class_and_a_draw(apart):
    most_frequent, uniform = (apart["recall"][0, NAMES.index(name), 0] for name in ("most frequent class", "uniform"))
    np.testing.assert_allclose(most_frequent, 1 / 3)
    assert len(set(uniform)) == 3
    assert 0.15 < uniform.mean() < 0.5


def test_scores_are_those_of_scikit_learn(overlapping):
    clips = scattered_clips(distance=2)
    train, test = clips.of_collections(["A"]), clips.of_collections(["B"])
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=5000))
    folds = KFold(3, shuffle=True, random_state=5)
    x, y = clips.mfcc[train], clips.labels[train]
    np.testing.assert_allclose(overlapping["folds"][0, 0, 0], cross_val_score(classifier, x, y, cv=folds))
    predicted = classifier.fit(x, y).predict(clips.mfcc[test])
    expected = recall_score(clips.labels[test], predicted, average="macro")
    np.testing.assert_allclose(overlapping["recall"][0, 0, 0], expected)
    assert 0.5 < expected < 0.99


def test_notes_of_one_group_leak_only_where_folds_are_shuffled(rng):
    clips = scattered_clips(distance=0)
    of_group = {group: rng.normal(size=3) for group in np.unique(clips.groups)}
    features = np.array([of_group[group] for group in clips.groups]) + 0.01 * rng.normal(size=clips.mfcc.shape)
    clips.mfcc[:] = features
    listing = measure_listing(clips, [("A", "B")], FAST)
    forest = NAMES.index("random forest (10)")
    assert listing["folds"][0, forest].mean() > 0.9
    assert listing["group_folds"][0, forest].mean() < 0.6


@pytest.mark.filterwarnings("error")
def test_instrument_that_no_clip_tests_is_left_out():
    listing = measure_listing(scattered_clips(30, classes_of_test=("clarinet", "violin")), [("A", "B")], FAST)
    np.testing.assert_array_equal(listing["class_recall"][0, 0, 0], [1, np.nan, 1])
    np.testing.assert_array_equal(listing["recall"][0, 0], 1)
    np.testing.assert_array_equal(listing["test_folds"][0, 0], 1)


@pytest.mark.parametrize(
    ("split", "message"),
    [(("A", "B"), "the clips of A"), (("A+B", "A"), "the clips of A")],
)
def test_fewer_groups_than_folds_are_an_error(split, message):
    clips = scattered_clips()
    clips.groups[clips.collections == "A"] = "one tape"
    with pytest.raises(ValueError, match=rf"^listing.folds=3: there are only 1 groups of {message} \(none may"):
        measure_listing(clips, [split], FAST)


@pytest.mark.parametrize("n_others", [0, 1])
def test_what_leaves_one_class_to_learn_from_is_an_error_not_a_score_of_nan(n_others):
    """All groups but some are of clarinets: where the others are held out, nothing is to be told apart."""
    clips = scattered_clips()
    of_a = clips.of_collections(["A"])
    is_other = np.isin(clips.groups, [f"A_violin_{number}" for number in range(n_others)])
    clips.labels[of_a] = np.where(is_other, 2, 0)[of_a]
    with pytest.raises(
        ValueError, match=r"^listing.folds=3: where a part of the 54 clips of A is held out, those .* 2"
    ):
        measure_listing(clips, [("A", "B")], FAST)


def test_fewer_clips_than_neighbours_are_an_error_not_a_score_of_nan():
    clips = scattered_clips()
    few = np.concatenate([clips.of_collections(["A"])[::9], clips.of_collections(["B"])])
    with pytest.raises(ValueError, match=r"^listing.folds=3: .* of the 6 clips of A .* at least 5; take more sounds"):
        measure_listing(clips.rows(few), [("A", "B")], FAST)


def test_splits_are_distinct_and_have_no_order(write_parameters):
    text = """
    study = "instruments"
    [sounds]
    folder = "sounds"
    [runs.a]
    [runs.b]
    split.train = ["C", "A"]
    [runs.c]
    split.train = ["A", "C"]
    """
    runs = load("small", write_parameters(text, "small")).for_runs()
    assert splits_of(runs) == [("A", "B"), ("A+C", "B")]


def test_phrases_are_learned_too_where_there_are_any():
    clips = scattered_clips(distance=0)
    of_the_test = clips.rows(clips.of_collections(["B"]))  # that are learned: recall cannot be better
    phrases = Clips(**of_the_test.to_arrays() | {"collections": np.full(len(of_the_test.labels), "A")})
    listing = measure_listing(clips, [("A", "B")], FAST, phrases)
    forest = list(CLASSIFIERS).index("random forest (10)")
    assert listing["phrases_recall"][0, forest].min() > 0.9
    assert listing["recall"][0, forest].max() < 0.6
    none_of_a = Clips(**of_the_test.to_arrays())
    unchanged = measure_listing(clips, [("A", "B")], FAST, none_of_a)
    np.testing.assert_array_equal(unchanged["phrases_recall"], unchanged["recall"])
