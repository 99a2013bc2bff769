"""Clips of sounds of instruments, all of one length, with their features and what is known of each.

Clip i is row i of every array. A *group* (one pitch of an instrument, a performance, a singer, a track) must not be on
both sides of a split; its *source* is a set of recordings, and a *collection* a set of sources.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Self

import numpy as np

from pipeline import results
from pipeline.parameters import ROOT, StudyParameters


@dataclass(frozen=True)
class Clips:
    """Clips, or phrases made of them, which have the same arrays."""

    class_names: np.ndarray  # (n_classes,), the instruments, in order
    labels: np.ndarray  # (n_clips,), index of each clip's instrument
    groups: np.ndarray  # (n_clips,), what must not be torn apart
    sources: np.ndarray  # (n_clips,)
    collections: np.ndarray  # (n_clips,)
    paths: np.ndarray  # (n_clips,), the file, from the folder on; of a phrase its name
    pitches: np.ndarray  # (n_clips,), MIDI pitch of a note, NaN if unknown or none
    cqt: np.ndarray  # (n_clips, clip_frames, n_bins), float16: log(1 + 1000 x) of A-weighted magnitudes
    mfcc: np.ndarray  # (n_clips, 40), mean and standard deviation of 20 MFCC over the frames of a clip
    bag: np.ndarray  # (n_clips, 70), the bag of features of Lostanlen and Cella
    time: np.ndarray  # (n_clips, n_paths), time scattering of orders 1 and 2, not compressed; no paths if not computed
    joint: np.ndarray  # (n_clips, n_paths), the same for joint time-frequency scattering, order 1 included
    spiral: np.ndarray  # (n_clips, n_paths), the same for spiral scattering

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Return the clips that `to_arrays` gave."""
        return cls(**{name: arrays[name] for name in cls.__dataclass_fields__})

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return its fields by name, for `pipeline.results.save`."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def rows(self, indices: np.ndarray) -> Self:
        """Return some of the clips."""
        arrays = {name: array[indices] for name, array in self.to_arrays().items() if name != "class_names"}
        return replace(self, **arrays)

    def of_collections(self, names: Sequence[str]) -> np.ndarray:
        """Return the indices of the clips of collections."""
        return np.flatnonzero(np.isin(self.collections, names))


def load_clips(parameters: StudyParameters, root: Path = ROOT, kind: Literal["clips", "phrases"] = "clips") -> Clips:
    """Return the stored clips of a parameter file, or its phrases; raises as `results.load` does."""
    return Clips.from_arrays(results.load(parameters, kind, root))
