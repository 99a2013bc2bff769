"""Sparse codes of all pieces of a corpus, and how a code is decoded: a sum of atoms, each at its position.

A code is ``(n_columns, n_atoms)``. Column c says which atoms begin at step ``c * stride - (atom_steps - stride)``, so
that the first may begin before the piece and the last end after it, and every step is covered by equally many columns.
``n_columns = n_steps / stride + atom_steps / stride - 1``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

Encode = Callable[[np.ndarray], np.ndarray]  # from music to its code, of one piece or of windows


@dataclass(frozen=True)
class SparseCodes:
    """The codes of all pieces, and the atoms they are made of.

    Attributes
    ----------
    columns, atoms : np.ndarray (n_nonzero,)
        Positions of the non-zero values, in order; columns counted over all pieces.
    values : np.ndarray (n_nonzero,)
        float32, the values.
    starts : np.ndarray (n_pieces + 1,)
        Columns at which the pieces start, and the end.
    patterns : np.ndarray (n_atoms, atom_steps, n_channels)
        The music of each atom: the kernels of the decoder.
    bias : np.ndarray (n_channels,)
        What the decoder adds to every step; mostly 0.
    stride_steps : int
        Steps from one column to the next.
    """

    columns: np.ndarray
    atoms: np.ndarray
    values: np.ndarray
    starts: np.ndarray
    patterns: np.ndarray
    bias: np.ndarray
    stride_steps: int

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Return codes that were stored; other arrays are ignored."""
        fields = {name: arrays[name] for name in cls.__dataclass_fields__ if name != "stride_steps"}
        return cls(**fields, stride_steps=int(arrays["stride_steps"]))

    def piece(self, index: int) -> np.ndarray:
        """Return the code of one piece, dense, ``(n_columns, n_atoms)``."""
        first, end = self.starts[index : index + 2]
        span = slice(*np.searchsorted(self.columns, (first, end)))
        code = np.zeros((end - first, len(self.patterns)), np.float32)
        code[self.columns[span] - first, self.atoms[span]] = self.values[span]
        return code

    def decode(self, code: np.ndarray) -> np.ndarray:
        """Return the music of a code, ``(n_steps, n_channels)``, as the decoder of the model does."""
        return decode(code, self.patterns, self.stride_steps) + self.bias

    def usage(self) -> np.ndarray:
        """Return how often each atom is used in all pieces, ``(n_atoms,)``."""
        return np.bincount(self.atoms, minlength=len(self.patterns))


def decode(code: np.ndarray, patterns: np.ndarray, stride_steps: int) -> np.ndarray:
    """Return a code ``(n_columns, n_atoms)`` as music ``(n_steps, n_channels)``: the sum of its atoms."""
    _, atom_steps, n_channels = patterns.shape
    overhang = atom_steps - stride_steps
    pieces = np.tensordot(code, patterns, 1)  # (n_columns, atom_steps, n_channels)
    sums = np.zeros(((len(code) - 1) * stride_steps + atom_steps, n_channels), np.float32)
    for step in range(atom_steps):
        sums[step : step + len(code) * stride_steps : stride_steps] += pieces[:, step]
    return sums[overhang : len(sums) - overhang]
