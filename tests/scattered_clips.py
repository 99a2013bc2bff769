"""Clips of three instruments in two collections, whose features are noise around a mean of each instrument."""

import numpy as np

from pipeline import results
from save_dataset.instruments.clips import Clips
from tests.stored_results import store

NAMES = ("clarinet", "piano", "violin")
CLIPS_PER_GROUP, GROUPS_PER_CLASS = 3, 6


def scattered_clips(distance=4.0, classes_of_test=NAMES):
    """Eighteen clips of each instrument in A, and of those of the test in B, three of a group."""
    rows = [
        (label, f"{collection}_{name}_{group}", collection)
        for collection in "AB"
        for label, name in enumerate(NAMES)
        if collection == "A" or name in classes_of_test
        for group in range(GROUPS_PER_CLASS)
        for _ in range(CLIPS_PER_GROUP)
    ]
    labels, groups, collections = (np.array(column) for column in zip(*rows, strict=True))
    rng = np.random.default_rng(0)
    features = distance * np.eye(3)[labels] + rng.normal(size=(len(labels), 3))
    nothing = np.zeros((len(labels), 0), np.float32)
    return Clips(
        class_names=np.array(NAMES),
        labels=labels,
        groups=groups,
        sources=np.char.add("source_", collections),
        collections=collections,
        paths=np.array([f"{group}_{index}.wav" for index, group in enumerate(groups)]),
        pitches=np.full(len(labels), np.nan),
        cqt=np.zeros((len(labels), 2, 84), np.float16),
        mfcc=features,
        bag=-features,
        **dict.fromkeys(("time", "joint", "spiral"), nothing),
    )


def probabilities_of(predicted, n_classes=3, certainty=0.8):
    """Probabilities ``(..., n_clips, n_classes)`` by which these classes are predicted."""
    predicted = np.asarray(predicted)
    return np.where(np.arange(n_classes) == predicted[..., None], certainty, (1 - certainty) / (n_classes - 1))


TEXT = """
study = "instruments"

[sounds]
folder = "made by hand"

[phrases]
per_class = 2
collections = ["A"]

[listing]
features = []
n_bootstrap = 200

[figures]
compare = [["wide", "net"]]
confusion = ["net"]

[runs.net]
split.phrases = false

[runs.wide]
classifier.kernels = 48

[runs.scattered]
classifier.features = "time"
split.phrases = false

[runs.both]
classifier.average = ["net", "scattered"]
split.phrases = false
"""
TESTED = np.arange(54, 108)  # clips of B


def predictions_of(clips, n_wrong, n_seeds=2, tested=TESTED):
    """Predictions of a run as step 3 stores them: so many groups are taken for the instrument that comes next."""
    labels, groups = clips.labels[tested], clips.groups[tested]
    wrong = np.isin(groups, np.random.default_rng(0).permutation(np.unique(groups))[:n_wrong])
    predicted = np.where(wrong, (labels + 1) % 3, labels)
    return {
        "probabilities": probabilities_of(np.tile(predicted, (n_seeds, 1))).astype(np.float32),
        "clips": tested,
        "activations": np.zeros((len(tested), 0)),
    }


def store_predictions(parameters, root, clips=None, **wrong):
    """Store clips, and predictions of those runs of which is said how many groups are wrong."""
    clips = clips or scattered_clips()
    results.save(parameters, "clips", clips.to_arrays(), root)
    for run, n_wrong in wrong.items():
        store(parameters.for_run(run), "predictions", root, **predictions_of(clips, n_wrong))
