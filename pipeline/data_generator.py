"""The tf.data pipelines: a spectrogram or a corpus goes in as one tensor, windows are cut from it inside the graph."""

import math
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from pipeline.notes import N_KEYS
from pipeline.packed_steps import PackedSteps, Steps
from pipeline.stored_frames import HIGHEST, Frames, StoredFrames
from pipeline.windows import Sample

MAX_BATCHES = 2**16  # of an epoch: no two epochs draw the same
MAX_BATCH_PIXELS = 2**16  # of images that a network takes at once
MAX_BATCH_VALUES = 2**24  # of windows that it does: only those of ten seconds are so long
FIRST_FRACTION = 1 / 12  # of the maximum shift: a semitone of an octave, one frame of twelve


def samples(
    frames: Frames,
    sample: Sample,
    *,
    samples_per_batch: int,
    seed: int,
    epoch: tf.Variable,
    part: tuple[int, int] | None = None,
) -> tf.data.Dataset:
    """Return batches of samples from all over a song ``(n_frames, n_bins)``, in another order each epoch.

    Of a film, frames are ``(height, width)``; `part` is the first frame and the end of what samples are taken from.

    One pass is one epoch and has every sample. So that all batches have one shape, the first of the epoch come again to
    fill up the last. Order and lags depend on seed and epoch, which is read while the pass runs: a training that
    resumes after an interruption has those it would have had without.

    Returns
    -------
    tf.data.Dataset
        Of dicts of ``t`` (samples_per_batch,), and ``windows`` (samples_per_batch, n, window_frames, n_bins): those
        before t, t, those after t, and if there is a `max_lag` one that is 1 to so many after t, at random.
    """
    read = _reader_of(frames)
    first, end = part or (0, len(frames))
    near = tf.range(-sample.before, sample.after + 1)
    in_window = tf.range(sample.window_frames)

    def cut(batch, t):
        firsts = t[:, None] + near
        if sample.max_lag:
            lag_seed = tf.stack([seed, epoch * MAX_BATCHES + tf.cast(batch, tf.int32)])
            lags = tf.random.stateless_uniform((samples_per_batch, 1), lag_seed, 1, sample.max_lag + 1, tf.int32)
            firsts = tf.concat([firsts, t[:, None] + lags], axis=1)
        return {"t": t, "windows": read(firsts[:, :, None] + in_window)}

    order = shuffled(first + sample.of_song(end - first), samples_per_batch, seed=seed, epoch=epoch)
    return order.enumerate().map(cut).prefetch(tf.data.AUTOTUNE)


def shuffled(starts: np.ndarray, per_batch: int, *, seed: int, epoch: tf.Variable) -> tf.data.Dataset:
    """Return batches of starts, ``(per_batch,)``, in an order drawn from seed and epoch; the first fill up the last."""
    n_batches = -(-len(starts) // per_batch)
    n_repeats = -(-n_batches * per_batch // len(starts))

    def shuffle(_):
        order = tf.random.experimental.stateless_shuffle(tf.constant(starts, tf.int32), [seed, epoch.read_value()])
        return tf.reshape(tf.tile(order, [n_repeats])[: n_batches * per_batch], (n_batches, per_batch))

    batches = tf.data.Dataset.range(1).map(shuffle).unbatch()
    return batches.apply(tf.data.experimental.assert_cardinality(n_batches))


def music_windows(
    steps: Steps,
    starts: np.ndarray,
    window_steps: int,
    *,
    windows_per_batch: int,
    seed: int,
    epoch: tf.Variable,
    chords: np.ndarray | None = None,
    steps_per_beat: int = 1,
    transpose_semitones: int = 0,
    keys: int = N_KEYS,
) -> tf.data.Dataset:
    """Return batches of windows of symbolic music from all over a corpus, in another order each epoch.

    Parameters
    ----------
    steps, starts : (n_steps, n_channels), (n_windows,)
        All music; first steps of the windows: if they do not fill the last batch, the first of the epoch come again.
    seed, epoch : int, tf.Variable
        Determine orders and transpositions.
    chords : np.ndarray (n_steps,)
        Class of the chord of each step, below 0 where unknown; None: without chords.
    steps_per_beat : int
        Steps of a beat, whose first has its chord.
    transpose_semitones : int
        Maximum transposition of a batch and its chords, up or down.
    keys : int
        Channels of one kind of a roll, which are transposed together.

    Returns
    -------
    tf.data.Dataset
        Of ``(windows_per_batch, window_steps, n_channels)``, in a pair with chords ``(windows_per_batch, n_beats)``.
    """
    read = _reader_of_music(steps)
    offsets = tf.range(window_steps)
    known = None if chords is None else tf.constant(chords, tf.int32)

    def cut(batch, firsts):
        windows = read(firsts[:, None] + offsets)
        shift = 0
        if transpose_semitones:
            limits = {"minval": -transpose_semitones, "maxval": transpose_semitones + 1}
            shift = tf.random.stateless_uniform(
                (), [seed + 1, epoch * MAX_BATCHES + tf.cast(batch, tf.int32)], dtype=tf.int32, **limits
            )
            windows = transpose(windows, shift, keys)
        windows = tf.ensure_shape(windows, (windows_per_batch, window_steps, steps.shape[1]))
        if known is None:
            return windows
        classes = tf.gather(known, firsts[:, None] + offsets[::steps_per_beat])
        is_triad = (classes >= 0) & (classes < 24)
        return (windows, tf.where(is_triad, classes // 12 * 12 + (classes + shift) % 12, classes))

    batches = shuffled(starts, windows_per_batch, seed=seed, epoch=epoch).enumerate().map(cut)
    return (batches if known is None else batches.map(lambda *pair: (pair,))).prefetch(tf.data.AUTOTUNE)


def _reader_of_music(steps: Steps) -> Callable[[tf.Tensor], tf.Tensor]:
    """What returns steps by their indices, as floats: from a tensor of floats, or of bits."""
    if not isinstance(steps, PackedSteps):
        music = tf.constant(steps, tf.float32)
        return lambda indices: tf.gather(music, indices)
    packed, levels = tf.constant(steps.packed), tf.constant(steps.levels)
    places = tf.constant(range(7, -1, -1), tf.uint8)  # of the bits in a byte

    def read(indices: tf.Tensor) -> tf.Tensor:
        bits = tf.bitwise.right_shift(tf.gather(packed, indices)[..., None], places) & 1
        bits = tf.reshape(bits, (*indices.shape, 8 * packed.shape[1]))
        return tf.cast(bits[..., : steps.shape[1]], tf.float32) * levels

    return read


def transpose(windows: tf.Tensor, shift: tf.Tensor, keys: int) -> tf.Tensor:
    """Transpose rolls ``(batch, n_steps, n_kinds * keys)`` up by semitones; what leaves the keyboard is lost."""
    key = tf.range(windows.shape[-1])
    source = key % keys - shift
    shifted = tf.gather(windows, key - key % keys + tf.clip_by_value(source, 0, keys - 1), axis=-1)
    return shifted * tf.cast((source >= 0) & (source < keys), windows.dtype)


def pairs(
    make: Callable[[int, tf.Tensor, tf.Tensor], tf.Tensor],
    n_pairs: int,
    *,
    pairs_per_batch: int,
    seed: int,
    epoch: tf.Variable,
    growing_epochs: float = 0.0,
) -> tf.data.Dataset:
    """Return batches of pairs, others in each epoch.

    Parameters
    ----------
    make : callable
        A maker of `pipeline.pairs`, from a number of pairs, a seed ``(2,)`` and a fraction of the maximum shift to
        ``(n_pairs, 2, n_values)``.
    n_pairs : int
        Pairs of an epoch, at least: all batches have one shape, the last is filled up.
    seed, epoch : int, tf.Variable
        Determine the pairs.
    growing_epochs : float
        Epochs in which shifts grow from a twelfth of their maximum to all of it, by the same factor in each.
    """
    n_batches = -(-n_pairs // pairs_per_batch)

    def make_batch(batch):
        passed = tf.cast(epoch, tf.float32) + tf.cast(batch, tf.float32) / n_batches
        grown = tf.minimum(passed / growing_epochs, 1.0) if growing_epochs else tf.constant(1.0)
        return make(pairs_per_batch, tf.stack([seed, epoch * MAX_BATCHES + batch]), FIRST_FRACTION ** (1.0 - grown))

    return tf.data.Dataset.range(n_batches, output_type=tf.int32).map(make_batch).prefetch(1)


def windows(frames: Frames, window_frames: int, *, batch_windows: int | None = None) -> tf.data.Dataset:
    """Return all windows of a song ``(n_frames, n_bins)`` in order, in batches ``(batch, window_frames, n_bins)``.

    Of a film, they are ``(batch, 1, height, width)``. Batches are of 1024 windows of a song, or fewer long ones, or of
    as many frames of a film as networks have room for, if `batch_windows` does not say it.
    """
    read = _reader_of(frames)
    if batch_windows is None:
        n_values = window_frames * math.prod(frames.shape[1:])
        batch_windows = min(1024, MAX_BATCH_VALUES // n_values) if frames.ndim == 2 else MAX_BATCH_PIXELS // n_values
        batch_windows = max(1, batch_windows)
    offsets = tf.range(window_frames)
    starts = tf.data.Dataset.range(len(frames) - window_frames + 1, output_type=tf.int32).batch(batch_windows)
    return starts.map(lambda start: read(start[:, None] + offsets)).prefetch(1)


def _reader_of(frames: Frames) -> Callable[[tf.Tensor], tf.Tensor]:
    """What returns frames by their indices, as floats: from a tensor, or from the file they are stored in."""
    if not isinstance(frames, StoredFrames):
        song = tf.constant(frames, tf.float32)
        return lambda indices: tf.gather(song, indices)

    def read(indices: tf.Tensor) -> tf.Tensor:
        images = tf.numpy_function(frames.read, [indices], tf.uint8)
        images = tf.ensure_shape(images, (*indices.shape, *frames.shape[1:]))
        return tf.cast(images, tf.float32) / HIGHEST

    return read
