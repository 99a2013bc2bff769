"""What the second form of a pair is moved by, in the graph: patches in pitch, pictures by a turn."""

import numpy as np
import tensorflow as tf


def shift_pitch(patches: tf.Tensor, bins: tf.Tensor) -> tf.Tensor:
    """Patches ``(n, patch_frames, n_bins)`` moved up by bins ``(n,)``; what is left empty gets the patch's lowest."""
    n_bins = patches.shape[-1]
    source = tf.range(n_bins, dtype=bins.dtype) - bins[:, None]
    moved = tf.gather(patches, tf.clip_by_value(source, 0, n_bins - 1), axis=2, batch_dims=1)
    is_there = (source >= 0) & (source < n_bins)
    return tf.where(is_there[:, None], moved, tf.reduce_min(patches, axis=(1, 2), keepdims=True))


def turn(pictures: tf.Tensor, angles_deg: tf.Tensor) -> tf.Tensor:
    """Pictures ``(n, height, width, 1)``, each turned anticlockwise by its angle, ``(n,)``; outside them is 0."""
    height, width = pictures.shape[1:3]
    angle, zero = angles_deg * np.float32(np.pi / 180), tf.zeros_like(angles_deg)
    cosine, sine = tf.cos(angle), tf.sin(angle)
    middle_x, middle_y = (width - 1) / 2, (height - 1) / 2
    to_x = [cosine, -sine, middle_x - cosine * middle_x + sine * middle_y]
    to_y = [sine, cosine, middle_y - sine * middle_x - cosine * middle_y]
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=pictures,
        transforms=tf.stack([*to_x, *to_y, zero, zero], axis=1),
        output_shape=[height, width],
        fill_value=0.0,
        interpolation="BILINEAR",
    )
