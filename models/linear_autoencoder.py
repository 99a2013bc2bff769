"""A linear autoencoder whose weights are given, with the same parts under the same names as a trained one."""

import keras
import numpy as np
from keras import layers


def build_linear_autoencoder(
    mean: np.ndarray, weights: np.ndarray, patterns: np.ndarray, window_shape: tuple[int, ...]
) -> keras.Model:
    """Build the model from windows to reconstructions by a linear `encoder` and `decoder`; the latter cut to [0, 1].

    Parameters
    ----------
    mean : np.ndarray (n_pixels,)
        Mean window, which is encoded as the origin.
    weights, patterns : np.ndarray (latent_dim, n_pixels)
        What is multiplied with a window less the mean for each coordinate, and what each coordinate adds to the mean.
    window_shape : tuple of int
        Of a window, whose pixels these are: ``(window_frames, n_bins)`` or ``(1, height, width)``.
    """
    latent_dim, n_pixels = weights.shape
    window = keras.Input(window_shape, name="window")
    project = layers.Dense(latent_dim, name="z")
    encoder = keras.Model(window, project(layers.Flatten()(window)), name="encoder")
    project.set_weights([weights.T, -weights @ mean])

    z = keras.Input((latent_dim,), name="z")
    expand = layers.Dense(n_pixels, name="pixels")
    pixels = layers.ReLU(max_value=1.0)(expand(z))
    decoder = keras.Model(z, layers.Reshape(window_shape)(pixels), name="decoder")
    expand.set_weights([patterns, mean])

    return keras.Model(window, decoder(encoder(window)), name="linear_autoencoder")
