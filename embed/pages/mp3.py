"""Sound small enough to lie in a page.

MP3 of constant bit rate: every browser plays it, and seeks in it to a frame of 26 ms, with a variable rate worse.
The file says how many samples the encoder added, so that decoders remove them: the sound is not shifted.
"""

import io

import librosa
import numpy as np
import soundfile

UNSHIFTED_RATES_HZ = (32000, 44100, 48000)  # at the lower rates of MP3 libsndfile leaves the encoder's delay in
OTHER_RATE_HZ = 44100
COMPRESSION = 0.83  # of libsndfile, 0 to 1: 80 kbit/s at 44.1 kHz


def encode_sound(
    samples: np.ndarray, sample_rate_hz: int, *, encoded_rate_hz: int | None = None, compression: float = COMPRESSION
) -> bytes:
    """Return mono samples ``(n_samples,)`` as MP3 of constant bit rate; samples beyond [-1, 1] scale all of them down.

    Parameters
    ----------
    encoded_rate_hz : int
        Rate of the MP3, one of `UNSHIFTED_RATES_HZ`; None: `sample_rate_hz` if it is one of them, else 44.1 kHz.
    compression : float
        Of libsndfile, 0 to 1; the default is 80 kbit/s at 44.1 kHz.
    """
    samples = samples.astype(np.float32)
    if encoded_rate_hz is None:
        encoded_rate_hz = sample_rate_hz if sample_rate_hz in UNSHIFTED_RATES_HZ else OTHER_RATE_HZ
    if sample_rate_hz != encoded_rate_hz:
        samples = librosa.resample(samples, orig_sr=sample_rate_hz, target_sr=encoded_rate_hz, res_type="soxr_hq")
    file = io.BytesIO()
    soundfile.write(
        file,
        samples / max(1.0, float(np.abs(samples).max())),
        encoded_rate_hz,
        format="MP3",
        subtype="MPEG_LAYER_III",
        bitrate_mode="CONSTANT",
        compression_level=compression,
    )
    return file.getvalue()
