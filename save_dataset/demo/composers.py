"""Four invented composers of the demo's piano pieces: what each writes with.

A cell is half a bar of 4/4, the time a chord lasts, written as a step sequencer: one character is a sixteenth, `.` is a
rest, `-` holds the note before it. A digit is a degree of the scale above the root of the chord, `1` the root, `8` its
octave; `c` is the whole chord in close position. A phrase is 4 bars: eight chords, and eight cells for each voice.
"""

from collections.abc import Mapping
from dataclasses import dataclass

MELODY_ORDER = "abacabc"  # which of the drawn cells come in a phrase, before its cadence
ACCOMPANIMENT_ORDER = "aaabaab"


@dataclass(frozen=True)
class Voice:
    """What a voice plays; roots lie at most half an octave from `centre`, the tones of `c` from `chord_centre`."""

    centre: int
    cells: tuple[str, ...]  # from which those of a phrase are drawn
    cadence: str  # the last cell of each phrase
    loudness: int = 0  # added to written velocities
    order: str = MELODY_ORDER  # which of the drawn cells come when
    chord_centre: int = 60


@dataclass(frozen=True)
class Composer:
    """What a composer writes with."""

    voices: tuple[Voice, ...]
    bpm: tuple[int, int]  # from, to
    minor_fraction: float  # how often the mode is minor
    progressions: Mapping[str, tuple[str, ...]]  # of eight chords, for both modes


COMPOSERS = {
    "alba": Composer(  # a singing melody above broken chords
        voices=(
            Voice(70, ("5---3-1-", "1---2-3-", "8---5-3-", "3--45---", "5-432---", "3-3-4-5-"), "1---....", 6),
            Voice(52, ("1-5-3-5-", "1-3-5-3-"), "1-3-5---", -12, ACCOMPANIMENT_ORDER),
        ),
        bpm=(96, 132),
        minor_fraction=0.25,
        progressions={
            "major": ("I I V7 V7 V7 V7 I I", "I vi IV ii V7 V7 I I", "I I IV I V7 I V7 I", "IV IV I I V7 V7 I I"),
            "minor": ("i i V7 V7 iv i V7 i", "i VI iv iio V7 V7 i i"),
        },
    ),
    "bruno": Composer(  # two voices that run, in falling fifths
        voices=(
            Voice(71, ("12345345", "54323212", "35153515", "8-765-67", "83538353", "5---3-1-"), "3-2-1---", 4),
            Voice(48, ("1-3-5-3-", "1-8-5-3-", "1-2-3-1-", "13231323", "5-3-1-3-"), "1---1---", -4),
        ),
        bpm=(80, 104),
        minor_fraction=0.6,
        progressions={
            "major": ("I IV viio iii vi ii V7 I", "I V vi iii IV viio V7 I", "I ii viio I IV V/V V7 I"),
            "minor": ("i iv VII III VI ii%7 V7 i", "i V7 i iv VII III V7 i", "i viio7 i iv ii%7 V7 V7 i"),
        },
    ),
    "clara": Composer(  # a dotted dance over bass and chord in turn
        voices=(
            Voice(71, ("5--65-3-", "8--75---", "3--43---", "5--83--5", "9--85-3-", "5--4321-"), "1---....", 8),
            Voice(42, ("1---c---", "5---c---"), "1---c---", -10, ACCOMPANIMENT_ORDER, chord_centre=56),
        ),
        bpm=(108, 140),
        minor_fraction=0.7,
        progressions={
            "major": ("I I V/V V/V V7 V7 I I", "I IV I V7 vi ii7 V7 I", "I iii IV IV ii7 V7 I I"),
            "minor": ("i i iv iv V7 V7 i i", "i viio7 i V7 iv ii%7 V7 i", "VI VI III III ii%7 V7 i i"),
        },
    ),
    "dora": Composer(  # a hymn in blocks
        voices=(
            Voice(68, ("5-------", "3---5---", "5---4---", "8-------", "1---2---"), "1-------", 6),
            Voice(60, ("c-------", "c---c---"), "c-------", -4, ACCOMPANIMENT_ORDER, chord_centre=61),
            Voice(43, ("1-------", "1---3---", "1---5---", "1-2-3---"), "1-------", 0),
        ),
        bpm=(80, 92),
        minor_fraction=0.35,
        progressions={
            "major": ("I IV I V vi IV Vsus4 V", "I V vi iii IV I Vsus4 V", "vi IV I V ii vi Vsus4 I"),
            "minor": ("i VII VI VII i iv Vsus4 V", "i v VI III iv i Vsus4 i"),
        },
    ),
}
