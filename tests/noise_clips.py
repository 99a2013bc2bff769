"""Clips of instruments that are numbers only: for tests of what is computed from them."""

import numpy as np

from save_dataset.instruments.clips import Clips


def noise_clips(rng, n_classes=2, n_per_class=16, **changed):
    """Clips by class, alternately of collections A and B, each a group and file of its own; noise, unless changed."""
    n_clips = n_classes * n_per_class
    names = np.array([f"note_{index}" for index in range(n_clips)])
    collections = np.array(["A", "B"])[np.arange(n_clips) % 2]
    fields = {
        "class_names": np.array([f"class_{index}" for index in range(n_classes)]),
        "labels": np.repeat(np.arange(n_classes), n_per_class),
        "groups": names,
        "sources": collections,
        "collections": collections,
        "paths": np.array([f"{name}.flac" for name in names]),
        "pitches": np.full(n_clips, np.nan),
        "cqt": rng.random((n_clips, 4, 84)).astype(np.float16),
        "mfcc": rng.standard_normal((n_clips, 40)),
        "bag": rng.standard_normal((n_clips, 70)),
        **{name: np.zeros((n_clips, 0), np.float32) for name in ("time", "joint", "spiral")},
    }
    return Clips(**fields | changed)
