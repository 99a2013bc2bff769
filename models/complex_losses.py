"""Loss layers of the complex autoencoder."""

import keras
from keras import ops

from models.losses import WeightedLoss


@keras.saving.register_keras_serializable(package="complex")
class SwapLoss(WeightedLoss):
    """Mean of ``|error| ** power`` of x plus that of y, over batch and values; 0 or more, lower is better.

    Input shape: pairs and their reconstructions with magnitudes swapped, both ``(batch, 2, n_values)``.

    Parameters
    ----------
    power : float
        1 (the paper's for audio) or 2.
    """

    def __init__(self, power=1.0, weight=1.0, **kwargs):
        super().__init__(weight=weight, **kwargs)
        self.power = power

    def raw_loss(self, pairs, reconstructions):
        errors = ops.abs(pairs - reconstructions)
        if self.power != 1:
            errors = ops.square(errors) if self.power == 2 else ops.power(errors, self.power)
        return 2 * ops.mean(errors)


@keras.saving.register_keras_serializable(package="complex")
class NormLoss(WeightedLoss):
    """Mean over all rows of their root mean square; 0 or more, lower is smaller bases.

    Input shape: real and imaginary parts of bases, ``(2 * n_bases, n_values)``.
    """

    def raw_loss(self, bases):
        return ops.mean(_row_rms(bases))


@keras.saving.register_keras_serializable(package="complex")
class EqualNormLoss(WeightedLoss):
    """Variance over all rows of their root mean square; 0 if all are equal.

    Input shape: real and imaginary parts of bases, ``(2 * n_bases, n_values)``.
    """

    def raw_loss(self, bases):
        return ops.var(_row_rms(bases))


def _row_rms(bases):
    return ops.sqrt(ops.mean(ops.square(bases), axis=1) + 1e-12)
