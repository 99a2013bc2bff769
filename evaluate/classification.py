"""How well features of pieces separate their labels: composers, or styles of drummers.

Pieces of a group (movements of a sonata, takes of a session) are alike for other reasons than their label. A classifier
must not be fitted on the group of the piece that it predicts; what ignoring that costs is measured too, and intervals
come from drawing groups, not pieces.
"""

from collections.abc import Iterable
from itertools import combinations

import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix, f1_score, silhouette_score
from sklearn.model_selection import GroupKFold, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from evaluate.bootstrap import expanded, interval

MAX_ITERATIONS = 1000
CONFIDENCE = 0.95


def choose_pieces(
    labels: np.ndarray, groups: np.ndarray, n_bars: np.ndarray, *, min_pieces: int, max_labels: int, min_bars: int
) -> np.ndarray:
    """Return the indices of the pieces of the most frequent labels, in order; of labels as frequent the first by name.

    Pieces without a label, or shorter than `min_bars`, do not count. A label with fewer than `min_pieces` pieces is
    left out, and one with a single group: when that is held out, nothing of the label is left to fit on.
    """
    usable = (labels != "") & (n_bars >= min_bars)
    names, counts = np.unique(labels[usable], return_counts=True)
    has_groups = np.array([len(np.unique(groups[usable & (labels == name)])) > 1 for name in names], bool)
    enough = (counts >= min_pieces) & has_groups
    most_frequent = names[enough][np.argsort(-counts[enough], kind="stable")][:max_labels]
    return np.flatnonzero(usable & np.isin(labels, most_frequent))


def activation_features(magnitudes: np.ndarray) -> np.ndarray:
    """Return the square root of the mean magnitude of each atom in each piece, ``(n_pieces, n_atoms)``.

    A few atoms are active all the time, most seldom: the square root keeps the former from hiding the latter.
    """
    if (magnitudes < 0).any():
        raise ValueError(f"magnitudes of shape {magnitudes.shape}: must not be negative")
    return np.sqrt(magnitudes)


def measure_style(
    features: np.ndarray,
    labels: np.ndarray,
    groups: np.ndarray,
    *,
    folds: int,
    penalty: float,
    n_bootstrap: int,
    seed: int,
) -> dict[str, np.ndarray]:
    """Measure how a linear classifier, clusters and centroids separate the labels.

    Parameters
    ----------
    features, labels, groups : np.ndarray (n_pieces, n_features), (n_pieces,), (n_pieces,)
        Numbers, and texts, of each piece.
    folds : int
        Parts of the cross-validation; none splits a group.
    penalty, n_bootstrap, seed
        C of the logistic regression on standardised features; samples for the intervals of 95 %; what draws them and
        the parts that split groups.

    Returns
    -------
    dict of str to np.ndarray
        ``class_names`` (n_labels,), in order. Of the classifier: ``accuracy``, ``accuracy_low``, ``accuracy_high``,
        ``macro_f1``, ``accuracy_ungrouped`` (groups split), ``majority`` (fraction of the most frequent label),
        ``predicted`` (n_pieces,), ``confusion`` (n_labels, n_labels) with a row per true label. Of the features: the
        arrays of `_measure_clusters` and `centroid_distances`.

    Raises
    ------
    ValueError
        If there are too few labels, groups, or pieces of a label for the folds, or a feature is not finite.
    """
    names = check_pieces(features, labels, groups, folds)
    predicted = _cross_predict(features, labels, GroupKFold(folds).split(features, labels, groups), penalty)
    ungrouped = StratifiedKFold(folds, shuffle=True, random_state=seed).split(features, labels)
    low, high = interval_of_accuracy(predicted == labels, groups, n_bootstrap, seed)
    measures = {
        "class_names": names,
        "accuracy": np.mean(predicted == labels),
        "accuracy_low": low,
        "accuracy_high": high,
        "macro_f1": f1_score(labels, predicted, average="macro", zero_division=0),
        "accuracy_ungrouped": np.mean(_cross_predict(features, labels, ungrouped, penalty) == labels),
        "majority": max(np.mean(labels == name) for name in names),
        "predicted": predicted,
        "confusion": confusion_matrix(labels, predicted, labels=names),
    }
    standardised = StandardScaler().fit_transform(features)
    measures |= _measure_clusters(standardised, labels)
    measures |= centroid_distances(standardised, labels, groups, n_bootstrap=n_bootstrap, seed=seed)
    return {name: np.asarray(value) for name, value in measures.items()}


def check_pieces(features: np.ndarray, labels: np.ndarray, groups: np.ndarray, folds: int) -> np.ndarray:
    """Return the labels in order, if they and the groups are enough for cross-validation."""
    names, counts = np.unique(labels, return_counts=True)
    if len(names) < 2:
        raise ValueError(f"labels={names.tolist()}: there must be two; see collection.label_column, style.min_pieces")
    check_groups(groups, folds, "style.folds", "pieces")
    if counts.min() < folds:
        raise ValueError(f"style.folds={folds}: there are only {counts.min()} pieces of {names[counts.argmin()]}")
    if not np.isfinite(features).all():
        raise ValueError(f"features of shape {features.shape}: must be finite")
    return names


def check_groups(groups: np.ndarray, folds: int, key: str, what: str) -> None:
    """Raise ValueError, which names the key of the parameters, if there are fewer groups than folds."""
    if (n_groups := len(np.unique(groups))) < folds:
        raise ValueError(f"{key}={folds}: there are only {n_groups} groups of {what} (none may be torn apart)")


def _cross_predict(
    features: np.ndarray, labels: np.ndarray, parts: Iterable[tuple[np.ndarray, np.ndarray]], penalty: float
) -> np.ndarray:
    """Return the label of each piece, ``(n_pieces,)``, predicted by a classifier fitted on the other parts."""
    predicted = np.empty_like(labels)
    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=penalty, max_iter=MAX_ITERATIONS))
    for train, test in parts:
        if len(np.unique(labels[train])) > 1:
            predicted[test] = classifier.fit(features[train], labels[train]).predict(features[test])
        else:  # the other labels have all their groups in this part
            predicted[test] = labels[train[0]]
    return predicted


def interval_of_accuracy(
    is_right: np.ndarray, groups: np.ndarray, n_bootstrap: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the interval of the fraction of right pieces ``(n_pieces,)``, from groups drawn anew."""
    group = np.unique(groups, return_inverse=True)[1]
    right_and_all = np.stack([np.bincount(group, is_right), np.bincount(group)], axis=1)  # (n_groups, 2)

    def fraction(units: np.ndarray, axis: int) -> np.ndarray:
        return np.divide(*np.moveaxis(units.sum(axis=axis), -1, 0))

    return interval(right_and_all, fraction, confidence=CONFIDENCE, n_resamples=n_bootstrap, seed=seed)


def _measure_clusters(standardised: np.ndarray, labels: np.ndarray) -> dict[str, np.ndarray]:
    """Measure how well labels are clusters of standardised features; not at all if a silhouette is about 0 or less.

    ``pca`` (n_pieces, up to 3), ``explained_variance`` of its components as fractions, ``silhouette`` of all features,
    ``silhouette_pca`` of the first two components.
    """
    pca = PCA(min(3, *standardised.shape), svd_solver="full")
    with np.errstate(invalid="ignore"):  # of pieces that are all the same
        z = pca.fit_transform(standardised)
    return {
        "pca": z,
        "explained_variance": np.nan_to_num(pca.explained_variance_ratio_),
        "silhouette": silhouette_score(standardised, labels),
        "silhouette_pca": silhouette_score(z[:, :2], labels),
    }


def centroid_distances(
    standardised: np.ndarray, labels: np.ndarray, groups: np.ndarray, *, n_bootstrap: int, seed: int
) -> dict[str, np.ndarray]:
    """Return distances between the means of labels, over the square root of n_features, and their intervals.

    The means of few pieces lie farther apart than the labels do, since their errors add to the squared distance. The
    bootstrap estimates by how much, as its samples are farther apart again by as much: it is subtracted, down to 0.

    Returns
    -------
    dict of str to np.ndarray
        ``distances``, ``distances_low``, ``distances_high`` (n_labels, n_labels), labels in order of name; 1 is a
        standard deviation of each feature. NaN where a label has a single group.

    References
    ----------
    Davison and Hinkley (1997), Bootstrap Methods and their Application: bias in section 2.3, basic interval in 5.2.
    """
    rng = np.random.default_rng(seed)
    of_label = [(standardised[labels == name], groups[labels == name]) for name in np.unique(labels)]
    samples = [_sample_centroids(*pieces, n_bootstrap, rng) for pieces in of_label]
    squares = np.zeros((3, len(samples), len(samples)))  # distance, low, high
    for a, b in combinations(range(len(samples)), 2):
        square = np.mean((of_label[a][0].mean(axis=0) - of_label[b][0].mean(axis=0)) ** 2)
        sampled = np.mean((samples[a] - samples[b]) ** 2, axis=1)
        n_groups = min(len(np.unique(of_label[label][1])) for label in (a, b))
        tail = (1 - expanded(CONFIDENCE, n_groups)) / 2 if n_groups > 1 else 0
        ends = [sampled.mean(), *np.quantile(sampled, (1 - tail, tail))] if n_groups > 1 else [np.nan] * 3
        squares[:, (a, b), (b, a)] = (2 * square - np.array(ends))[:, None]
    return dict(zip(("distances", "distances_low", "distances_high"), np.sqrt(np.maximum(squares, 0)), strict=True))


def _sample_centroids(features: np.ndarray, groups: np.ndarray, n_samples: int, rng: np.random.Generator) -> np.ndarray:
    """Return means of the features of one label's pieces, ``(n_samples, n_features)``, their groups drawn anew."""
    group = np.unique(groups, return_inverse=True)[1]
    n_pieces = np.bincount(group)
    sums = np.eye(len(n_pieces))[group].T @ features  # (n_groups, n_features)
    times = rng.multinomial(len(n_pieces), np.full(len(n_pieces), 1 / len(n_pieces)), n_samples)
    return (times @ sums) / (times @ n_pieces)[:, None]
