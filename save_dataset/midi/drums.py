"""The corpus of the study `drums`: a collection of MIDI files as grids, and what of it cannot be used."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from pipeline.notes import BEATS_PER_BAR
from pipeline.parameters import ROOT
from pipeline.sections.symbolic import Grid
from pipeline.studies.drums import Parameters
from save_dataset.midi.collection import Entry, read_collection, table_of
from save_dataset.midi.corpus import NO_CHORD, Corpus
from save_dataset.midi.drum_grid import KINDS, to_grid
from save_dataset.midi.files import CACHE, MidiNotes, read_all

Piece = tuple[Entry, MidiNotes]


def read_drums(parameters: Parameters, root: Path = ROOT, show_progress: bool = False) -> tuple[Corpus, list[Path]]:
    """The grids of a collection, and the files they were made from, the table among them.

    What is left out or lost is told in a line for each reason.

    Raises
    ------
    ValueError
        If no file can be used; the message gives the reasons.
    """
    entries = read_collection(parameters.collection, root)
    notes, broken = read_all([entry.path for entry in entries], root / CACHE, show_progress=show_progress)
    pieces, reasons = [], {}
    for entry, each in zip(entries, notes, strict=True):
        if each is None:
            reasons[entry.name] = "broken"
        elif reason := _reason_to_leave_out(each, parameters.grid):
            reasons[entry.name] = reason
        else:
            pieces.append((entry, each))
    lines = tell_reasons(reasons, len(entries))
    if not pieces:
        raise ValueError(f"collection.folder={parameters.collection.folder!r}: nothing can be used; {'; '.join(lines)}")
    for line in lines:
        print(line)
    for entry in entries:
        if entry.path in broken:
            print(f"{entry.name}: {broken[entry.path]}")
    table = table_of(parameters.collection, root)
    return _to_corpus(pieces, parameters.grid), [*([table] if table else []), *(entry.path for entry, _ in pieces)]


def _reason_to_leave_out(notes: MidiNotes, grid: Grid) -> str | None:
    """Why a file cannot be used; None if it can. A file that tells no metre is in 4/4."""
    if not len(notes.pitches):
        return "without notes"
    if not notes.is_drum.any():
        return "no drum track"
    if (notes.time_signatures[:, :2] != BEATS_PER_BAR).any():  # a quarter note is a fourth of a bar, too
        return "not in 4/4"
    if not np.isin(notes.pitches[notes.is_drum], _all_pitches(grid)).any():
        return "no pitch of grid.drums"
    return None


def _all_pitches(grid: Grid) -> list[int]:
    """The pitches of all classes of drums."""
    return [pitch for pitches in grid.drums.values() for pitch in pitches]


def tell_reasons(reasons: Mapping[str, str], n_files: int) -> list[str]:
    """A line for each reason to leave out files, the first of which are named."""
    lines = []
    for reason in dict.fromkeys(reasons.values()):
        names = [name for name, why in reasons.items() if why == reason]
        lines.append(f"left out: {len(names)} of {n_files} files: {reason} ({_name_some(names)})")
    return lines


def _name_some(names: Iterable[object]) -> str:
    """The first names, and how many more there are."""
    first, second, *others = [*map(str, names), "", ""]
    n_more = len(others) - 2 if len(others) >= 2 else 0
    return ", ".join(filter(None, (first, second))) + (f", and {n_more} more" if n_more else "")


def _to_corpus(pieces: Iterable[Piece], grid: Grid) -> Corpus:
    """The grids of files one after the other; notes that are lost are told."""
    pieces = list(pieces)
    grids, counts = zip(*(to_grid(notes, grid.drums, grid.steps_per_bar) for _, notes in pieces), strict=True)
    tell_losses(pieces, counts, grid)
    steps = np.concatenate(grids)
    entries = [entry for entry, _ in pieces]
    return Corpus(
        steps=steps,
        starts=np.cumsum([0, *map(len, grids)]),
        names=np.array([entry.name for entry in entries]),
        labels=np.array([entry.label for entry in entries]),
        groups=np.array([entry.group for entry in entries]),
        splits=np.array([entry.split for entry in entries]),
        bpm=np.array([_tempo_of(entry, notes) for entry, notes in pieces]),
        channels=np.array([f"{kind} {drum}" for kind in KINDS for drum in grid.drums]),
        steps_per_beat=grid.steps_per_bar // BEATS_PER_BAR,
        steps_per_bar=grid.steps_per_bar,
        chords=np.full(len(steps), NO_CHORD, np.int16),
    )


def tell_losses(pieces: Iterable[Piece], counts: Iterable[Mapping[str, int]], grid: Grid) -> None:
    """Print how many notes are not in the grids."""
    counts = list(counts)
    total = {key: sum(each[key] for each in counts) for key in counts[0]}
    share = total["collisions"] / total["notes"]
    print(f"{total['notes']} notes, {total['collisions']} ({share:.1%}) lost to a louder one in the same step")
    if total["unknown_pitches"]:
        pitches = np.unique(np.concatenate([notes.pitches[notes.is_drum] for _, notes in pieces]))
        unknown = np.setdiff1d(pitches, _all_pitches(grid))
        print(f"left out: {total['unknown_pitches']} notes of pitches that grid.drums has not ({_name_some(unknown)})")


def _tempo_of(entry: Entry, notes: MidiNotes) -> float:
    """The tempo of a piece: as the table gives it, else the first of the file."""
    try:
        return float(entry.row.get("bpm", ""))
    except ValueError:
        return notes.tempo_bpm
