"""A memory of the points of a song, so that a clip of them need not be encoded for every sample.

The paper encodes 46 windows for a sample, 45 of which neighbouring samples encode too. Here a sample encodes the last
few of its windows, with their gradient; of those before it is read what they were when they were encoded last.
"""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="song")
class LatentMemory(keras.layers.Layer):
    """The last point of every window of a song.

    Input shape: points ``(batch, n, latent_dim)`` of consecutive windows, and the index of the first of them
    ``(batch,)``. Output shape: ``(batch, n_before, latent_dim)``, the points that are remembered of the windows before
    them, without a gradient. In training, the points that come in are remembered from then on.

    Parameters
    ----------
    n_points : int
        Windows of the song.
    n_before : int
        Points that are read.
    """

    def __init__(self, n_points, n_before, **kwargs):
        super().__init__(**kwargs)
        self.n_points = n_points
        self.n_before = n_before

    def build(self, input_shape):
        shape = (self.n_points, input_shape[0][-1])
        self.points = self.add_weight(shape=shape, initializer="zeros", trainable=False, name="points")

    def call(self, inputs, training=False):
        z, first = inputs
        before = ops.take(self.points, first[:, None] + ops.arange(-self.n_before, 0), axis=0)
        if training:  # a window that comes twice in a batch has the same point both times
            indices = first[:, None] + ops.arange(z.shape[1])
            updates = ops.reshape(ops.stop_gradient(z), (-1, z.shape[2]))
            self.points.assign(ops.scatter_update(self.points, ops.reshape(indices, (-1, 1)), updates))
        return ops.stop_gradient(before)
