"""PCA as an autoencoder: the baseline of the trained ones, with the same parts under the same names."""

import keras
import numpy as np
from keras import layers


def build_pca_autoencoder(mean: np.ndarray, components: np.ndarray, window_frames: int) -> keras.Model:
    """Build the model from windows to reconstructions by a linear `encoder` and `decoder`; the latter cut to [0, 1].

    Parameters
    ----------
    mean, components : np.ndarray (window_frames * n_bins,), (latent_dim, window_frames * n_bins)
        Mean window, and orthonormal directions.
    """
    latent_dim, n_pixels = components.shape
    window = keras.Input((window_frames, n_pixels // window_frames), name="window")
    project = layers.Dense(latent_dim, name="z")
    encoder = keras.Model(window, project(layers.Flatten()(window)), name="encoder")
    project.set_weights([components.T, -components @ mean])

    z = keras.Input((latent_dim,), name="z")
    expand = layers.Dense(n_pixels, name="pixels")
    pixels = layers.ReLU(max_value=1.0)(expand(z))
    decoder = keras.Model(z, layers.Reshape((window_frames, n_pixels // window_frames))(pixels), name="decoder")
    expand.set_weights([components, mean])

    return keras.Model(window, decoder(encoder(window)), name="pca_autoencoder")
