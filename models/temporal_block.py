"""Residual blocks of dilated convolutions over time, the first layers of the temporal convolutional autoencoder.

References
----------
Bai, Kolter and Koltun, "An Empirical Evaluation of Generic Convolutional and Recurrent Networks for Sequence
Modeling", 2018: the block. Salimans and Kingma, "Weight Normalization", NIPS 2016.
"""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="dictionary")
class WeightNormConv1D(keras.layers.Layer):
    """Dilated convolution whose kernels are a norm times a direction, both trained.

    Input shape ``(batch, n_steps, n_channels)``, output shape ``(batch, n_steps, filters)``.

    Parameters
    ----------
    causal : bool
        Whether a step sees itself and what was before, or as much of what comes after (one position more, if the
        kernel's length is even).
    """

    def __init__(self, filters, kernel_steps, dilation_steps=1, causal=True, **kwargs):
        super().__init__(**kwargs)
        self.filters, self.kernel_steps = filters, kernel_steps
        self.dilation_steps, self.causal = dilation_steps, causal

    def build(self, shape):
        kernel_shape = (self.kernel_steps, shape[-1], self.filters)
        self.direction = self.add_weight(shape=kernel_shape, initializer="he_normal", name="direction")
        self.length = self.add_weight(shape=(self.filters,), initializer="ones", name="length")
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias")

    def call(self, steps):
        kernel = self.length * self.direction / ops.sqrt(ops.sum(self.direction**2, axis=(0, 1)) + 1e-12)
        n_padded = (self.kernel_steps - 1) * self.dilation_steps
        before = n_padded if self.causal else n_padded // 2
        padded = ops.pad(steps, ((0, 0), (before, n_padded - before), (0, 0)))
        return ops.conv(padded, kernel, padding="valid", dilation_rate=self.dilation_steps) + self.bias


@keras.saving.register_keras_serializable(package="dictionary")
class TemporalBlock(keras.layers.Layer):
    """Two convolutions with ReLU and dropout, and a skip connection.

    Input shape ``(batch, n_steps, n_channels)``, output shape ``(batch, n_steps, filters)``.

    Parameters
    ----------
    dropout : float
        Fraction of channels, for a whole window, that are dropped in training.
    """

    def __init__(self, filters, kernel_steps, dilation_steps=1, dropout=0.2, causal=True, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        shape = (filters, kernel_steps, dilation_steps, causal)
        self.convolutions = [WeightNormConv1D(*shape, name=f"convolution_{n}") for n in (1, 2)]
        self.dropouts = [keras.layers.SpatialDropout1D(dropout) for _ in range(2)]

    def build(self, shape):
        first, second = self.convolutions
        first.build(shape)
        second.build((*shape[:-1], self.filters))
        self.around = None
        if shape[-1] != self.filters:
            self.around = keras.layers.Dense(self.filters, name="around")
            self.around.build(shape)

    def call(self, steps, training=False):
        inner = steps
        for convolution, dropout in zip(self.convolutions, self.dropouts, strict=True):
            inner = dropout(ops.relu(convolution(inner)), training=training)
        return ops.relu(inner + (steps if self.around is None else self.around(steps)))
