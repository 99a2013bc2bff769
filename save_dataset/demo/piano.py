"""Piano pieces of four invented composers, of which every chord is known.

A piece has a key, a mode and a tempo of its own. It is made of two phrases of 4 bars, A and B, in the order A A B A
again and again; each has a progression of its composer's and a few of the composer's cells. The last chord is the
tonic's. Chords are given in the columns of ``<piece>.chords.csv``.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import cycle, groupby, islice
from typing import NamedTuple

import numpy as np
from pretty_midi import PrettyMIDI

from pipeline.sections.symbolic import Pieces
from save_dataset.demo.composers import COMPOSERS, Composer, Voice
from save_dataset.demo.harmony import CHORD_TYPES, CHORDS, OCTAVE, TONICS, near, scale_degrees
from save_dataset.demo.song import GAP_STEPS, read_steps
from save_dataset.midi.files import make_midi

BEAT_STEPS = 4
CELL_STEPS = 8
BAR_CELLS = 2
PHRASE_CELLS = 8
FORM = "AABA"
VELOCITY = 80
VELOCITY_STD = 3
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


def compose_piano(composition: Pieces) -> dict[str, tuple[PrettyMIDI, list[ChordSpan]]]:
    """Return all pieces by file name, ``"alba/alba_01.mid"``; a piece stays the same when there are more of them."""
    return {
        f"{name}/{name}_{piece + 1:02d}.mid": _compose_piece(
            composer, composition.bars, np.random.default_rng([composition.seed, index, piece])
        )
        for index, (name, composer) in enumerate(COMPOSERS.items())
        for piece in range(composition.pieces_per_composer)
    }


def _compose_piece(composer: Composer, bars: int, rng: np.random.Generator) -> tuple[PrettyMIDI, list[ChordSpan]]:
    tonic = int(rng.integers(OCTAVE))
    mode = "minor" if rng.random() < composer.minor_fraction else "major"
    bpm = int(rng.integers(*composer.bpm, endpoint=True))
    drawn = {letter: _draw_phrase(composer, mode, rng) for letter in sorted(set(FORM))}
    n_cells = bars * BAR_CELLS
    phrases = [drawn[letter] for letter in islice(cycle(FORM), -(-n_cells // PHRASE_CELLS))]
    symbols = [symbol for phrase in phrases for symbol in phrase.symbols][:n_cells]
    symbols[-1] = TONICS[mode]
    notes: list[tuple[int, int, int, int]] = []
    for index, voice in enumerate(composer.voices):
        cells = [cell for phrase in phrases for cell in phrase.cells[index]][:n_cells]
        notes += play_voice(voice, cells, symbols, tonic, mode)
    return to_midi(np.array(notes), bpm, rng), spans_of(symbols, tonic, mode)


def _draw_phrase(composer: Composer, mode: str, rng: np.random.Generator) -> Phrase:
    """Draw a phrase of a composer's; cells come in the order of each voice, the cadence last."""
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
    """Yield start and length in sixteenths, pitch and loudness of a voice's notes."""
    for index, (symbol, cell) in enumerate(zip(symbols, cells, strict=True)):
        root, chord_type = CHORDS[mode][symbol]
        degrees = near(tonic + root, voice.centre) + scale_degrees(symbol, mode)
        chord = [near(tonic + root + tone, voice.chord_centre) for tone in CHORD_TYPES[chord_type][1]]
        for start, n_steps, mark in read_steps(cell):
            for pitch in chord if mark == "c" else [int(degrees[int(mark) - 1])]:
                yield index * CELL_STEPS + start, n_steps, pitch, voice.loudness


def to_midi(notes: np.ndarray, bpm: int, rng: np.random.Generator) -> PrettyMIDI:
    """Return a piano playing notes, ``(n_notes, 4)``; of two that would sound on one key, the first ends early."""
    _, first = np.unique(notes[:, [2, 0]], axis=0, return_index=True)  # by pitch, then start; none is struck twice
    starts, lengths, pitches, loudness = notes[first].T
    ends = starts + lengths
    same_key = pitches[1:] == pitches[:-1]
    ends[:-1][same_key] = np.minimum(ends[:-1], starts[1:])[same_key]
    velocities = VELOCITY + loudness + ACCENTS[starts % len(ACCENTS)] + rng.normal(0, VELOCITY_STD, len(starts))
    velocities = np.clip(np.rint(velocities), 1, 127)
    step_s = 60 / bpm / BEAT_STEPS
    rows = zip(velocities, pitches, starts * step_s, (ends - GAP_STEPS) * step_s, strict=True)
    return make_midi(rows, bpm=bpm)


def spans_of(symbols: list[str], tonic: int, mode: str) -> list[ChordSpan]:
    """Return the chords of a piece; one that comes again at once is one span."""
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
    """Return what a file of chords holds."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(ChordSpan._fields)
    writer.writerows(spans)
    return text.getvalue()
