"""Residual blocks of dilated convolutions over time, the front of the temporal convolutional autoencoder.

References
----------
Bai, Kolter and Koltun, "An Empirical Evaluation of Generic Convolutional and Recurrent Networks for Sequence
Modeling", 2018: the block. Salimans and Kingma, "Weight Normalization", NIPS 2016.
"""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="dictionary")
class WeightNormConv1D(keras.layers.Layer):
    """Dilated convolution whose kernels are a length times a direction, both trained.

    Input shape ``(batch, n_steps, n_channels)``, output shape ``(batch, n_steps, filters)``.

    Parameters
    ----------
    filters, kernel_steps, dilation_steps : int
        Number of kernels, their length, and the steps from one of their weights to the next.
    causal : bool
        Whether a step sees itself and what was before, or as much of what comes after (one place more, if the kernel's
        length is even).
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
        reach = (self.kernel_steps - 1) * self.dilation_steps
        before = reach if self.causal else reach // 2
        padded = ops.pad(steps, ((0, 0), (before, reach - before), (0, 0)))
        return ops.conv(padded, kernel, padding="valid", dilation_rate=self.dilation_steps) + self.bias

    def get_config(self):
        own = {name: getattr(self, name) for name in ("filters", "kernel_steps", "dilation_steps", "causal")}
        return super().get_config() | own


@keras.saving.register_keras_serializable(package="dictionary")
class TemporalBlock(keras.layers.Layer):
    """Two convolutions with ReLU and dropout, and the way around them.

    Input shape ``(batch, n_steps, n_channels)``, output shape ``(batch, n_steps, filters)``.

    Parameters
    ----------
    filters, kernel_steps, dilation_steps, causal
        Of both convolutions, see `WeightNormConv1D`.
    dropout : float
        Share of channels, for a whole window, that are dropped in training.
    """

    def __init__(self, filters, kernel_steps, dilation_steps=1, dropout=0.2, causal=True, **kwargs):
        super().__init__(**kwargs)
        self.own = {"filters": filters, "kernel_steps": kernel_steps, "dilation_steps": dilation_steps}
        self.own |= {"causal": causal}
        self.convolutions = [WeightNormConv1D(**self.own, name=f"convolution_{n}") for n in (1, 2)]
        self.dropouts = [keras.layers.SpatialDropout1D(dropout) for _ in range(2)]
        self.rate = dropout

    def build(self, shape):
        first, second = self.convolutions
        first.build(shape)
        second.build((*shape[:-1], self.own["filters"]))
        self.around = None
        if shape[-1] != self.own["filters"]:
            self.around = keras.layers.Dense(self.own["filters"], name="around")
            self.around.build(shape)

    def call(self, steps, training=False):
        inner = steps
        for convolution, dropout in zip(self.convolutions, self.dropouts, strict=True):
            inner = dropout(ops.relu(convolution(inner)), training=training)
        return ops.relu(inner + (steps if self.around is None else self.around(steps)))

    def get_config(self):
        return super().get_config() | self.own | {"dropout": self.rate}
