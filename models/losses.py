"""Loss layers: each adds one weighted term to the loss of the model it stands in, and reports the raw term by name.

A loss that needs more than a prediction and a target (latent points, velocities) cannot be a Keras loss function; as a
layer it takes whatever tensors it is called on. Every term is a scalar, because Keras sums a vector over the batch.
Keras itself records the arguments of a layer for its configuration, where these are numbers and texts.

References
----------
M-Lin-DM, "Deep Audio Embedding", 2021: all terms but the last three, and their names.
"""

import keras
from keras import ops


class WeightedLoss(keras.layers.Layer):
    """Adds ``weight`` times `raw_loss` of its inputs to the model's loss and returns the raw loss.

    The mean of the raw loss over an epoch appears in the training history under the layer's name.

    Parameters
    ----------
    weight : float
        Factor of the term in the total loss. A term of weight zero is better left out of the model than computed.
    """

    def __init__(self, weight=1.0, **kwargs):
        super().__init__(**kwargs)
        self.weight = weight
        self.mean_over_epoch = keras.metrics.Mean(name=self.name)

    def call(self, inputs):
        raw = self.raw_loss(*inputs)
        self.add_loss(self.weight * raw)
        self.mean_over_epoch.update_state(raw)
        return raw

    def raw_loss(self, *inputs):
        """The term before weighting, a scalar."""
        raise NotImplementedError


@keras.saving.register_keras_serializable(package="song")
class ReconstructionLoss(WeightedLoss):
    """Binary cross-entropy between window and reconstruction, mean over all pixels; nats, 0 or more, lower is better.

    For grey values the lowest value that can be reached is the entropy of the window itself, not 0.

    Input shape: windows and reconstructions, both ``(batch, ...)`` with values in [0, 1].
    """

    def raw_loss(self, windows, reconstructions):
        return ops.mean(ops.binary_crossentropy(windows, reconstructions))


@keras.saving.register_keras_serializable(package="song")
class ForecastLoss(WeightedLoss):
    """One minus the cosine between forecast and true velocity, mean over the batch; 0 (parallel) to 2 (opposite).

    Only the direction counts: the norm of a forecast velocity is not trained. A velocity of norm 0 has a loss of 1.

    Input shape: ``v_hat`` and ``v``, both ``(batch, latent_dim)``.

    Parameters
    ----------
    stop_gradient : bool
        Whether the true velocity is a fixed target. Off as in the paper, where the encoder also learns to move its
        points to where they are forecast.
    """

    def __init__(self, weight=1.0, stop_gradient=False, **kwargs):
        super().__init__(weight=weight, **kwargs)
        self.stop_gradient = stop_gradient

    def raw_loss(self, v_hat, v):
        if self.stop_gradient:
            v = ops.stop_gradient(v)
        return ops.mean(1.0 - cosine(v_hat, v))


@keras.saving.register_keras_serializable(package="song")
class OffCentreLoss(WeightedLoss):
    """Mean square of the coordinates of the latent points; 0 (all at the origin) or more, lower is nearer the origin.

    Input shape: ``z``, ``(batch, latent_dim)``.
    """

    def raw_loss(self, z):
        return ops.mean(ops.square(z))


@keras.saving.register_keras_serializable(package="song")
class CurvatureLoss(WeightedLoss):
    """Minus the cosine between consecutive velocities, mean over clip and batch; -1 (a straight line) to 1 (zigzag).

    Input shape: clips of latent points, ``(batch, clip_windows, latent_dim)`` with at least three points a clip.
    """

    def raw_loss(self, clips):
        velocities = clips[:, 1:] - clips[:, :-1]  # (batch, clip_windows - 1, latent_dim)
        return -ops.mean(cosine(velocities[:, 1:], velocities[:, :-1]))


@keras.saving.register_keras_serializable(package="song")
class PersistenceLoss(WeightedLoss):
    """Error of the forecast that a point stays where it is: its whitened squared distance from a later one.

    Whitened by the covariance of all points of the batch and divided by latent_dim, it is 0 where nothing moves and 2
    where the two are independent. No linear map of the space changes it, so that neither a space that shrinks gains
    anything, nor one that squeezes a direction: how well it is forecast counts, not how much varies along it. Only a
    direction of less than a hundredth of the mean standard deviation counts for less.

    Input shape: ``z`` and later points, both ``(batch, latent_dim)``.
    """

    def raw_loss(self, z, later):
        return _whitened_square(later - z, ops.concatenate([z, later]))


@keras.saving.register_keras_serializable(package="song")
class ConstantVelocityLoss(WeightedLoss):
    """Error of the forecast that a velocity stays what it is: its whitened squared distance from the one before.

    Whitened by the covariance of all velocities of the batch and divided by latent_dim, it is 0 on a straight line, 2
    where consecutive velocities are independent, 4 on a zigzag.

    Input shape: three consecutive points, ``(batch, 3, latent_dim)``.
    """

    def raw_loss(self, points):
        before, after = points[:, 1] - points[:, 0], points[:, 2] - points[:, 1]
        return _whitened_square(after - before, ops.concatenate([before, after]))


@keras.saving.register_keras_serializable(package="song")
class WhitenessLoss(WeightedLoss):
    """How far the points are from spread alike in all directions: 0 or more, about 6 on a line in three dimensions.

    Logarithm of the mean of the variances along the principal axes over their geometric mean. Neither error above
    depends on how much varies along a direction; only this term does.

    Input shape: points, ``(batch, latent_dim)``.
    """

    def raw_loss(self, points):
        covariance = _covariance_of(points)
        mean_variance = ops.trace(covariance) / points.shape[-1]
        roots = ops.diagonal(ops.cholesky(covariance))  # their product is the root of the product of the variances
        return ops.log(mean_variance) - 2 * ops.mean(ops.log(roots))


def _whitened_square(differences, points):
    """Return the mean over the batch of the squared Mahalanobis norm of differences, divided by latent_dim.

    The covariance is that of `points`, both are ``(batch, latent_dim)``.
    """
    root = ops.cholesky(_covariance_of(points))
    return ops.mean(ops.square(ops.solve_triangular(root, ops.transpose(differences), lower=True)))


def _covariance_of(points):
    """Return the covariance of points ``(batch, latent_dim)``, made a little rounder, so that it has an inverse."""
    deviations = points - ops.mean(points, axis=0)
    covariance = ops.mean(deviations[:, :, None] * deviations[:, None, :], axis=0)
    # a direction of almost no variance counts as if it had a hundredth of the mean standard deviation
    floor = 1e-4 * ops.trace(covariance) / points.shape[-1] + 1e-12
    return covariance + floor * ops.eye(points.shape[-1])


def cosine(a, b):
    """Return the cosine of the angle between vectors along the last axis, 0 where either has norm 0."""
    return ops.sum(_normalize(a) * _normalize(b), axis=-1)


def _normalize(a):
    """Return vectors of unit norm along the last axis.

    As `keras.ops.normalize`, whose gradient at 0 is not finite: there is such a forecast in the first step of a
    training if dropout takes all coordinates of a clip.
    """
    return a * ops.rsqrt(ops.maximum(ops.sum(ops.square(a), axis=-1, keepdims=True), 1e-14))
