"""A corpus: the pieces of a collection as one array of steps, with what is known of each piece.

Time is axis 0. Piece p is ``steps[starts[p]:starts[p + 1]]``, a whole number of bars.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from pipeline.packed_steps import PackedSteps, Steps

SPLITS = ("train", "validation", "test")
NO_CHORD = -1
WEIGHTS = {"above_frame": 0.5, "bass_class": 0.25}  # of cells that are on, by the kind of channel; others have 1


@dataclass(frozen=True)
class Corpus:
    """All pieces of a collection."""

    steps: Steps  # (n_steps, n_channels), the pieces one after the other: float32, or what is on, packed
    starts: np.ndarray  # (n_pieces + 1,), where they start, and the end
    names: np.ndarray  # (n_pieces,), the file from the folder on
    labels: np.ndarray  # (n_pieces,), style or composer, "" if unknown
    groups: np.ndarray  # (n_pieces,), what a split must not tear apart
    splits: np.ndarray  # (n_pieces,), one of SPLITS
    bpm: np.ndarray  # (n_pieces,), tempo at which a piece is played back
    channels: np.ndarray  # (n_channels,), kind and name, "hit kick", "onset A0" or "token"; those of one kind together
    steps_per_beat: int  # of a quarter note
    steps_per_bar: int
    chords: np.ndarray  # (n_steps,), class of the chord, 0 to 24, NO_CHORD where it is not known

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Return the corpus that `to_arrays` gave."""
        fields: dict[str, Any] = {name: arrays[name] for name in cls.__dataclass_fields__}
        fields |= {name: int(arrays[name]) for name in ("steps_per_beat", "steps_per_bar")}
        fields["steps"] = unpacked_by(fields["channels"], fields["steps"])
        return cls(**fields)

    def to_arrays(self) -> dict[str, Any]:
        """Return its fields by name, for `pipeline.results.save`; what is packed stays so."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return fields | {"steps": getattr(self.steps, "packed", self.steps)}

    @property
    def has_music(self) -> np.ndarray:
        """Whether anything is on in each step, ``(n_steps,)``."""
        return self.to_arrays()["steps"].any(axis=1)

    @property
    def n_pieces(self) -> int:
        """Number of pieces."""
        return len(self.names)

    def piece(self, index: int) -> np.ndarray:
        """Return the steps of one piece, ``(n_steps, n_channels)``."""
        return self.steps[self.starts[index] : self.starts[index + 1]]

    def pieces_of(self, split: str) -> np.ndarray:
        """Return the indices of the pieces of a part of the split."""
        return np.flatnonzero(self.splits == split)

    def kinds(self) -> dict[str, slice]:
        """Return the channels of each kind, in order: ``{"hit": slice(0, 9), ...}``."""
        kinds = [str(channel).split()[0] for channel in self.channels]
        return {kind: slice(kinds.index(kind), len(kinds) - kinds[::-1].index(kind)) for kind in dict.fromkeys(kinds)}

    @property
    def kinds_are_alike(self) -> bool:
        """Whether each kind has a channel for each drum or key; not so of tokens and views from the bass."""
        widths = {kind.stop - kind.start for kind in self.kinds().values()}
        return len(widths) == 1 and "token" not in self.kinds()

    def windows(self, pieces: Sequence[int] | np.ndarray, n_steps: int, hop_steps: int | None = None) -> np.ndarray:
        """Return the first steps of windows, each within one of these pieces, ``(n_windows,)``.

        Parameters
        ----------
        n_steps : int
            Length of a window; the end of a piece that fills none is left out.
        hop_steps : int
            From one window to the next; None: `n_steps`, they do not overlap.
        """
        hop = hop_steps or n_steps
        spans = [np.arange(self.starts[p], self.starts[p + 1] - n_steps + 1, hop) for p in pieces]
        return np.concatenate([np.zeros(0, int), *spans]).astype(int)

    def cut(self, firsts: np.ndarray, n_steps: int) -> np.ndarray:
        """Return the windows that start at given steps, ``(n_windows, n_steps, n_channels)``."""
        return self.steps[np.asarray(firsts)[:, None] + np.arange(n_steps)]


def unpacked_by(channels: np.ndarray, steps: np.ndarray) -> Steps:
    """Return steps as a corpus has them; those that are stored as bits have the value that their channel gives them."""
    if steps.dtype != np.uint8:
        return steps
    return PackedSteps(steps, np.array([WEIGHTS.get(str(channel).split()[0], 1) for channel in channels]))


def first_bar(music: np.ndarray, steps_per_bar: int, n_bars: int = 1) -> int:
    """Return the first bar that is not empty, 0 if all are; but none so late that less than `n_bars` follow from it on.

    >>> music = np.array([[0], [0], [1], [0], [0], [1]])
    >>> first_bar(music, steps_per_bar=2), first_bar(music, steps_per_bar=2, n_bars=3)
    (1, 0)
    """
    bars = len(music) // steps_per_bar
    has_notes = np.any(music[: bars * steps_per_bar].reshape(bars, -1) != 0, axis=1)
    return min(int(np.argmax(has_notes)), max(0, bars - n_bars))
