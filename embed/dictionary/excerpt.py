"""The beginning of one piece that no training has seen: its music, its code, and what the code makes of it."""

from dataclasses import dataclass

import numpy as np

from embed.dictionary.sparse_codes import SparseCodes
from save_dataset.midi.corpus import SPLITS, Corpus, first_bar

BARS = 8


@dataclass(frozen=True)
class Excerpt:
    """Some bars of a piece.

    Attributes
    ----------
    name, label : str
        Of the piece.
    bpm : float
        Its tempo.
    music, reconstruction : np.ndarray (n_steps, n_channels)
        As it is, and as its code has it.
    code : np.ndarray (n_columns, n_atoms)
        The columns whose atoms reach into the bars.
    begins : np.ndarray (n_columns,)
        Steps at which the atoms of the columns begin, counted from the first of `music`; some before it.
    """

    name: str
    label: str
    bpm: float
    music: np.ndarray
    reconstruction: np.ndarray
    code: np.ndarray
    begins: np.ndarray

    def active(self, order: np.ndarray) -> np.ndarray:
        """The atoms that are used here, in the order given."""
        return order[np.any(self.code != 0, axis=0)[order]]


def take_excerpt(corpus: Corpus, codes: SparseCodes, n_bars: int = BARS) -> Excerpt:
    """The first bars with music of the first piece of the test that is long enough, else of the longest.

    Where no piece is of the test, those of the validation count, then all.
    """
    piece = _choose_piece(corpus, n_bars)
    music, code = corpus.piece(piece), codes.piece(piece)
    first = first_bar(music, corpus.steps_per_bar, n_bars) * corpus.steps_per_bar
    end = min(first + n_bars * corpus.steps_per_bar, len(music))
    atom_steps = codes.patterns.shape[1]
    begins = np.arange(len(code)) * codes.stride_steps - (atom_steps - codes.stride_steps)
    reached = (begins + atom_steps > first) & (begins < end)
    return Excerpt(
        name=str(corpus.names[piece]),
        label=str(corpus.labels[piece]),
        bpm=float(corpus.bpm[piece]),
        music=music[first:end],
        reconstruction=codes.decode(code)[first:end],
        code=code[reached],
        begins=begins[reached] - first,
    )


def _choose_piece(corpus: Corpus, n_bars: int) -> int:
    """Index of the first piece of the test that has so many bars, else of the longest."""
    pieces = next((p for p in map(corpus.pieces_of, SPLITS[::-1]) if len(p)), np.arange(corpus.n_pieces))
    lengths = np.diff(corpus.starts)[pieces]
    return int(pieces[np.argmax(np.minimum(lengths, n_bars * corpus.steps_per_bar))])
