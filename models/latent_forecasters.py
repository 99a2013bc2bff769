"""Small networks that forecast a latent trajectory: from the last points to the velocity that leads to the next.

References
----------
M-Lin-DM, "Deep Audio Embedding", 2021: all sizes.
"""

import keras
from keras import layers


def build_mlp(latent_dim: int, *, units: int = 12, dropout: float = 0.05) -> keras.Model:
    """Build the model from a point ``(batch, 1, latent_dim)`` to ``v_hat`` ``(batch, latent_dim)`` in (-1, 1)."""
    clip = keras.Input((1, latent_dim), name="clip")
    x = layers.Flatten()(clip)
    for _ in range(2):
        x = layers.Dropout(dropout)(layers.Dense(units, "relu")(x))
    return keras.Model(clip, layers.Dense(latent_dim, "tanh", name="v_hat")(x), name="mlp")


def build_lstm(latent_dim: int, *, points: int = 20, units: int = 32, dropout: float = 0.1) -> keras.Model:
    """Build the model from points ``(batch, points, latent_dim)`` to ``v_hat`` ``(batch, latent_dim)`` in (-1, 1)."""
    clip = keras.Input((points, latent_dim), name="clip")
    x = layers.LSTM(units, dropout=dropout, name="lstm")(clip)
    return keras.Model(clip, layers.Dense(latent_dim, "tanh", name="v_hat")(x), name="lstm")
