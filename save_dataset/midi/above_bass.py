"""A piano roll seen from its lowest note: what is struck and what sounds, in semitones above it, and which it is.

Music that is transposed keeps its figure and changes only the name of its bass. Of each step there are four kinds of
channels, ``(n_steps, 175)``: ``above_onset`` and ``above_frame``, 0 to 75 semitones above the lowest sounding key;
``bass_band``, that key's group of eight of the 88; ``bass_class``, its pitch class. Band and class together give the
key, so that the roll can be had again. Kinds are weighted: a pattern is first of all what is struck.
"""

from collections.abc import Sequence

import numpy as np

from pipeline.notes import LOWEST_KEY, N_KEYS
from save_dataset.midi import piano_roll
from save_dataset.midi.corpus import WEIGHTS

MAX_SEMITONES = 75  # a hand's reach on either end: no step of the scores that were tried is wider than 65
BAND_KEYS = 8  # less than an octave, so that a pitch class is in a band once at most
FRAME_WEIGHT, CLASS_WEIGHT = WEIGHTS["above_frame"], WEIGHTS["bass_class"]
N_ABOVE, N_BANDS = MAX_SEMITONES + 1, N_KEYS // BAND_KEYS
CLASSES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
ENDS = np.cumsum([N_ABOVE, N_ABOVE, N_BANDS])


def channel_names() -> list[str]:
    """Return kind and name of every channel: ``"above_onset 0"``, ..., ``"bass_band 0"``, ..., ``"bass_class C"``..."""
    above = [f"{kind} {semitones}" for kind in ("above_onset", "above_frame") for semitones in range(N_ABOVE)]
    return above + [f"bass_band {band}" for band in range(N_BANDS)] + [f"bass_class {name}" for name in CLASSES]


def from_roll(roll: np.ndarray) -> np.ndarray:
    """Return the view from the bass, ``(n_steps, 175)``, of onsets and frames ``(n_steps, 176)``.

    Of chords that are wider the top is cut off.
    """
    onsets, frames = roll[:, :N_KEYS] > 0, roll[:, N_KEYS:] > 0
    steps = np.flatnonzero(frames.any(axis=1))
    bass = frames[steps].argmax(axis=1)
    keys = bass[:, None] + np.arange(N_ABOVE)  # (n_sounding_steps, 76)
    is_key = keys < N_KEYS
    keys = np.minimum(keys, N_KEYS - 1)
    view = np.zeros((len(roll), len(channel_names())), np.float32)
    view[steps, :N_ABOVE] = np.take_along_axis(onsets[steps], keys, axis=1) & is_key
    view[steps, N_ABOVE : ENDS[1]] = FRAME_WEIGHT * (np.take_along_axis(frames[steps], keys, axis=1) & is_key)
    view[steps, ENDS[1] + bass // BAND_KEYS] = 1
    view[steps, ENDS[2] + (bass + LOWEST_KEY) % len(CLASSES)] = CLASS_WEIGHT
    return view


def to_roll(view: np.ndarray) -> np.ndarray:
    """Return onsets and frames, ``(n_steps, 176)``, of a view from the bass, or of a model's guess at one.

    The bass is the key with most votes of band and class; other channels are divided by the weight of their kind.
    """
    onsets, frames, bands, classes = np.split(np.asarray(view, np.float32), ENDS, axis=1)
    all_keys = np.arange(N_KEYS)
    votes = bands[:, all_keys // BAND_KEYS] + classes[:, (all_keys + LOWEST_KEY) % len(CLASSES)] / CLASS_WEIGHT
    bass = votes.argmax(axis=1)
    semitones = all_keys - bass[:, None]  # (n_steps, 88)
    is_above = (semitones >= 0) & (semitones < N_ABOVE)
    positions = np.clip(semitones, 0, MAX_SEMITONES)
    parts = [np.take_along_axis(part, positions, axis=1) * is_above for part in (onsets, frames / FRAME_WEIGHT)]
    return np.concatenate(parts, axis=1)


def on_keys(steps: np.ndarray, channels: Sequence[str] | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return music ``(..., n_channels)`` and its channels, with a view from the bass as onsets and frames of keys."""
    steps, channels = np.asarray(steps), np.asarray(channels)
    if not str(channels[0]).startswith("above_onset"):
        return steps, channels
    roll = to_roll(steps.reshape(-1, steps.shape[-1]))
    return roll.reshape(*steps.shape[:-1], -1), np.array(piano_roll.channel_names("onsets_frames"))
