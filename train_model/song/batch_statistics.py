"""Batch normalisation with the statistics of the whole song.

In training, each batch is normalised by its own mean and variance; afterwards by their moving averages, which lag
behind the weights and miss what is rare. On an hour of different music one window in a hundred was then
reconstructed as noise. Once the weights are final, one pass over the song gives the statistics themselves.
"""

import keras
import numpy as np

from models import surgery
from pipeline.windows import evenly_spread_windows


def use_song_statistics(autoencoder: keras.Model, frames: np.ndarray) -> None:
    """Set mean and variance of the decoder's batch normalisations to those of the windows of the song.

    Of a long song, some thousand evenly spread windows of the spectrogram ``(n_frames, n_bins)`` are taken.
    """
    encoder, decoder = surgery.part(autoencoder, "encoder"), surgery.part(autoencoder, "decoder")
    windows = evenly_spread_windows(frames, encoder.input_shape[1])
    normalisations = [layer for layer in decoder.layers if isinstance(layer, keras.layers.BatchNormalization)]
    momenta = [layer.momentum for layer in normalisations]
    for layer in normalisations:
        layer.momentum = 0.0  # the statistics of this one batch replace the average
    decoder(encoder(windows), training=True)
    for layer, momentum in zip(normalisations, momenta, strict=True):
        layer.momentum = momentum
