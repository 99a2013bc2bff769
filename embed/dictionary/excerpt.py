"""The beginning of one held-out piece: its music, its code, and its reconstruction."""

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
        The original, and what its code decodes to.
    code : np.ndarray (n_columns, n_atoms)
        The columns whose atoms overlap with the bars.
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
        """Return the atoms that are used here, in the order given."""
        return order[np.any(self.code != 0, axis=0)[order]]


def take_excerpt(corpus: Corpus, codes: SparseCodes, n_bars: int = BARS) -> Excerpt:
    """Return the first bars with music of the first piece of the test set that is long enough, else of the longest.

    Where the test set is empty, the piece is of the validation set, else of all.
    """
    piece = _choose_piece(corpus, n_bars)
    music, code = corpus.piece(piece), codes.piece(piece)
    first = first_bar(music, corpus.steps_per_bar, n_bars) * corpus.steps_per_bar
    end = min(first + n_bars * corpus.steps_per_bar, len(music))
    atom_steps = codes.patterns.shape[1]
    begins = np.arange(len(code)) * codes.stride_steps - (atom_steps - codes.stride_steps)
    overlaps = (begins + atom_steps > first) & (begins < end)
    return Excerpt(
        name=str(corpus.names[piece]),
        label=str(corpus.labels[piece]),
        bpm=float(corpus.bpm[piece]),
        music=music[first:end],
        reconstruction=codes.decode(code)[first:end],
        code=code[overlaps],
        begins=begins[overlaps] - first,
    )


def _choose_piece(corpus: Corpus, n_bars: int) -> int:
    pieces = next((p for p in map(corpus.pieces_of, SPLITS[::-1]) if len(p)), np.arange(corpus.n_pieces))
    lengths = np.diff(corpus.starts)[pieces]
    return int(pieces[np.argmax(np.minimum(lengths, n_bars * corpus.steps_per_bar))])
