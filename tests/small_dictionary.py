"""A dictionary of drums made by hand: every number about it is known, and its code reconstructs the music exactly."""

import numpy as np

from embed.dictionary.sparse_codes import SparseCodes
from pipeline.parameters import load
from save_dataset.midi.corpus import NO_CHORD, Corpus
from tests.stored_results import store

TEXT = """
study = "drums"

[collection]
folder = "beats"

[rendering]
sample_rate_hz = 8000
n_atoms = 4

[runs.A]
"""
DRUMS = ("kick", "snare", "closed_hat", "open_hat", "low_tom", "mid_tom", "high_tom", "crash", "ride")
KICK, SNARE, HATS, NEGATIVE, UNUSED = range(5)
BARS = 10  # of each of three pieces; the last one is of the test
NORM = 3.0  # of the atoms


def strokes(*places):
    """An atom or bar of four steps: (step, drum, velocity, offset) of each hit."""
    music = np.zeros((4, 3, len(DRUMS)), np.float32)
    for step, drum, velocity, offset in places:
        music[step, :, drum] = 1, velocity, offset
    return music.reshape(4, -1)


def known_music():
    """What the atoms are in the music, ``(n_atoms, 4, 27)``."""
    hats = strokes((0, 2, 0.5, 0), (2, 2, 0.25, 0))
    return np.stack(
        [strokes((0, 0, 1, 0)), strokes((2, 1, 0.75, 0.5)), hats, strokes((3, 8, 0.5, 0)), strokes((1, 4, 1, 0))]
    )


def codes_of(pieces, patterns, stride_steps, bias=None):
    """The sparse codes of pieces whose codes are given, each ``(n_columns, n_atoms)``."""
    dense = np.concatenate(pieces)
    columns, atoms = np.nonzero(dense)
    return SparseCodes(
        columns=columns,
        atoms=atoms,
        values=dense[columns, atoms].astype(np.float32),
        starts=np.cumsum([0, *map(len, pieces)]),
        patterns=patterns.astype(np.float32),
        bias=np.zeros(patterns.shape[2], np.float32) if bias is None else bias,
        stride_steps=stride_steps,
    )


def small_codes():
    """The codes: kicks and hats in jazz, snares and hats in rock, a ride with negative values in the test, in rock."""
    scales = np.array([NORM, NORM, NORM, -NORM, 0.5])
    pieces = np.zeros((3, 4 * BARS, len(scales)), np.float32)
    for piece, atom in enumerate((KICK, SNARE, SNARE)):
        pieces[piece, :: 1 + piece, atom] = NORM
        pieces[piece, 1::2, HATS] = NORM
    pieces[2, ::8, NEGATIVE] = -NORM
    return codes_of(pieces, known_music() / scales[:, None, None], stride_steps=4)


def small_corpus(codes):
    """The music of the codes."""
    n_pieces = len(codes.starts) - 1
    return Corpus(
        steps=np.concatenate([codes.decode(codes.piece(piece)) for piece in range(n_pieces)]),
        starts=codes.starts * codes.stride_steps,
        names=np.array(["a/one.mid", "b/two.mid", "b/three.mid"]),
        labels=np.array(["jazz", "rock", "rock"]),
        groups=np.array(["1", "2", "3"]),
        splits=np.array(["train", "train", "test"]),
        bpm=np.array([120.0, 90.0, 150.0]),
        channels=np.array([f"{kind} {drum}" for kind in ("hit", "velocity", "offset") for drum in DRUMS]),
        steps_per_beat=4,
        steps_per_bar=16,
        chords=np.full(n_pieces * 16 * BARS, NO_CHORD),
    )


def store_small_dictionary(write_parameters, text=TEXT):
    """Store corpus and codes as steps 1 and 3 do; returns the parameters and their root."""
    root = write_parameters(text, "beats")
    parameters = load("beats", root)
    codes = small_codes()
    store(parameters, "corpus", root, **small_corpus(codes).to_arrays())
    for run in parameters.for_runs():
        store(run, "codes", root, **vars(codes))
    return parameters, root
