"""Qualities of chords, and the classes they have: major chords on C to B, minor ones, any other.

Known are the chord types of the Digital and Cognitive Musicology Lab (MM7 is a major triad with a major seventh) and
Harte's notation: a shorthand, degrees in brackets, or both, as in ``maj7``, ``(1,b3,5)``, ``sus4(b7)``.

References
----------
Harte et al., "Symbolic representation of musical chords" (ISMIR 2005); Hentschel et al., "The Annotated Mozart Sonatas"
(TISMIR 2021).
"""

import re
from functools import cache

import numpy as np
from mir_eval import chord

from save_dataset.midi.corpus import NO_CHORD

MINOR, OTHER = 12, 24  # first minor class; the class of all other chords
DCML_MAJOR, DCML_MINOR = ("M", "Mm7", "MM7"), ("m", "mm7", "mM7")
DCML_OTHER = ("", "O", "o", "o7", "%", "%7", "+", "+7", "+M7", "It", "Ger", "Fr")
PITCH_CLASSES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
NO_CHORD_LABELS = ("N", "NC", "N.C.")
LABEL = re.compile(r"([A-G])([b#]*)(?::([^/()\s]*(?:\([^()]*\))?))?(?:/[b#]*\d+)?")  # root, quality, bass
QUALITY = re.compile(r"([^()]*)(?:\(([^()]*)\))?")  # shorthand, degrees
ALTERED_FIFTHS, NO_FIFTH = {"b5", "#5"}, "*5"  # degrees
SAME_TRIAD = {"6": "maj6", "maj11": "maj9", "aug7": "aug"}  # of Harte's shorthands that mir_eval has not
MINOR_THIRD, MAJOR_THIRD, TRITONE, FIFTH, SIXTH = 3, 4, 6, 7, 8  # semitones above the root


def class_of_type(root: int, quality: str) -> int | None:
    """Return the class of a chord with a chord type of the DCML, or else a quality of Harte's; None if not known."""
    if quality in DCML_OTHER:
        return OTHER
    if quality in (*DCML_MAJOR, *DCML_MINOR):
        return root + (MINOR if quality in DCML_MINOR else 0)
    return _class_of_quality(root, quality)


def class_of_label(label: str) -> int | None:
    """Return the class of a chord in Harte's notation, None if its quality is not known; ValueError if it is no chord.

    ``N`` is other, ``X`` is `NO_CHORD`.

    >>> class_of_label("F#:maj7/3"), class_of_label("A:(1,b3,5)"), class_of_label("N"), class_of_label("X")
    (6, 21, 24, -1)
    """
    if label in NO_CHORD_LABELS:
        return OTHER
    return NO_CHORD if label == "X" else _class_of_quality(*_split_label(label))


def _split_label(label: str) -> tuple[int, str]:
    """Return root and quality of a chord in Harte's notation; one without a quality is major."""
    match = LABEL.fullmatch(label)
    if not match:
        raise ValueError(f"{label!r}: must be a chord like C:maj7/3")
    letter, accidentals, quality = match.groups(default="")
    return (PITCH_CLASSES[letter] + accidentals.count("#") - accidentals.count("b")) % 12, quality or "maj"


def _class_of_quality(root: int, quality: str) -> int | None:
    """Return the class by the third; without one, or with a fifth that is diminished or augmented, it is other."""
    semitones = _semitones_of(quality)
    if semitones is None:
        return None
    third = MAJOR_THIRD if semitones[MAJOR_THIRD] else MINOR_THIRD
    is_altered = (semitones[TRITONE] or semitones[SIXTH]) and not semitones[FIFTH]
    if not semitones[third] or is_altered:
        return OTHER
    return root + (MINOR if third == MINOR_THIRD else 0)


@cache
def _semitones_of(quality: str) -> np.ndarray | None:
    """Return which semitones above the root a quality of Harte's has, ``(12,)``; None if it is not known.

    An altered fifth in brackets replaces that of the shorthand: ``min7(b5)``, unless 5 is there too.
    """
    match = QUALITY.fullmatch(quality)
    shorthand, degrees = match.groups(default="") if match else ("none", "")
    shorthand, added = shorthand.lower(), [degree.strip() for degree in degrees.split(",") if degree]
    if ALTERED_FIFTHS.intersection(added) and "5" not in added:
        added.append(NO_FIFTH)
    try:
        semitones = chord.quality_to_bitmap(SAME_TRIAD.get(shorthand, shorthand))
        for degree in added:
            semitones = semitones + chord.scale_degree_to_bitmap(degree)
    except chord.InvalidChordException:
        return None
    return semitones > 0
