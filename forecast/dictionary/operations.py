"""Operations on sparse codes: to thin out, mix, swap, take apart, draw anew, and find alike.

A code is ``(n_columns, n_atoms)``, as in `embed.dictionary.sparse_codes`. No operation changes what it is given. An
atom is as active as its values are large, whatever their signs. Decoding is linear: what is added in codes is added in
music.
"""

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from embed.dictionary.sparse_codes import SparseCodes, decode

SILENT = -1  # in place of an atom, for a column without one
UNKNOWN = -2  # in place of an atom, where there is no column


def most_active(code: np.ndarray) -> np.ndarray:
    """Numbers of the atoms that are used, the one with the largest summed magnitude first."""
    activity = np.abs(code).sum(axis=0)
    return np.argsort(-activity, kind="stable")[: np.count_nonzero(activity)]


def keep_atoms(code: np.ndarray, n: int) -> np.ndarray:
    """The code with only its `n` most active atoms."""
    kept = np.zeros_like(code)
    atoms = most_active(code)[:n]
    kept[:, atoms] = code[:, atoms]
    return kept


def interpolate(code_a: np.ndarray, code_b: np.ndarray, alpha: float) -> np.ndarray:
    """A mixture with a share `alpha` of the second code; the first itself at 0, the second at 1."""
    return (1 - alpha) * code_a + alpha * code_b


def adaptive_threshold(strengths: np.ndarray, n_hits: int) -> float:
    """Threshold above which as many values lie as there are to be hits, or as near to that as equal values allow.

    Above one half there is little in a mixture of two pieces: only what both play. The threshold is one half where that
    does, else the largest value that is no hit. Values of 0 and below are never hits.
    """
    levels, counts = np.unique(np.maximum(strengths, 0), return_counts=True)
    thresholds = np.append(0, levels[levels > 0])[::-1]  # above the first there is nothing
    n_above = np.append(0, np.cumsum(counts[levels > 0][::-1]))
    best = int(np.argmin(np.abs(n_above - n_hits)))
    fits = thresholds[best] <= 0.5 and (best == 0 or thresholds[best - 1] > 0.5)
    return 0.5 if fits else float(thresholds[best])


def swap_atoms(code_a: np.ndarray, code_b: np.ndarray, atom_a: int, atom_b: int) -> tuple[np.ndarray, np.ndarray]:
    """Two codes after a swap: what `atom_a` played in the first is played by `atom_b`, and the reverse in the second.

    An atom that takes over adds it to what it plays already. Where it played nothing, ``swap_atoms(*swapped, atom_b,
    atom_a)`` undoes the swap.

    Raises
    ------
    ValueError
        If the dictionary has no such atom.
    """
    n_atoms = code_a.shape[1]
    if not (0 <= atom_a < n_atoms and 0 <= atom_b < n_atoms):
        raise ValueError(f"generate.swap=({atom_a}, {atom_b}): the dictionary has {n_atoms} atoms, 0 to {n_atoms - 1}")
    return _hand_over(code_a, atom_a, atom_b), _hand_over(code_b, atom_b, atom_a)


def _hand_over(code: np.ndarray, giver: int, taker: int) -> np.ndarray:
    """The code in which one atom plays what another did."""
    given = np.zeros_like(code)
    given[:, taker] += code[:, giver]
    given[:, giver] -= code[:, giver]
    return code + given


def stems(codes: SparseCodes, code: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Music taken apart: each of the most active atoms alone, and the rest.

    Returns
    -------
    atoms : np.ndarray (n_stems,)
        The `n` most active atoms, fewer if fewer are used.
    music : np.ndarray (n_stems + 1, n_steps, n_channels)
        What each plays, then the rest with the decoder's constants. The sum is ``codes.decode(code)``.
    """
    atoms = most_active(code)[:n]
    alone = np.where(np.arange(code.shape[1]) == atoms[:, None, None], code, 0)  # (n_stems, n_columns, n_atoms)
    parts = [decode(each, codes.patterns, codes.stride_steps) for each in alone]
    return atoms, np.stack([*parts, codes.decode(code - alone.sum(axis=0))])


def strongest(code: np.ndarray) -> np.ndarray:
    """The most active atom of each column, ``(n_columns,)``; `SILENT` where there is none."""
    return np.where(np.any(code != 0, axis=1), np.argmax(np.abs(code), axis=1), SILENT)


def sample_codes(
    all_codes: Sequence[np.ndarray], n_columns: int, rng: np.random.Generator, *, order: int = 1, period: int = 1
) -> np.ndarray:
    """A new code, a Markov chain over the columns of codes that there are, ``(n_columns, n_atoms)``.

    Each column is drawn from those that follow, in some piece, columns with the same most active atoms as the `order`
    columns before it; of fewer columns before it where no piece has them. Columns keep their place in the bar. The
    first is drawn from those that are not silent, if there are any.

    Parameters
    ----------
    all_codes : sequence of np.ndarray (n_columns_of_piece, n_atoms)
        Codes of pieces.
    n_columns : int
        Length of the new code.
    rng : np.random.Generator
        Draws.
    order : int
        Columns that are remembered.
    period : int
        Columns in a bar; 1 if places in the bar do not matter.

    Raises
    ------
    ValueError
        If some place in the bar has no column in any piece.
    """
    columns = np.concatenate(all_codes)
    atoms = strongest(columns)
    places = np.concatenate([np.arange(len(code)) % period for code in all_codes])
    if len(np.unique(places)) < min(period, n_columns):
        raise ValueError(f"period={period}: must be at most the columns of the longest code")
    history = np.concatenate([_columns_before(strongest(code), order) for code in all_codes])
    drawn: list[int] = []
    for column in range(n_columns):
        fitting = np.flatnonzero(places == column % period)
        if not drawn:
            sounding = fitting[atoms[fitting] != SILENT]
            fitting = sounding if len(sounding) else fitting
        for back, position in enumerate(drawn[: -order - 1 : -1]):
            followers = fitting[history[fitting, back] == atoms[position]]
            if not len(followers):
                break
            fitting = followers
        drawn.append(int(rng.choice(fitting)))
    return columns[drawn]


def _columns_before(atoms: np.ndarray, order: int) -> np.ndarray:
    """The most active atoms of the columns before each, the last first, ``(n_columns, order)``.

    The silence at the end of a piece follows nothing: a chain would not come out of it.
    """
    padded = np.concatenate([np.full(order, UNKNOWN), atoms[:-1]])
    before = np.lib.stride_tricks.sliding_window_view(padded, order)[:, ::-1].copy()
    before[1 + np.max(np.flatnonzero(atoms != SILENT), initial=-1) :] = UNKNOWN
    return before


def flatten_sections(codes: SparseCodes, firsts: np.ndarray, n_columns: int) -> sparse.csr_array:
    """Codes of sections of equal length, each flattened to a row, ``(n_sections, n_columns * n_atoms)``.

    `firsts` are the first columns of the sections ``(n_sections,)``, counted over all pieces.
    """
    begins, ends = np.searchsorted(codes.columns, (firsts, firsts + n_columns))
    row_ends = np.append(0, np.cumsum(ends - begins))
    taken = np.arange(row_ends[-1]) + np.repeat(begins - row_ends[:-1], ends - begins)
    places = codes.columns[taken] - np.repeat(firsts, ends - begins)
    n_atoms = len(codes.patterns)
    entries = codes.values[taken], places * n_atoms + codes.atoms[taken], row_ends
    return sparse.csr_array(entries, shape=(len(firsts), n_columns * n_atoms))


def nearest_sections(
    section: np.ndarray, sections: np.ndarray | sparse.csr_array, n: int, *, pieces: np.ndarray, own_piece: int
) -> tuple[np.ndarray, np.ndarray]:
    """The sections of other pieces that are most like a section, by the cosine of their codes.

    Parameters
    ----------
    section : np.ndarray (n_columns, n_atoms)
        A code.
    sections : np.ndarray (n_sections, n_columns, n_atoms) or sparse array (n_sections, n_columns * n_atoms)
        Codes to compare it with.
    n : int
        How many are wanted.
    pieces : np.ndarray (n_sections,)
        Number of the piece of each; of a piece only the nearest section counts.
    own_piece : int
        Piece of the section, which is left out.

    Returns
    -------
    indices, cosines : np.ndarray (n_found,)
        The nearest first; only cosines above 0, so no silent section, and none is near to silence.
    """
    rows = sparse.csr_array(sections if sparse.issparse(sections) else sections.reshape(len(sections), -1))
    lengths = sparse.linalg.norm(rows, axis=1) * np.linalg.norm(section)
    cosines = (rows @ section.ravel()) / np.where(lengths > 0, lengths, 1)
    order = np.argsort(-cosines, kind="stable")
    order = order[(cosines[order] > 0) & (pieces[order] != own_piece)]
    nearest = order[np.sort(np.unique(pieces[order], return_index=True)[1])[:n]]
    return nearest, cosines[nearest]
