"""Pieces whose second half is transposed or faster, made from MIDI with reference patterns.

A theme of the first half then comes again in another key, or at another tempo, and it is known where. All is done in
ticks, so that beats stay as they are.
"""

import io
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import mido
import numpy as np

from pipeline.notes import HIGHEST_PITCH, MIDI_ENDINGS
from save_dataset.files import find_by_pattern, find_named, nfc, path_below
from save_dataset.midi.files import MidiNotes, parse, read_midi
from save_dataset.midi.mending import read_mended
from save_dataset.midi.reading import print_mended
from save_dataset.themes.recordings import Pattern
from save_dataset.themes.score import Score, not_in_score, read_patterns
from save_dataset.themes.score_table import LOWEST_PITCH, SAME_BEAT, read_table

DEFAULT_TEMPO = 500_000  # microseconds of a quarter note, unless the file says otherwise: MIDI files 1.0


def alter_folder(
    folder: Path, patterns: str, *, transpose_semitones: int, tempo: float
) -> Iterator[tuple[str, bytes, list[Pattern]]]:
    """Yield name, MIDI and patterns of each altered piece of a folder of MIDI.

    Its folder `patterns` has ``<piece>.txt``, in beats of the table of the score next to the MIDI, if there is one.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or no MIDI in it.
    ValueError
        If a file is broken, or patterns are not those of the MIDI.
    """
    paths = find_by_pattern(folder, "*", MIDI_ENDINGS)
    if not paths:
        raise FileNotFoundError(f"altered.original: there is no MIDI in {folder}")
    for path in paths:
        content = path.read_bytes()
        notes = read_midi(path)
        print_mended({path.name: notes})
        known = find_named(path_below(folder, patterns), path.stem, [".txt"])
        own = _patterns_of_midi(path, notes, known) if known else []
        try:
            yield nfc(path.stem), *alter(content, own, transpose_semitones=transpose_semitones, tempo=tempo)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error


def _patterns_of_midi(path: Path, midi: MidiNotes, known: Path) -> list[Pattern]:
    """Return patterns in beats of a MIDI file, whose first note may be at another beat than that of its table."""
    if not len(midi.pitches):
        raise ValueError(f"{path}: contains no notes")
    score = Score(np.stack([midi.onsets_s, midi.onsets_beats, midi.pitches], axis=1), midi.tempo_bpm, (path,))
    table = find_named(path.parent, path.stem, [".csv"])
    patterns = read_patterns(known, None)
    later = score.notes[0, 1] - read_table(table)[0, 0] if table else 0.0
    shifted = [[[(beat + later, pitch) for beat, pitch in notes] for notes in pattern] for pattern in patterns]
    notes = np.array([note for pattern in shifted for occurrence in pattern for note in occurrence]).reshape(-1, 2)
    if len(missing := not_in_score(notes, score)):
        raise ValueError(f"{known}: {len(missing)} of {len(notes)} notes are not in {path.name}: must be of that piece")
    return shifted


def alter(
    content: bytes, patterns: list[Pattern], *, transpose_semitones: int, tempo: float
) -> tuple[bytes, list[Pattern]]:
    """Return a MIDI file with its second half transposed and its tempo multiplied, and its patterns likewise.

    The second half begins at the whole beat nearest the middle of the score; a note that is held over it keeps its
    pitch. Occurrences that lie in both halves are left out, patterns with fewer than two, and notes too low to hear.
    """
    midi = parse(content)
    beats = midi.onsets_beats[midi.pitches >= LOWEST_PITCH]
    if not len(beats):
        raise ValueError("contains no notes")
    split_beats = round((beats.min() + beats.max()) / 2)
    altered = _alter_midi(content, split_beats, transpose_semitones, tempo)
    return altered, _alter_patterns(patterns, split_beats, transpose_semitones)


def _alter_midi(content: bytes, split_beats: int, semitones: int, tempo: float) -> bytes:
    midi, _ = read_mended(content)
    split = split_beats * midi.ticks_per_beat
    found = [(tick, message.tempo) for tick, message in _with_ticks(midi.tracks[0]) if message.type == "set_tempo"]
    tempos = [(0, DEFAULT_TEMPO), *found]
    before = [usec for tick, usec in tempos if tick <= split][-1]
    changed = [(tick, usec if tick < split else round(usec / tempo)) for tick, usec in tempos if tick != split]
    changed.append((split, round(before / tempo)))
    for track in midi.tracks:
        events = [event for event in _with_ticks(track) if event[1].type != "set_tempo"]
        events = list(_transpose_from(events, split, semitones))
        if track is midi.tracks[0]:
            events += [(tick, mido.MetaMessage("set_tempo", tempo=usec)) for tick, usec in changed]
        # the end of a track stays last; at one tick tempos come first
        events.sort(key=lambda event: (event[1].type == "end_of_track", event[0], event[1].type != "set_tempo"))
        ends = np.maximum.accumulate([tick for tick, _ in events])
        deltas = np.diff(ends, prepend=0)
        track[:] = [message.copy(time=int(delta)) for (_, message), delta in zip(events, deltas, strict=True)]
    buffer = io.BytesIO()
    midi.save(file=buffer)
    return buffer.getvalue()


def _with_ticks(track: mido.MidiTrack) -> list[tuple[int, mido.Message]]:
    ticks = np.cumsum([message.time for message in track])
    return list(zip(ticks.tolist(), track, strict=True))


def _transpose_from(
    events: list[tuple[int, mido.Message]], split: int, semitones: int
) -> Iterator[tuple[int, mido.Message]]:
    """Yield messages, notes that begin at the split or later transposed; what ends a note follows what began it."""
    sounding: dict[tuple[int, int], list[int]] = defaultdict(list)
    for tick, message in events:
        if message.type not in ("note_on", "note_off"):
            yield tick, message
            continue
        if message.note < LOWEST_PITCH:
            continue
        key = message.channel, message.note
        if message.type == "note_on" and message.velocity:
            sounding[key].append(_transpose(message.note, semitones) if tick >= split else message.note)
            yield tick, message.copy(note=sounding[key][-1])
        else:
            yield tick, message.copy(note=sounding[key].pop(0) if sounding[key] else message.note)


def _transpose(pitch: float, semitones: int) -> int:
    """Return a pitch that is transposed, as far as MIDI has pitches."""
    return int(min(max(round(pitch) + semitones, 0), HIGHEST_PITCH))


def _alter_patterns(patterns: list[Pattern], split_beats: float, semitones: int) -> list[Pattern]:
    altered: list[Pattern] = [[] for _ in patterns]
    for pattern, kept in zip(patterns, altered, strict=True):
        for occurrence in pattern:
            is_later = [onset >= split_beats - SAME_BEAT for onset, _ in occurrence]
            if all(is_later):
                kept.append([(onset, float(_transpose(pitch, semitones))) for onset, pitch in occurrence])
            elif not any(is_later):
                kept.append(occurrence)
    return [kept for kept in altered if len(kept) > 1]
