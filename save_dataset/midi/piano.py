"""The corpus of the study `piano`: the MIDI files of a collection as rolls or tokens, with their chord labels.

All metres are used; bars of the corpus have four quarter notes, whatever those of a piece are. With `step_s` a step is
a part of a second, and beats are nominal. Tokens have no chords. Where pitches are transposed, so are chords.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from pipeline.notes import BEATS_PER_BAR
from pipeline.packed_steps import pack
from pipeline.parameters import ROOT
from pipeline.sections.symbolic import Roll
from pipeline.studies.piano import Parameters
from save_dataset.files import list_names, name_some
from save_dataset.midi import above_bass
from save_dataset.midi.chord_labels import (
    ChordSpans,
    chords_per_step,
    convert_spans,
    find_labels,
    read_labels,
    transpose_chords,
)
from save_dataset.midi.corpus import NO_CHORD, Corpus
from save_dataset.midi.event_tokens import RELEASE, WAIT, from_numbers, to_numbers, to_tokens
from save_dataset.midi.files import MidiNotes
from save_dataset.midi.piano_roll import channel_names, on_keys, to_roll, transpose_to
from save_dataset.midi.reading import Piece, join_pieces, read_pieces

TOKENS_PER_BEAT = 4  # the paper's patterns are 4 tokens long
MIN_WAIT = WAIT + 1  # fills the last bar of tokens
TOKENS_BPM = 120.0  # tokens have times of their own
N_NAMED = 6  # labels whose pieces are counted


def read_piano(parameters: Parameters, root: Path = ROOT, show_progress: bool = False) -> tuple[Corpus, list[Path]]:
    """Return the corpus, and the files it was made from: the table, MIDI, and chord labels; print what is left out."""
    roll = parameters.roll
    pieces, paths = read_pieces(parameters.collection, _why_not, partial(_count_steps, roll), root, show_progress)
    labels = [None] * len(pieces) if roll.kind == "tokens" else _find_labels([entry.path for entry, _ in pieces])
    if roll.kind != "tokens":
        _print_missing_keys(pieces)
    spans = {path: read_labels(path) for path in dict.fromkeys(labels) if path}
    _print_unknown(spans)
    parts = [
        _piece_of(notes, spans[label] if label else None, roll)
        for (_, notes), label in zip(pieces, labels, strict=True)
    ]
    corpus = join_pieces(
        pieces, [steps for steps, _ in parts],
        bpm=[_tempo_of(notes, roll) for _, notes in pieces],
        channels=names_of(roll.kind),
        steps_per_beat=TOKENS_PER_BEAT if roll.kind == "tokens" else roll.steps_per_beat,
        chords=[chords for _, chords in parts],
    )  # fmt: skip
    return corpus, [*paths, *spans]


def _find_labels(paths: Sequence[Path]) -> list[Path | None]:
    """Return the file with the chord labels of each piece; a folder is listed once."""
    listings = {folder: list_names(folder) for folder in {path.parent for path in paths}}
    return [find_labels(path, listings[path.parent]) for path in paths]


def _why_not(notes: MidiNotes) -> str:
    if not len(notes.pitches):
        return "without notes"
    if notes.is_drum.all():
        return "with drums only"
    return "" if on_keys(notes).any() else "without a note on a piano's keys"


def _count_steps(roll: Roll, notes: MidiNotes) -> float:
    if roll.step_s is not None:
        return float(notes.ends_s.max() / roll.step_s)
    return float(notes.ends_beats.max() * roll.steps_per_beat)  # of tokens there are no more, but for pieces of seconds


def _print_missing_keys(pieces: Sequence[Piece]) -> None:
    n_notes = sum(int((~notes.is_drum).sum()) for _, notes in pieces)
    n_missing = n_notes - sum(int(on_keys(notes).sum()) for _, notes in pieces)
    if n_missing:
        print(f"left out: {n_missing} notes of {n_notes}: on no key of a piano")


def _print_unknown(spans: Mapping[Path, ChordSpans]) -> None:
    """Print which qualities of chords are not known, how often, and in which files."""
    counts = Counter(quality for of_file in spans.values() for quality in of_file.unknown)
    if counts:
        named = name_some(f"{quality} {count}" for quality, count in counts.most_common())
        files = name_some(f"{path.parent.name}/{path.name}" for path, of_file in spans.items() if of_file.unknown)
        print(f"{counts.total()} chords count as other: their qualities are not known ({named}; in {files})")


def _piece_of(notes: MidiNotes, spans: ChordSpans | None, roll: Roll) -> tuple[np.ndarray, np.ndarray]:
    """Return steps and chords of a piece; what is on is packed."""
    if roll.kind == "tokens":
        tokens = to_tokens(notes)
        tokens = np.pad(tokens, (0, -len(tokens) % (BEATS_PER_BAR * TOKENS_PER_BEAT)), constant_values=MIN_WAIT)
        return to_numbers(tokens)[:, None].astype(np.float32), np.full(len(tokens), NO_CHORD, np.int16)
    in_beats = roll.step_s is None
    grid = {"steps_per_beat": roll.steps_per_beat} if in_beats else {"step_s": roll.step_s}
    kind = "onsets_frames" if roll.kind == "above_bass" else roll.kind
    steps = to_roll(notes, kind, **grid, steps_per_bar=BEATS_PER_BAR * roll.steps_per_beat)
    steps, shift = transpose_to(steps, roll.relative_to)
    view = pack(above_bass.from_roll(steps) if roll.kind == "above_bass" else steps)
    if spans is None:
        return view, np.full(len(steps), NO_CHORD, np.int16)
    spans = convert_spans(spans, notes, in_beats)
    chords = chords_per_step(spans, len(steps), roll.steps_per_beat if roll.step_s is None else 1 / roll.step_s)
    return view, transpose_chords(chords, np.full(len(chords), shift))


def names_of(kind: str) -> list[str]:
    """Return the names of the channels of a kind of roll, or of tokens."""
    special = {"tokens": ["token"], "above_bass": above_bass.channel_names()}
    return special.get(kind) or channel_names(kind)


def describe(corpus: Corpus) -> str:
    """Return pieces of each label, groups, chord labels and notes, in words."""
    counts = Counter(corpus.labels.tolist()).most_common()
    named = [f"{label or 'no label'} {count}" for label, count in counts[:N_NAMED]]
    labels = ", ".join(named + [f"{len(counts) - N_NAMED} other labels"] * (len(counts) > N_NAMED))
    has_chords = np.maximum.reduceat(corpus.chords, corpus.starts[:-1]) > NO_CHORD
    return (
        f"{corpus.n_pieces} pieces ({labels}) in {len(set(corpus.groups))} groups, "
        f"{has_chords.sum()} with chord labels; {len(corpus.steps)} steps, {count_notes(corpus)} notes"
    )


def count_notes(corpus: Corpus) -> int:
    """Count the onsets of a corpus; where there are only frames, their beginnings."""
    kinds = corpus.kinds()
    if "token" in kinds:
        return int((from_numbers(np.asarray(corpus.steps)) < RELEASE).sum())
    pieces = map(corpus.piece, range(corpus.n_pieces))
    for onsets in {"onset", "above_onset"} & {*kinds}:
        return sum(int(np.count_nonzero(piece[:, kinds[onsets]])) for piece in pieces)
    return sum(int((np.diff(piece, axis=0, prepend=0) > 0).sum()) for piece in pieces)


def _tempo_of(notes: MidiNotes, roll: Roll) -> float:
    if roll.kind == "tokens":
        return TOKENS_BPM
    return notes.tempo_bpm if roll.step_s is None else 60 / (roll.step_s * roll.steps_per_beat)
