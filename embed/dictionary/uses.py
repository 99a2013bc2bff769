"""How atoms are used: how often, how strongly, and with which labels.

An atom may have any norm and sign, only its product with the values of the code is music. It is therefore shown and
rendered as it stands in the music on average.
"""

import numpy as np

from embed.dictionary.sparse_codes import SparseCodes
from save_dataset.midi.corpus import Corpus

MIN_USES = 5


def by_use(codes: SparseCodes) -> np.ndarray:
    """Return the numbers of all atoms, the most used first, ``(n_atoms,)``."""
    return np.argsort(-codes.usage(), kind="stable")


def fractions_of_use(codes: SparseCodes) -> np.ndarray:
    """Return the fraction of all uses of each atom, ``(n_atoms,)``; 0 if none is ever used."""
    return codes.usage() / max(1, codes.usage().sum())


def scaled_patterns(codes: SparseCodes) -> np.ndarray:
    """Return the patterns of the atoms times the mean magnitude of their values and their prevailing sign.

    An atom that is never used is scaled to a largest magnitude of 1.
    """
    n_atoms, usage = len(codes.patterns), codes.usage()
    magnitudes = np.bincount(codes.atoms, np.abs(codes.values), n_atoms) / np.maximum(usage, 1)
    signs = np.where(np.bincount(codes.atoms, codes.values, n_atoms) < 0, -1, 1)
    peaks = np.abs(codes.patterns).max(axis=(1, 2))
    scales = np.where(usage > 0, signs * magnitudes, 1 / np.where(peaks > 0, peaks, 1))
    return codes.patterns * scales[:, None, None].astype(np.float32)


def label_lifts(codes: SparseCodes, corpus: Corpus) -> tuple[list[str], np.ndarray]:
    """Return the labels, and how many times as often as in all music each atom is used in the pieces of a label.

    Returns
    -------
    labels : list of str
        All but the empty one, in alphabetical order.
    lifts : np.ndarray (n_atoms, n_labels)
        Uses per column of the label's pieces over uses per column of all; 0 where the atom is used less than
        `MIN_USES` times, too few to compare.
    """
    labels = sorted({str(label) for label in corpus.labels} - {""})
    n_atoms, n_columns = len(codes.patterns), np.diff(codes.starts)
    pieces = np.searchsorted(codes.starts, codes.columns, "right") - 1
    overall = codes.usage() / n_columns.sum()
    lifts = np.zeros((n_atoms, len(labels)))
    for index, label in enumerate(labels):
        of_label = corpus.labels == label
        uses = np.bincount(codes.atoms[of_label[pieces]], minlength=n_atoms)
        uses[uses < MIN_USES] = 0
        lifts[:, index] = uses / n_columns[of_label].sum() / np.where(overall > 0, overall, 1)
    return labels, lifts
