"""How well patterns are found: establishment, occurrence at 0.5 and at 0.75, three-layer, each as F, precision, recall.

These are the measures of the MIREX task "Discovery of repeated themes and sections", those of `mir_eval.pattern` to the
last digits, from one matrix of the notes that any two occurrences share: thirty times as fast, which makes it
possible to score a grid of parameters. Two notes are the same if they have one pitch, and one onset to 0.001 beats.

References
----------
T. Collins, "Discovery of Repeated Themes & Sections", MIREX 2013; D. Meredith, "Three-layer precision, three-layer
recall, and three-layer F1 score", 2013. `mir_eval.pattern.evaluate` gives occurrence at 0.75 twice: its argument is
misspelt.
"""

from collections.abc import Sequence

import numpy as np

from save_dataset.themes.recordings import Pattern

MEASURES = ("est", "occ50", "occ75", "three")
METRICS = tuple(f"{measure}_{part}" for measure in MEASURES for part in "fpr")
ONSET_DECIMALS = 3  # files of patterns are rounded


def score_patterns(reference: Sequence[Pattern], estimated: Sequence[Pattern]) -> dict[str, float]:
    """Return the scores of estimated patterns by name, in the order of `METRICS`, 0 to 1.

    Patterns are as `mir_eval.io.load_patterns` returns them; every pattern has an occurrence, every occurrence a note.
    If nothing is estimated all scores are 0.

    Raises
    ------
    ValueError
        If there is no reference.
    """
    if not reference:
        raise ValueError("reference=[]: needs a pattern to score against")
    if not estimated:
        return dict.fromkeys(METRICS, 0.0)
    shared, n_reference, n_estimated = _count_shared(reference, estimated)
    sizes = [np.cumsum([0, *(len(pattern) for pattern in patterns[:-1])]) for patterns in (reference, estimated)]
    cardinality = shared / np.maximum(n_reference[:, None], n_estimated)
    found = _largest(_largest(cardinality, sizes[0], 0), sizes[1], 1)
    covered = _cover(cardinality, *sizes)
    layers = _harmonic_mean(*_cover(2 * shared / (n_reference[:, None] + n_estimated), *sizes))
    pairs = [
        (found.max(axis=0).mean(), found.max(axis=1).mean()),
        *(_score_occurrences(found, *covered, threshold) for threshold in (0.5, 0.75)),
        (layers.max(axis=0).mean(), layers.max(axis=1).mean()),
    ]
    values = [float(value) for pair in pairs for value in (_harmonic_mean(*pair), *pair)]
    return dict(zip(METRICS, values, strict=True))


def _count_shared(
    reference: Sequence[Pattern], estimated: Sequence[Pattern]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Notes that occurrences share ``(n_reference, n_estimated)``, and the number of notes of each of these."""
    occurrences = [[notes for pattern in patterns for notes in pattern] for patterns in (reference, estimated)]
    n_reference, n_estimated = (np.array([len(notes) for notes in side]) for side in occurrences)
    notes = np.array([note for side in occurrences for notes in side for note in notes], float)
    as_complex = np.round(notes[:, 0], ONSET_DECIMALS) + 1j * notes[:, 1]  # sorted faster than rows
    _, columns = np.unique(as_complex, return_inverse=True)
    has_note = np.zeros((len(n_reference) + len(n_estimated), columns.max() + 1), np.float32)
    has_note[np.repeat(np.arange(len(has_note)), [*n_reference, *n_estimated]), columns] = 1
    shared = has_note[: len(n_reference)] @ has_note[len(n_reference) :].T.astype(float)
    return shared, n_reference, n_estimated


def _cover(similarity: np.ndarray, first_rows: np.ndarray, first_columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How well patterns cover each other, ``(n_reference, n_estimated)``: mean over occurrences of the most similar.

    First how well a reference covers the occurrences of an estimate (precision), then the other way round (recall).
    """
    precision = _mean(_largest(similarity, first_rows, 0), first_columns, 1)
    recall = _mean(_largest(similarity, first_columns, 1), first_rows, 0)
    return precision, recall


def _largest(similarity: np.ndarray, first: np.ndarray, axis: int) -> np.ndarray:
    """The largest value among the occurrences of each pattern, which begin at `first` along the axis."""
    return np.maximum.reduceat(similarity, first, axis=axis)


def _mean(similarity: np.ndarray, first: np.ndarray, axis: int) -> np.ndarray:
    counts = np.diff([*first, similarity.shape[axis]])
    return np.add.reduceat(similarity, first, axis=axis) / (counts if axis else counts[:, None])


def _score_occurrences(
    found: np.ndarray, precision: np.ndarray, recall: np.ndarray, threshold: float
) -> tuple[float, float]:
    """Precision and recall of the occurrences of patterns that are found, 0 if none is.

    A pattern counts once for every pattern that it is found by, as in the code of MIREX (not in its text).
    """
    rows, columns = np.nonzero(found >= threshold)
    if not len(rows):
        return 0.0, 0.0
    pairs = np.ix_(rows, columns)
    is_found = found[pairs] >= threshold
    precisions, recalls = (np.where(is_found, values[pairs], 0) for values in (precision, recall))
    return float(precisions.max(axis=0).mean()), float(recalls.max(axis=1).mean())


def _harmonic_mean(precision: np.ndarray | float, recall: np.ndarray | float) -> np.ndarray:
    total = np.asarray(precision + recall)
    return np.divide(2 * precision * recall, total, out=np.zeros_like(total, float), where=total > 0)
