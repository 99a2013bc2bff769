"""MIDI files as plain arrays: notes with their times in seconds and in beats, metres, tempo and pedal.

Parsing is slow: what a file holds is cached under the digest of its bytes, and many new files are parsed in several
processes. A beat is a quarter note; a track is what pretty_midi calls an instrument (track, channel and programme).
"""

import hashlib
import io
import warnings
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import mido
import numpy as np
import pretty_midi
from tqdm import tqdm

from pipeline.atomic_write import atomic_write
from save_dataset.processes import work

CACHE = Path("output", "parsed_midi")  # below the root of the repository
FORMAT = 1  # of a cache file: another number, and all are parsed anew
FEW_FILES = 64  # parsed sooner than a second process starts
SUSTAIN_PEDAL = 64  # controller number, MIDI 1.0
BROKEN = (OSError, EOFError, ValueError, LookupError, ArithmeticError, TypeError, mido.KeySignatureError)


@dataclass(frozen=True)
class MidiNotes:
    """What a MIDI file holds; notes by onset, then pitch.

    Attributes
    ----------
    onsets_s, ends_s, onsets_beats, ends_beats : np.ndarray (n_notes,)
        float64; beats are whole ticks divided by the ticks of a quarter note.
    pitches, velocities, tracks : np.ndarray (n_notes,)
        int16.
    is_drum : np.ndarray (n_notes,)
        bool, whether a note is on the channel of drums.
    tempo_bpm, n_tempos : float, int
        The first tempo, and how many there are.
    time_signatures : np.ndarray (n_signatures, 3)
        Numerator, denominator, time in s.
    pedal : np.ndarray (n_events, 3)
        Time in s, value, track; in order of time.
    """

    onsets_s: np.ndarray
    ends_s: np.ndarray
    onsets_beats: np.ndarray
    ends_beats: np.ndarray
    pitches: np.ndarray
    velocities: np.ndarray
    is_drum: np.ndarray
    tracks: np.ndarray
    tempo_bpm: float
    n_tempos: int
    time_signatures: np.ndarray
    pedal: np.ndarray


def read_midi(path: Path) -> MidiNotes:
    """The notes of a MIDI file; ValueError if it is none, FileNotFoundError if it does not exist."""
    try:
        return parse(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def read_all(
    paths: Sequence[Path], cache: Path, *, show_progress: bool = False, n_processes: int | None = None
) -> tuple[list[MidiNotes | None], dict[Path, str]]:
    """The notes of many files in order, None for a broken one; and of each broken one what is wrong with it.

    Parameters
    ----------
    paths : sequence of Path
        MIDI files.
    cache : Path
        Folder of what was parsed before; what is parsed is added at once.
    n_processes : int
        How many parse; None: a process for each core. A few files are parsed in this one.
    """
    digests, broken = _digest_all(paths)
    known: dict[str, MidiNotes | str] = {}
    for digest in set(digests.values()):
        if notes := read_cached(_cache_path(cache, digest)):
            known[digest] = notes
    new = {digest: (path, _cache_path(cache, digest)) for path, digest in digests.items() if digest not in known}
    results = work(_parse_to_cache, new, few=FEW_FILES, n_processes=n_processes)
    known |= tqdm(results, "parsing MIDI", len(new), unit="file", disable=not (show_progress and new))
    for path, digest in digests.items():
        if isinstance(what := known[digest], str):
            broken[path] = what
    return [None if path in broken else known[digests[path]] for path in paths], broken  # type: ignore[misc]


def _digest_all(paths: Sequence[Path]) -> tuple[dict[Path, str], dict[Path, str]]:
    """The SHA-256 of each file's bytes; and of each file that cannot be read why."""
    digests, unreadable = {}, {}
    for path in paths:
        try:
            digests[path] = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            unreadable[path] = f"cannot be read: {error.strerror}"
    return digests, unreadable


def _parse_to_cache(path: Path, cached: Path) -> MidiNotes | str:
    """The notes of a file, which are cached; or what is wrong with it."""
    try:
        notes = parse(path.read_bytes())
    except ValueError as error:
        return str(error)
    with atomic_write(cached) as temporary:
        np.savez(temporary, allow_pickle=False, format=FORMAT, **asdict(notes))
    return notes


def _cache_path(cache: Path, digest: str) -> Path:
    """Where the notes of a file of this digest are kept."""
    return cache / digest[:2] / f"{digest}.npz"


def read_cached(path: Path) -> MidiNotes | None:
    """The notes that are kept; None if there are none, or they are broken or of another format."""
    try:
        with np.load(path, allow_pickle=False) as members:
            arrays = {field.name: members[field.name][()] for field in fields(MidiNotes)}
            return MidiNotes(**arrays) if members["format"] == FORMAT else None
    except (OSError, EOFError, ValueError, TypeError, KeyError, zipfile.BadZipFile):
        return None


def parse(content: bytes) -> MidiNotes:
    """The notes in the bytes of a MIDI file; ValueError if they are broken."""
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Tempo, Key or Time signature", RuntimeWarning)
            midi = pretty_midi.PrettyMIDI(io.BytesIO(content))
    except BROKEN as error:  # what pretty_midi and mido stumble over, in their words or none
        raise ValueError(f"cannot be read as MIDI: {str(error) or 'it is cut short'}") from error
    if midi.resolution <= 0:
        raise ValueError("cannot be read as MIDI: its times are not in ticks of a quarter note")
    return to_arrays(midi)


def to_bytes(midi: pretty_midi.PrettyMIDI) -> bytes:
    """What a MIDI file holds."""
    buffer = io.BytesIO()
    midi.write(buffer)
    return buffer.getvalue()


def to_arrays(midi: pretty_midi.PrettyMIDI) -> MidiNotes:
    """The notes of a file that was parsed."""
    tracks = list(enumerate(midi.instruments))
    rows = [(n.start, n.end, n.pitch, n.velocity, each.is_drum, track) for track, each in tracks for n in each.notes]
    notes = np.array(rows, float).reshape(-1, 6)
    notes = notes[np.lexsort((notes[:, 2], notes[:, 0]))]
    changes = [(change, track) for track, each in tracks for change in each.control_changes]
    pedal = sorted((change.time, change.value, track) for change, track in changes if change.number == SUSTAIN_PEDAL)
    metres = [(each.numerator, each.denominator, each.time) for each in midi.time_signature_changes]
    changes_s, tempos_bpm = midi.get_tempo_changes()
    beats = to_beats(notes[:, :2], changes_s, tempos_bpm, midi.resolution)
    pitches, velocities, is_drum, numbers = notes[:, 2:].T.astype(np.int16)
    return MidiNotes(
        *(notes[:, 0], notes[:, 1], beats[:, 0], beats[:, 1], pitches, velocities, is_drum.astype(bool), numbers),
        *(float(tempos_bpm[0]), len(tempos_bpm)),
        *(np.array(metres, float).reshape(-1, 3), np.array(pedal, float).reshape(-1, 3)),
    )


def to_beats(times_s: np.ndarray, changes_s: np.ndarray, tempos_bpm: np.ndarray, resolution: int) -> np.ndarray:
    """Beats of times in seconds, exact: all are whole ticks, `resolution` a beat, also where the tempo changes."""
    ticks_per_s = tempos_bpm / 60 * resolution
    change_ticks = np.cumsum(np.r_[0, np.rint(np.diff(changes_s) * ticks_per_s[:-1])])
    span = np.searchsorted(changes_s, times_s, side="right") - 1
    return (change_ticks[span] + np.rint((times_s - changes_s[span]) * ticks_per_s[span])) / resolution
