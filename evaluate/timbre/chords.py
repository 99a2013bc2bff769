"""Whether chords keep their pitch classes."""

from dataclasses import dataclass
from itertools import pairwise

import librosa
import numpy as np

MIN_CHORD_S = 0.1
HOP_SAMPLES = 512  # of the chroma
N_OCTAVES = 6  # of the chroma, from C1 on


@dataclass(frozen=True)
class Chord:
    """Pitch classes that sound together for a while."""

    start_s: float
    end_s: float
    pitch_classes: frozenset[int]  # 0: C


def chords_of(starts_s: np.ndarray, ends_s: np.ndarray, pitches: np.ndarray) -> list[Chord]:
    """Return the chords of notes, all ``(n_notes,)``: a chord ends where a note begins or ends.

    What lasts no longer than `MIN_CHORD_S`, or has a single pitch class, is none.
    """
    chords = []
    for start_s, end_s in pairwise(np.unique([starts_s, ends_s])):
        sounding = pitches[(starts_s <= start_s) & (ends_s >= end_s)]
        chord = Chord(float(start_s), float(end_s), frozenset((sounding % 12).tolist()))
        if end_s - start_s > MIN_CHORD_S and len(chord.pitch_classes) > 1:
            chords.append(chord)
    return chords


def kept_fraction(samples: np.ndarray, chords: list[Chord], sample_rate_hz: int) -> float:
    """Return the fraction of the pitch classes of chords that the sound keeps; NaN if there are no chords.

    Kept is what is among the strongest of the mean chroma during the chord, as many as the chord has pitch classes.
    """
    if not chords:
        return np.nan
    chroma = librosa.feature.chroma_cqt(
        y=samples, sr=sample_rate_hz, hop_length=HOP_SAMPLES, n_octaves=N_OCTAVES, tuning=0.0, norm=None
    )
    times_s = HOP_SAMPLES / sample_rate_hz * np.arange(chroma.shape[1])
    n_kept = 0
    for chord in chords:
        mean = chroma[:, (times_s >= chord.start_s) & (times_s <= chord.end_s)].mean(axis=1)
        strongest = np.argsort(mean)[-len(chord.pitch_classes) :]
        n_kept += len(chord.pitch_classes.intersection(strongest.tolist()))
    return n_kept / sum(len(chord.pitch_classes) for chord in chords)
