"""Scattering along time of a batch of clips of noise, compared with kymatio's NumPy form with its filters and paths.

A batch of 32 clips of 3 s at 22 050 Hz; kymatio's J = 9 and Q = 12, orders 0 to 2. kymatio transforms two of them, one
after the other, and its time is scaled to 32: as it subsamples by default, and at its full rate. Prints processor
seconds of the batch, the ratios, and how far the averages over time of one clip differ from those at kymatio's full
rate (as it subsamples, version 0.3.0 gives less, by factors of two); then what a batch costs
with our own filters, by kind. What compiling the graph takes is not counted.
"""

import keras
import numpy as np

from benchmarks.clock import median_seconds, timed
from models.scattering import JointScattering, SpiralScattering
from models.time_scattering import TimeScattering
from tests.kymatio_scattering import WithFilters, kymatio_scattering, pad_as_they_do

RATE_HZ = 22050
N_SAMPLES = 65536
BATCH_CLIPS = 32
KYMATIO_CLIPS = 2
J, Q = 9, 12
REPETITIONS = 3


def main():
    clips = np.random.default_rng(0).standard_normal((BATCH_CLIPS, N_SAMPLES)).astype(np.float32)
    theirs = kymatio_scattering(J=J, shape=N_SAMPLES, Q=Q, max_order=2)
    at_full_rate = kymatio_scattering(J=J, shape=N_SAMPLES, Q=Q, max_order=2, oversampling=J)
    layer = WithFilters(theirs)
    our_s, ours = measure(layer, pad_as_they_do(theirs, clips))
    print(f"{ours.shape[-1]} paths, {BATCH_CLIPS} clips of {N_SAMPLES / RATE_HZ:.2f} s")
    print(f"ours                    {our_s:7.2f} s")
    for name, transform in (("kymatio", theirs), ("kymatio, full rate", at_full_rate)):
        seconds, expected = timed(lambda some=transform: [some(clip) for clip in clips[:KYMATIO_CLIPS]])
        seconds *= BATCH_CLIPS / KYMATIO_CLIPS
        print(f"{name:23s} {seconds:7.2f} s   {seconds / our_s:.0f} times ours ({KYMATIO_CLIPS} clips, scaled)")
    first = theirs.pad_left * layer.n_frames // theirs._N_padded
    inside = slice(first, first + N_SAMPLES * layer.n_frames // theirs._N_padded)
    ours, expected = ours[0, inside].mean(axis=0), expected[0].mean(axis=-1)
    print(f"relative difference to the full rate {np.linalg.norm(ours - expected) / np.linalg.norm(expected):.1e}")
    for layer_class in (TimeScattering, JointScattering, SpiralScattering):
        seconds, paths = measure(layer_class(RATE_HZ), clips)
        print(f"{layer_class.__name__:23s} {seconds:7.2f} s   {paths.shape[-1]} paths, averaged over all time")


def measure(layer, clips):
    """Processor seconds of a batch, and what it gives."""
    model = keras.Sequential([keras.Input(clips.shape[1:]), layer])
    paths = model.predict_on_batch(clips)
    return median_seconds(lambda: model.predict_on_batch(clips), REPETITIONS), paths


if __name__ == "__main__":
    main()
