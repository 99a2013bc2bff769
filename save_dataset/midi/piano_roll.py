"""Piano rolls: an array of steps, ``(n_steps, n_channels)``, of 0 and 1, a channel for each of the piano's 88 keys.

Kinds: ``onsets`` (88 channels: the keys that are struck in a step), ``frames`` (88: those that sound), and
``onsets_frames`` (176: onsets, then frames). An event belongs to the step nearest to it. A note sounds at least in the
step of its onset. All tracks but drums are one piano.
"""

import numpy as np
from pretty_midi import PrettyMIDI, note_number_to_name

from pipeline.notes import HIT_THRESHOLD, LOWEST_KEY, N_KEYS
from save_dataset.midi.files import MidiNotes, make_midi

PARTS = {"onsets": ("onset",), "frames": ("frame",), "onsets_frames": ("onset", "frame")}
VELOCITY = 80  # mezzo-forte; a roll does not know how hard a key is struck
RESOLUTION = 480  # ticks of a beat: at least 5 for a step of the finest grid, 96 steps a beat
# How well each pitch class, from the tonic up, fits a major and a minor key: Krumhansl, "Cognitive Foundations of
# Musical Pitch" (1990), table 2.1 (Krumhansl and Kessler's ratings)
MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


def channel_names(kind: str) -> list[str]:
    """Return kind and key of every channel: ``"onset A0"``, ..., ``"frame C8"``."""
    keys = [note_number_to_name(LOWEST_KEY + key) for key in range(N_KEYS)]
    return [f"{part} {key}" for part in PARTS[kind] for key in keys]


def on_keys(notes: MidiNotes) -> np.ndarray:
    """Whether a piano can play each note: it is no drum, and on one of the 88 keys; ``(n_notes,)``."""
    keys = notes.pitches - LOWEST_KEY
    return ~notes.is_drum & (keys >= 0) & (keys < N_KEYS)


def bar_steps(notes: MidiNotes, steps_per_beat: int) -> int:
    """Return the steps of a bar of the first time signature, at least one; without one of 4/4."""
    numerator, denominator = notes.time_signatures[0, :2] if len(notes.time_signatures) else (4, 4)
    return max(1, round(float(steps_per_beat * 4 * numerator / denominator)))


def to_roll(
    notes: MidiNotes, kind: str, *, steps_per_beat: int | None = None, step_s: float | None = None,
    steps_per_bar: int | None = None,
) -> np.ndarray:  # fmt: skip
    """Return the roll of a piece, padded to whole bars, ``(n_steps, n_channels)``, bool; step 0 is at time 0.

    Notes that are not `on_keys` are left out.

    Parameters
    ----------
    kind : {"onsets", "frames", "onsets_frames"}
        The channels.
    steps_per_beat, step_s : int, float
        One of the two: a grid of quarter notes, or of seconds.
    steps_per_bar : int
        The roll's length is a multiple of this; None: a bar of `bar_steps`, and in a grid of seconds one step.
    """
    if (steps_per_beat is None) == (step_s is None):
        raise ValueError(f"steps_per_beat={steps_per_beat}, step_s={step_s}: must be one of the two")
    _check_kind(kind)
    used = on_keys(notes)
    onsets, ends = (steps[used] for steps in _note_steps(notes, steps_per_beat, step_s))
    if steps_per_bar is None:
        steps_per_bar = bar_steps(notes, steps_per_beat) if steps_per_beat else 1
    n_steps = -(-int(ends.max(initial=0)) // steps_per_bar) * steps_per_bar
    parts = _draw_notes(onsets, ends, notes.pitches[used] - LOWEST_KEY, n_steps)
    return np.concatenate([parts[part] for part in PARTS[kind]], axis=1)


def _note_steps(notes: MidiNotes, steps_per_beat: int | None, step_s: float | None) -> tuple[np.ndarray, np.ndarray]:
    """Return the first step of each note, and the step after its last, ``(n_notes,)`` each."""
    times = (notes.onsets_beats, notes.ends_beats) if step_s is None else (notes.onsets_s, notes.ends_s)
    scale = steps_per_beat if step_s is None else 1 / step_s
    onsets, ends = (np.floor(np.asarray(time) * scale + 0.5).astype(int) for time in times)
    return onsets, np.maximum(ends, onsets + 1)


def _draw_notes(onsets: np.ndarray, ends: np.ndarray, keys: np.ndarray, n_steps: int) -> dict[str, np.ndarray]:
    """Return where keys are struck, and where they sound, ``(n_steps, 88)`` each, bool."""
    changes = np.zeros((n_steps + 1, N_KEYS), np.int32)
    np.add.at(changes, (onsets, keys), 1)
    struck = changes[:-1] > 0
    np.subtract.at(changes, (ends, keys), 1)
    return {"onset": struck, "frame": changes.cumsum(axis=0, out=changes)[:-1] > 0}


def to_midi(
    roll: np.ndarray, kind: str, *, steps_per_beat: int, bpm: float, threshold: float = HIT_THRESHOLD
) -> PrettyMIDI:
    """Return the piece of a roll, or of a model's guess at one; `to_roll` of it gives the roll again.

    Of ``onsets_frames`` a note starts at each onset, and lasts while its frame is on and no new onset comes; a frame
    without an onset is silent. Of ``frames`` every run is a note. Of ``onsets`` a note lasts until the key's next
    onset, at most a beat. What is above `threshold` is on.
    """
    _check_kind(kind)
    if np.ndim(roll) != 2 or np.shape(roll)[1] != N_KEYS * len(PARTS[kind]):
        raise ValueError(f"roll of shape {np.shape(roll)}: must be (n_steps, {N_KEYS * len(PARTS[kind])})")
    on = np.asarray(roll) > threshold
    longest = steps_per_beat if kind == "onsets" else len(on)
    onsets, ends, keys = _find_notes(*_starts_and_sounds(on, kind), longest)
    step_s = 60 / bpm / steps_per_beat
    notes = zip([VELOCITY] * len(keys), keys + LOWEST_KEY, onsets * step_s, ends * step_s, strict=True)
    return make_midi(notes, bpm=bpm, resolution=RESOLUTION)


def _starts_and_sounds(on: np.ndarray, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Return where notes start, and where keys may sound, ``(n_steps, 88)`` each, of the cells that are on."""
    if kind == "onsets":
        return on, np.ones_like(on)
    if kind == "frames":
        before = np.concatenate([np.zeros_like(on[:1]), on[:-1]])
        return on & ~before, on
    return on[:, :N_KEYS], on[:, :N_KEYS] | on[:, N_KEYS:]


def _find_notes(starts: np.ndarray, sounds: np.ndarray, longest: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return first step, step after the last, and key of every note, ``(n_notes,)`` each, in order of time."""
    n_steps = len(starts)
    stops = np.where(starts | ~sounds, np.arange(n_steps)[:, None], n_steps)
    stops = np.concatenate([stops, np.full((1, N_KEYS), n_steps)])
    next_stops = np.minimum.accumulate(stops[::-1])[::-1]
    onsets, keys = np.nonzero(starts)
    return onsets, np.minimum(next_stops[onsets + 1, keys], onsets + longest), keys


def transpose_to(roll: np.ndarray, relative_to: str) -> tuple[np.ndarray, int]:
    """Return the transposed roll, and by how many semitones up.

    ``keys``: not at all. ``tonic``: by -5 to 6, so that the likely tonic becomes C; a key that leaves the 88 is lost.
    """
    if relative_to not in ("keys", "tonic"):
        raise ValueError(f"relative_to={relative_to!r}: must be keys or tonic")
    shift = 0
    if relative_to == "tonic" and len(roll):
        shift = (-find_tonic(roll[:, -N_KEYS:]) + 5) % 12 - 5
    return transpose(roll, shift), shift


def transpose(roll: np.ndarray, semitones: int) -> np.ndarray:
    """Return the roll transposed by `semitones` up; keys that leave the 88 are lost."""
    sources = np.arange(N_KEYS) - semitones
    is_key = (sources >= 0) & (sources < N_KEYS)
    parts = roll.reshape(len(roll), roll.shape[1] // N_KEYS, N_KEYS)  # onsets and frames apart
    transposed = parts[..., np.clip(sources, 0, N_KEYS - 1)] * is_key
    return transposed.reshape(roll.shape).astype(roll.dtype)


def find_tonic(keys: np.ndarray) -> int:
    """Return the likely tonic's pitch class, 0 for C: the key whose profile best fits how long pitch classes sound."""
    pitch_classes = (np.arange(N_KEYS) + LOWEST_KEY) % 12
    durations = np.bincount(pitch_classes, weights=keys.sum(axis=0), minlength=12)
    profiles = [np.roll(profile, tonic) for profile in (MAJOR, MINOR) for tonic in range(12)]
    return int(np.argmax(np.cov(durations, profiles)[0, 1:] / np.std(profiles, axis=1))) % 12


def _check_kind(kind: str) -> None:
    if kind not in PARTS:
        raise ValueError(f"kind={kind!r}: must be one of {', '.join(PARTS)}")
