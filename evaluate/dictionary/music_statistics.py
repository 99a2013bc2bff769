"""Features of a piece made by hand, without any dictionary: histograms of its notes, the mean of its bars.

The features from codes are compared with them. Music is an array of steps, channels by kind as in
`save_dataset.midi.corpus.Corpus.kinds`; a cell is on where it is above one half. Histograms are proportions: they add
up to 1, or are all 0 where there is nothing to count.
"""

from collections.abc import Mapping

import numpy as np

from pipeline.notes import BEATS_PER_BAR, HIT_THRESHOLD, LOWEST_KEY, N_KEYS

# times are counted in half octaves of a beat, so that a dotted note stands between two plain ones
MIN_HALF_OCTAVES, MAX_HALF_OCTAVES = -6, 5  # an eighth of a beat, and 2^2.5 = 5.7 beats
N_TIMES = MAX_HALF_OCTAVES - MIN_HALF_OCTAVES + 1
MAX_SEMITONES = 17  # intervals beyond an octave and a fourth count as that


def has_statistics(kinds: Mapping[str, slice]) -> bool:
    """Whether there are statistics for channels of these kinds: of drums, of keys, of a view from the bass."""
    is_piano = any(kind in kinds and kinds[kind].stop - kinds[kind].start == N_KEYS for kind in ("onset", "frame"))
    return {"hit", "velocity"} <= set(kinds) or "above_onset" in kinds or is_piano


def statistics_of(steps: np.ndarray, kinds: Mapping[str, slice], steps_per_bar: int) -> dict[str, np.ndarray]:
    """Return feature vectors of a piece by name.

    Parameters
    ----------
    steps : np.ndarray (n_steps, n_channels)
        A multiple of a bar.
    kinds : mapping of str to slice
        Channels of each kind: hit and velocity of drums; onset and frame of piano, or one of them.

    Returns
    -------
    dict of str to np.ndarray
        Drums: ``mean_bar`` (steps_per_bar * 2 * n_classes,), hits and velocities of the mean of all bars. Piano:
        ``rhythm_and_melody`` (59,): durations, times from note to note, intervals; ``pitches`` (88,); ``pitch_classes``
        (12,), from the most frequent one upwards, so that the key does not matter.

    Raises
    ------
    ValueError
        If the steps are no whole number of bars, or the channels neither drums nor keys.
    """
    if not len(steps) or len(steps) % steps_per_bar:
        raise ValueError(f"steps of shape {steps.shape}: must be a whole number of bars of {steps_per_bar} steps")
    if "hit" in kinds:
        played = np.hstack([steps[:, kinds[kind]] for kind in ("hit", "velocity")])
        return {"mean_bar": played.reshape(-1, steps_per_bar, played.shape[1]).mean(axis=0).ravel()}
    onsets, ends = notes_of(steps, kinds)
    pitches = np.bincount(onsets[:, 1], minlength=N_KEYS)
    classes = np.bincount((onsets[:, 1] + LOWEST_KEY) % 12, minlength=12)
    durations = ends - onsets[:, 0] if "frame" in kinds else np.zeros(0, int)
    histograms = [
        time_histogram(durations, steps_per_bar),
        time_histogram(np.diff(onsets[:, 0]), steps_per_bar),
        interval_histogram(onsets[:, 1]),
    ]
    return {
        "rhythm_and_melody": np.concatenate(histograms),
        "pitches": _proportions(pitches),
        "pitch_classes": _proportions(max((np.roll(classes, -first) for first in range(12)), key=tuple)),
    }


def notes_of(steps: np.ndarray, kinds: Mapping[str, slice]) -> tuple[np.ndarray, np.ndarray]:
    """Return step and key of each note ``(n_notes, 2)``, in order, and the step at which it ends ``(n_notes,)``.

    A note ends where its key no longer sounds or is struck anew; without frames, only where it is struck anew. Without
    onsets, one is where a key begins to sound.
    """
    unknown = [kind for kind in ("onset", "frame") if kind in kinds and steps[:, kinds[kind]].shape[1] != N_KEYS]
    if unknown or not {"onset", "frame"} & set(kinds):
        raise ValueError(f"kinds={list(kinds)}: must be hit and velocity, or onset or frame of {N_KEYS} keys")
    frames = steps[:, kinds["frame"]] > HIT_THRESHOLD if "frame" in kinds else np.ones((len(steps), N_KEYS), bool)
    before = np.vstack([np.zeros((1, N_KEYS), bool), frames[:-1]])
    onsets = steps[:, kinds["onset"]] > HIT_THRESHOLD if "onset" in kinds else frames & ~before
    stops = np.vstack([onsets | ~frames, np.ones((1, N_KEYS), bool)])  # the end of the piece stops all
    n_steps = len(stops)
    positions = np.flatnonzero(stops.T)  # key after key
    notes = np.argwhere(onsets)
    first = notes[:, 1] * n_steps
    ends = positions[np.searchsorted(positions, first + notes[:, 0], side="right")] - first
    return notes, ends


def time_histogram(n_steps: np.ndarray, steps_per_bar: int) -> np.ndarray:
    """Return times in half octaves around a beat, ``(12,)``; 0, of notes struck together, counts as shortest.

    Examples
    --------
    >>> time_histogram(np.array([4, 4, 8, 0]), steps_per_bar=16).tolist()  # two of a beat, one of two beats
    [0.25, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5, 0.0, 0.25, 0.0, 0.0, 0.0]
    """
    beats = n_steps * (BEATS_PER_BAR / steps_per_bar)
    half_octaves = np.round(2 * np.log2(np.maximum(beats, 2.0**MIN_HALF_OCTAVES)))
    bins = np.clip(half_octaves, MIN_HALF_OCTAVES, MAX_HALF_OCTAVES).astype(int) - MIN_HALF_OCTAVES
    return _proportions(np.bincount(bins, minlength=N_TIMES))


def interval_histogram(keys: np.ndarray) -> np.ndarray:
    """Return the intervals from note to note, upwards where they are struck together, ``(35,)``."""
    intervals = np.clip(np.diff(keys), -MAX_SEMITONES, MAX_SEMITONES)
    return _proportions(np.bincount(intervals + MAX_SEMITONES, minlength=2 * MAX_SEMITONES + 1))


def _proportions(counts: np.ndarray) -> np.ndarray:
    return counts / max(counts.sum(), 1)
