"""A corpus: the pieces of a collection as one array of steps, with what is known of each piece.

Time is axis 0. Piece p is ``steps[starts[p]:starts[p + 1]]``, a whole number of bars.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

SPLITS = ("train", "validation", "test")
NO_CHORD = -1


@dataclass(frozen=True)
class Corpus:
    """All pieces.

    Attributes
    ----------
    steps : np.ndarray (n_steps, n_channels)
        float32, the pieces one after the other.
    starts : np.ndarray (n_pieces + 1,)
        Where they start, and the end.
    names, labels, groups, splits : np.ndarray (n_pieces,)
        Texts: the file from the folder on; style or composer, "" if unknown; what a split must not tear apart; one of
        `SPLITS`.
    bpm : np.ndarray (n_pieces,)
        Tempo at which a piece is played back.
    channels : np.ndarray (n_channels,)
        Texts, kind and name: ``"hit kick"``, ``"velocity kick"``, ``"offset kick"``; ``"onset A0"``, ``"frame A0"``;
        ``"token"``. Channels of one kind stand together.
    steps_per_beat, steps_per_bar : int
        Steps of a quarter note and of a bar.
    chords : np.ndarray (n_steps,)
        Class of the chord, 0 to 24, `NO_CHORD` where it is not known.
    """

    steps: np.ndarray
    starts: np.ndarray
    names: np.ndarray
    labels: np.ndarray
    groups: np.ndarray
    splits: np.ndarray
    bpm: np.ndarray
    channels: np.ndarray
    steps_per_beat: int
    steps_per_bar: int
    chords: np.ndarray

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """The corpus that `to_arrays` gave."""
        fields: dict[str, Any] = {name: arrays[name] for name in cls.__dataclass_fields__}
        fields |= {name: int(arrays[name]) for name in ("steps_per_beat", "steps_per_bar")}
        return cls(**fields)

    def to_arrays(self) -> dict[str, Any]:
        """Its fields by name, for `pipeline.results.save`."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @property
    def n_pieces(self) -> int:
        """Number of pieces."""
        return len(self.names)

    def piece(self, index: int) -> np.ndarray:
        """The steps of one piece, ``(n_steps, n_channels)``."""
        return self.steps[self.starts[index] : self.starts[index + 1]]

    def pieces_of(self, split: str) -> np.ndarray:
        """Indices of the pieces of a part of the split."""
        return np.flatnonzero(self.splits == split)

    def kinds(self) -> dict[str, slice]:
        """The channels of each kind, in order: ``{"hit": slice(0, 9), ...}``."""
        kinds = [str(channel).split()[0] for channel in self.channels]
        return {kind: slice(kinds.index(kind), len(kinds) - kinds[::-1].index(kind)) for kind in dict.fromkeys(kinds)}

    @property
    def kinds_are_alike(self) -> bool:
        """Whether each kind has a channel for each drum or key; not so of tokens and views from the bass."""
        widths = {kind.stop - kind.start for kind in self.kinds().values()}
        return len(widths) == 1 and "token" not in self.kinds()

    def windows(self, pieces: Sequence[int] | np.ndarray, n_steps: int, hop_steps: int | None = None) -> np.ndarray:
        """First steps of windows, each in one piece, ``(n_windows,)``; a piece's end that fills none is left out.

        Parameters
        ----------
        pieces : sequence of int
            Which pieces.
        n_steps : int
            Length of a window.
        hop_steps : int
            From one window to the next; None: side by side.
        """
        hop = hop_steps or n_steps
        spans = [np.arange(self.starts[p], self.starts[p + 1] - n_steps + 1, hop) for p in pieces]
        return np.concatenate([np.zeros(0, int), *spans]).astype(int)

    def cut(self, firsts: np.ndarray, n_steps: int) -> np.ndarray:
        """The windows that start at given steps, ``(n_windows, n_steps, n_channels)``."""
        return self.steps[np.asarray(firsts)[:, None] + np.arange(n_steps)]
