"""The chords of the demo's piano pieces, in major and minor, and the scale above each."""

import numpy as np

OCTAVE = 12
SCALES = {"major": np.array((0, 2, 4, 5, 7, 9, 11)), "minor": np.array((0, 2, 3, 5, 7, 8, 10))}
TONICS = {"major": "I", "minor": "i"}
CHORD_TYPES = {  # quality (major, minor, other) and semitones above the root
    "M": ("M", (0, 4, 7)),
    "m": ("m", (0, 3, 7)),
    "o": ("O", (0, 3, 6)),
    "sus4": ("O", (0, 5, 7)),
    "Mm7": ("M", (0, 4, 7, 10)),
    "mm7": ("m", (0, 3, 7, 10)),
    "%7": ("O", (0, 3, 6, 10)),
    "o7": ("O", (0, 3, 6, 9)),
}
DOMINANTS = {"V": (7, "M"), "V7": (7, "Mm7"), "Vsus4": (7, "sus4")}
CHORDS = {  # root in semitones above the tonic, and type
    "major": DOMINANTS
    | {"I": (0, "M"), "ii": (2, "m"), "ii7": (2, "mm7"), "V/V": (2, "M"), "iii": (4, "m"), "IV": (5, "M")}
    | {"vi": (9, "m"), "viio": (11, "o")},
    "minor": DOMINANTS
    | {"i": (0, "m"), "iio": (2, "o"), "ii%7": (2, "%7"), "III": (3, "M"), "iv": (5, "m"), "v": (7, "m")}
    | {"VI": (8, "M"), "VII": (10, "M"), "viio7": (11, "o7")},
}


def scale_degrees(symbol: str, mode: str) -> np.ndarray:
    """Return semitones above a chord's root of degrees 1 to 9: tones of the chord at 1, 3, 5, 7, of the scale between.

    >>> scale_degrees("V7", "minor")  # a raised third, a natural sixth
    array([ 0,  1,  4,  5,  7,  8, 10, 12, 13])
    """
    root, chord_type = CHORDS[mode][symbol]
    scale = np.concatenate([SCALES[mode], SCALES[mode] + OCTAVE])
    first = np.searchsorted(scale, root, side="right") - 1  # a raised root stands where the scale's own would
    steps = scale[first : first + 7] - root
    tones = CHORD_TYPES[chord_type][1]
    steps[0 : 2 * len(tones) : 2] = tones
    return np.append(steps, [OCTAVE, OCTAVE + steps[1]])


def near(pitch: int, centre: int) -> int:
    """Return the pitch of the same name that lies at most half an octave below `centre`, and less above.

    >>> near(6, 60), near(5, 60), near(100, 60)
    (54, 65, 64)
    """
    return centre + (pitch - centre + OCTAVE // 2) % OCTAVE - OCTAVE // 2
