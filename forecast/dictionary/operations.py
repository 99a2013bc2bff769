"""Operations on sparse codes: thin out, mix, swap, take apart, draw anew, find the nearest.

A code is ``(n_columns, n_atoms)``, as in `embed.dictionary.sparse_codes`. No operation changes its arguments. The
activation of an atom is the magnitude of its values. Decoding is linear: what is added in codes is added in music.
"""

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from embed.dictionary.sparse_codes import SparseCodes, decode

SILENT = -1  # in place of an atom, for a column without one
UNKNOWN = -2  # in place of an atom, where there is no column


def most_active(code: np.ndarray) -> np.ndarray:
    """Return the indices of the atoms that are used, the one with the largest summed magnitude first.

    Examples
    --------
    >>> most_active(np.array([[3.0, -1, 0, 0.5], [-3, -1, 0, 0.5]])).tolist()
    [0, 1, 3]
    """
    activation = np.abs(code).sum(axis=0)
    return np.argsort(-activation, kind="stable")[: np.count_nonzero(activation)]


def keep_atoms(code: np.ndarray, n: int) -> np.ndarray:
    """Return the code with only its `n` most active atoms."""
    kept = np.zeros_like(code)
    atoms = most_active(code)[:n]
    kept[:, atoms] = code[:, atoms]
    return kept


def interpolate(code_a: np.ndarray, code_b: np.ndarray, alpha: float) -> np.ndarray:
    """Return a mixture: the first code itself at alpha = 0, the second at 1."""
    return (1 - alpha) * code_a + alpha * code_b


def adaptive_threshold(strengths: np.ndarray, n_hits: int) -> float:
    """Return a threshold above which `n_hits` values lie, or a number as near to it as equal values allow.

    Above one half there is little in a mixture of two pieces: only what both play. The threshold is one half where that
    does, else the largest value that is no hit. Values of 0 and below are never hits.

    Examples
    --------
    >>> adaptive_threshold(np.array([0.9, 0.7, 0.25, 0.0]), 2), adaptive_threshold(np.array([0.9, 0.7, 0.25, 0.0]), 1)
    (0.5, 0.7)
    """
    levels, counts = np.unique(np.maximum(strengths, 0), return_counts=True)
    thresholds = np.append(0, levels[levels > 0])[::-1]  # above the first there is nothing
    n_above = np.append(0, np.cumsum(counts[levels > 0][::-1]))
    best = int(np.argmin(np.abs(n_above - n_hits)))
    fits = thresholds[best] <= 0.5 and (best == 0 or thresholds[best - 1] > 0.5)
    return 0.5 if fits else float(thresholds[best])


def swap_atoms(code_a: np.ndarray, code_b: np.ndarray, atom_a: int, atom_b: int) -> tuple[np.ndarray, np.ndarray]:
    """Return two codes after a swap: in the first `atom_b` plays what `atom_a` did, in the second the reverse.

    An atom that takes over adds it to what it plays already. Where it played nothing, ``swap_atoms(*swapped, atom_b,
    atom_a)`` undoes the swap.

    Raises
    ------
    ValueError
        If the dictionary has no such atom.

    Examples
    --------
    >>> a, b = swap_atoms(np.array([[1.0, 0, 2], [3, 1, 0]]), np.array([[0.0, 5, 0], [4, 6, 0]]), 0, 1)
    >>> a.tolist(), b.tolist()
    ([[0.0, 1.0, 2.0], [0.0, 4.0, 0.0]], [[5.0, 0.0, 0.0], [10.0, 0.0, 0.0]])
    """
    n_atoms = code_a.shape[1]
    if not (0 <= atom_a < n_atoms and 0 <= atom_b < n_atoms):
        raise ValueError(f"generate.swap=({atom_a}, {atom_b}): the dictionary has {n_atoms} atoms, 0 to {n_atoms - 1}")
    return _hand_over(code_a, atom_a, atom_b), _hand_over(code_b, atom_b, atom_a)


def _hand_over(code: np.ndarray, giver: int, taker: int) -> np.ndarray:
    given = np.zeros_like(code)
    given[:, taker] += code[:, giver]
    given[:, giver] -= code[:, giver]
    return code + given


def stems(codes: SparseCodes, code: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the `n` most active atoms, or all that are used, and the music of each alone and of the rest.

    Music is ``(n_stems + 1, n_steps, n_channels)``; the rest, which has the decoder's constants, is the last. The sum
    is ``codes.decode(code)``.
    """
    atoms = most_active(code)[:n]
    alone = np.where(np.arange(code.shape[1]) == atoms[:, None, None], code, 0)  # (n_stems, n_columns, n_atoms)
    parts = [decode(of_atom, codes.patterns, codes.stride_steps) for of_atom in alone]
    return atoms, np.stack([*parts, codes.decode(code - alone.sum(axis=0))])


def strongest(code: np.ndarray) -> np.ndarray:
    """Return the most active atom of each column, ``(n_columns,)``; `SILENT` where there is none."""
    return np.where(np.any(code != 0, axis=1), np.argmax(np.abs(code), axis=1), SILENT)


def sample_codes(
    all_codes: Sequence[np.ndarray], n_columns: int, rng: np.random.Generator, *, order: int = 1, period: int = 1
) -> np.ndarray:
    """Draw a new code, a Markov chain over the columns of codes that there are, ``(n_columns, n_atoms)``.

    Each column is drawn from those that follow, in some piece, columns with the same most active atoms as the `order`
    columns before it; of fewer columns before it where no piece has them. Columns keep their position in a bar of
    `period` columns. The first is drawn from those that are not silent, if there are any.

    Raises
    ------
    ValueError
        If some position in the bar has no column in any piece.
    """
    pieces = np.repeat(np.arange(len(all_codes)), [len(code) for code in all_codes])
    columns = np.concatenate([np.arange(len(code)) for code in all_codes])
    positions = columns % period
    if len(np.unique(positions)) < min(period, n_columns):
        raise ValueError(f"period={period}: must be at most the columns of the longest code")
    atoms_of_pieces = [strongest(code) for code in all_codes]
    atoms = np.concatenate(atoms_of_pieces)
    history = np.concatenate([_columns_before(of_piece, order) for of_piece in atoms_of_pieces])
    drawn: list[int] = []
    for column in range(n_columns):
        fitting = np.flatnonzero(positions == column % period)
        if not drawn:
            sounding = fitting[atoms[fitting] != SILENT]
            fitting = sounding if len(sounding) else fitting
        for back, previous in enumerate(drawn[: -order - 1 : -1]):
            followers = fitting[history[fitting, back] == atoms[previous]]
            if not len(followers):
                break
            fitting = followers
        drawn.append(int(rng.choice(fitting)))
    return np.stack([all_codes[pieces[number]][columns[number]] for number in drawn])


def _columns_before(atoms: np.ndarray, order: int) -> np.ndarray:
    """Return the most active atoms of the columns before each, the last first, ``(n_columns, order)``.

    The silence at the end of a piece follows nothing: a chain would not come out of it.
    """
    padded = np.concatenate([np.full(order, UNKNOWN), atoms[:-1]])
    before = np.lib.stride_tricks.sliding_window_view(padded, order)[:, ::-1].copy()
    before[1 + np.max(np.flatnonzero(atoms != SILENT), initial=-1) :] = UNKNOWN
    return before


def flatten_sections(codes: SparseCodes, firsts: np.ndarray, n_columns: int) -> sparse.csr_array:
    """Return codes of sections of `n_columns`, each flattened to a row, ``(n_sections, n_columns * n_atoms)``.

    `firsts` are the first columns of the sections ``(n_sections,)``, counted over all pieces.
    """
    begins, ends = np.searchsorted(codes.columns, (firsts, firsts + n_columns))
    row_ends = np.append(0, np.cumsum(ends - begins))
    taken = np.arange(row_ends[-1]) + np.repeat(begins - row_ends[:-1], ends - begins)
    columns = codes.columns[taken] - np.repeat(firsts, ends - begins)
    n_atoms = len(codes.patterns)
    entries = codes.values[taken], columns * n_atoms + codes.atoms[taken], row_ends
    return sparse.csr_array(entries, shape=(len(firsts), n_columns * n_atoms))


def nearest_sections(
    section: np.ndarray, sections: sparse.csr_array, n: int, *, pieces: np.ndarray, own_piece: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the `n` sections that are nearest to a section, ``(n_columns, n_atoms)``, and the cosines of their codes.

    The nearest is the first; cosines are above 0, so no section is silent, and none is near to silence.

    Parameters
    ----------
    sections : sparse array (n_sections, n_columns * n_atoms)
        From `flatten_sections`.
    pieces : np.ndarray (n_sections,)
        Index of the piece of each; of a piece only the nearest section counts, of `own_piece` none.
    """
    norms = sparse.linalg.norm(sections, axis=1) * np.linalg.norm(section)
    cosines = (sections @ section.ravel()) / np.where(norms > 0, norms, 1)
    order = np.argsort(-cosines, kind="stable")
    order = order[(cosines[order] > 0) & (pieces[order] != own_piece)]
    nearest = order[np.sort(np.unique(pieces[order], return_index=True)[1])[:n]]
    return nearest, cosines[nearest]
