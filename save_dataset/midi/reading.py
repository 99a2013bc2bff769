"""Reading a collection of MIDI: the pieces that can be used, why the others cannot, and all in one corpus."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from pipeline.notes import BEATS_PER_BAR
from pipeline.parameters import ROOT
from pipeline.sections.symbolic import Collection
from save_dataset.files import name_some
from save_dataset.midi.collection import Entry, read_collection
from save_dataset.midi.collection_table import table_of
from save_dataset.midi.corpus import NO_CHORD, Corpus, unpacked_by
from save_dataset.midi.files import CACHE, MidiNotes, read_all

MAX_PIECE_STEPS = 1_000_000  # more than a day at 4 steps a beat: two notes may be years apart
MAX_STEPS = 10_000_000  # 220 MB of piano rolls, of which the steps after this one unpack a part

Piece = tuple[Entry, MidiNotes]


def read_pieces(
    collection: Collection, why_not: Callable[[MidiNotes], str], count_steps: Callable[[MidiNotes], float],
    root: Path = ROOT, show_progress: bool = False,
) -> tuple[list[Piece], list[Path]]:  # fmt: skip
    """Return the pieces that can be used, and their files, the table first; print which others there are and why.

    Parameters
    ----------
    why_not : callable
        Says why a file that was parsed cannot be used; empty if it can.
    count_steps : callable
        Says how long a file is, before it is made; one of more than a million steps cannot be used.

    Raises
    ------
    ValueError
        If no file can be used; the message gives the reasons. If all together are too long.
    """
    entries = read_collection(collection, root)
    parsed, broken = read_all([entry.path for entry in entries], root / CACHE, show_progress=show_progress)
    pieces: list[Piece] = []
    left_out: dict[str, list[str]] = {}
    for entry, notes in zip(entries, parsed, strict=True):
        if notes is None or (reason := why_not(notes) or _why_too_long(count_steps(notes))):
            left_out.setdefault("broken" if notes is None else reason, []).append(entry.name)
        else:
            pieces.append((entry, notes))
    lines = [
        f"left out: {len(names)} of {len(entries)} files: {reason} ({name_some(names)})"
        for reason, names in left_out.items()
    ]
    if not pieces:
        raise ValueError(f"collection.folder={collection.folder!r}: nothing can be used; {'; '.join(lines)}")
    if (n_steps := sum(count_steps(notes) for _, notes in pieces)) > MAX_STEPS:
        raise ValueError(
            f"collection.folder={collection.folder!r}: {n_steps:.0f} steps are more than {MAX_STEPS}; "
            "use fewer files, or a coarser grid"
        )
    for line in lines + [f"{entry.name}: {broken[entry.path]}" for entry in entries if entry.path in broken]:
        print(line)
    print_mended({entry.name: notes for entry, notes in pieces})
    table = table_of(collection, root)
    return pieces, [*([table] if table else []), *(entry.path for entry, _ in pieces)]


def _why_too_long(n_steps: float) -> str:
    return f"longer than {MAX_PIECE_STEPS} steps" if n_steps > MAX_PIECE_STEPS else ""


def print_mended(notes_by_name: Mapping[str, MidiNotes]) -> None:
    """Print what was mended in files and left out of them, a line for each kind of thing."""
    names = defaultdict(list)  # of the files, as often as there is a remark
    for name, notes in notes_by_name.items():
        for remark in notes.remarks.tolist():
            names[remark].append(name)
    for remark, of_files in names.items():
        text = remark.format(n=len(of_files), s="s" * (len(of_files) > 1))
        print(f"{text} ({name_some(dict.fromkeys(of_files))})")


def join_pieces(
    pieces: Sequence[Piece], steps: Sequence[np.ndarray], *, bpm: Sequence[float], channels: Sequence[str],
    steps_per_beat: int, chords: Sequence[np.ndarray] | None = None,
) -> Corpus:  # fmt: skip
    """Return the corpus of pieces with these steps, ``(n_steps, n_channels)``, and chords, ``(n_steps,)``, each.

    Steps are float32, or bits as from `pipeline.packed_steps.pack`.
    """
    entries = [entry for entry, _ in pieces]
    joined = np.concatenate(steps)
    return Corpus(
        steps=unpacked_by(np.array(channels), joined),
        starts=np.cumsum([0, *map(len, steps)]),
        names=np.array([entry.name for entry in entries]),
        labels=np.array([entry.label for entry in entries]),
        groups=np.array([entry.group for entry in entries]),
        splits=np.array([entry.split for entry in entries]),
        bpm=np.array(bpm),
        channels=np.array(channels),
        steps_per_beat=steps_per_beat,
        steps_per_bar=BEATS_PER_BAR * steps_per_beat,
        chords=np.full(len(joined), NO_CHORD, np.int16) if chords is None else np.concatenate(chords),
    )
