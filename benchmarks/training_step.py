"""A training step on 8 samples of the run RF: with a memory, and with all windows encoded, in one process.

Prints processor milliseconds a step (median), the ratio to the straightforward form of the tests, which encodes 47
windows of each sample, and the loss of the first step on the same samples with the same weights, dropout off; and what
a step of the run RPVW takes.
"""

import keras
import tensorflow as tf

from benchmarks.clock import time_steps
from benchmarks.inputs import read_clip
from models.conditioned_autoencoder import (
    PRESETS,
    build_conditioned_autoencoder,
    build_decoder,
    build_encoder,
    build_forecaster,
)
from pipeline.data_generator import samples
from pipeline.windows import Sample
from tests.straightforward import build_straightforward_autoencoder, straightforward_samples
from train_model.callbacks import RefillMemory

CLIP_WINDOWS = 45
N_STEPS = 60
WINDOW_FRAMES = {"half_second": 22, "two_seconds": 88}
ALPHA = {"alpha": 0.001}
WAYS = {
    "RF, encoded": ({"before": CLIP_WINDOWS - 1, "after": 1}, ALPHA),
    "RF, remembered": ({"after": 1, "remembered": CLIP_WINDOWS - 1}, ALPHA),
    "RPVW": (
        {"before": 2, "max_lag": 10},
        {"persistence": 0.003, "constant_velocity": 0.0005, "whiteness": 0.0001},
    ),
}


def main():
    frames = read_clip(__doc__)["frames"]
    for preset, window_frames in WINDOW_FRAMES.items():
        print(f"\n{preset}, windows of {window_frames} frames")
        gather, _ = straightforward_samples(frames, window_frames, CLIP_WINDOWS)
        of_rf = first_batch(frames, Sample(window_frames, **WAYS["RF, encoded"][0]))
        straightforward = build_straightforward_autoencoder(*parts(preset, window_frames, frames))
        reference_ms, loss = measure(straightforward, gather(of_rf["t"] - (CLIP_WINDOWS - 1)))
        print(f"straightforward   {reference_ms:6.1f} ms            loss {loss:.7f}")
        for name, (windows, weights) in WAYS.items():
            sample = Sample(window_frames, **windows)
            n_points = len(frames) - window_frames + 1
            model = build_conditioned_autoencoder(*parts(preset, window_frames, frames), sample, n_points, **weights)
            if sample.remembered:
                refill = RefillMemory(frames, window_frames)
                refill.set_model(model)
                refill.on_epoch_begin(0)
            milliseconds, loss = measure(model, first_batch(frames, sample))
            print(f"{name:16s}  {milliseconds:6.1f} ms   {reference_ms / milliseconds:4.1f}x    loss {loss:.7f}")


def first_batch(frames, sample):
    return next(iter(samples(frames, sample, samples_per_batch=8, seed=0, epoch=tf.Variable(0))))


def parts(preset, window_frames, frames):
    """Encoder, decoder and forecaster, the same weights every time."""
    keras.utils.set_random_seed(0)
    n_bins = frames.shape[1]
    return (
        build_encoder(window_frames, n_bins, 3, preset),
        build_decoder(window_frames, n_bins, 3, preset),
        build_forecaster(CLIP_WINDOWS, 3, PRESETS[preset].forecast_activation, dropout=0.0),
    )


def measure(model, batch):
    """Median processor milliseconds of a step, and the loss of the first one."""
    model.compile(keras.optimizers.Adam(1e-3))
    milliseconds, (first, _) = time_steps(model, batch, N_STEPS)
    return milliseconds, first


if __name__ == "__main__":
    main()
