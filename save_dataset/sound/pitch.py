"""The pitch of a sound over time, by pYIN.

Pitches are a grid of 20 cents on which those of MIDI lie: half the steps take five times as long. They may leap from
one frame to the next: librosa's usual rate lets no leap of an octave pass, and of a melody of leaps a quarter of the
notes is found an octave or more too low.

References
----------
M. Mauch and S. Dixon, "pYIN: a fundamental frequency estimator using probabilistic threshold distributions", ICASSP
2014.
"""

import librosa
import numpy as np

RESOLUTION_SEMITONES = 0.2
PERIODS_PER_FRAME = 4  # of the lowest pitch: 2048 samples at 22050 Hz for 60 Hz


def track_pitch(
    samples: np.ndarray, *, sample_rate_hz: int, hop_samples: int, min_pitch_hz: float, max_pitch_hz: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the pitch in Hz of each frame, NaN where unvoiced, and the probability that it is voiced.

    Both are ``(1 + n_samples // hop_samples,)``. pYIN takes much of what is noise for voiced, at low probabilities.
    """
    lowest_hz = librosa.midi_to_hz(np.floor(librosa.hz_to_midi(min_pitch_hz)))
    highest_hz = min(max_pitch_hz, sample_rate_hz / 2)
    octaves = np.floor(12 * np.log2(highest_hz / lowest_hz)) / 12
    pitches_hz, _, probabilities = librosa.pyin(
        samples, sr=sample_rate_hz, fmin=lowest_hz, fmax=highest_hz, hop_length=hop_samples,
        frame_length=frame_samples(sample_rate_hz, min_pitch_hz),
        resolution=RESOLUTION_SEMITONES,
        max_transition_rate=octaves * sample_rate_hz / hop_samples,
    )  # fmt: skip
    return pitches_hz, probabilities


def frame_samples(sample_rate_hz: int, min_pitch_hz: float) -> int:
    """Return the length of the frames that pYIN looks at, a power of 2."""
    return 2 ** int(np.ceil(np.log2(PERIODS_PER_FRAME * sample_rate_hz / min_pitch_hz)))
