"""Music made of known atoms: does training find them?"""

import numpy as np
import pytest

from pipeline.parameters import load
from save_dataset.midi.corpus import NO_CHORD, Corpus
from train_model.dictionary.training import train

N_ATOMS, ATOM_STEPS, N_CHANNELS = 6, 4, 5
N_PIECES, PIECE_STEPS = 32, 256
TEXT = """
study = "drums"

[collection]
folder = "planted"

[training]
batch_windows = 8
learning_rate = 0.02
epochs = 16
jit_compile = false

[model]
{model}

[runs.A]
"""
BLOCKS = """
n_atoms = 12
k = {k}
refine = "{refine}"
"""
ANY_STEP = """
n_atoms = 24
scope = "window"
k = {k}
atom_steps = 7
stride_steps = 1
refine = "{refine}"
"""


def random_atoms(rng):
    atoms = rng.normal(size=(N_ATOMS, ATOM_STEPS, N_CHANNELS))
    return atoms / np.linalg.norm(atoms, axis=(1, 2), keepdims=True)


def play(rng, atoms, onsets, k):
    """Music in which k atoms begin at each of the onsets of each piece, ``(n_steps, n_channels)``."""
    steps = np.zeros((N_PIECES, PIECE_STEPS, N_CHANNELS), np.float32)
    for piece in steps:
        for onset in onsets(rng):
            chosen = rng.choice(N_ATOMS, k, replace=False)
            values = rng.choice((-1, 1), k) * rng.uniform(1, 2, k)
            piece[onset : onset + ATOM_STEPS] += np.tensordot(values, atoms[chosen], 1)
    return steps.reshape(-1, N_CHANNELS)


def in_blocks(rng):
    return range(0, PIECE_STEPS, ATOM_STEPS)


def well_apart(rng):
    return np.cumsum(rng.integers(10, 15, PIECE_STEPS // 15 - 1))


def as_corpus(steps):
    texts = np.full(N_PIECES, "x")
    return Corpus(
        steps=steps,
        starts=PIECE_STEPS * np.arange(N_PIECES + 1),
        names=texts,
        labels=texts,
        groups=texts,
        splits=np.full(N_PIECES, "train"),
        bpm=np.full(N_PIECES, 120.0),
        channels=np.array([f"hit {n}" for n in range(N_CHANNELS)]),
        steps_per_beat=4,
        steps_per_bar=16,
        chords=np.full(len(steps), NO_CHORD),
    )


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
        (in_blocks, 1, BLOCKS.format(k=1, refine="none") + 'start = "random"'),
        (in_blocks, 2, BLOCKS.format(k=2, refine="none")),
        (in_blocks, 2, BLOCKS.format(k=2, refine="pursuit")),
        (well_apart, 1, ANY_STEP.format(k=5, refine="none")),
        (well_apart, 1, ANY_STEP.format(k=5, refine="pursuit")),
    ],
    ids=["blocks-1", "blocks-2", "blocks-2-pursuit", "any-step", "any-step-pursuit"],
)
def test_planted_atoms_are_found(rng, tmp_path, write_parameters, onsets, k, model):
    atoms = random_atoms(rng)
    corpus = as_corpus(play(rng, atoms, onsets, k))
    (parameters,) = load("song", write_parameters(TEXT.format(model=model))).for_runs()
    autoencoder, history = train(corpus, parameters, tmp_path)
    learned = np.moveaxis(autoencoder.atoms.kernel.numpy(), -1, 0)
    assert history["loss"][-1] < 0.1 * np.mean(corpus.steps**2)
    assert (best_cosines(atoms, learned) > 0.95).all()
