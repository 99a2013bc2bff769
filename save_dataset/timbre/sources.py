"""Reading sources: recordings, and MIDI files, which are rendered, and whose notes are then known."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pretty_midi

from pipeline.notes import MIDI_ENDINGS, SOUND_ENDINGS
from pipeline.parameters import ROOT
from pipeline.studies.timbre import Parameters
from save_dataset.files import find_files, is_midi, music_path, nfc
from save_dataset.midi.files import read_pretty_midi
from save_dataset.sound.files import read_sound
from save_dataset.sound.synthesiser import render
from save_dataset.timbre.checks import check_frames, check_sound, print_resampled
from save_dataset.timbre.ranges import Range, find_range
from save_dataset.timbre.sounds import Sources


@dataclass(frozen=True)
class Source:
    """A sound, and its notes if they are known."""

    samples: np.ndarray  # (n_samples,)
    pitches: Range
    notes: np.ndarray  # (n_notes, 3): start and end in s, MIDI pitch; by start, then pitch


def read_sources(parameters: Parameters, root: Path = ROOT) -> tuple[Sources, list[Path]]:
    """Return the sources of a parameter file, and their files; prints which are resampled.

    Raises
    ------
    FileNotFoundError
        If the folder or files of a list do not exist.
    ValueError
        If there is no file, two have one name, one cannot be read or is silent, or it is shorter than a window.
    """
    paths = find_sources(parameters, root)
    read = [(read_played if is_midi(path) else _read_recorded)(path, parameters) for path in paths.values()]
    check_frames(max(len(source.samples) for source in read), parameters.stft, "sources.max_s")
    print_resampled([path for path in paths.values() if not is_midi(path)], parameters.stft.sample_rate_hz)
    notes = np.concatenate([source.notes for source in read])
    sources = Sources(
        names=np.array([*paths]),
        lowest_hz=np.array([source.pitches[0] for source in read]),
        highest_hz=np.array([source.pitches[1] for source in read]),
        samples=np.concatenate([source.samples for source in read]),
        ends=np.cumsum([len(source.samples) for source in read]),
        note_sources=np.repeat(np.arange(len(read)), [len(source.notes) for source in read]),
        note_starts_s=notes[:, 0],
        note_ends_s=notes[:, 1],
        note_pitches=notes[:, 2].astype(int),
    )
    return sources, [*paths.values()]


def find_sources(parameters: Parameters, root: Path = ROOT) -> dict[str, Path]:
    """Return the files of sources by their names without endings; errors as those of `read_sources`."""
    section = parameters.sources
    folder = music_path(section.folder, root)
    keys = {"folder_key": f"sources.folder={section.folder!r}", "files_key": "sources.files"}
    paths = find_files(folder, section.files, (*SOUND_ENDINGS, *MIDI_ENDINGS), **keys)
    if not paths:
        raise ValueError(f"sources.files={section.files!r}: finds neither sound nor MIDI in {folder}")
    by_name: dict[str, Path] = {}
    for path in paths:
        if (first := by_name.setdefault(nfc(path.stem).casefold(), path)) != path:
            raise ValueError(f"{path}: results are named after sources, and {first.name} has this name: rename one")
    return {nfc(path.stem): path for path in paths}


def _read_recorded(path: Path, parameters: Parameters) -> Source:
    rate_hz, window_samples = parameters.stft.sample_rate_hz, parameters.stft.window_samples
    samples = read_sound(path, sample_rate_hz=rate_hz, duration_s=parameters.sources.max_s)
    if len(samples) < window_samples:
        raise ValueError(f"{path}: {len(samples)} samples: must be at least {window_samples}, a window")
    check_sound(path, samples)
    return Source(samples, find_range([samples], rate_hz), np.zeros((0, 3)))


def read_played(path: Path, parameters: Parameters) -> Source:
    """Return the sound of the first notes of a MIDI file, from the first one on, played by one General MIDI program.

    Drums are left out, and what lies beyond `sources.max_s`. ValueError if there are no notes, or none sounds.
    """
    section = parameters.sources
    parts = [part for part in read_pretty_midi(path).instruments if not part.is_drum]
    notes = [note for part in parts for note in part.notes if note.end > note.start]
    notes = sorted(notes, key=lambda note: (note.start, note.pitch))
    notes = (melody_of(notes) if section.melody else notes)[: section.max_notes]
    if not notes:
        raise ValueError(f"{path}: contains no notes, other than of drums")
    first_s = notes[0].start
    notes = [note for note in notes if note.start - first_s < section.max_s]
    for note in notes:
        note.start, note.end = note.start - first_s, min(note.end - first_s, section.max_s)
    midi = pretty_midi.PrettyMIDI()
    midi.instruments.append(pretty_midi.Instrument(section.midi_program))
    midi.instruments[0].notes = notes
    try:
        samples = render(midi, sample_rate_hz=parameters.stft.sample_rate_hz)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    rows = np.array([(note.start, note.end, note.pitch) for note in notes])
    lowest_hz, highest_hz = pretty_midi.note_number_to_hz(np.sort(rows[:, 2])[[0, -1]])
    return Source(samples, (float(lowest_hz), float(highest_hz)), rows)


def melody_of(notes: Sequence[pretty_midi.Note]) -> list[pretty_midi.Note]:
    """Return the highest of the notes that begin at a time, each until the next begins; those below another are none.

    Notes are in order of time. Those returned are the very notes, of which the ends may be changed.
    """
    melody: list[pretty_midi.Note] = []
    for note in sorted(notes, key=lambda note: (note.start, -note.pitch)):
        before = melody[-1] if melody else None
        if before and note.start < before.end:
            if note.pitch < before.pitch or note.start == before.start:
                continue
            before.end = note.start
        melody.append(note)
    return melody
