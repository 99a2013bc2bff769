"""The corpus of the study `piano`: the MIDI files of a collection as rolls or tokens, with their chord labels.

All metres are used; bars of the corpus have four quarter notes, whatever those of a piece are. With `step_s` a step is
a part of a second, and beats are nominal. Tokens have no chords. Where pitches are moved, chords move with them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from pipeline.notes import BEATS_PER_BAR
from pipeline.parameters import ROOT
from pipeline.sections.symbolic import Roll
from pipeline.studies.piano import Parameters
from save_dataset.midi import above_bass
from save_dataset.midi.above_bass import from_roll
from save_dataset.midi.chord_labels import (
    chords_per_step,
    convert_spans,
    find_labels,
    read_labels,
    transpose_chords,
)
from save_dataset.midi.collection import Entry, read_collection, table_of
from save_dataset.midi.corpus import NO_CHORD, Corpus
from save_dataset.midi.drums import tell_reasons
from save_dataset.midi.event_tokens import RELEASE, WAIT, from_numbers, to_numbers, to_tokens
from save_dataset.midi.files import CACHE, MidiNotes, read_all
from save_dataset.midi.piano_roll import channel_names, on_keys, to_roll, transpose_to

TOKENS_PER_BEAT = 4  # the paper's patterns are 4 tokens long
MIN_WAIT = WAIT + 1  # fills the last bar of tokens
TOKENS_BPM = 120.0  # tokens have times of their own
N_NAMED = 6  # labels whose pieces are told


def read_piano(parameters: Parameters, root: Path = ROOT, show_progress: bool = False) -> tuple[Corpus, list[Path]]:
    """The corpus, and the files it was made from: the table, MIDI, and chord labels.

    What is left out is told in a line for each reason.

    Raises
    ------
    ValueError
        If no file can be used, or a file of labels is broken.
    """
    roll = parameters.roll
    entries = read_collection(parameters.collection, root)
    parsed, broken = read_all([entry.path for entry in entries], root / CACHE, show_progress=show_progress)
    pieces = _choose(entries, parsed, broken, parameters.collection.folder)
    if roll.kind != "tokens":
        _tell_missing_keys(pieces)
    labels = [None if roll.kind == "tokens" else find_labels(entry.path) for entry, _ in pieces]
    raw = [table_of(parameters.collection, root), *(entry.path for entry, _ in pieces), *dict.fromkeys(labels)]
    return make_corpus(pieces, labels, roll), [path for path in raw if path]


def _choose(
    entries: Sequence[Entry], parsed: Sequence[MidiNotes | None], broken: Mapping[Path, str], folder: str
) -> list[tuple[Entry, MidiNotes]]:
    """The pieces that can be used; prints which cannot and why."""
    pieces, reasons = [], {}
    for entry, notes in zip(entries, parsed, strict=True):
        if notes is not None and not _why_not(notes):
            pieces.append((entry, notes))
        else:
            reasons[entry.name] = "broken" if notes is None else _why_not(notes)
    lines = tell_reasons(reasons, len(entries))
    if not pieces:
        raise ValueError(f"collection.folder={folder!r}: nothing can be used; {'; '.join(lines)}")
    for line in lines + [f"{entry.name}: {broken[entry.path]}" for entry in entries if entry.path in broken]:
        print(line)
    return pieces


def _why_not(notes: MidiNotes) -> str:
    """Why a piece cannot be used, empty if it can."""
    if not len(notes.pitches):
        return "without notes"
    if notes.is_drum.all():
        return "with drums only"
    return "" if on_keys(notes).any() else "without a note on a piano's keys"


def _tell_missing_keys(pieces: Sequence[tuple[Entry, MidiNotes]]) -> None:
    """Print how many notes no piano can play, if there are any."""
    n_notes = sum(int((~notes.is_drum).sum()) for _, notes in pieces)
    n_missing = n_notes - sum(int(on_keys(notes).sum()) for _, notes in pieces)
    if n_missing:
        print(f"left out: {n_missing} notes of {n_notes}: on no key of a piano")


def make_corpus(pieces: Sequence[tuple[Entry, MidiNotes]], labels: Sequence[Path | None], roll: Roll) -> Corpus:
    """The corpus of pieces, each with the file of its chord labels or None."""
    parts = [_piece_of(notes, label, roll) for (_, notes), label in zip(pieces, labels, strict=True)]
    entries = [entry for entry, _ in pieces]
    steps_per_beat = TOKENS_PER_BEAT if roll.kind == "tokens" else roll.steps_per_beat
    return Corpus(
        steps=np.concatenate([steps for steps, _ in parts], dtype=np.float32),
        starts=np.cumsum([0, *(len(steps) for steps, _ in parts)]),
        names=np.array([entry.name for entry in entries]),
        labels=np.array([entry.label for entry in entries]),
        groups=np.array([entry.group for entry in entries]),
        splits=np.array([entry.split for entry in entries]),
        bpm=np.array([_tempo_of(notes, roll) for _, notes in pieces]),
        channels=np.array(names_of(roll.kind)),
        steps_per_beat=steps_per_beat,
        steps_per_bar=BEATS_PER_BAR * steps_per_beat,
        chords=np.concatenate([chords for _, chords in parts]),
    )


def _piece_of(notes: MidiNotes, label: Path | None, roll: Roll) -> tuple[np.ndarray, np.ndarray]:
    """Steps and chords of a piece; keys are bool, a quarter of the memory, until they are joined."""
    if roll.kind == "tokens":
        tokens = to_tokens(notes)
        tokens = np.pad(tokens, (0, -len(tokens) % (BEATS_PER_BAR * TOKENS_PER_BEAT)), constant_values=MIN_WAIT)
        return to_numbers(tokens)[:, None], np.full(len(tokens), NO_CHORD, np.int16)
    in_beats, nominal_bar = roll.step_s is None, BEATS_PER_BAR * roll.steps_per_beat
    grid = {"steps_per_beat": roll.steps_per_beat} if in_beats else {"step_s": roll.step_s}
    kind = "onsets_frames" if roll.kind == "above_bass" else roll.kind
    steps = to_roll(notes, kind, **grid, steps_per_bar=nominal_bar)
    steps, shift = transpose_to(steps, roll.relative_to)
    view = from_roll(steps) if roll.kind == "above_bass" else steps.astype(bool)
    if label is None:
        return view, np.full(len(steps), NO_CHORD, np.int16)
    spans = convert_spans(read_labels(label), notes, in_beats)
    chords = chords_per_step(spans, len(steps), roll.steps_per_beat if roll.step_s is None else 1 / roll.step_s)
    return view, transpose_chords(chords, np.full(len(chords), shift))


def names_of(kind: str) -> list[str]:
    """Names of the channels of a kind of roll, or of tokens."""
    special = {"tokens": ["token"], "above_bass": above_bass.channel_names()}
    return special.get(kind) or channel_names(kind)


def describe(corpus: Corpus) -> str:
    """Pieces of each label, groups, chord labels and notes, in words."""
    counts = Counter(corpus.labels.tolist()).most_common()
    named = [f"{label or 'no label'} {count}" for label, count in counts[:N_NAMED]]
    each = ", ".join(named + [f"{len(counts) - N_NAMED} other labels"] * (len(counts) > N_NAMED))
    has_chords = np.maximum.reduceat(corpus.chords, corpus.starts[:-1]) > NO_CHORD
    return (
        f"{corpus.n_pieces} pieces ({each}) in {len(set(corpus.groups))} groups, {has_chords.sum()} with chord labels; "
        f"{len(corpus.steps)} steps, {count_notes(corpus)} notes"
    )


def count_notes(corpus: Corpus) -> int:
    """Onsets of a corpus; where there are only frames, their beginnings."""
    kinds = corpus.kinds()
    if "token" in kinds:
        return int((from_numbers(corpus.steps) < RELEASE).sum())
    for onsets in {"onset", "above_onset"} & {*kinds}:
        return int(np.count_nonzero(corpus.steps[:, kinds[onsets]]))
    firsts = [np.diff(corpus.piece(index), axis=0, prepend=0) > 0 for index in range(corpus.n_pieces)]
    return sum(int(each.sum()) for each in firsts)


def _tempo_of(notes: MidiNotes, roll: Roll) -> float:
    """Quarter notes a minute at which a piece is played back."""
    if roll.kind == "tokens":
        return TOKENS_BPM
    return notes.tempo_bpm if roll.step_s is None else 60 / (roll.step_s * roll.steps_per_beat)
