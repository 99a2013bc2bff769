"""The range of pitch of sounds, which is known before anything learns from them."""

from collections.abc import Sequence

import librosa
import numpy as np

from save_dataset.sound.pitch import track_pitch

PITCHES_HZ = (60.0, 4200.0)  # that are looked for, up to the highest key of a piano
HOP_S = 0.09  # coarse: a range needs no curve
MIN_PROBABILITY = 0.1  # of voicing; in noise and drums it is 0.01, and pYIN takes them for voiced nevertheless
PERCENTILES = (2, 98)  # of pitches: fewer are an octave off
TOLERANCE = 2 ** (1 / 24)  # half a semitone

Range = tuple[float, float]  # lowest and highest pitch in Hz, NaN if there is none


def find_range(pieces: Sequence[np.ndarray], sample_rate_hz: int) -> Range:
    """Return the range of pitch of a recording, or of notes, if there are several pieces.

    The pitches of a recording are those of its voiced frames; a note has one, their median. The lowest and highest 2 %
    do not count, since some are an octave off.
    """
    tracks = [voiced_pitches(piece, sample_rate_hz) for piece in pieces]
    voiced = [pitches for pitches in tracks if len(pitches)]
    if not voiced:
        return np.nan, np.nan
    pitches = voiced[0] if len(pieces) == 1 else [np.median(pitches) for pitches in voiced]
    lowest, highest = np.percentile(pitches, PERCENTILES)
    return float(lowest), float(highest)


def voiced_pitches(samples: np.ndarray, sample_rate_hz: int) -> np.ndarray:
    """Return the pitch in Hz of the voiced frames of a sound, ``(n_voiced,)``."""
    lowest_hz, highest_hz = PITCHES_HZ
    pitches_hz, probabilities = track_pitch(
        samples,
        sample_rate_hz=sample_rate_hz,
        hop_samples=round(HOP_S * sample_rate_hz),
        min_pitch_hz=lowest_hz,
        max_pitch_hz=min(highest_hz, sample_rate_hz / 4),
    )
    return pitches_hz[np.isfinite(pitches_hz) & (probabilities > MIN_PROBABILITY)]


def describe_range(pitches: Range) -> str:
    """Return a range in words.

    >>> describe_range((220.0, 415.3))
    'A3 to G#4 (220 to 415 Hz)'
    """
    if np.isnan(pitches).any():
        return "no pitch"
    lowest, highest = librosa.hz_to_note(pitches, unicode=False)
    return f"{lowest} to {highest} ({pitches[0]:.0f} to {pitches[1]:.0f} Hz)"


def reaches_beyond(pitches: Range, learned: Range) -> bool:
    """Whether a range has pitches more than half a semitone below or above another; never if one has none."""
    return pitches[0] * TOLERANCE < learned[0] or pitches[1] > learned[1] * TOLERANCE
