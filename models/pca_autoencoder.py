"""PCA as an autoencoder: the baseline of the trained ones, with the same parts under the same names."""

import keras
import numpy as np
from keras import layers


def build_pca_autoencoder(mean: np.ndarray, components: np.ndarray, window_frames: int) -> keras.Model:
    """Model from windows to their reconstructions by `encoder` and `decoder`, both linear; the latter cut to [0, 1].

    Parameters
    ----------
    mean : np.ndarray (window_frames * n_bins,)
        Mean window.
    components : np.ndarray (latent_dim, window_frames * n_bins)
        Orthonormal directions.
    window_frames : int
        Frames of a window.
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
