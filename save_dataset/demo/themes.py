"""Piano pieces in which themes come again, some of them transposed: every occurrence is known.

A piece has a key and three themes, each a melody over an accompaniment of its own. They come in the order of a form;
between them stand episodes, which are in other keys and never come again. Harmony is a walk from chord to chord that
ends with a cadence.
"""

from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from pretty_midi import PrettyMIDI

from pipeline.sections.recordings import ComposedThemes
from save_dataset.demo.harmony import CHORD_TYPES, CHORDS, OCTAVE, SCALES, TONICS, near
from save_dataset.midi.files import make_midi
from save_dataset.themes.recordings import Pattern

CHORD_BEATS = 2
GAP_BEATS = 0.05  # silence at the end of a note, so that the next one is struck anew
EPISODE = "."
FORMS = ("A.AB.BC.CABA", "AB.BA.CAC.BA", "ABA.C.BCA.AB")
EPISODE_BEATS = 8
THEME_BEATS = (16, 12, 8)  # of A, B, C
EPISODE_KEYS = (5, 7, 9, 2, 10)  # semitones above the key of the piece
MELODY_CENTRE, BASS_CENTRE, CHORD_CENTRE = 74, 46, 58
MELODY_RANGE = 9  # semitones up and down from its centre
MELODY_VELOCITY, BASS_VELOCITY, CHORD_VELOCITY = 96, 72, 60

NEXT = {  # chords that may follow, by mode
    "major": {"I": "IV vi ii iii V", "ii": "V V7 viio", "iii": "vi IV", "IV": "ii V I", "V": "vi I", "vi": "ii IV V/V"}
    | {"V/V": "V", "V7": "I vi", "viio": "I iii"},
    "minor": {"i": "iv VI III VII", "iv": "V VII i", "III": "VI iv", "V": "i VI", "VI": "iv III iio", "VII": "III i"}
    | {"iio": "V"},
}
RHYTHMS = ((1, 1), (0.5, 0.5, 1), (1, 0.5, 0.5), (1.5, 0.5), (0.5, 1, 0.5), (0.5, 0.5, 0.5, 0.5))  # of a chord
FIGURES = {  # onset and length in beats, and tone of the chord; 0 is the bass, 9 is the whole chord
    "blocks": ((0, 1, 0), (0, 1, 9), (1, 1, 9)),
    "broken": ((0, 0.5, 0), (0.5, 0.5, 3), (1, 0.5, 2), (1.5, 0.5, 3)),
    "bass and chord": ((0, 1, 0), (1, 0.5, 9), (1.5, 0.5, 9)),
    "rising": ((0, 0.5, 0), (0.5, 0.5, 1), (1, 0.5, 2), (1.5, 0.5, 3)),
}
EPISODE_FIGURES = (
    ((0, 2, 0), (0.5, 0.5, 3), (1, 1, 2)),
    ((0, 1.5, 0), (1, 1, 1), (1.5, 0.5, 0)),
    ((0, 2, 0), (1, 1, 9)),
)
STEPS = np.array([-2, -1, -1, -1, 1, 1, 1, 2, 3])  # of a melody, in tones of the scale


class Note(NamedTuple):
    """Onset and length in beats, MIDI pitch, velocity."""

    onset: float
    length: float
    pitch: int
    velocity: int


def compose_themes(composition: ComposedThemes) -> dict[str, tuple[PrettyMIDI, list[Pattern]]]:
    """Return all pieces by name, ``"piece_a"``, with their patterns; a piece stays the same when there are more."""
    pieces = {}
    for index in range(composition.n_pieces):
        rng = np.random.default_rng([composition.seed, index])
        form = FORMS[index % len(FORMS)]
        notes, patterns = _compose_piece(form, composition.transpositions, rng)
        pieces[f"piece_{chr(ord('a') + index)}"] = (_to_midi(notes, composition.bpm), patterns)
    return pieces


def _compose_piece(
    form: str, transpositions: tuple[int, ...], rng: np.random.Generator
) -> tuple[list[Note], list[Pattern]]:
    """Return the notes of a piece, and a pattern for each theme of its form."""
    key, mode = int(rng.integers(OCTAVE)), str(rng.choice(["major", "minor"]))
    figures = rng.permutation(sorted(FIGURES))
    themes = {
        name: _compose_section(key, mode, beats, FIGURES[figure], rng)
        for name, beats, figure in zip("ABC", THEME_BEATS, figures, strict=False)
    }
    notes: list[Note] = []
    occurrences: dict[str, list] = {name: [] for name in themes}
    shifts = _draw_transpositions(transpositions, len(form), rng)
    beat = 0
    for name in form:
        if name == EPISODE:
            episode_key, figure = key + int(rng.choice(EPISODE_KEYS)), int(rng.integers(len(EPISODE_FIGURES)))
            section = _compose_section(episode_key, mode, EPISODE_BEATS, EPISODE_FIGURES[figure], rng)
            beats = EPISODE_BEATS
        else:
            section, beats = themes[name], THEME_BEATS["ABC".index(name)]
            if occurrences[name]:
                shift = next(shifts)
                section = _ornament([note._replace(pitch=note.pitch + shift) for note in section], rng)
            occurrences[name].append([(beat + note.onset, float(note.pitch)) for note in section])
        notes += [note._replace(onset=beat + note.onset) for note in section]
        beat += beats
    return notes, [sorted(map(sorted, of_theme)) for of_theme in occurrences.values()]


def _draw_transpositions(transpositions: tuple[int, ...], n_returns: int, rng: np.random.Generator) -> Iterator[int]:
    """Draw by how much themes are transposed when they come again: all of the choice before one comes twice."""
    n_rounds = -(-n_returns // len(transpositions))
    return iter([int(shift) for _ in range(n_rounds) for shift in rng.permutation(transpositions)])


def _compose_section(key: int, mode: str, beats: int, figure: tuple, rng: np.random.Generator) -> list[Note]:
    """Compose a melody and its accompaniment, from beat 0 on, in order of time."""
    symbols = _walk(mode, beats // CHORD_BEATS, rng)
    notes = [*_accompaniment(symbols, key, mode, figure), *_melody(symbols, key, mode, rng)]
    return sorted({note[::2]: note for note in notes}.values())  # none is struck by both hands at once


def _walk(mode: str, n_chords: int, rng: np.random.Generator) -> list[str]:
    """Draw chords from the tonic to a cadence."""
    symbols = [TONICS[mode]]
    while len(symbols) < n_chords - 2:
        symbols.append(str(rng.choice(NEXT[mode][symbols[-1]].split())))
    return [*symbols, "V", TONICS[mode]]


def _melody(symbols: list[str], key: int, mode: str, rng: np.random.Generator) -> list[Note]:
    """Draw a tone of the chord where it changes, steps of the scale between; the last note is held."""
    scale = np.array([p for p in range(128) if (p - key) % OCTAVE in SCALES[mode]])
    pitch, notes = int(near(key, MELODY_CENTRE)) + int(rng.choice([0, 4, 7])), []
    for index, symbol in enumerate(symbols):
        rhythm = (CHORD_BEATS,) if index == len(symbols) - 1 else RHYTHMS[rng.integers(len(RHYTHMS))]
        for onset, length in zip(accumulate((0, *rhythm)), rhythm, strict=False):
            pitch = _nearest(_chord_pitches(symbol, key, mode), pitch) if onset == 0 else _step(scale, pitch, rng)
            notes.append(Note(index * CHORD_BEATS + onset, length, pitch, MELODY_VELOCITY))
    return notes


def _step(scale: np.ndarray, pitch: int, rng: np.random.Generator) -> int:
    """Draw the next tone of a melody: a step or two along the scale, back to its centre if it went too far."""
    step = int(rng.choice(STEPS))
    if abs(pitch - MELODY_CENTRE) > MELODY_RANGE:
        step = -abs(step) if pitch > MELODY_CENTRE else abs(step)
    return int(scale[int(np.argmin(np.abs(scale - pitch))) + step])


def _chord_pitches(symbol: str, key: int, mode: str) -> np.ndarray:
    root, chord_type = CHORDS[mode][symbol]
    names = [(key + root + tone) % OCTAVE for tone in CHORD_TYPES[chord_type][1]]
    return np.array([pitch for pitch in range(128) if pitch % OCTAVE in names])


def _nearest(pitches: np.ndarray, pitch: int) -> int:
    """Return the one of the pitches that is nearest, but not the same."""
    distance = np.abs(pitches - pitch).astype(float)
    return int(pitches[np.argmin(np.where(distance == 0, 2.5, distance))])


def _accompaniment(symbols: list[str], key: int, mode: str, figure: tuple) -> list[Note]:
    notes = []
    for index, symbol in enumerate(symbols):
        root, chord_type = CHORDS[mode][symbol]
        bass = near(key + root, BASS_CENTRE)
        chord = sorted(near(key + root + tone, CHORD_CENTRE) for tone in CHORD_TYPES[chord_type][1])[:3]
        for onset, length, tone in figure:
            pitches = chord if tone == 9 else [[bass, *chord][tone]]
            velocity = CHORD_VELOCITY if tone else BASS_VELOCITY
            notes += [Note(index * CHORD_BEATS + onset, length, int(pitch), velocity) for pitch in pitches]
    return notes


def _ornament(notes: list[Note], rng: np.random.Generator) -> list[Note]:
    """Return the same, every other time with a turn: a beat of melody becomes two notes, the second a tone higher."""
    beats = [index for index, note in enumerate(notes) if note.velocity == MELODY_VELOCITY and note.length == 1]
    if not beats or rng.random() < 0.5:
        return notes
    first = notes[int(rng.choice(beats))]._replace(length=0.5)
    turn = first._replace(onset=first.onset + 0.5, pitch=first.pitch + 2)
    others = [note for note in notes if note[::2] not in (first[::2], turn[::2])]
    return sorted([*others, first, turn])


def _to_midi(notes: list[Note], bpm: float) -> PrettyMIDI:
    beat_s = 60 / bpm
    ends_s = [(note.onset + note.length - GAP_BEATS) * beat_s for note in notes]
    rows = [(note.velocity, note.pitch, note.onset * beat_s, end_s) for note, end_s in zip(notes, ends_s, strict=True)]
    return make_midi(rows, bpm=bpm)
