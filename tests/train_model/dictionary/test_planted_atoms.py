"""Music made of known atoms: does training find them?"""

import numpy as np
import pytest

from pipeline.studies.drums import Parameters
from tests.small_midi import make_corpus
from train_model.dictionary.training import train

N_ATOMS, ATOM_STEPS, N_CHANNELS = 6, 4, 5
N_PIECES, PIECE_STEPS = 32, 256
TRAINING = {"batch_windows": 8, "learning_rate": 0.02, "epochs": 16, "jit_compile": False}
BLOCKS = {"n_atoms": 12}
ANY_STEP = {"n_atoms": 24, "scope": "window", "k": 5, "atom_steps": 7, "stride_steps": 1}


def random_atoms(rng):
    atoms = rng.normal(size=(N_ATOMS, ATOM_STEPS, N_CHANNELS))
    return atoms / np.linalg.norm(atoms, axis=(1, 2), keepdims=True)


def play(rng, atoms, onsets, k):
    """Pieces in which k atoms begin at each of the onsets, ``(n_pieces, n_steps, n_channels)``."""
    steps = np.zeros((N_PIECES, PIECE_STEPS, N_CHANNELS), np.float32)
    for piece in steps:
        for onset in onsets(rng):
            chosen = rng.choice(N_ATOMS, k, replace=False)
            values = rng.choice((-1, 1), k) * rng.uniform(1, 2, k)
            piece[onset : onset + ATOM_STEPS] += np.tensordot(values, atoms[chosen], 1)
    return steps


def in_blocks(rng):
    return range(0, PIECE_STEPS, ATOM_STEPS)


def well_apart(rng):
    return np.cumsum(rng.integers(10, 15, PIECE_STEPS // 15 - 1))


def best_cosines(atoms, learned):
    """Of each planted atom the largest |cosine| with a learned one, at any shift."""
    padded = np.pad(learned, ((0, 0), (ATOM_STEPS, ATOM_STEPS), (0, 0)))
    n_shifts = padded.shape[1] - ATOM_STEPS + 1
    shifts = [padded[:, first : first + ATOM_STEPS] for first in range(n_shifts)]
    products = np.abs([np.tensordot(atoms, shifted, ((1, 2), (1, 2))) for shifted in shifts])
    return products.max(axis=(0, 2))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("onsets", "k", "model"),
    [
        (in_blocks, 1, BLOCKS | {"k": 1, "start": "random"}),
        (in_blocks, 2, BLOCKS | {"k": 2}),
        (in_blocks, 2, BLOCKS | {"k": 2, "refine": "pursuit"}),
        (well_apart, 1, ANY_STEP),
        (well_apart, 1, ANY_STEP | {"refine": "pursuit"}),
    ],
    ids=["blocks-1", "blocks-2", "blocks-2-pursuit", "any-step", "any-step-pursuit"],
)
def test_planted_atoms_are_found(rng, tmp_path, onsets, k, model):
    atoms = random_atoms(rng)
    corpus = make_corpus(play(rng, atoms, onsets, k), channels=[f"hit {index}" for index in range(N_CHANNELS)])
    values = {"name": "a", "study": "drums", "run": "A", "runs": {"A": {}}, "collection": {"folder": "a"}}
    autoencoder, history = train(corpus, Parameters(**values, training=TRAINING, model=model), tmp_path)
    learned = np.moveaxis(autoencoder.atoms.kernel.numpy(), -1, 0)
    assert history["loss"][-1] < 0.1 * np.mean(corpus.steps**2)
    assert (best_cosines(atoms, learned) > 0.95).all()
