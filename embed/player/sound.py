"""Sound small enough to lie in a page.

MP3 of constant bit rate: every browser plays it, and seeks in it to a frame of 26 ms, with a variable one to worse.
The file says how many samples the encoder added, so that decoders take them off: what is heard is not shifted.
"""

import io

import librosa
import numpy as np
import soundfile

UNSHIFTED_RATES_HZ = (32000, 44100, 48000)  # at the lower rates of MP3 libsndfile leaves the encoder's delay in
OTHER_RATE_HZ = 44100
COMPRESSION = 0.83  # of libsndfile, 0 to 1: 80 kbit/s at 44.1 kHz


def encode_sound(samples: np.ndarray, sample_rate_hz: int) -> bytes:
    """Mono samples as MP3 of constant bit rate, 80 kbit/s at 44.1 kHz.

    Other rates than 32, 44.1 and 48 kHz are resampled; samples beyond [-1, 1] make the whole quieter, not cut.

    Parameters
    ----------
    samples : np.ndarray (n_samples,)
        The sound.
    sample_rate_hz : int
        Its rate.
    """
    samples = samples.astype(np.float32)
    if sample_rate_hz not in UNSHIFTED_RATES_HZ:
        samples = librosa.resample(samples, orig_sr=sample_rate_hz, target_sr=OTHER_RATE_HZ, res_type="soxr_hq")
        sample_rate_hz = OTHER_RATE_HZ
    file = io.BytesIO()
    soundfile.write(
        file,
        samples / max(1.0, float(np.abs(samples).max())),
        sample_rate_hz,
        format="MP3",
        subtype="MPEG_LAYER_III",
        bitrate_mode="CONSTANT",
        compression_level=COMPRESSION,
    )
    return file.getvalue()
