"""Noise on symbolic music, and a network that learns to take it away."""

import keras
from keras import ops

from pipeline.notes import HIT_THRESHOLD

SHIFTS = (1, 2, 4, 8, 16, 32, 64, 128)  # together 255 cells, among which there is a hit in all but silence


@keras.saving.register_keras_serializable(package="dictionary")
class Corruption(keras.layers.Layer):
    """In training, deletes hits and adds spurious ones; otherwise passes music on.

    A cell is a step of a drum or key. A deleted hit is 0 in all kinds; a spurious hit has the velocity and offset of
    some hit of the batch, so that only its position gives it away.

    Input and output shape: ``(batch, n_steps, n_channels)``.

    Parameters
    ----------
    n_hits : int
        The first channels are the hits of n_hits drums or keys; each other kind has as many channels.
    spurious, deleted : float
        Fractions of empty cells and of hits.
    seed : int
        Of the draws.
    """

    def __init__(self, n_hits, spurious=0.0, deleted=0.0, seed=0, **kwargs):
        super().__init__(**kwargs)
        self.n_hits, self.spurious, self.deleted = n_hits, spurious, deleted
        self.draws = keras.random.SeedGenerator(seed)

    def call(self, steps, training=False):
        if not training:
            return steps
        n_kinds = steps.shape[-1] // self.n_hits
        cells = ops.transpose(ops.reshape(steps, (-1, n_kinds, self.n_hits)), (0, 2, 1))
        cells = ops.reshape(cells, (-1, n_kinds))  # (n_cells, n_kinds)
        is_hit = cells[:, :1] > HIT_THRESHOLD
        uniform = keras.random.uniform(ops.shape(is_hit), seed=self.draws)
        changes = uniform < ops.where(is_hit, self.deleted, self.spurious)
        changed = ops.where(is_hit, 0.0, self.some_hits(cells))
        noisy = ops.reshape(ops.where(changes, changed, cells), (-1, self.n_hits, n_kinds))
        return ops.reshape(ops.transpose(noisy, (0, 2, 1)), ops.shape(steps))

    def some_hits(self, cells):
        """Return for each cell the last hit before the position half a batch away, ``(n_cells, n_kinds)``."""
        found = ops.roll(cells, ops.shape(cells)[0] // 2, axis=0)
        for shift in SHIFTS:
            found = ops.where(found[:, :1] > HIT_THRESHOLD, found, ops.roll(found, shift, axis=0))
        return ops.concatenate([ops.ones_like(found[:, :1]), found[:, 1:]], axis=1)


@keras.saving.register_keras_serializable(package="dictionary")
class Cleaner(keras.layers.Layer):
    """Music as it probably was: a correction of every cell, from the output of temporal blocks.

    Hits become probabilities, ``sigmoid(slope (hit - 1/2) + correction)``; other kinds are corrected and multiplied by
    these. At first there is no correction.

    Input shape: music ``(batch, n_steps, n_channels)`` and features ``(batch, n_steps, n_features)``; output shape as
    the music.
    """

    SLOPE = 8.0  # a cell that is not corrected has 98 %

    def __init__(self, n_hits, **kwargs):
        super().__init__(**kwargs)
        self.n_hits = n_hits

    def build(self, shapes):
        steps, features = shapes
        self.correction = keras.layers.Dense(steps[-1], kernel_initializer="zeros", name="correction")
        self.correction.build(features)

    def call(self, inputs):
        steps, features = inputs
        correction = self.correction(features)
        hits, n_kinds = steps[..., : self.n_hits], steps.shape[-1] // self.n_hits
        probable = ops.sigmoid(self.SLOPE * (hits - 0.5) + correction[..., : self.n_hits])
        others = ops.tile(probable, (1, 1, n_kinds - 1)) * (steps + correction)[..., self.n_hits :]
        return ops.concatenate([probable, others], axis=-1)
