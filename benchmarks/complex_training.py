"""Training the complex autoencoder, with making of pairs, compared with the straightforward form, in one process.

The straightforward form has two kernels, phases by arctangent, sine and cosine, and pairs made one by one in NumPy.
Sizes are the paper's: 256 bases of patches of 32 frames of 120 bins, 128 of windows of 512 samples. Prints pairs a
processor second and the ratio, for one and for two threads, on random music.
"""

import argparse
import itertools
import subprocess
import sys

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from benchmarks.clock import timed
from models.complex_autoencoder import ComplexAutoencoder
from pipeline.data_generator import pairs
from pipeline.pairs import PatchPairs, WindowPairs

N_BINS, PATCH_FRAMES, WINDOW_SAMPLES = 120, 32, 512
SIZES = {"themes": (256, 1000, 0.5, 1), "signal": (128, 500, 0.0, 2)}  # bases, pairs in a batch, dropout, power


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, help="measure with this number only, in this process")
    parser.add_argument("--batches", type=int, default=10, help="that are timed")
    arguments = parser.parse_args()
    threads, n_batches = arguments.threads, arguments.batches
    if not threads:
        for words in (["--threads", "1"], ["--threads", "2"]):
            module = ["-m", "benchmarks.complex_training", "--batches", str(n_batches)]
            subprocess.run([sys.executable, *module, *words], check=True)
        return
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    for study in SIZES:
        compare(study, threads, n_batches)


def compare(study, threads, n_batches):
    """Print pairs a second of each form."""
    n_bases, batch_pairs, dropout, power = SIZES[study]
    print(f"\n{study}: {n_bases} bases, batches of {batch_pairs}, dropout {dropout}, threads: {threads}")
    maker, make_one = makers(study)
    epoch = tf.Variable(0)
    ours = pairs(maker, n_batches * batch_pairs, pairs_per_batch=batch_pairs, seed=0, epoch=epoch)
    theirs = tf.data.Dataset.from_generator(
        lambda: (make_one() for _ in itertools.count()), output_signature=tf.TensorSpec((2, maker.n_values), tf.float32)
    ).batch(batch_pairs)
    slow = measure(build_straightforward(maker.n_values, n_bases, dropout, power), theirs, batch_pairs, n_batches)
    print(f"{'straightforward':15s} {slow:6.0f} pairs/s")
    for jit_compile in (False, True) if not dropout else (False,):  # as the training does it
        autoencoder = ComplexAutoencoder(maker.n_values, n_bases, dropout=dropout, power=power)
        fast = measure(autoencoder, ours, batch_pairs, n_batches, jit_compile)
        print(f"{'ours, compiled' if jit_compile else 'ours':15s} {fast:6.0f} pairs/s {fast / slow:5.1f}x")


def makers(study):
    """Our maker of pairs, and a function that makes one pair after the other, of the same music."""
    rng = np.random.default_rng(0)
    if study == "signal":
        samples = rng.normal(size=10**6).astype(np.float32)
        maker = WindowPairs(samples, np.array([[0, len(samples)]]), WINDOW_SAMPLES, shift_samples=64)
        return maker, lambda: window_pair(samples, rng)
    frames = rng.normal(size=(5000, N_BINS)).astype(np.float32)
    shifts = {"pitch_shift_bins": 24, "time_shift_frames": 12}
    maker = PatchPairs(frames, np.array([[0, len(frames)]]), PATCH_FRAMES, **shifts)
    return maker, lambda: patch_pair(frames, rng)


def patch_pair(frames, rng):
    """Two patches, shifted in pitch or in time."""
    start = rng.integers(12, len(frames) - PATCH_FRAMES - 12)
    x = frames[start : start + PATCH_FRAMES]
    if rng.integers(2):
        bins = rng.integers(-24, 25)
        y = np.full_like(x, x.min())
        y[:, max(bins, 0) : N_BINS + min(bins, 0)] = x[:, max(-bins, 0) : N_BINS - max(bins, 0)]
    else:
        other = start + rng.integers(-12, 13)
        y = frames[other : other + PATCH_FRAMES]
    return np.stack([standardised(patch.ravel(), 0.1) for patch in (x, y)])


def window_pair(samples, rng):
    """Two windows, shifted in time."""
    start = rng.integers(64, len(samples) - WINDOW_SAMPLES - 64)
    starts = start, start + rng.integers(-64, 65)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW_SAMPLES) / WINDOW_SAMPLES)
    return np.stack([standardised(samples[first : first + WINDOW_SAMPLES] * hann, 1.0) for first in starts])


def standardised(values, std):
    return ((values - values.mean()) * (std / (values.std() + 1e-8))).astype(np.float32)


class Halves(keras.layers.Layer):
    """Real and imaginary kernels, used by encoder and decoder."""

    def __init__(self, n_bases):
        super().__init__()
        self.n_bases = n_bases

    def build(self, shape):
        self.real = self.add_weight((shape[-1], self.n_bases), name="real")
        self.imaginary = self.add_weight((shape[-1], self.n_bases), name="imaginary")

    def call(self, values):
        real, imaginary = ops.matmul(values, self.real), ops.matmul(values, self.imaginary)
        return ops.sqrt(ops.square(real) + ops.square(imaginary) + 1e-10), ops.arctan2(real, imaginary)

    def decode(self, amplitudes, phases):
        real, imaginary = ops.sin(phases) * amplitudes, ops.cos(phases) * amplitudes
        return ops.matmul(real, ops.transpose(self.real)) + ops.matmul(imaginary, ops.transpose(self.imaginary))


def build_straightforward(n_values, n_bases, dropout, power):
    """The autoencoder as its formulas say it."""

    class Straightforward(keras.Model):
        def __init__(self):
            super().__init__()
            self.halves, self.dropout = Halves(n_bases), keras.layers.Dropout(dropout)

        def call(self, inputs, training=False):
            x, y = inputs[:, 0], inputs[:, 1]
            r_x, phi_x = self.halves(self.dropout(x, training=training))
            r_y, phi_y = self.halves(self.dropout(y, training=training))
            for target, r, phi in ((x, r_y, phi_x), (y, r_x, phi_y)):
                self.add_loss(ops.mean(ops.abs(target - self.halves.decode(r, phi)) ** power))
            return r_x

    return Straightforward()


def measure(model, batches, batch_pairs, n_batches, jit_compile=False):
    """Pairs a processor second."""
    model.compile(keras.optimizers.Adam(1e-3), jit_compile=jit_compile)
    endless = batches.repeat()
    model.fit(endless, steps_per_epoch=2, shuffle=False, verbose=0)
    seconds, _ = timed(lambda: model.fit(endless, steps_per_epoch=n_batches, shuffle=False, verbose=0))
    return n_batches * batch_pairs / seconds


if __name__ == "__main__":
    main()
