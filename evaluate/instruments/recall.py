"""Recall of classes on clips of a test set, and its intervals from drawing tracks.

A *track* is the clips of one class and group: what was recorded independently. Tracks are drawn within each class, so
that no class is empty. Which ones depends on the test set and the seed only: samples of two runs are paired, and the
percentiles of their difference are the interval of the difference.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy.stats
from sklearn.metrics import confusion_matrix

from evaluate.bootstrap import draw_within

CONFIDENCE = 0.95
MIN_PROBABILITY = 1e-12  # a single clip that excludes a class does not outvote all others of its track


@dataclass(frozen=True)
class Tracks:
    """The tracks of a test set, and which of them each bootstrap sample draws."""

    of_clips: np.ndarray  # (n_clips,), index of the track of each clip
    labels: np.ndarray  # (n_tracks,)
    draws: np.ndarray  # (n_bootstrap, n_tracks), how often each is drawn
    n_classes: int

    @classmethod
    def of_test(cls, labels: np.ndarray, groups: np.ndarray, n_classes: int, n_bootstrap: int, seed: int) -> Self:
        """Return the tracks of clips with these labels and groups, both ``(n_clips,)``."""
        group = np.unique(groups, return_inverse=True)[1]
        pairs, of_clips = np.unique(np.stack([labels, group], axis=1), axis=0, return_inverse=True)
        return cls(of_clips, pairs[:, 0], draw_within(pairs[:, 0], n_bootstrap, seed), n_classes)


def measure_recall(
    probabilities: np.ndarray, labels: np.ndarray, groups: np.ndarray, *, n_bootstrap: int, seed: int
) -> dict[str, np.ndarray]:
    """Measure recall of single clips and of whole tracks.

    Parameters
    ----------
    probabilities : np.ndarray (n_seeds, n_clips, n_classes)
        Of each training of a run; the largest decides.
    labels, groups : np.ndarray (n_clips,)
        Index of the class, and the group, of each clip.

    Returns
    -------
    dict of str to np.ndarray
        The arrays of `score_decisions` of clips, and with the prefix ``track_`` those of decisions by track: the
        geometric mean of the probabilities of its clips decides, each track counts once. ``confusion`` (n_classes,
        n_classes), clips summed over seeds, a row per true class; ``n_clips`` and ``n_tracks`` (n_classes,).

    References
    ----------
    Macro recall over clips: Lostanlen and Cella (2016), section 5; by track: the code published with it.
    """
    if not len(labels) or not np.isfinite(probabilities).all():
        raise ValueError(f"probabilities of shape {probabilities.shape}: must be finite, of one clip at least")
    n_classes = probabilities.shape[-1]
    tracks = Tracks.of_test(labels, groups, n_classes, n_bootstrap, seed)
    predicted = probabilities.argmax(axis=-1)  # (n_seeds, n_clips)
    decided = decide_by_track(probabilities, tracks.of_clips)  # (n_seeds, n_tracks)
    of_tracks = score_decisions(decided == tracks.labels, np.arange(len(tracks.labels)), tracks)
    confusions = [confusion_matrix(labels, of_seed, labels=np.arange(n_classes)) for of_seed in predicted]
    return {
        **score_decisions(predicted == labels, tracks.of_clips, tracks),
        **{f"track_{name}": array for name, array in of_tracks.items()},
        "confusion": np.sum(confusions, axis=0),
        "n_clips": np.bincount(labels, minlength=n_classes),
        "n_tracks": np.bincount(tracks.labels, minlength=n_classes),
    }


def decide_by_track(probabilities: np.ndarray, of_clips: np.ndarray) -> np.ndarray:
    """Return the class with the largest geometric mean over the clips of each track, ``(n_seeds, n_tracks)``."""
    logarithms = np.log(np.maximum(probabilities.astype(float), MIN_PROBABILITY))
    is_of_track = of_clips == np.arange(of_clips.max() + 1)[:, None]  # (n_tracks, n_clips)
    return (is_of_track @ logarithms).argmax(axis=-1)  # the sum decides as the mean does


def score_decisions(is_right: np.ndarray, of_units: np.ndarray, tracks: Tracks) -> dict[str, np.ndarray]:
    """Return recall and its intervals from decisions ``(n_seeds, n_units)`` about clips, or about tracks.

    `of_units` (n_units,) are their tracks. A class without clips has NaN, and is left out of means; the interval of one
    with a single track is NaN too, and that of the macro recall takes it as certain.

    Returns
    -------
    dict of str to np.ndarray
        ``recall_of_seeds`` (n_seeds,): macro recall, the mean over classes; ``recall`` its mean, ``recall_low`` and
        ``recall_high`` the interval of that, from ``samples`` (n_bootstrap,); ``class_recall``, ``class_low`` and
        ``class_high`` (n_classes,), means over seeds.
    """
    right = np.array([np.bincount(of_units, of_seed) for of_seed in is_right])  # (n_seeds, n_tracks)
    n_units, of_class = np.bincount(of_units), np.eye(tracks.n_classes)[tracks.labels]  # (n_tracks, n_classes)
    with np.errstate(invalid="ignore"):  # of a class without clips
        of_seeds = right @ of_class / (n_units @ of_class)
        class_samples = (tracks.draws * right.mean(axis=0)) @ of_class / ((tracks.draws * n_units) @ of_class)
    samples = np.nanmean(class_samples, axis=1)
    low, high = percentile_interval(samples)
    class_low, class_high = _class_intervals(class_samples, of_class.sum(axis=0))
    measures = {"recall_of_seeds": np.nanmean(of_seeds, axis=1), "recall": np.nanmean(of_seeds), "samples": samples}
    measures |= {"recall_low": low, "recall_high": high}
    measures |= {"class_recall": of_seeds.mean(axis=0), "class_low": class_low, "class_high": class_high}
    return {name: np.asarray(value) for name, value in measures.items()}


def percentile_interval(samples: np.ndarray, confidence: float = CONFIDENCE) -> np.ndarray:
    """Return the percentiles of samples along their first axis between which the confidence lies, ``(2, ...)``."""
    return np.quantile(samples, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)


def _class_intervals(class_samples: np.ndarray, n_tracks: np.ndarray) -> np.ndarray:
    """Return the ends of the intervals of classes ``(2, n_classes)``, as wide as Student's: a class has few tracks."""
    ends = np.full((2, len(n_tracks)), np.nan)
    for index in np.flatnonzero(n_tracks > 1):
        student = scipy.stats.t.ppf((1 + CONFIDENCE) / 2, n_tracks[index] - 1)
        ends[:, index] = percentile_interval(class_samples[:, index], 2 * scipy.stats.norm.cdf(student) - 1)
    return ends


def difference(first: Mapping[str, np.ndarray], second: Mapping[str, np.ndarray]) -> tuple[float, float, float]:
    """Return macro recall minus that of another on the same clips, from the same seed, and the ends of its interval."""
    low, high = percentile_interval(first["samples"] - second["samples"])
    return float(first["recall"] - second["recall"]), float(low), float(high)
