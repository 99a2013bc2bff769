"""How much of the harmony survives in a reconstruction: chords that a classifier of clean music still finds in it.

A beat is a vector of its keys: the fraction of its steps in which each of 88 keys is on. Chords are 25 classes: 0 to 11
major triads on C to B, 12 to 23 minor ones, 24 all else. The classifier is fitted on clean music of other pieces and
then left as it is, so that it shows what a reconstruction lost, not what could be learned about its faults.
"""

from collections.abc import Mapping

import numpy as np
from sklearn.linear_model import LogisticRegression

from embed.dictionary.sparse_codes import SparseCodes
from pipeline.notes import LOWEST_KEY, N_KEYS
from pipeline.sections.dictionary_study import DictionaryParameters
from save_dataset.midi.corpus import NO_CHORD, Corpus

PENALTY = 1.0  # C of the logistic regression; ten times as much changes nothing, a tenth costs 0.015 of accuracy
MAX_ITERATIONS = 500
TRIADS_SEMITONES = ((0, 4, 7), (0, 3, 7))  # major, minor


def has_chords(corpus: Corpus, parameters: DictionaryParameters) -> bool:
    """Whether chords can be classified: of keys, with two labels in the train split, one in the pieces held out."""
    kinds = corpus.kinds()
    has_keys = all(kind.stop - kind.start == N_KEYS for kind in kinds.values()) and {"onset", "frame"} & set(kinds)
    chords = corpus.chords[:: corpus.steps_per_beat]
    splits = np.repeat(corpus.splits, np.diff(corpus.starts) // corpus.steps_per_beat)
    train, held_out = (
        np.unique(chords[(splits == split) & (chords != NO_CHORD)]) for split in ("train", parameters.evaluation.split)
    )
    return bool(has_keys) and len(train) > 1 and len(held_out) > 0


def measure_chords(corpus: Corpus, codes: SparseCodes, parameters: DictionaryParameters) -> dict[str, np.ndarray]:
    """Return `score_chords` of the reconstructions of pieces held out, by a classifier fitted on the train split."""
    train, test = corpus.pieces_of("train"), corpus.pieces_of(parameters.evaluation.split)
    music = {
        "train": (corpus.piece(p) for p in train),
        "test": (corpus.piece(p) for p in test),
        "estimated": (codes.decode(codes.piece(p)) for p in test),
    }
    beats = {
        name: np.concatenate([chord_features(piece, corpus.kinds(), corpus.steps_per_beat) for piece in pieces])
        for name, pieces in music.items()
    }
    train_chords, test_chords = (
        np.concatenate([corpus.chords[slice(*corpus.starts[p : p + 2])] for p in pieces])[:: corpus.steps_per_beat]
        for pieces in (train, test)
    )
    return score_chords(beats["train"], train_chords, beats["test"], test_chords, beats["estimated"])


def chord_features(steps: np.ndarray, kinds: Mapping[str, slice], steps_per_beat: int) -> np.ndarray:
    """Return the fraction of each beat's steps in which each key is on, ``(n_beats, 88)``.

    Steps are those of complete beats, ``(n_steps, n_channels)``, of music or a reconstruction, whose values need not be
    0 or 1; `kinds` are as from `Corpus.kinds`. Without frames it is the fraction of steps in which a key is struck.
    """
    kind = "frame" if "frame" in kinds else "onset"
    if kind not in kinds or steps[:, kinds[kind]].shape[1] != N_KEYS:
        raise ValueError(f"kinds={list(kinds)}: must hold onset or frame of {N_KEYS} keys")
    if len(steps) % steps_per_beat:
        raise ValueError(f"steps of shape {steps.shape}: must be a whole number of beats of {steps_per_beat} steps")
    return steps[:, kinds[kind]].reshape(-1, steps_per_beat, N_KEYS).mean(axis=1)


def score_chords(
    train: np.ndarray, train_chords: np.ndarray, test: np.ndarray, test_chords: np.ndarray, estimated: np.ndarray
) -> dict[str, np.ndarray]:
    """Return fractions of the test's beats whose chord is predicted; beats of an unknown chord are left out.

    Parameters
    ----------
    train, test, estimated : np.ndarray (n_beats, 88)
        From `chord_features`: clean music, and the test's reconstruction.
    train_chords, test_chords : np.ndarray (n_beats,)
        Classes of their chords.

    Returns
    -------
    dict of str to np.ndarray
        ``clean`` and ``reconstructed``: of the test's music and of its reconstruction; ``majority``: of the most
        frequent chord of the training music; ``template``: of clean music by the triad that fits best; ``n_beats``.

    Raises
    ------
    ValueError
        If there are fewer than two different chords to fit on, or none to test on.
    """
    labelled = train_chords != NO_CHORD
    train, train_chords = train[labelled], train_chords[labelled]
    if len(np.unique(train_chords)) < 2:
        raise ValueError(
            f"chords={np.unique(train_chords).tolist()}: the training pieces must have two different chords at least; "
            "choose a collection with chord labels"
        )
    labelled = test_chords != NO_CHORD
    if not labelled.any():
        raise ValueError("chords: no beat of the test pieces has a chord label; choose a collection with chord labels")
    classifier = LogisticRegression(C=PENALTY, max_iter=MAX_ITERATIONS).fit(train, train_chords)
    predicted = {
        "clean": classifier.predict(test),
        "reconstructed": classifier.predict(estimated),
        "majority": np.full(len(test), np.bincount(train_chords).argmax()),
        "template": closest_triads(test),
    }
    accuracies = {name: np.mean((test_chords == chords)[labelled]) for name, chords in predicted.items()}
    return {name: np.asarray(value) for name, value in (accuracies | {"n_beats": labelled.sum()}).items()}


def closest_triads(beats: np.ndarray) -> np.ndarray:
    """Return which of the 24 triads correlates most with the pitch classes of each beat ``(n_beats, 88)``."""
    classes = (np.arange(N_KEYS) + LOWEST_KEY) % 12
    chroma = beats @ np.eye(12)[classes]  # (n_beats, 12)
    roots = np.arange(12)[:, None]
    triads = np.vstack([np.eye(12)[(roots + semitones) % 12].sum(axis=1) for semitones in np.array(TRIADS_SEMITONES)])
    # all triads, (24, 12), have three notes: the one with the largest sum has the largest correlation too
    return (chroma @ triads.T).argmax(axis=1)
