"""Piano music as a row of tokens: MIDI events and waits, 388 of them, and notes from tokens again.

0-127 a key is pressed, 128-255 it is released, 256-355 a wait of 10 ms to 1 s (longer ones are repeated), 356-387 the
velocity of what is pressed from now on (velocity // 4). `to_notes` and `to_tokens` undo each other, for tokens that
`to_tokens` gave and for notes on the grid of 10 ms and 32 velocities that do not overlap on a key.

The encoding is that of the paper (MAESTRO in "Shift-Invariant Dictionary Learning using Temporal CONV-WTA
Autoencoders"), without these defects: it wrote a velocity before practically every note, as it compared the velocity
with its bin; it dropped notes that begin after the pedal's last release, and notes without a release; it took a second
release of the pedal as the end of another pedal; and it cut numbers to tokens, where the nearest one is meant.

Tracks are merged; drums are left out. Times inside are whole steps of 10 ms.
"""

import numpy as np
from pretty_midi import PrettyMIDI

from save_dataset.midi.files import MidiNotes, make_midi

N_TOKENS = 388
RELEASE, WAIT, VELOCITY = 128, 255, 356  # first token of releases; that before waits; first of velocities
STEPS_PER_S = 100
MAX_WAIT = 100  # steps of the longest wait
VELOCITIES_PER_BIN = 4
FIRST_BIN = 16  # of notes before any velocity token, in rows that a model made: about mezzo-forte
PEDAL_DOWN = 64  # MIDI 1.0: controller 64 is on from this value
MEAN, STD = 224.15541543187527, 111.14747885919755  # of the paper's tokens, by which it made numbers of them
BEATS_PER_S = 2.0  # 120 bpm: tokens have no beats


def to_tokens(notes: MidiNotes) -> np.ndarray:
    """Return the tokens of a piece, ``(n_tokens,)``, int64; the pedal makes notes longer."""
    onsets, ends, pitches, bins = _tidy(*_quantise(notes))
    n_notes = len(onsets)
    times = np.concatenate([ends, onsets])
    order = np.lexsort([np.tile(pitches, 2), np.arange(2 * n_notes) >= n_notes, times])  # releases come first
    waits = np.diff(times[order], prepend=0)
    presses = np.where(order >= n_notes, np.tile(bins, 2)[order], -1)  # bin of what is pressed, -1 of releases
    changes = np.zeros(2 * n_notes, bool)
    changes[presses >= 0] = np.diff(presses[presses >= 0], prepend=-1) != 0
    n_waits = -(-waits // MAX_WAIT)
    stops = np.cumsum(n_waits + changes + 1)
    tokens = np.full(stops[-1] if n_notes else 0, WAIT + MAX_WAIT)
    rests = waits % MAX_WAIT > 0
    tokens[(stops - changes - 2)[rests]] = WAIT + (waits % MAX_WAIT)[rests]
    tokens[(stops - 2)[changes]] = VELOCITY + presses[changes]
    tokens[stops - 1] = np.tile(pitches, 2)[order] + np.where(presses < 0, RELEASE, 0)
    return tokens


def to_notes(tokens: np.ndarray) -> MidiNotes:
    """Return the notes of tokens, or ValueError if there is no such token.

    What is not released sounds to the end, a release of nothing is left out.
    """
    tokens = np.asarray(tokens)
    if tokens.ndim != 1 or not np.isin(tokens, np.arange(N_TOKENS)).all():
        raise ValueError(f"tokens of shape {tokens.shape}: must be a row of whole numbers from 0 to {N_TOKENS - 1}")
    tokens = tokens.astype(int)
    times = np.where((tokens > WAIT) & (tokens < VELOCITY), tokens - WAIT, 0).cumsum()
    positions = np.maximum.accumulate(np.where(tokens >= VELOCITY, np.arange(len(tokens)), -1))
    bins = np.where(positions >= 0, tokens[positions] - VELOCITY, FIRST_BIN)
    events = np.flatnonzero(tokens <= WAIT)
    events = events[np.argsort(tokens[events] % RELEASE, kind="stable")]  # key by key, in order of time
    pitches = tokens[events] % RELEASE
    ends = np.append(times[events][1:], 0)
    ends[np.diff(pitches, append=-1) != 0] = times[-1] if len(times) else 0  # the key's last event
    pressed = tokens[events] < RELEASE
    kept = events[pressed]
    return to_midi_notes(*_tidy(times[kept], ends[pressed], pitches[pressed], bins[kept]))


def to_midi(tokens: np.ndarray) -> PrettyMIDI:
    """Return the piece of tokens, for a sound or a file."""
    notes = to_notes(tokens)
    rows = zip(notes.velocities, notes.pitches, notes.onsets_s, notes.ends_s, strict=True)
    midi = make_midi(rows, bpm=60 * BEATS_PER_S, resolution=500)
    midi.time_signature_changes.clear()  # tokens have no metre
    return midi


def to_numbers(tokens: np.ndarray) -> np.ndarray:
    """Return tokens as the paper's model sees them, float32."""
    return ((np.asarray(tokens) - MEAN) / STD).astype(np.float32)


def from_numbers(numbers: np.ndarray) -> np.ndarray:
    """Return the nearest tokens, int64."""
    return np.clip(np.rint(np.asarray(numbers, float) * STD + MEAN), 0, N_TOKENS - 1).astype(int)


def _quantise(notes: MidiNotes) -> tuple[np.ndarray, ...]:
    """Return first step, step after the last, pitch and bin of velocity of all notes but drums."""
    used = ~notes.is_drum
    onsets, ends = (np.floor(times_s[used] * STEPS_PER_S + 0.5) for times_s in (notes.onsets_s, hold_by_pedal(notes)))
    columns = onsets, ends, notes.pitches[used], notes.velocities[used] // VELOCITIES_PER_BIN
    return tuple(column.astype(int) for column in columns)


def hold_by_pedal(notes: MidiNotes) -> np.ndarray:
    """Return the ends of the notes in seconds; a pedal that is down at a note's end holds it to the pedal's release.

    A pedal that is never released holds to the end of the piece. Each track has a pedal of its own.
    """
    ends_s = notes.ends_s.copy()
    for track in np.unique(notes.pedal[:, 2]):
        times_s, values, _ = notes.pedal[notes.pedal[:, 2] == track].T
        order = np.argsort(times_s, kind="stable")
        times_s, is_down = times_s[order], values[order] >= PEDAL_DOWN
        releases_s = np.append(np.where(is_down, np.inf, times_s), notes.ends_s.max(initial=0))
        releases_s = np.minimum.accumulate(releases_s[::-1])[::-1]
        after = np.searchsorted(times_s, notes.ends_s, side="right")
        held = (notes.tracks == track) & np.append(False, is_down)[after]
        ends_s[held] = np.maximum(releases_s[after], notes.ends_s)[held]
    return ends_s


def _tidy(onsets: np.ndarray, ends: np.ndarray, pitches: np.ndarray, bins: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the notes, a step long at least, each ended by the key's next, in order of onset and pitch.

    Of notes of one key that begin together the longest is kept.
    """
    order = np.lexsort([ends, onsets, pitches])
    onsets, ends, pitches, bins = (x[order] for x in (onsets, ends, pitches, bins))
    is_key_last = np.diff(pitches, append=-1) != 0
    kept = is_key_last | (np.diff(onsets, append=-1) != 0)
    onsets, ends, pitches, bins, is_key_last = (x[kept] for x in (onsets, ends, pitches, bins, is_key_last))
    nexts = np.where(is_key_last, np.iinfo(int).max, np.append(onsets[1:], 0))
    ends = np.minimum(np.maximum(ends, onsets + 1), nexts)
    order = np.lexsort([pitches, onsets])
    return onsets[order], ends[order], pitches[order], bins[order]


def to_midi_notes(onsets: np.ndarray, ends: np.ndarray, pitches: np.ndarray, bins: np.ndarray) -> MidiNotes:
    """Return notes of one track from steps and bins; a bin of velocities becomes its middle."""
    n_notes = len(onsets)
    onsets_s, ends_s = onsets / STEPS_PER_S, ends / STEPS_PER_S
    return MidiNotes(
        onsets_s=onsets_s,
        ends_s=ends_s,
        onsets_beats=onsets_s * BEATS_PER_S,
        ends_beats=ends_s * BEATS_PER_S,
        pitches=pitches.astype(np.int16),
        velocities=(bins * VELOCITIES_PER_BIN + VELOCITIES_PER_BIN // 2).astype(np.int16),
        is_drum=np.zeros(n_notes, bool),
        tracks=np.zeros(n_notes, np.int16),
        tempo_bpm=60 * BEATS_PER_S,
        n_tempos=1,
        time_signatures=np.zeros((0, 3)),
        pedal=np.zeros((0, 3)),
    )
