"""The tf.data pipelines: frames of a spectrogram go in as one tensor, windows are cut from it inside the graph."""

import numpy as np
import tensorflow as tf

from pipeline.windows import Stretch


def stretches(
    frames: np.ndarray, stretch: Stretch, *, stretches_per_batch: int, seed: int, epoch: tf.Variable
) -> tf.data.Dataset:
    """Batches of stretches from all over the song, in another order each epoch; one pass is one epoch.

    An epoch holds every sample. So that all batches have one shape, which XLA compiles once, a few samples come twice:
    those of the last stretch that the one before has too, and those of stretches that fill up the last batch.

    Parameters
    ----------
    frames : np.ndarray (n_frames, n_bins)
        The spectrogram.
    stretch : Stretch
        What a stretch holds.
    stretches_per_batch : int
        Stretches in a batch.
    seed : int
        Draws the orders, together with the epoch.
    epoch : tf.Variable
        Number of the epoch, read when a pass begins: a training that goes on after an interruption sees the orders it
        would have seen without.

    Returns
    -------
    tf.data.Dataset
        Of ``(stretches_per_batch, stretch.n_frames, n_bins)``.
    """
    song = tf.constant(frames, tf.float32)
    starts = tf.constant(stretch.starts(len(frames)), tf.int32)
    n_batches = -(-starts.shape[0] // stretches_per_batch)

    def shuffled_starts(_):
        order = tf.random.experimental.stateless_shuffle(starts, seed=[seed, epoch.read_value()])
        return tf.tile(order, [stretches_per_batch])[: n_batches * stretches_per_batch]

    def cut(start):
        return tf.ensure_shape(song[start : start + stretch.n_frames], (stretch.n_frames, frames.shape[1]))

    order = tf.data.Dataset.range(1).map(shuffled_starts).unbatch()
    batches = order.map(cut).batch(stretches_per_batch, drop_remainder=True)
    return batches.apply(tf.data.experimental.assert_cardinality(n_batches)).prefetch(tf.data.AUTOTUNE)


def windows(frames: np.ndarray, window_frames: int, *, batch_windows: int = 1024) -> tf.data.Dataset:
    """All windows of a song in order, in batches.

    Parameters
    ----------
    frames : np.ndarray (n_frames, n_bins)
        The spectrogram.
    window_frames : int
        Frames of a window.
    batch_windows : int
        Windows in a batch; the last has those that are left.

    Returns
    -------
    tf.data.Dataset
        Of ``(batch, window_frames, n_bins)``.
    """
    song = tf.constant(frames, tf.float32)
    offsets = tf.range(window_frames)
    starts = tf.data.Dataset.range(len(frames) - window_frames + 1, output_type=tf.int32).batch(batch_windows)
    return starts.map(lambda start: tf.gather(song, start[:, None] + offsets)).prefetch(1)
