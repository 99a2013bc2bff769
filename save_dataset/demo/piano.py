"""Piano pieces of four invented composers, of which every chord is known.

A piece has a key, a mode and a tempo of its own. It is made of two phrases of 4 bars, A and B, in the order A A B A
again and again; each has a progression of its composer's and a few of the composer's cells. The last chord is the
tonic's. Chords are told in the columns of ``<piece>.chords.csv``.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import cycle, groupby, islice
from typing import NamedTuple

import numpy as np
import pretty_midi

from pipeline.sections.symbolic import Pieces
from save_dataset.demo.composers import COMPOSERS, Composer, Voice
from save_dataset.demo.harmony import CHORD_TYPES, CHORDS, OCTAVE, TONICS, ladder, near

BEAT_STEPS = 4
CELL_STEPS = 8
CELL_NOTE = re.compile(r"([^.-])-*")  # its mark, and what holds it
BAR_CELLS = 2
PHRASE_CELLS = 8
FORM = "AABA"
GAP_STEPS = 0.1  # silence at the end of a note, so that the next one is struck anew
VELOCITY = 80
VELOCITY_SPREAD = 3
ACCENTS = np.array([8, -4, -2, -4, 2, -4, -2, -4, 5, -4, -2, -4, 2, -4, -2, -4])  # added to velocities in a bar


class ChordSpan(NamedTuple):
    """A row of ``<piece>.chords.csv``: onset and length in quarter notes, root (0 is C), quality M, m or O."""

    onset_qb: float
    dur_qb: float
    root_pc: int
    quality: str
    chord_type: str
    label: str


class Phrase(NamedTuple):
    """Eight chords, and eight cells for each voice."""

    symbols: list[str]
    cells: list[list[str]]


def compose_piano(composition: Pieces) -> dict[str, tuple[pretty_midi.PrettyMIDI, list[ChordSpan]]]:
    """All pieces by file name, ``"alba/alba_01.mid"``; a piece stays the same when there are more of them."""
    return {
        f"{name}/{name}_{number + 1:02d}.mid": _compose_piece(
            composer, composition.bars, np.random.default_rng([composition.seed, index, number])
        )
        for index, (name, composer) in enumerate(COMPOSERS.items())
        for number in range(composition.pieces_per_composer)
    }


def _compose_piece(
    composer: Composer, bars: int, rng: np.random.Generator
) -> tuple[pretty_midi.PrettyMIDI, list[ChordSpan]]:
    """One piece and its chords."""
    tonic = int(rng.integers(OCTAVE))
    mode = "minor" if rng.random() < composer.minor_share else "major"
    bpm = int(rng.integers(*composer.bpm, endpoint=True))
    drawn = {letter: _draw_phrase(composer, mode, rng) for letter in sorted(set(FORM))}
    n_cells = bars * BAR_CELLS
    phrases = [drawn[letter] for letter in islice(cycle(FORM), -(-n_cells // PHRASE_CELLS))]
    symbols = [symbol for phrase in phrases for symbol in phrase.symbols][:n_cells]
    symbols[-1] = TONICS[mode]
    notes: list[tuple[int, int, int, int]] = []
    for number, voice in enumerate(composer.voices):
        cells = [cell for phrase in phrases for cell in phrase.cells[number]][:n_cells]
        notes += play_voice(voice, cells, symbols, tonic, mode)
    return to_midi(np.array(notes), bpm, rng), spans_of(symbols, tonic, mode)


def _draw_phrase(composer: Composer, mode: str, rng: np.random.Generator) -> Phrase:
    """A phrase of a composer's; cells come in the order of each voice, the cadence last."""
    symbols = str(rng.choice(composer.progressions[mode])).split()
    cells = []
    for voice in composer.voices:
        letters = sorted(set(voice.order))
        drawn = dict(zip(letters, rng.choice(voice.cells, len(letters), replace=False), strict=True))
        cells.append([*(str(drawn[letter]) for letter in voice.order), voice.cadence])
    return Phrase(symbols, cells)


def play_voice(
    voice: Voice, cells: list[str], symbols: list[str], tonic: int, mode: str
) -> Iterator[tuple[int, int, int, int]]:
    """Start and length in sixteenths, pitch and loudness of a voice's notes."""
    for number, (symbol, cell) in enumerate(zip(symbols, cells, strict=True)):
        root, chord_type = CHORDS[mode][symbol]
        degrees = near(tonic + root, voice.centre) + ladder(symbol, mode)
        chord = [near(tonic + root + tone, voice.chord_centre) for tone in CHORD_TYPES[chord_type][1]]
        for note in CELL_NOTE.finditer(cell):
            for pitch in chord if note[1] == "c" else [int(degrees[int(note[1]) - 1])]:
                yield number * CELL_STEPS + note.start(), len(note[0]), pitch, voice.loudness


def to_midi(notes: np.ndarray, bpm: int, rng: np.random.Generator) -> pretty_midi.PrettyMIDI:
    """A piano playing notes, ``(n_notes, 4)``; of two that would sound on one key, the first ends for the second."""
    _, first = np.unique(notes[:, [2, 0]], axis=0, return_index=True)  # by pitch, then start; none is struck twice
    starts, lengths, pitches, loudness = notes[first].T
    ends = starts + lengths
    same_key = pitches[1:] == pitches[:-1]
    ends[:-1][same_key] = np.minimum(ends[:-1], starts[1:])[same_key]
    velocities = VELOCITY + loudness + ACCENTS[starts % len(ACCENTS)] + rng.normal(0, VELOCITY_SPREAD, len(starts))
    velocities = np.clip(np.rint(velocities), 1, 127).astype(int)
    step_s = 60 / bpm / BEAT_STEPS
    midi = pretty_midi.PrettyMIDI(initial_tempo=bpm)
    midi.time_signature_changes.append(pretty_midi.TimeSignature(4, 4, 0))
    piano = pretty_midi.Instrument(0, name="piano")
    columns = velocities.tolist(), pitches.tolist(), (starts * step_s).tolist(), ((ends - GAP_STEPS) * step_s).tolist()
    piano.notes = [pretty_midi.Note(*row) for row in zip(*columns, strict=True)]
    midi.instruments.append(piano)
    return midi


def spans_of(symbols: list[str], tonic: int, mode: str) -> list[ChordSpan]:
    """The chords of a piece; one that comes again at once is one span."""
    spans, onset_cells = [], 0
    beats = CELL_STEPS / BEAT_STEPS
    for symbol, again in groupby(symbols):
        n_cells = len(list(again))
        root, chord_type = CHORDS[mode][symbol]
        quality = CHORD_TYPES[chord_type][0]
        root_pc = (tonic + root) % OCTAVE
        spans.append(ChordSpan(onset_cells * beats, n_cells * beats, root_pc, quality, chord_type, symbol))
        onset_cells += n_cells
    return spans


def to_csv(spans: Iterable[ChordSpan]) -> str:
    """What a file of chords holds."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(ChordSpan._fields)
    writer.writerows(spans)
    return text.getvalue()
