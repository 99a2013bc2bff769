"""MIDI files as plain arrays: notes with their times in seconds and in beats, metres, tempo and pedal.

Parsing is slow: what a file holds is cached under the digest of its bytes, and many new files are parsed in several
processes. A beat is a quarter note; a track is what pretty_midi calls an instrument (track, channel and programme).
"""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pretty_midi

from pipeline.cache import cached
from pipeline.provenance import digest_file
from save_dataset.midi.mending import read_mended
from save_dataset.processes import work_cached

CACHE = Path("output", "parsed_midi")  # below the root of the repository
FORMAT = 3  # of a cache file: another number, and all are parsed anew
FEW_FILES = 64  # parsed sooner than a second process starts
SUSTAIN_PEDAL = 64  # controller number, MIDI 1.0


@dataclass(frozen=True)
class MidiNotes:
    """What a MIDI file holds; notes by onset, then pitch, ``(n_notes,)`` each."""

    onsets_s: np.ndarray  # times are float64
    ends_s: np.ndarray
    onsets_beats: np.ndarray  # beats are whole ticks divided by the ticks of a quarter note
    ends_beats: np.ndarray
    pitches: np.ndarray  # int16
    velocities: np.ndarray  # int16
    is_drum: np.ndarray  # whether a note is on the channel of drums
    tracks: np.ndarray  # int16
    tempo_bpm: float  # the first one
    n_tempos: int
    time_signatures: np.ndarray  # (n_signatures, 3): numerator, denominator, time in s
    pedal: np.ndarray  # (n_events, 3): time in s, value, track; in order of time
    remarks: np.ndarray = field(default_factory=lambda: np.array([], str))  # what was mended


def read_midi(path: Path) -> MidiNotes:
    """Return the notes of a MIDI file; ValueError if it is none, FileNotFoundError if it does not exist."""
    return _named(path, parse)


def read_pretty_midi(path: Path) -> pretty_midi.PrettyMIDI:
    """Return a MIDI file as pretty_midi has it, mended; errors as those of `read_midi`."""
    return _named(path, to_pretty_midi)[0]


def _named(path: Path, read: Callable[[bytes], Any]) -> Any:
    try:
        return read(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def read_all(
    paths: Sequence[Path], cache: Path, *, show_progress: bool = False, n_processes: int | None = None
) -> tuple[list[MidiNotes | None], dict[Path, str]]:
    """Return the notes of many files in order, None for a broken one; and of each broken one what is wrong with it.

    `cache` is the folder of what was parsed before; what is parsed is added at once, in processes as those of `work`.
    """
    keys, broken = {}, {}
    for path in paths:
        try:
            keys[path] = f"{digest_file(path)}_{FORMAT}"
        except OSError as error:
            broken[path] = f"cannot be read: {error.strerror}"
    tasks = {key: (path,) for path, key in keys.items()}
    progress = "parsing MIDI" if show_progress else ""
    parsed = work_cached(_parse_cached, tasks, cache, few=FEW_FILES, n_processes=n_processes, progress=progress)
    broken |= {path: parsed[key] for path, key in keys.items() if isinstance(parsed[key], str)}
    return [None if path in broken else MidiNotes(**parsed[keys[path]]) for path in paths], broken


def _parse_cached(cache: Path, key: str, path: Path) -> Mapping[str, Any] | str:
    """Return the notes of a file as arrays by name, or what is wrong with it."""
    try:
        return cached(cache, key, lambda: asdict(parse(path.read_bytes())))
    except ValueError as error:
        return str(error)


def parse(content: bytes) -> MidiNotes:
    """Return the notes in the bytes of a MIDI file, mended; ValueError if they are broken."""
    midi, remarks = to_pretty_midi(content)
    return replace(to_arrays(midi), remarks=np.array(remarks, str))


def to_pretty_midi(content: bytes) -> tuple[pretty_midi.PrettyMIDI, list[str]]:
    """Return the bytes of a MIDI file as pretty_midi has them, mended, and what was; ValueError if they are broken."""
    try:
        midi, remarks = read_mended(content)
        return pretty_midi.PrettyMIDI(mido_object=midi), remarks
    except ValueError as error:
        raise ValueError(f"cannot be read as MIDI: {error}") from error


def to_bytes(midi: pretty_midi.PrettyMIDI) -> bytes:
    """Return what a MIDI file holds."""
    buffer = io.BytesIO()
    midi.write(buffer)
    return buffer.getvalue()


def make_midi(
    notes: Iterable[Sequence[float]], *, bpm: float, name: str = "piano", resolution: int = 220
) -> pretty_midi.PrettyMIDI:
    """Return a piece in 4/4 for "piano" or "drums", of notes of (velocity, pitch, start and end in s).

    The resolution is in ticks of a quarter note.
    """
    midi = pretty_midi.PrettyMIDI(initial_tempo=bpm, resolution=resolution)
    midi.time_signature_changes.append(pretty_midi.TimeSignature(4, 4, 0))
    instrument = pretty_midi.Instrument(0, is_drum=name == "drums", name=name)
    for velocity, pitch, start_s, end_s in notes:
        instrument.notes.append(pretty_midi.Note(int(velocity), int(pitch), float(start_s), float(end_s)))
    midi.instruments.append(instrument)
    return midi


def to_arrays(midi: pretty_midi.PrettyMIDI) -> MidiNotes:
    """Return the notes of a file that pretty_midi parsed."""
    rows, pedal = [], []
    for track, instrument in enumerate(midi.instruments):
        rows += [(n.start, n.end, n.pitch, n.velocity, instrument.is_drum, track) for n in instrument.notes]
        changes = [change for change in instrument.control_changes if change.number == SUSTAIN_PEDAL]
        pedal += [(change.time, change.value, track) for change in changes]
    notes = np.array(rows, float).reshape(-1, 6)
    notes = notes[np.lexsort((notes[:, 2], notes[:, 0]))]
    end_s = notes[:, 1].max(initial=0)  # a metre from there on is of no music
    metres = {m.time: (m.numerator, m.denominator, m.time) for m in midi.time_signature_changes if m.time < end_s}
    changes_s, tempos_bpm = midi.get_tempo_changes()
    beats = to_beats(notes[:, :2], changes_s, tempos_bpm, midi.resolution)
    pitches, velocities, is_drum, numbers = notes[:, 2:].T.astype(np.int16)
    return MidiNotes(
        *(notes[:, 0], notes[:, 1], beats[:, 0], beats[:, 1], pitches, velocities, is_drum.astype(bool), numbers),
        *(float(tempos_bpm[0]), len(tempos_bpm)),
        *(np.array([*metres.values()], float).reshape(-1, 3), np.array(sorted(pedal), float).reshape(-1, 3)),
    )


def to_beats(times_s: np.ndarray, changes_s: np.ndarray, tempos_bpm: np.ndarray, resolution: int) -> np.ndarray:
    """Return the beats of times in seconds, exact: all are whole ticks, `resolution` a beat, at any tempo.

    >>> to_beats(np.array([0.5, 2.0]), np.array([0.0, 1.0]), np.array([120.0, 60.0]), resolution=96)
    array([1., 3.])
    """
    ticks_per_s = tempos_bpm / 60 * resolution
    change_ticks = np.cumsum(np.r_[0, np.rint(np.diff(changes_s) * ticks_per_s[:-1])])
    span = np.searchsorted(changes_s, times_s, side="right") - 1
    return (change_ticks[span] + np.rint((times_s - changes_s[span]) * ticks_per_s[span])) / resolution
