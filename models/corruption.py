"""Noise on symbolic music, and a network that learns to take it away."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="dictionary")
class Corruption(keras.layers.Layer):
    """In training, deletes hits and adds spurious ones; otherwise passes music on.

    A spurious hit takes the velocity and offset that the same drum or key has elsewhere in the batch: those of another
    window in the same step, or none.

    Input and output shape: ``(batch, n_steps, n_channels)``.

    Parameters
    ----------
    n_hits : int
        The first channels are the hits of so many drums or keys; each other kind has as many.
    spurious, deleted : float
        Shares of empty cells and of hits.
    seed : int
        Of the draws.
    """

    def __init__(self, n_hits, spurious=0.0, deleted=0.0, seed=0, **kwargs):
        super().__init__(**kwargs)
        self.n_hits, self.spurious, self.deleted, self.seed = n_hits, spurious, deleted, seed
        self.draws = keras.random.SeedGenerator(seed)

    def call(self, steps, training=False):
        if not training:
            return steps
        hits = steps[..., : self.n_hits]
        n_kinds = steps.shape[-1] // self.n_hits
        uniform = keras.random.uniform(ops.shape(hits), seed=self.draws)
        stays = ops.cast(uniform >= self.deleted, steps.dtype)
        empty = 1 - hits
        joins = empty * ops.cast(uniform < self.spurious, steps.dtype)
        of_others = ops.roll(steps, 1, axis=0)[..., self.n_hits :]
        strayed = ops.concatenate([joins, ops.tile(joins, (1, 1, n_kinds - 1)) * of_others], axis=-1)
        return steps * ops.tile(stays, (1, 1, n_kinds)) + strayed

    def get_config(self):
        own = {"n_hits": self.n_hits, "spurious": self.spurious, "deleted": self.deleted, "seed": self.seed}
        return super().get_config() | own


@keras.saving.register_keras_serializable(package="dictionary")
class Cleaner(keras.layers.Layer):
    """Music as it probably was: from what temporal blocks make of its surroundings, a correction of every cell.

    Hits become probabilities, ``sigmoid(slope (hit - 1/2) + correction)``; other kinds are corrected and multiplied by
    these. At first there is no correction.

    Input shape: music ``(batch, n_steps, n_channels)`` and features ``(batch, n_steps, n_features)``; output shape as
    the music.

    Parameters
    ----------
    n_hits : int
        The first channels are the hits of so many drums or keys; each other kind has as many.
    """

    SLOPE = 8.0  # a cell nobody corrects is believed to 98 %

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

    def get_config(self):
        return super().get_config() | {"n_hits": self.n_hits}
