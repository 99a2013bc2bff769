"""The lecture's classical listing: five classifiers of summed-up features, scored as there and across collections.

Cross-validation that shuffles clips puts notes of one instrument, one singer or one performance on both sides, so that
it says little of other recordings; one that keeps groups together, and recall on another collection, stand next to it.
"""

from collections.abc import Callable, Iterable
from typing import TypeAlias

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import recall_score
from sklearn.model_selection import GroupKFold, KFold, cross_val_score, train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from evaluate.classification import check_groups
from evaluate.instruments.recall import Tracks, score_decisions
from evaluate.instruments.words import name_of
from pipeline.sections.instruments import Listing
from pipeline.studies.instruments import Parameters
from save_dataset.instruments.clips import Clips

Split: TypeAlias = tuple[str, str]  # names of the collections learned from, of those tested on, each joined by "+"

HOLD_OUT, HOLD_OUT_SEED = 0.25, 42  # the lecture's
N_NEIGHBOURS = 5
FOREST_100 = "random forest (100, balanced)"
CHANCE = ("most frequent class", "uniform")
CLASSIFIERS: dict[str, Callable[[int], ClassifierMixin]] = {  # from a seed
    "logistic regression": lambda seed: LogisticRegression(max_iter=5000),
    "SVC": lambda seed: SVC(),
    "5 nearest neighbours": lambda seed: KNeighborsClassifier(N_NEIGHBOURS),
    "random forest (10)": lambda seed: RandomForestClassifier(10, random_state=seed),
    FOREST_100: lambda seed: RandomForestClassifier(100, class_weight="balanced", random_state=seed),
    "most frequent class": lambda seed: DummyClassifier(),
    "uniform": lambda seed: DummyClassifier(strategy="uniform", random_state=seed),
}


def splits_of(runs: Iterable[Parameters]) -> list[Split]:
    """Return the distinct splits of runs, in order."""
    return list(dict.fromkeys((name_of(run.split.train), name_of(run.split.test)) for run in runs))


def measure_listing(
    clips: Clips, splits: list[Split], listing: Listing, phrases: Clips | None = None
) -> dict[str, np.ndarray]:
    """Score every classifier on every feature and split.

    Returns
    -------
    dict of str to np.ndarray
        Axes: ``features`` (n_features,), ``classifiers`` (n_classifiers,), ``splits`` (n_splits, 2), ``class_names``.
        Scores, all beginning with (n_features, n_classifiers, n_splits): accuracy in parts of the training collections,
        ``folds`` and ``group_folds`` (..., n_folds); ``hold_out``, accuracy; ``test_folds`` (..., n_folds), macro
        recall in parts of the test collections, none of which splits a group; from training to test collections
        ``recall`` (..., n_forests), what is not drawn from a seed always the same, ``recall_low``, ``recall_high``,
        ``class_recall`` (..., n_classes); and, if there are phrases, the first three of what learns from them too,
        with the prefix ``phrases_``.

    Raises
    ------
    ValueError
        If the clips of a training or test collection have fewer groups than there are folds, or where a part of them is
        held out, there is nothing to tell apart, or fewer clips than neighbours that vote.
    """
    for collections in dict.fromkeys(collections for split in splits for collections in split):
        _check_parts(clips.rows(clips.of_collections(collections.split("+"))), collections, listing)
    scores = [
        [[_score(clips, phrases, feature, build, split, listing) for split in splits] for build in CLASSIFIERS.values()]
        for feature in listing.features
    ]
    names = scores[0][0][0]
    return {
        "features": np.array(listing.features),
        "classifiers": np.array(list(CLASSIFIERS)),
        "splits": np.array(splits),
        "class_names": clips.class_names,
        **{
            name: np.array([[[of_split[name] for of_split in row] for row in rows] for rows in scores])
            for name in names
        },
    }


def _check_parts(clips: Clips, collections: str, listing: Listing) -> None:
    """Raise the ValueError of `measure_listing` for the clips of some collections."""
    check_groups(clips.groups, listing.folds, "listing.folds", f"the clips of {collections}")
    shuffled, by_group = _folds(listing)
    splits = [*shuffled.split(clips.labels), *by_group.split(clips.labels, groups=clips.groups)]
    learned = [part for part, _ in [*splits, _hold_out(clips.labels)]]
    if any(len(part) < N_NEIGHBOURS or len(np.unique(clips.labels[part])) < 2 for part in learned):
        raise ValueError(
            f"listing.folds={listing.folds}: where a part of the {len(clips.labels)} clips of {collections} is held "
            f"out, those left must be of 2 classes and at least {N_NEIGHBOURS}; take more sounds, or set "
            "listing.features = []"
        )


def _folds(listing: Listing) -> tuple[KFold, GroupKFold]:
    """Return what cuts clips into parts, with groups torn apart, and with groups kept together."""
    return KFold(listing.folds, shuffle=True, random_state=listing.seed), GroupKFold(listing.folds)


def _hold_out(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the indices of the clips that are learned from, and of those held out, as in the lecture."""
    learned, held_out = train_test_split(np.arange(len(labels)), test_size=HOLD_OUT, random_state=HOLD_OUT_SEED)
    return learned, held_out


def _score(
    clips: Clips, phrases: Clips | None, feature: str, build: Callable[[int], ClassifierMixin], split: Split,
    listing: Listing,
) -> dict[str, np.ndarray]:  # fmt: skip
    """Return the scores of one classifier on one feature and split, by the names in `measure_listing`."""
    features = getattr(clips, feature)
    train, test = (clips.of_collections(collections.split("+")) for collections in split)
    x, y, groups = features[train], clips.labels[train], clips.groups[train]
    x_test, y_test, groups_test = features[test], clips.labels[test], clips.groups[test]
    classifier = _standardised(build(0))
    shuffled, by_group = _folds(listing)
    learned, held_out = _hold_out(y)
    tracks = Tracks.of_test(y_test, groups_test, len(clips.class_names), listing.n_bootstrap, listing.seed)

    def transfer(x: np.ndarray, y: np.ndarray) -> dict[str, np.ndarray]:
        seeds = range(listing.n_forests)
        is_right = np.array([_standardised(build(seed)).fit(x, y).predict(x_test) == y_test for seed in seeds])
        return score_decisions(is_right, tracks.of_clips, tracks)

    measures, with_phrases = transfer(x, y), {}
    if phrases is not None:
        rows = phrases.of_collections(split[0].split("+"))
        more_x, more_y = getattr(phrases, feature)[rows], phrases.labels[rows]
        with_phrases = transfer(np.concatenate([x, more_x]), np.concatenate([y, more_y]))
    return {
        "folds": cross_val_score(classifier, x, y, cv=shuffled),
        "group_folds": cross_val_score(classifier, x, y, groups=groups, cv=by_group),
        "hold_out": classifier.fit(x[learned], y[learned]).score(x[held_out], y[held_out]),
        "test_folds": cross_val_score(
            classifier, x_test, y_test, groups=groups_test, cv=by_group, scoring=_macro_recall
        ),
        "class_recall": measures["class_recall"],
        **{
            prefix + name.removesuffix("_of_seeds"): of_prefix[name]
            for prefix, of_prefix in {"": measures, "phrases_": with_phrases}.items()
            for name in ("recall_of_seeds", "recall_low", "recall_high")
            if of_prefix
        },
    }


def _standardised(classifier: ClassifierMixin) -> Pipeline:
    return make_pipeline(StandardScaler(), classifier)


def _macro_recall(classifier: Pipeline, x: np.ndarray, y: np.ndarray) -> float:
    """Return the mean recall of the classes that are there: a part may lack some."""
    return recall_score(y, classifier.predict(x), labels=np.unique(y), average="macro")
