"""Sparse codes by orthogonal matching pursuit, and dictionaries fitted with them by the method of optimal directions.

A window of music is a row of ``x`` (n_windows, dim); it is written as the sum of at most k rows of ``atoms``
(n_atoms, dim), which have unit norm. Codes are sparse arrays, so that ``codes @ atoms`` is the music again.

References
----------
Y. C. Pati, R. Rezaiifar, P. S. Krishnaprasad, "Orthogonal matching pursuit", Asilomar Conference, 1993.
R. Rubinstein, M. Zibulevsky, M. Elad, "Efficient implementation of the K-SVD algorithm using batch orthogonal matching
pursuit", Technion CS-2008-08, 2008: residuals are never formed, only their products with atoms.
K. Engan, S. O. Aase, J. Hakon Husoy, "Method of optimal directions for frame design", ICASSP, 1999.
"""

from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array

CHUNK_VALUES = 2_000_000  # of a temporary array, 16 MB
TOLERANCE = 1e-6  # of a row's norm; a residual below is taken for rounding, and nothing more is coded
RIDGE = 1e-10  # on the diagonal of products of unit atoms: twins among them then have equal values


def orthogonal_matching_pursuit(x: np.ndarray, atoms: np.ndarray, k: int) -> csr_array:
    """Return codes of at most k atoms a row, float32, ``(n_windows, n_atoms)``; a row of zeros has none.

    Atoms are chosen one after the other, each the most parallel to the residual; all values are fitted anew after each
    choice.

    Raises
    ------
    ValueError
        If shapes do not fit, k is not 1 to n_atoms, a value is not finite or an atom has not unit norm.

    Examples
    --------
    >>> orthogonal_matching_pursuit(np.array([[3.0, -5, 1, 0]]), np.eye(4), k=2).toarray().tolist()
    [[3.0, -5.0, 0.0, 0.0]]
    """
    _validate(x, atoms, k)
    wide = np.asarray(atoms, float)
    gram = wide @ wide.T
    n_rows = max(1, CHUNK_VALUES // (len(atoms) + k * k))
    chunks = [_code_chunk(x[first : first + n_rows] @ wide.T, gram, k) for first in range(0, len(x), n_rows)]
    chosen, values = (np.concatenate(parts) for parts in zip(*chunks, strict=True))
    codes = as_codes(chosen, values.astype(np.float32), len(atoms))
    codes.eliminate_zeros()
    codes.sort_indices()
    return codes


def as_codes(chosen: np.ndarray, values: np.ndarray, n_atoms: int) -> csr_array:
    """Return chosen atoms and their values, ``(n, k)``, as a sparse array ``(n, n_atoms)``."""
    n, k = chosen.shape
    return csr_array((values.ravel(), chosen.ravel(), np.arange(0, n * k + 1, k)), shape=(n, n_atoms))


def _validate(x: np.ndarray, atoms: np.ndarray, k: int) -> None:
    if not (x.ndim == atoms.ndim == 2 and x.shape[1] == atoms.shape[1] and len(x) and len(atoms)):
        raise ValueError(f"x of shape {x.shape}, atoms {atoms.shape}: must be (n_windows, dim), (n_atoms, dim)")
    if not 1 <= k <= len(atoms):
        raise ValueError(f"k={k}: must be 1 to n_atoms={len(atoms)}")
    if not (np.isfinite(x).all() and np.isfinite(atoms).all()):
        raise ValueError(f"x of shape {x.shape}, atoms {atoms.shape}: must be finite")
    norms = np.linalg.norm(atoms, axis=1)
    if not np.allclose(norms, 1, atol=1e-3):
        raise ValueError(f"atoms with norms {norms.min():.3g} to {norms.max():.3g}: must have unit norm")


def _code_chunk(products: np.ndarray, gram: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return chosen atoms and their values, ``(n, k)``, 0 where a row needs no more.

    `products` of rows and atoms are ``(n, n_atoms)``, `gram` of atoms and atoms ``(n_atoms, n_atoms)``.
    """
    n = len(products)
    chosen, values, is_on = np.zeros((n, k), int), np.zeros((n, k)), np.zeros((n, k), bool)
    strengths = np.abs(products)
    floor = TOLERANCE * strengths.max(axis=1)
    for step in range(k):
        chosen[:, step] = strengths.argmax(axis=1)
        is_on[:, step] = strengths[np.arange(n), chosen[:, step]] > floor
        if not is_on[:, step].any():
            break
        taken = slice(step + 1)
        values[:, taken] = _fit_values(products, gram, chosen[:, taken], is_on[:, taken])
        if step + 1 < k:
            explained = as_codes(chosen[:, taken], values[:, taken], len(gram)) @ gram
            strengths = np.abs(np.subtract(products, explained, out=explained), out=explained)
            np.put_along_axis(strengths, chosen[:, taken], -1, axis=1)
    return chosen, values


def _fit_values(products: np.ndarray, gram: np.ndarray, chosen: np.ndarray, is_on: np.ndarray) -> np.ndarray:
    """Return least-squares values of the chosen atoms, ``(n, k)``; where a choice is off, its equation gives 0."""
    pairs = is_on[:, :, None] & is_on[:, None, :]
    equations = np.where(pairs, gram[chosen[:, :, None], chosen[:, None, :]], 0)  # (n, k, k)
    equations += np.where(is_on, RIDGE, 1)[:, :, None] * np.eye(chosen.shape[1])
    targets = np.where(is_on, np.take_along_axis(products, chosen, axis=1), 0)
    return np.linalg.solve(equations, targets[:, :, None])[:, :, 0]


def fit_mod(x: np.ndarray, n_atoms: int, k: int, n_iterations: int = 10, seed: int = 0) -> np.ndarray:
    """Fit a dictionary for codes of k atoms, float32, ``(n_atoms, dim)``, by the method of optimal directions.

    It begins with windows drawn from x, ``(n_windows, dim)``. In each iteration windows are coded, and atoms become
    what reconstructs the windows best from these codes. A dead atom, which no window uses, is initialised again with
    one of the windows coded worst.

    Raises
    ------
    ValueError
        If there are fewer different windows than atoms; and as `orthogonal_matching_pursuit` does.
    """
    different = _find_different(x)
    if len(different) < n_atoms:
        raise ValueError(
            f"n_atoms={n_atoms}: must be at most the {len(different)} different windows with music in them"
        )
    atoms = normalised(x[np.random.default_rng(seed).choice(different, n_atoms, replace=False)])
    for _ in range(n_iterations):
        codes = orthogonal_matching_pursuit(x, atoms, k)
        atoms = fit_atoms(x, codes, atoms)
    return atoms


def _find_different(x: np.ndarray) -> np.ndarray:
    """Return the indices of different rows that are not all 0, in ascending order of rows; no row is copied."""
    rows = np.ascontiguousarray(x).view([("", x.dtype)] * x.shape[1])[:, 0]
    order = np.argsort(rows, kind="stable")
    is_new = [True, *((x[row] != x[before]).any() for before, row in pairwise(order))]
    return order[is_new & np.logical_or.reduce(x, axis=1)[order]]


def fit_atoms(x: np.ndarray, codes: csr_array, atoms: np.ndarray) -> np.ndarray:
    """Return atoms of unit norm that reconstruct x best from its codes; dead ones anew from windows coded worst."""
    n_rows = max(1, CHUNK_VALUES // x.shape[1])
    spans = [slice(first, first + n_rows) for first in range(0, len(x), n_rows)]
    errors = np.concatenate([np.square(x[span] - codes[span] @ atoms).sum(axis=1) for span in spans])
    products = (codes.T @ codes).toarray().astype(float)
    products[np.diag_indices_from(products)] += RIDGE * products.trace()
    fitted = np.linalg.solve(products, np.asarray(codes.T @ x, float))
    is_dead = np.linalg.norm(fitted, axis=1) < TOLERANCE
    worst = np.argsort(-errors, kind="stable")[: is_dead.sum()]
    fitted[is_dead] = np.where(errors[worst, None] > 0, x[worst], atoms[is_dead])
    return normalised(fitted)


def normalised(atoms: np.ndarray) -> np.ndarray:
    """Return atoms of unit norm, float32."""
    return (atoms / np.linalg.norm(atoms, axis=1, keepdims=True)).astype(np.float32)
