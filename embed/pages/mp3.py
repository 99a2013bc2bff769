"""Sound small enough to lie in a page.

MP3 of constant bit rate: every browser plays it, and seeks in it to a frame of 26 ms, with a variable rate worse.
The file says how many samples the encoder added, so that decoders remove them: the sound is not shifted.
"""

import io

import av
import numpy as np

RATES_HZ = (32000, 44100, 48000)
OTHER_RATE_HZ = 44100
BITS_PER_S = 80_000
SAMPLES_AT_ONCE = 2**18
# A long sound is made smaller, so that an hour is 11 MB, and then no smaller: 8 kbit/s is no music
MAX_BYTES = 11_000_000
LOW_RATE_HZ = 24000
LOW_BITS_PER_S = (64_000, 56_000, 48_000, 40_000, 32_000, 24_000, 16_000)


def encode_sound(
    samples: np.ndarray, sample_rate_hz: int, *, encoded_rate_hz: int | None = None, bits_per_s: int = BITS_PER_S
) -> bytes:
    """Return mono samples ``(n_samples,)`` as MP3 of constant bit rate; samples beyond [-1, 1] scale all of them down.

    Parameters
    ----------
    encoded_rate_hz : int
        Rate of the MP3, one that MP3 has; None: `sample_rate_hz` if it is one of `RATES_HZ`, else 44.1 kHz.
    bits_per_s : int
        One that MP3 has at this rate.
    """
    if encoded_rate_hz is None:
        encoded_rate_hz = sample_rate_hz if sample_rate_hz in RATES_HZ else OTHER_RATE_HZ
    scale = np.float32(max(1.0, float(samples.max()), -float(samples.min())))
    file = io.BytesIO()
    with av.open(file, "w", format="mp3", options={"id3v2_version": "0"}) as container:
        stream = container.add_stream("libmp3lame", rate=encoded_rate_hz, layout="mono")
        stream.bit_rate = bits_per_s
        for first in range(0, len(samples), SAMPLES_AT_ONCE):
            block = samples[first : first + SAMPLES_AT_ONCE].astype(np.float32) / scale
            frame = av.AudioFrame.from_ndarray(block[None], format="fltp", layout="mono")
            frame.sample_rate, frame.pts = sample_rate_hz, first
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def rates_for(duration_s: float) -> tuple[int | None, int]:
    """Return `encoded_rate_hz` and `bits_per_s` for a sound of any length, as `encode_sound` takes them.

    Examples
    --------
    >>> rates_for(240.0), rates_for(3600.0)
    ((None, 80000), (24000, 24000))
    """
    affordable = 8 * MAX_BYTES / duration_s
    if affordable >= BITS_PER_S:
        return None, BITS_PER_S
    return LOW_RATE_HZ, next((bits for bits in LOW_BITS_PER_S if bits <= affordable), LOW_BITS_PER_S[-1])
