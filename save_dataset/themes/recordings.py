"""Recordings: the constant-Q transforms of all pieces as one array of frames, with what is known of each piece.

Time is axis 0. Piece p is ``frames[starts[p]:starts[p + 1]]``; its frame k has its centre at ``k * hop_s``. A *beat* is
that of the score, whose first note may have any. A pattern is a list of occurrences, an occurrence a list of notes
(onset in beats, MIDI pitch), as in the MIREX task "Discovery of repeated themes and sections" and in mir_eval.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

SPLITS = ("train", "validation", "none")

Pattern = list[list[tuple[float, float]]]


@dataclass(frozen=True)
class Recordings:
    """All pieces, those that are searched for themes first, then those that are only learned from."""

    frames: np.ndarray  # (n_frames, n_bins), float32, each with mean 0 and standard deviation 1; silence is all zeros
    starts: np.ndarray  # (n_pieces + 1,), where the pieces start, and the end
    names: np.ndarray  # (n_pieces,), the file without folder and ending; distinct among those that are searched
    paths: np.ndarray  # (n_pieces,), the file, from the root of the repository if it lies there
    splits: np.ndarray  # (n_pieces,), one of SPLITS: learned from, held out, neither
    is_searched: np.ndarray  # (n_pieces,), whether themes are looked for
    lead_ins_s: np.ndarray  # (n_pieces,), leading silence
    durations_s: np.ndarray  # (n_pieces,)
    bpm: np.ndarray  # (n_pieces,), tempo at the beginning, NaN if unknown
    notes: np.ndarray  # (n_notes, 4), scores, in order: piece, onset in s of the recording, onset in beats, MIDI pitch
    truth: np.ndarray  # (n_truth_notes, 5), reference patterns: piece, pattern, occurrence, onset in beats, MIDI pitch
    hop_s: float  # from one frame to the next

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Return the recordings that `to_arrays` gave."""
        fields: dict[str, Any] = {name: arrays[name] for name in cls.__dataclass_fields__}
        return cls(**fields | {"hop_s": float(arrays["hop_s"])})

    def to_arrays(self) -> dict[str, Any]:
        """Return its fields by name, for `pipeline.results.save`."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @property
    def n_searched(self) -> int:
        """Number of pieces that are searched."""
        return int(np.count_nonzero(self.is_searched))

    def piece(self, index: int) -> np.ndarray:
        """Return the frames of one piece, ``(n_frames, n_bins)``."""
        return self.frames[self.starts[index] : self.starts[index + 1]]

    def count_patches(self, index: int, patch_frames: int) -> int:
        """Return the number of patches of a piece; ValueError if there is none."""
        n_frames = len(self.piece(index))
        if n_frames < patch_frames:
            raise ValueError(
                f"model.patch_frames={patch_frames}: {self.names[index]} has {n_frames} frames, "
                f"{n_frames * self.hop_s:.1f} s: leave it out or take shorter patches"
            )
        return n_frames - patch_frames + 1

    def pieces_of(self, split: str) -> np.ndarray:
        """Return the indices of the pieces of a part of the split."""
        return np.flatnonzero(self.splits == split)

    def score(self, index: int) -> np.ndarray:
        """Return the notes of a piece, ``(n_notes, 3)``: onset in s, onset in beats, pitch; empty without a score."""
        return self.notes[self.notes[:, 0] == index, 1:]

    def patterns(self, index: int) -> list[Pattern]:
        """Return the reference patterns of a piece; empty if there are none."""
        rows = self.truth[self.truth[:, 0] == index, 1:]
        patterns = []
        for pattern in np.unique(rows[:, 0]):
            of_pattern = rows[rows[:, 0] == pattern, 1:]
            occurrences = [of_pattern[of_pattern[:, 0] == index, 1:] for index in np.unique(of_pattern[:, 0])]
            patterns.append([list(map(tuple, occurrence.tolist())) for occurrence in occurrences])
        return patterns
