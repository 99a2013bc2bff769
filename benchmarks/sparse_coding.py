"""Coding beats of drums with a few atoms each: whole batches compared with scikit-learn, one beat at a time.

Takes a stored corpus, `output/<name>/corpus.npz`, else the demo's drums. All beats with music are coded by orthogonal
matching pursuit, in the graph of the model as step 3 does it and in NumPy as the baselines do; scikit-learn codes some
of them. Prints processor microseconds a beat (median), the ratio to the faster of scikit-learn's two functions, the
mean square error over the beats that scikit-learn codes, how many of them have other winners than its, and the largest
difference of the reconstructions of the others. Then the winners of a batch of activations, compiled: found one after
the other as in training, by sorting, and by the straightforward form's top_k and mask; processor milliseconds, the
ratio to sorting, and whether they are the same.
"""

import warnings
from functools import partial

import numpy as np
import tensorflow as tf
from sklearn.linear_model import orthogonal_mp, orthogonal_mp_gram

from benchmarks.clock import median_seconds
from benchmarks.dictionary_training import ATOM_STEPS, BATCH_WINDOWS, N_ATOMS, WINDOW_STEPS, read_grids
from embed.dictionary.encode import batch_encoder
from evaluate.dictionary.pursuit import fit_mod, orthogonal_matching_pursuit
from models.dictionary_autoencoder import DictionaryAutoencoder, DictionaryConfig
from models.winner_take_all import keep_strongest
from tests.straightforward_dictionary import LargestOfColumn

WINNERS = (1, 2, 4)
SAMPLE_BEATS = 2000
FIT_K = 2  # winners for which the dictionary is fitted
REPETITIONS = 9
FEW_WINNERS = (1, 2, 4, 8)
COLUMNS = {"a beat": WINDOW_STEPS // ATOM_STEPS, "a step": WINDOW_STEPS + ATOM_STEPS - 1}


def main():
    corpus, _ = read_grids(__doc__)
    beats = corpus.cut(corpus.windows(range(corpus.n_pieces), ATOM_STEPS), ATOM_STEPS)
    beats = np.random.default_rng(0).permutation(beats[beats.any(axis=(1, 2))])
    atoms = fit_mod(beats.reshape(len(beats), -1), N_ATOMS, FIT_K)
    print(f"{len(beats)} beats, {N_ATOMS} atoms; scikit-learn codes {min(SAMPLE_BEATS, len(beats))}")
    for k in WINNERS:
        compare_pursuits(beats, atoms, k)
    for name, n_columns in COLUMNS.items():
        print(f"\nwinners of {BATCH_WINDOWS} windows of {WINDOW_STEPS} steps, columns {name} apart")
        for k in FEW_WINNERS:
            compare_winners(n_columns, k)


def compare_pursuits(beats, atoms, k):
    """Print what each way of coding costs and gives."""
    rows = beats.reshape(len(beats), -1)
    some = rows[:SAMPLE_BEATS]
    encode = graph_encoder(beats.shape[-1], atoms, k)
    theirs = partial(pursue_by_scikit_learn, some, atoms, k)
    measured = {
        "scikit-learn, precomputed": measure(partial(theirs, precompute=True), len(some)),
        "scikit-learn, from music": measure(partial(theirs, precompute=False), len(some)),
        "in the graph": measure(lambda: encode(beats)[:, 0], len(beats)),
        "in NumPy": measure(lambda: orthogonal_matching_pursuit(rows, atoms, k).toarray(), len(beats)),
    }
    print(f"\nk = {k}")
    (_, expected), *_ = measured.values()
    reference_us = min(microseconds for microseconds, _ in [*measured.values()][:2])
    for name, (microseconds, codes) in measured.items():
        codes = codes[: len(some)]
        error = np.square(some - codes @ atoms).mean()
        alike = ((codes != 0) == (expected != 0)).all(axis=1)
        difference = np.abs((codes - expected)[alike] @ atoms).max()
        cost = f"{microseconds:8.2f} us {reference_us / microseconds:6.1f}x"
        print(f"{name:26s} {cost}   error {error:.7f}, {(~alike).sum():3d} other winners, difference {difference:.1e}")


def graph_encoder(n_channels, atoms, k):
    """The function from beats ``(n, 4, n_channels)`` to codes ``(n, 1, n_atoms)`` that step 3 uses."""
    winners = {"k": k, "scope": "column", "rank_by": "magnitude", "window_steps": WINDOW_STEPS}
    config = DictionaryConfig(n_channels, N_ATOMS, ATOM_STEPS, ATOM_STEPS, winners, refine="pursuit")
    model = DictionaryAutoencoder(config)
    model.build()
    model.atoms.kernel.assign(np.moveaxis(atoms.reshape(-1, ATOM_STEPS, n_channels), 0, -1))
    return batch_encoder(model)


def pursue_by_scikit_learn(rows, atoms, k, *, precompute):
    """Its codes, from products of atoms and rows or from the rows themselves; `k` winners at most."""
    wide, columns = atoms.astype(float), rows.T.astype(float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # one for each beat that needs fewer winners
        if precompute:
            codes = orthogonal_mp_gram(wide @ wide.T, wide @ columns, n_nonzero_coefs=k)
        else:
            codes = orthogonal_mp(wide.T, columns, n_nonzero_coefs=k)
    return codes.T.reshape(len(rows), -1)


def measure(code, n_beats):
    """Median processor microseconds a beat, and the codes; the first call, which traces, is not counted."""
    codes = code()
    return 1e6 * median_seconds(code, REPETITIONS) / n_beats, codes


def compare_winners(n_columns, k):
    """Print what winners cost in each way, compiled."""
    activations = np.random.default_rng(0).normal(size=(BATCH_WINDOWS, n_columns, N_ATOMS)).astype(np.float32)
    activations = tf.constant(np.abs(activations))
    ways = {
        "sorted": lambda strengths: keep_strongest(strengths, tf.constant(k)),
        "one by one": lambda strengths: keep_strongest(strengths, tf.constant(k), k),
        "top_k": LargestOfColumn(k),
    }
    print(f"\nk = {k}")
    expected = sorted_s = None
    for name, way in ways.items():
        find = tf.function(way, jit_compile=True)
        winners = find(activations).numpy() > 0
        seconds = median_seconds(lambda find=find: find(activations).numpy(), REPETITIONS)
        if expected is None:
            expected, sorted_s = winners, seconds
        same = "the same" if np.array_equal(winners, expected) else "OTHERS"
        print(f"{name:12s} {1000 * seconds:7.2f} ms {sorted_s / seconds:6.1f}x   {same}")


if __name__ == "__main__":
    main()
