"""Pairs for the complex autoencoder, made inside the graph: two views of one thing, shifted or rotated.

A maker of pairs is called with a number of pairs and a seed of two integers, and gives ``(n_pairs, 2, n_values)``: the
same seed, the same pairs. With a `fraction` below 1, shifts and angles are at most that fraction of their maximum. The
values of each view are standardised as `pipeline.patches` says.
"""

from typing import Literal

import numpy as np
import tensorflow as tf

from pipeline.patches import IMAGE_STD, NEARLY_ZERO, PATCH_STD, WINDOW_STD, flatten


class Stretches:
    """Where the two views of a pair start in an array of several songs, one after the other.

    Every start in every song is as likely; the second view starts within the shift of the first, in the same song.

    Parameters
    ----------
    spans : np.ndarray (n_songs, 2)
        First row of each song and the one after its last.
    length, shift : int
        Rows of a view; the maximum shift, either way.

    Raises
    ------
    ValueError
        If no song is as long as a view.
    """

    def __init__(self, spans: np.ndarray, length: int, shift: int):
        firsts, lasts = spans[:, 0], spans[:, 1] - length
        long_enough = lasts >= firsts
        if not long_enough.any():
            raise ValueError(f"{length=}: nothing to train on is as long")
        self.firsts, self.lasts = tf.constant(firsts[long_enough]), tf.constant(lasts[long_enough])
        self.ends = tf.cumsum(self.lasts - self.firsts + 1)
        self.length, self.shift = length, shift

    def draw(self, n: int, seed: tf.Tensor, fraction: tf.Tensor | float = 1.0) -> tuple[tf.Tensor, tf.Tensor]:
        """Draw the starts of both views of each pair, ``(n,)``."""
        position = draw(seed, 0, n, 0, self.ends[-1])
        song = tf.searchsorted(self.ends, position, side="right")
        first, last, end = (tf.gather(bounds, song) for bounds in (self.firsts, self.lasts, self.ends))
        start = last + 1 - (end - position)
        shift = _part_of(self.shift, fraction)
        low, high = tf.maximum(start - shift, first), tf.minimum(start + shift, last)
        return start, draw(seed, 1, n, low, high + 1)

    def cut(self, rows: tf.Tensor, start: tf.Tensor, other: tf.Tensor) -> tf.Tensor:
        """Return the rows of both views, ``(n, 2, length, ...)``."""
        return tf.gather(rows, tf.stack([start, other], axis=1)[:, :, None] + tf.range(self.length, dtype=start.dtype))


class PatchPairs:
    """Two patches of one song, the second shifted in pitch, in time, or in both.

    What is shifted in time is real music of the same song. A shift in pitch moves the bins; those that it leaves empty
    get the lowest value of the patch.

    Parameters
    ----------
    frames, spans : np.ndarray (n_frames, n_bins), (n_songs, 2)
        Of all songs, as in `Stretches`.
    pitch_shift_bins, time_shift_frames : int
        Maximum shifts, either way.
    shifts : {"either", "both"}
        A shift in pitch or in time, with equal probability, or both at once.
    """

    def __init__(
        self, frames: np.ndarray, spans: np.ndarray, patch_frames: int, *, pitch_shift_bins: int,
        time_shift_frames: int, shifts: Literal["either", "both"] = "either",
    ):  # fmt: skip
        self.stretches = Stretches(spans, patch_frames, time_shift_frames)
        self.frames = tf.constant(frames, tf.float32)
        self.pitch_shift_bins, self.shifts = pitch_shift_bins, shifts
        self.n_values = patch_frames * frames.shape[1]

    def __call__(self, n_pairs: int, seed: tf.Tensor, fraction: tf.Tensor | float = 1.0) -> tf.Tensor:
        """Draw pairs, ``(n_pairs, 2, n_values)``."""
        start, other = self.stretches.draw(n_pairs, seed, fraction)
        max_bins = _part_of(self.pitch_shift_bins, fraction)
        bins = draw(seed, 2, n_pairs, -max_bins, max_bins + 1)
        if self.shifts == "either":
            in_pitch = draw(seed, 3, n_pairs, 0, 2)
            other, bins = tf.where(in_pitch == 1, start, other), bins * in_pitch
        x, y = tf.unstack(self.stretches.cut(self.frames, start, other), axis=1)  # (n_pairs, patch_frames, n_bins)
        flat = [flatten(patches, tf.reshape) for patches in (x, shift_pitch(y, bins))]
        return standardise(tf.stack(flat, axis=1), PATCH_STD)


class WindowPairs:
    """Two windows of one recording, the second starting a little earlier or later, both under Hann's window.

    Parameters
    ----------
    samples, spans : np.ndarray (n_samples,), (n_recordings, 2)
        Of all recordings, as in `Stretches`.
    shift_samples : int
        Maximum shift, either way.
    """

    def __init__(self, samples: np.ndarray, spans: np.ndarray, window_samples: int, *, shift_samples: int):
        self.stretches = Stretches(spans, window_samples, shift_samples)
        self.samples = tf.constant(samples, tf.float32)
        self.n_values = window_samples

    def __call__(self, n_pairs: int, seed: tf.Tensor, fraction: tf.Tensor | float = 1.0) -> tf.Tensor:
        """Draw pairs, ``(n_pairs, 2, n_values)``."""
        windows = self.stretches.cut(self.samples, *self.stretches.draw(n_pairs, seed, fraction))
        return standardise(windows * tf.signal.hann_window(self.n_values), WINDOW_STD)


class ImagePairs:
    """One image at two angles; of n pairs of n images hardly any image comes twice.

    Parameters
    ----------
    images : np.ndarray (n_images, height, width)
        Upright.
    max_angle_deg : float
        Maximum rotation of each view, either way.
    """

    def __init__(self, images: np.ndarray, *, max_angle_deg: float):
        if not len(images):
            raise ValueError(f"images of shape {images.shape}: must be at least one")
        self.images = tf.constant(images[..., None], tf.float32)
        self.max_angle_deg = max_angle_deg
        self.n_values = images.shape[1] * images.shape[2]

    def __call__(self, n_pairs: int, seed: tf.Tensor, fraction: tf.Tensor | float = 1.0) -> tf.Tensor:
        """Draw pairs, ``(n_pairs, 2, n_values)``."""
        positions = (tf.range(n_pairs, dtype=tf.float64) + _draw_uniform(seed, 0, n_pairs)) / n_pairs
        chosen = tf.gather(self.images, tf.cast(positions * len(self.images), tf.int64))
        rotations = tf.random.stateless_uniform((2 * n_pairs,), _stream_of(seed, 1), minval=-1.0)
        angles_deg = self.max_angle_deg * fraction * rotations
        rotated = rotate(tf.repeat(chosen, 2, axis=0), angles_deg)
        return standardise(tf.reshape(rotated, (n_pairs, 2, self.n_values)), IMAGE_STD)


def shift_pitch(patches: tf.Tensor, bins: tf.Tensor) -> tf.Tensor:
    """Shift patches ``(n, patch_frames, n_bins)`` up by bins ``(n,)``; empty bins get the patch's lowest value."""
    n_bins = patches.shape[-1]
    source = tf.range(n_bins, dtype=bins.dtype) - bins[:, None]
    shifted = tf.gather(patches, tf.clip_by_value(source, 0, n_bins - 1), axis=2, batch_dims=1)
    is_there = (source >= 0) & (source < n_bins)
    return tf.where(is_there[:, None], shifted, tf.reduce_min(patches, axis=(1, 2), keepdims=True))


def rotate(images: tf.Tensor, angles_deg: tf.Tensor) -> tf.Tensor:
    """Rotate images ``(n, height, width, 1)`` anticlockwise, each by its angle, ``(n,)``; outside them is 0."""
    height, width = images.shape[1:3]
    angle, zero = angles_deg * np.float32(np.pi / 180), tf.zeros_like(angles_deg)
    cosine, sine = tf.cos(angle), tf.sin(angle)
    middle_x, middle_y = (width - 1) / 2, (height - 1) / 2
    to_x = [cosine, -sine, middle_x - cosine * middle_x + sine * middle_y]
    to_y = [sine, cosine, middle_y - sine * middle_x - cosine * middle_y]
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=tf.stack([*to_x, *to_y, zero, zero], axis=1),
        output_shape=[height, width],
        fill_value=0.0,
        interpolation="BILINEAR",
    )


def standardise(values: tf.Tensor, std: float) -> tf.Tensor:
    """Standardise as `pipeline.patches.standardise` does, inside the graph."""
    centred = values - tf.reduce_mean(values, axis=-1, keepdims=True)
    deviation = tf.sqrt(tf.reduce_mean(tf.square(centred), axis=-1, keepdims=True))
    return centred * (std / (deviation + NEARLY_ZERO))


def draw(seed: tf.Tensor, stream: int, n: int, low: tf.Tensor | int, high: tf.Tensor | int) -> tf.Tensor:
    """Draw integers from low to below high, ``(n,)``, each as likely; another stream, other numbers."""
    uniform = _draw_uniform(seed, stream, n)
    low, high = tf.cast(low, tf.int64), tf.cast(high, tf.int64)
    return low + tf.cast(uniform * tf.cast(high - low, tf.float64), tf.int64)


def _draw_uniform(seed: tf.Tensor, stream: int, n: int) -> tf.Tensor:
    return tf.random.stateless_uniform((n,), _stream_of(seed, stream), dtype=tf.float64)


def _part_of(shift: int, fraction: tf.Tensor | float) -> tf.Tensor:
    """Return a fraction of the maximum shift in whole steps, at least one if there is any."""
    return tf.cast(tf.maximum(tf.round(float(shift) * fraction), float(min(shift, 1))), tf.int64)


def _stream_of(seed: tf.Tensor, stream: int) -> tf.Tensor:
    """A seed of its own for each kind of number that is drawn."""
    return tf.random.experimental.stateless_fold_in(seed, stream)


def spans_of(starts: np.ndarray, which: np.ndarray) -> np.ndarray:
    """Return first row and end of some songs, ``(n_songs, 2)``, where song s is ``rows[starts[s]:starts[s + 1]]``."""
    return np.stack([starts[:-1], starts[1:]], axis=1)[which]
