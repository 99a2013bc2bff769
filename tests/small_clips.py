"""Clips made by hand, of classes that differ in where their spectrum is loud, in three collections."""

import numpy as np

from pipeline import results
from pipeline.parameters import load
from save_dataset.instruments.clips import Clips

CLASSES = ("bell", "drum", "flute")
TEXT = """
study = "instruments"

[sounds]
folder = "made by hand"

[training]
epochs = 3
batches_per_epoch = 8
batch_clips = 8
learning_rate = 0.003

[classifier]
kernels = 4
dense_units = 8

[runs.net]

[runs.twice]
training.n_seeds = 2
training.shift_bins = 1
training.tilt_db = 6.0

[runs.machine]
classifier.features = "joint"

[runs.both]
classifier.average = ["net", "machine"]
"""
N_FRAMES, N_BINS = 49, 60


def small_clips(n_per_class=6, collections=("A", "B", "C"), seed=440):
    """As many clips of each class in each collection, whose sources and groups are named after it."""
    rng = np.random.default_rng(seed)
    n = n_per_class * len(CLASSES) * len(collections)
    labels = np.arange(n) % len(CLASSES)
    names = np.repeat(collections, n // len(collections))
    bins = np.arange(N_BINS)[None, None]
    centres = 10 + 20 * labels[:, None, None]
    cqt = 5 * np.exp(-(((bins - centres) / 6) ** 2)) + rng.uniform(0, 0.5, (n, N_FRAMES, N_BINS))
    paths = rng.uniform(0.5, 1, (n, 9)) * 10.0 ** rng.uniform(-3, 0, (n, 1))
    paths[np.arange(n), labels] *= 20
    return Clips(
        class_names=np.array(CLASSES),
        labels=labels,
        groups=np.array([f"{name}{index // 3}" for index, name in enumerate(names)]),
        sources=np.array([f"source {name}" for name in names]),
        collections=names,
        paths=np.array([f"{name}/{index}.wav" for index, name in enumerate(names)]),
        pitches=np.full(n, np.nan),
        cqt=cqt.astype(np.float16),
        mfcc=rng.normal(size=(n, 40)) + 5 * _pattern(labels, 40),
        bag=rng.normal(size=(n, 70)) + 5 * _pattern(labels, 70),
        time=paths,
        joint=paths.copy(),
        spiral=np.zeros((n, 0)),
    )


def _pattern(labels, n_features):
    """1 for every third feature, from that of the class on."""
    return (np.arange(n_features) % len(CLASSES) == labels[:, None]).astype(float)


def store_small_clips(write_parameters, text=TEXT, **phrases):
    """Store clips, and phrases if there are to be any; returns the parameters and the root."""
    root = write_parameters(text, "small")
    parameters = load("small", root)
    results.save(parameters, "clips", small_clips().to_arrays(), root)
    if parameters.has("phrases"):
        results.save(parameters, "phrases", small_clips(seed=1, **phrases).to_arrays(), root)
    return parameters, root
