"""A linear classifier whose weights are given, as a model with the same input and output as a network."""

import keras
import numpy as np
from keras import layers, ops

from models.compression import SILENCE


def build_linear_classifier(
    weights: np.ndarray,
    bias: np.ndarray,
    mean: np.ndarray,
    scale: np.ndarray,
    *,
    relative: bool = False,
    floor: np.ndarray | None = None,
    name: str = "linear_classifier",
) -> keras.Model:
    """Build the model from features ``(batch, n_features)`` to probabilities ``(batch, n_classes)``.

    Probabilities are the softmax of the decision values: they rank classes as these do, and are not calibrated.

    Parameters
    ----------
    weights, bias : np.ndarray (n_classes, n_features), (n_classes,)
        Of the decision values of standardised features.
    mean, scale : np.ndarray (n_features,)
        That features are standardised by, after what follows.
    relative : bool
        Whether features of a clip are divided by their mean, as by `compression.relative_paths`.
    floor : np.ndarray (n_features,)
        If it is given, x becomes log(1 + x / floor), as by `compression.compress`.
    """
    n_classes, n_features = weights.shape
    features = keras.Input((n_features,), name="features")
    values = features
    if relative:
        values = values / ops.maximum(ops.mean(values, axis=-1, keepdims=True), SILENCE)
    if floor is not None:
        values = ops.log1p(
            layers.Normalization(mean=np.zeros(n_features), variance=floor**2, name="over_floor")(values)
        )
    values = layers.Normalization(mean=mean, variance=scale**2, name="standardise")(values)
    decide = layers.Dense(n_classes, "softmax", name="probabilities")
    model = keras.Model(features, decide(values), name=name)
    decide.set_weights([weights.T, bias])
    return model
