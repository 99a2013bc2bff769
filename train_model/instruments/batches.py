"""Batches that networks learn from: classes drawn alike, clips moved in pitch and time, tilted in their spectrum.

References
----------
Lostanlen and Cella 2016, section 4: classes are drawn uniformly. That sources are drawn as the root of how many clips
they have is ours: drawn alike, a source of two clips would be half of what is heard of a class.
"""

import numpy as np
import tensorflow as tf

from pipeline.data_generator import MAX_BATCHES
from save_dataset.instruments.clips import Clips

GAIN_DB = (-14.0, 6.0)  # of tilted clips: collections differ in level, and the logarithm makes it more than a factor


def draw_probabilities(clips: Clips, phrases: Clips | None = None) -> np.ndarray:
    """Return the probability that each clip, and after them each phrase, is drawn, ``(n_clips + n_phrases,)``.

    Classes are drawn alike; of a class that has phrases, they are drawn as often as clips; a source is drawn with a
    probability proportional to the root of how many clips of the class it has.
    """
    shares = [_shares_in_class(part) for part in (clips, phrases) if part is not None]
    if phrases is not None:
        has_phrases = np.isin(np.arange(len(clips.class_names)), phrases.labels)
        shares[0] *= np.where(has_phrases, 0.5, 1.0)[clips.labels]
        shares[1] *= 0.5
    return np.concatenate(shares) / len(np.unique(clips.labels))


def _shares_in_class(clips: Clips) -> np.ndarray:
    """The probability of each clip if its class is drawn."""
    strata = np.unique(np.stack([clips.labels.astype(str), clips.sources.astype(str)]), axis=1, return_inverse=True)[1]
    weights = 1 / np.sqrt(np.bincount(strata)[strata])  # the root of a source's number, shared by that number
    return weights / np.bincount(clips.labels, weights)[clips.labels]


def draw_batches(
    cqt: np.ndarray,
    labels: np.ndarray,
    probabilities: np.ndarray,
    *,
    batch_clips: int,
    n_batches: int,
    seed: int,
    epoch: tf.Variable,
    shift_bins: int = 0,
    tilt_db: float = 0.0,
) -> tf.data.Dataset:
    """Return the batches of an epoch, pairs of transforms ``(batch_clips, n_frames, n_bins)`` and labels.

    Parameters
    ----------
    cqt, labels, probabilities : np.ndarray (n_clips, n_frames, n_bins), (n_clips,), (n_clips,)
        All clips, in any type of floats; what they are; how often they are drawn.
    seed, epoch : int, tf.Variable
        Determine all that is drawn; the epoch is read while the pass runs.
    shift_bins, tilt_db : int, float
        How far clips are transposed, and tilted from the lowest to the highest bin, at most; tilted clips are also
        made louder or softer, by `GAIN_DB`. If either is not 0, clips are rolled in time.
    """
    n_clips, n_frames, n_bins = cqt.shape
    frames = tf.constant(cqt.reshape(n_clips * n_frames, n_bins))
    known, ends = tf.constant(labels, tf.int32), tf.constant(np.cumsum(probabilities)[:-1], tf.float32)

    def draw(batch):
        seeds = tf.random.split(tf.stack([seed, epoch * MAX_BATCHES + tf.cast(batch, tf.int32)]), 5)
        chosen = tf.searchsorted(ends, tf.random.stateless_uniform((batch_clips,), seeds[0]), side="right")
        order = tf.tile(tf.range(n_frames)[None], (batch_clips, 1))
        if shift_bins or tilt_db:
            order = (order + _integers(batch_clips, seeds[1], 0, n_frames)) % n_frames
        drawn = tf.cast(tf.gather(frames, chosen[:, None] * n_frames + order), tf.float32)
        if shift_bins:
            drawn = transpose_clips(drawn, _integers(batch_clips, seeds[2], -shift_bins, shift_bins + 1))
        if tilt_db:
            tilts_db = tf.random.stateless_uniform((batch_clips,), seeds[3], -tilt_db, tilt_db)
            drawn = tilt_clips(drawn, tilts_db, tf.random.stateless_uniform((batch_clips,), seeds[4], *GAIN_DB))
        return tf.ensure_shape(drawn, (batch_clips, n_frames, n_bins)), tf.gather(known, chosen)

    return tf.data.Dataset.range(n_batches).map(draw).prefetch(2)


def _integers(n: int, seed: tf.Tensor, low: int, high: int) -> tf.Tensor:
    return tf.random.stateless_uniform((n, 1), seed, low, high, tf.int32)


def transpose_clips(cqt: tf.Tensor, shifts: tf.Tensor) -> tf.Tensor:
    """Move each clip up by its number of bins, ``(batch, 1)``; bins that nothing moves into repeat the outermost."""
    n_bins = cqt.shape[2]
    bins = tf.clip_by_value(tf.range(n_bins)[None] - shifts, 0, n_bins - 1)
    return tf.gather(cqt, bins, axis=2, batch_dims=1)


def tilt_clips(cqt: tf.Tensor, tilts_db: tf.Tensor, gains_db: tf.Tensor) -> tf.Tensor:
    """Raise each clip by its gain, and its highest bin over its lowest by its tilt; both are ``(batch,)``.

    Transforms are log(1 + magnitude); what is zero stays zero.
    """
    slope = tf.linspace(-0.5, 0.5, cqt.shape[2])
    decibels = gains_db[:, None] + tilts_db[:, None] * tf.cast(slope, tf.float32)
    return tf.math.log1p(tf.math.expm1(cqt) * 10.0 ** (decibels[:, None] / 20))
