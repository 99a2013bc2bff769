"""How much of the harmony survives in a reconstruction: chords that a classifier of clean music still finds in it.

A beat is what its keys do: the share of its steps in which each of 88 keys is on. Chords are 25 classes: 0 to 11 major
triads on C to B, 12 to 23 minor ones, 24 all else. The classifier learns from clean music of other pieces and is then
left as it is, so that it tells what a reconstruction lost, not what could be learned about its faults.
"""

from collections.abc import Mapping

import numpy as np
from sklearn.linear_model import LogisticRegression

from pipeline.notes import LOWEST_KEY, N_KEYS
from save_dataset.midi.corpus import NO_CHORD

PENALTY = 1.0  # C of the logistic regression; ten times as much changes nothing, a tenth costs 0.015 of accuracy
MAX_ITERATIONS = 500
TRIADS_SEMITONES = ((0, 4, 7), (0, 3, 7))  # major, minor


def chord_features(steps: np.ndarray, kinds: Mapping[str, slice], steps_per_beat: int) -> np.ndarray:
    """Share of each beat's steps in which each key sounds, ``(n_beats, 88)``; without frames, in which it is struck.

    Parameters
    ----------
    steps : np.ndarray (n_steps, n_channels)
        Whole beats: music, or a reconstruction, whose values need not be 0 or 1.
    kinds : mapping of str to slice
        Channels of each kind, as from `save_dataset.midi.corpus.Corpus.kinds`.
    steps_per_beat : int
        Steps of a quarter note.
    """
    kind = "frame" if "frame" in kinds else "onset"
    if kind not in kinds or steps[:, kinds[kind]].shape[1] != N_KEYS:
        raise ValueError(f"kinds={list(kinds)}: must hold onset or frame of {N_KEYS} keys")
    if len(steps) % steps_per_beat:
        raise ValueError(f"steps of shape {steps.shape}: must be a whole number of beats of {steps_per_beat} steps")
    return steps[:, kinds[kind]].reshape(-1, steps_per_beat, N_KEYS).mean(axis=1)


def chords_of_beats(chords: np.ndarray, steps_per_beat: int) -> np.ndarray:
    """Chord at the first step of each beat, ``(n_beats,)``, of the chords of steps ``(n_steps,)``."""
    return chords[::steps_per_beat]


def measure_chords(
    train: np.ndarray, train_chords: np.ndarray, test: np.ndarray, test_chords: np.ndarray, reconstructed: np.ndarray
) -> dict[str, np.ndarray]:
    """Shares of the test's beats whose chord is found; beats of an unknown chord are left out.

    Parameters
    ----------
    train, test, reconstructed : np.ndarray (n_beats, 88)
        From `chord_features`: clean music, and the test's reconstruction.
    train_chords, test_chords : np.ndarray (n_beats,)
        Classes of their chords.

    Returns
    -------
    dict of str to np.ndarray
        ``clean`` and ``reconstructed``: of the test's music and of its reconstruction; ``majority``: of the most
        frequent chord of the training music; ``template``: of clean music by the triad that fits best; ``n_beats``.
    """
    classifier = fit_chords(train, train_chords)
    majority = np.bincount(train_chords[train_chords != NO_CHORD]).argmax()
    measures = {
        "clean": accuracy(classifier.predict(test), test_chords),
        "reconstructed": accuracy(classifier.predict(reconstructed), test_chords),
        "majority": accuracy(np.full(len(test), majority), test_chords),
        "template": accuracy(closest_triads(test), test_chords),
        "n_beats": np.sum(test_chords != NO_CHORD),
    }
    return {name: np.asarray(value) for name, value in measures.items()}


def fit_chords(beats: np.ndarray, chords: np.ndarray) -> LogisticRegression:
    """The classifier of clean beats ``(n_beats, 88)``, of those whose chord ``(n_beats,)`` is known.

    Raises
    ------
    ValueError
        If there are fewer than two different chords.
    """
    known = chords != NO_CHORD
    if len(np.unique(chords[known])) < 2:
        raise ValueError(
            f"chords={np.unique(chords[known]).tolist()}: the training pieces must have two different chords at least; "
            "choose a collection with chord labels"
        )
    return LogisticRegression(C=PENALTY, max_iter=MAX_ITERATIONS).fit(beats[known], chords[known])


def closest_triads(beats: np.ndarray) -> np.ndarray:
    """Which of the 24 triads correlates most with the pitch classes of each beat ``(n_beats, 88)``; never "other"."""
    classes = (np.arange(N_KEYS) + LOWEST_KEY) % 12
    chroma = beats @ np.eye(12)[classes]  # (n_beats, 12)
    # all triads have three notes: the one with the largest sum has the largest correlation too
    return (chroma @ _triads().T).argmax(axis=1)


def _triads() -> np.ndarray:
    """The 12 major and 12 minor triads as pitch classes, ``(24, 12)`` of 0 and 1."""
    roots = np.arange(12)
    return np.vstack([np.eye(12)[(roots[:, None] + np.array(each)) % 12].sum(axis=1) for each in TRIADS_SEMITONES])


def accuracy(predicted: np.ndarray, chords: np.ndarray) -> float:
    """Share of the beats of known chord ``(n_beats,)`` whose chord is predicted.

    Raises
    ------
    ValueError
        If no chord is known.
    """
    known = chords != NO_CHORD
    if not known.any():
        raise ValueError("chords: no beat of the test pieces has a chord label; choose a collection with chord labels")
    return float(np.mean(predicted[known] == chords[known]))
