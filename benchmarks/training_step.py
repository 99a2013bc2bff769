"""A training step on 8 samples: the fast form compared with the straightforward one, in one process.

Prints processor milliseconds a step (median), the ratio to the straightforward form, and the loss of both on the same
samples with the same weights, dropout off.
"""

import keras
import numpy as np
import tensorflow as tf

from benchmarks.clock import time_steps
from benchmarks.inputs import read_clip
from models.conditioned_autoencoder import (
    build_conditioned_autoencoder,
    build_decoder,
    build_encoder,
    build_forecaster,
)
from pipeline.windows import Stretch
from tests.straightforward import build_straightforward_autoencoder, straightforward_samples

CLIP_WINDOWS = 45
N_STEPS = 60
WINDOW_FRAMES = {"half_second": 22, "two_seconds": 88}


def main():
    frames = read_clip(__doc__)["frames"]
    for preset, window_frames in WINDOW_FRAMES.items():
        print(f"\n{preset}, windows of {window_frames} frames")
        stretch = Stretch(window_frames, history=CLIP_WINDOWS, future=1, n_samples=4)
        starts = stretch.starts(len(frames))[[0, -1]]
        fast_batch = np.stack([frames[start : start + stretch.n_frames] for start in starts])
        gather, _ = straightforward_samples(frames, window_frames, CLIP_WINDOWS)
        samples = gather(tf.constant((starts[:, None] + np.arange(4)).ravel(), tf.int32))
        reference_ms, reference_loss = measure(straightforward(preset, window_frames, frames), samples, False)
        print(f"straightforward   {reference_ms:6.1f} ms            loss {reference_loss:.7f}")
        for jit_compile in (False, True):
            milliseconds, loss = measure(fast(preset, stretch, frames), fast_batch, jit_compile)
            ratio = reference_ms / milliseconds
            name = "fast, compiled" if jit_compile else "fast"
            print(f"{name:16s}  {milliseconds:6.1f} ms   {ratio:4.1f}x    loss {loss:.7f}")


def parts(preset, window_frames, frames):
    """Encoder, decoder and forecaster, the same weights every time."""
    keras.utils.set_random_seed(0)
    n_bins = frames.shape[1]
    return (
        build_encoder(window_frames, n_bins, 3, preset),
        build_decoder(window_frames, n_bins, 3, preset),
        build_forecaster(CLIP_WINDOWS, 3, preset, dropout=0.0),
    )


def straightforward(preset, window_frames, frames):
    return build_straightforward_autoencoder(*parts(preset, window_frames, frames))


def fast(preset, stretch, frames):
    return build_conditioned_autoencoder(*parts(preset, stretch.window_frames, frames), stretch)


def measure(model, batch, jit_compile):
    """Median processor milliseconds of a step, and the loss of the first one."""
    model.compile(keras.optimizers.Adam(1e-3), jit_compile=jit_compile)
    milliseconds, (first, _) = time_steps(model, batch, N_STEPS)
    return milliseconds, first


if __name__ == "__main__":
    main()
