"""A small song whose bars and sections are known: does an analysis find them?

A section is 4 bars of 4/4, written as a step sequencer: one character is a sixteenth, `.` is a rest, `-` holds the
note before it, blanks and bar lines are for the eye, and a pattern shorter than the section is repeated. Drums and
chords are struck at three strengths, `X`, `x` and `o`; the bass plays degrees above the root of the chord, the melody
degrees of D minor. A chord lasts half a bar. The last half bar of the drums is a fill.

Section A is in half time: kick, long bass note and long chord in the first half of its bar, snare and short notes in
the second, over a two-chord vamp. So its bar is a loop without a smaller loop in it.
"""

import re
from dataclasses import dataclass

import numpy as np
import pretty_midi

from pipeline.notes import BEATS_PER_BAR

SECTION_BARS = 4
BEAT_STEPS = 4
HALF_BAR_STEPS = BEATS_PER_BAR * BEAT_STEPS // 2
SECTION_STEPS = SECTION_BARS * BEATS_PER_BAR * BEAT_STEPS
GAP_STEPS = 0.1  # silence at the end of a note, so that the next one is struck anew

PARTS = {"drums": 0, "bass": 33, "chords": 4, "melody": 11}  # General MIDI programs
STRENGTHS = {"X": 112, "x": 88, "o": 56}  # velocities
CHORD_SOFTNESS = 20  # what chords have less of that
BASS_VELOCITY = 92
MELODY_VELOCITY = 72
MAX_VELOCITY_CHANGE = 5
BASS_SEMITONES = {"1": 0, "5": 7, "7": 10, "8": 12}
MELODY_PITCHES = dict(zip("123456789", (62, 64, 65, 67, 69, 70, 72, 74, 76), strict=True))

# The bass's root and four upper voices. In the progressions below no voice moves more than three semitones at a time.
CHORDS = {
    "Dm9": (38, (53, 57, 60, 64)),
    "G13": (31, (53, 57, 59, 64)),
    "A7b9": (33, (52, 55, 58, 61)),
    "Bbmaj9": (34, (53, 57, 60, 62)),
    "C13": (36, (52, 57, 58, 62)),
    "Am7": (33, (52, 55, 57, 60)),
    "Gm9": (31, (53, 57, 58, 62)),
    "Fmaj9": (29, (55, 57, 60, 64)),
}


@dataclass(frozen=True)
class Section:
    """What the parts play in 4 bars; drums by their General MIDI names."""

    chords: str
    strum: str
    bass: str
    melody: str
    drums: dict[str, str]
    fill: dict[str, str]


SECTIONS = {
    "A": Section(
        chords="Dm9 G13 Dm9 G13 Dm9 G13 Dm9 A7b9",
        strum="x------. ..x.o.x.",
        bass="1-----.. 8.1.5-7.",
        melody="........ ....5-7- | 8---.... ........ | ........ ....5-7- | 9---8--- 7---5---",
        drums={
            "Bass Drum 1": "X.....o. ........",
            "Acoustic Snare": "........ X......o",
            "Closed Hi Hat": "x.o.x.o. x.o.x.o.",
        },
        fill={"Acoustic Snare": "X..o....", "High Tom": "....xx..", "Low Tom": "......Xx"},
    ),
    "B": Section(
        chords="Bbmaj9 Bbmaj9 C13 C13 Am7 Am7 Gm9 A7b9",
        strum="x..x--.. x..x--..",
        bass="1.1.8.1. 1.5.8.5.",
        melody="8-----7- 5-----.. | 7-----5- 4-----.. | 5-----4- 2-----.. | 4---5--- 7---....",
        drums={
            "Bass Drum 1": "X..x..X. ..x..X..",
            "Acoustic Snare": "....X..o .o..X..o",
            "Closed Hi Hat": "xoxoxoxo xoxoxoxo",
        },
        fill={"Bass Drum 1": "X.......", "Acoustic Snare": "xoxo..X.", "Low-Mid Tom": "....xx.."},
    ),
    "C": Section(
        chords="Fmaj9 Fmaj9 Dm9 Dm9 Gm9 Gm9 C13 C13",
        strum="x-----.. ........",
        bass="..1-..1- ..1-5-8-",
        melody="5---7--- 9------- | 8---7--- 5------- | 4---5--- 7------- | 5---4--- 2-------",
        drums={
            "Bass Drum 1": "X...X... X...X...",
            "Hand Clap": "....x... ....x...",
            "Open Hi Hat": "..x...x. ..x...x.",
        },
        fill={"Bass Drum 1": "X...X...", "Hand Clap": "..x.x.xx"},
    ),
    "D": Section(
        chords="Gm9 Gm9 Bbmaj9 Bbmaj9 Am7 Am7 A7b9 A7b9",
        strum="x--x--x- ........",
        bass="1--1--5- 8--5--1-",
        melody="....5-4- 3---.... | ....5-4- 5---.... | ....7-5- 4---.... | ....5-4- 3---2---",
        drums={
            "Bass Drum 1": "X.....x. X.....x.",
            "Side Stick": "...x..x. ...x..x.",
            "Ride Cymbal 1": "x.o.x.o. x.o.x.o.",
        },
        fill={"High Tom": "x..x....", "Low-Mid Tom": ".x..x...", "Low Tom": "..x..xxX"},
    ),
}


def compose(form: str = "AABA", *, bpm: float = 120.0, seed: int = 0) -> pretty_midi.PrettyMIDI:
    """Return the song, one instrument per part, with a text marker at each section.

    A letter that comes again is played again note for note; the seed is that of small differences in velocity.
    ValueError if the form is not 1 to 16 letters from A to D, the tempo not 40 to 240, or the seed negative.
    """
    markers = zip(form, section_starts_s(form, bpm), strict=True)
    if seed < 0:
        raise ValueError(f"{seed=}: must be 0 or more")
    midi = pretty_midi.PrettyMIDI(initial_tempo=bpm)
    midi.time_signature_changes.append(pretty_midi.TimeSignature(4, 4, 0))
    midi.text_events = [pretty_midi.Text(letter, start_s) for letter, start_s in markers]
    step_s = 60 / bpm / BEAT_STEPS
    for part, program in PARTS.items():
        instrument = pretty_midi.Instrument(program, is_drum=part == "drums", name=part)
        for n_before, letter in enumerate(form):
            rng = np.random.default_rng([seed, ord(letter), program])  # the same draws when the letter comes again
            for start, n_steps, pitch, velocity in play(part, SECTIONS[letter]):
                velocity += int(rng.integers(-MAX_VELOCITY_CHANGE, MAX_VELOCITY_CHANGE, endpoint=True))
                start += n_before * SECTION_STEPS
                end = start + n_steps - GAP_STEPS
                instrument.notes.append(pretty_midi.Note(velocity, pitch, start * step_s, end * step_s))
        midi.instruments.append(instrument)
    return midi


def section_starts_s(form: str = "AABA", bpm: float = 120.0) -> np.ndarray:
    """Return the onsets of the sections in seconds, ``(n_sections,)``; raises as `compose` does."""
    if not re.fullmatch("[A-D]{1,16}", form):
        raise ValueError(f"{form=}: must be 1 to 16 letters from A to D")
    if not 40 <= bpm <= 240:
        raise ValueError(f"{bpm=}: must be 40 to 240")
    return np.arange(len(form)) * SECTION_BARS * BEATS_PER_BAR * 60 / bpm


def play(part: str, section: Section) -> list[tuple[int, int, int, int]]:
    """Return what a part plays in a section: start and length in sixteenths, pitch and velocity of each note."""
    chords = [CHORDS[name] for name in section.chords.split()]
    if part == "drums":
        return [
            (start, n_steps, pretty_midi.drum_name_to_note_number(drum), STRENGTHS[mark])
            for drum in section.drums | section.fill
            for start, n_steps, mark in read_steps(_drum_steps(section, drum))
        ]
    if part == "bass":
        return [
            (start, n_steps, chords[start // HALF_BAR_STEPS][0] + BASS_SEMITONES[mark], BASS_VELOCITY)
            for start, n_steps, mark in read_steps(unroll(section.bass))
        ]
    if part == "chords":
        return [
            (start, n_steps, pitch, STRENGTHS[mark] - CHORD_SOFTNESS)
            for start, n_steps, mark in read_steps(unroll(section.strum))
            for pitch in chords[start // HALF_BAR_STEPS][1]
        ]
    steps = read_steps(unroll(section.melody))
    return [(start, n_steps, MELODY_PITCHES[mark], MELODY_VELOCITY) for start, n_steps, mark in steps]


def _drum_steps(section: Section, drum: str) -> str:
    """Return a drum's groove, its last half bar replaced by the fill."""
    return unroll(section.drums.get(drum, "."))[:-HALF_BAR_STEPS] + section.fill.get(drum, HALF_BAR_STEPS * ".")


def unroll(pattern: str) -> str:
    """Return a pattern without blanks and bar lines, repeated to the length of a section."""
    steps = re.sub(r"[ |]", "", pattern)
    return steps * (SECTION_STEPS // len(steps))


def read_steps(steps: str) -> list[tuple[int, int, str]]:
    """Return start, length and mark of each note.

    >>> read_steps("x--.o...")
    [(0, 3, 'x'), (4, 1, 'o')]
    """
    return [(match.start(), len(match[0]), match[1]) for match in re.finditer(r"([^.-])-*", steps)]
