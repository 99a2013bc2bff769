"""Which clips a run learns from, and which test it; that no group is torn apart, and no class is missing."""

from collections.abc import Sequence

import numpy as np

from pipeline.parameters import ROOT
from pipeline.studies.instruments import Parameters
from save_dataset.instruments.clips import Clips, load_clips


def split_clips(clips: Clips, parameters: Parameters) -> tuple[np.ndarray, np.ndarray]:
    """Return the indices of the clips that a run learns from, and of those that test it.

    ValueError if there is no such collection, no clip of a class to learn from, or a group on both sides.
    """
    train = _rows_of(clips, "split.train", parameters.split.train)
    test = _rows_of(clips, "split.test", parameters.split.test)
    if len(missing := np.setdiff1d(np.arange(len(clips.class_names)), clips.labels[train])):
        raise ValueError(
            f"split.train={parameters.split.train}: has no clip of {', '.join(clips.class_names[missing])}; "
            "learn from other collections, or leave the class out of sounds.classes"
        )
    if len(torn := np.intersect1d(clips.groups[train], clips.groups[test])):
        more = f" and {len(torn) - 1} more are" if len(torn) > 1 else " is"
        raise ValueError(
            f"split: the group {str(torn[0])!r}{more} in split.train={parameters.split.train} and in "
            f"split.test={parameters.split.test}; put what belongs together into one collection"
        )
    return train, test


def _rows_of(clips: Clips, key: str, names: Sequence[str]) -> np.ndarray:
    known = np.unique(clips.collections)
    if unknown := [name for name in names if name not in known]:
        raise ValueError(f"{key}={unknown[0]!r}: there are the collections {', '.join(known)}")
    return clips.of_collections(names)


def load_phrases(parameters: Parameters, root=ROOT) -> Clips | None:
    """Return the phrases that a run learns beside its clips: those of its collections; None if there are none."""
    if not (parameters.has("phrases") and parameters.split.phrases):
        return None
    phrases = load_clips(parameters, root, "phrases")
    rows = phrases.of_collections(parameters.split.train)
    return phrases.rows(rows) if len(rows) else None
