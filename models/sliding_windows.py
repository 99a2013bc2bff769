"""A layer that cuts overlapping windows out of a sequence."""

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="song")
class SlidingWindows(layers.Layer):
    """All windows of a length in a sequence, each one step after the other.

    Input shape: ``(batch, time, ...)``. Output shape: ``(batch, time - length + 1, length, ...)``.

    Parameters
    ----------
    length : int
        Time steps in a window.
    """

    def __init__(self, length, **kwargs):
        super().__init__(**kwargs)
        self.length = length

    def call(self, sequence):
        # as few slices as will do: XLA runs them, and their gradients, faster than a gather, but compiles each
        n_windows = sequence.shape[1] - self.length + 1
        if n_windows < self.length:
            return ops.stack([sequence[:, start : start + self.length] for start in range(n_windows)], axis=1)
        return ops.stack([sequence[:, step : step + n_windows] for step in range(self.length)], axis=2)

    def get_config(self):
        return super().get_config() | {"length": self.length}
