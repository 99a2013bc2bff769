"""Batch normalisation with the statistics of the whole song.

In training, each batch is normalised by its own mean and variance; afterwards by their moving averages, which lag
behind the weights and miss what is rare. On an hour of different music one window in a hundred was then
reconstructed as noise. Once the weights are final, one pass over the song gives the statistics themselves.
"""

import keras

from pipeline.stored_frames import Frames
from pipeline.windows import evenly_spread_windows

MAX_IMAGES, BATCH_IMAGES = 64, 4  # of a film: a decoded image takes as much time and memory as hundreds of windows


def use_song_statistics(encoder: keras.Model, decoder: keras.Model, frames: Frames) -> None:
    """Set mean and variance of the decoder's batch normalisations to those of the windows of the song.

    Of a long song, some thousand evenly spread windows of the spectrogram ``(n_frames, n_bins)`` are taken; of a film
    some images, in batches that are each spread over all of it, and whose statistics are averaged.
    """
    if frames.ndim == 2:
        batches = [evenly_spread_windows(frames, encoder.input_shape[1])]
    else:
        images = evenly_spread_windows(frames, 1, MAX_IMAGES)
        n_batches = -(-len(images) // BATCH_IMAGES)
        batches = [images[first::n_batches] for first in range(n_batches)]
    normalisations = [
        layer for layer in decoder._flatten_layers() if isinstance(layer, keras.layers.BatchNormalization)
    ]
    momenta = [layer.momentum for layer in normalisations]
    for index, windows in enumerate(batches):
        for layer in normalisations:
            layer.momentum = index / (index + 1)  # a batch counts as much in the average as each before it
        decoder(encoder(windows), training=True)
    for layer, momentum in zip(normalisations, momenta, strict=True):
        layer.momentum = momentum
