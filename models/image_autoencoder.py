"""Encoder and decoder of the images of a film, with the names that surgery finds them by.

A frame is ``(1, height, width)``: a window of one image. The last convolution over pixels and what comes after it, each
pixel by itself, take nearly all the time of the decoder. In training they may be computed for a part of the pixels,
every n-th row and column, exactly as they are for all: `reconstruct_some_pixels`.

References
----------
M-Lin-DM, "Deep Video Embedding", 2021: all sizes. There transposed convolutions are in the decoder, which with stride 1
are convolutions with the same number of weights.
"""

import keras
from keras import layers, ops
from keras.initializers import RandomNormal

from pipeline.sections.film import MIN_SIDE_PX

ENCODER_CHANNELS = (32, 64, 128, 128)
START_CHANNELS = 16
DECODER_CHANNELS = (64, 64, 128, 256)  # three convolutions over pixels after doubling, one of each pixel


def build_image_encoder(height: int, width: int, latent_dim: int) -> keras.Model:
    """Build the model from frames ``(batch, 1, height, width)`` to points ``(batch, latent_dim)``.

    Raises
    ------
    ValueError
        If a side is too short for four convolutions and poolings.
    """
    if min(height, width) < MIN_SIDE_PX:
        raise ValueError(f"height={height}, width={width}: must both be at least {MIN_SIDE_PX}")
    frame = keras.Input((1, height, width), name="window")
    x = layers.Reshape((height, width, 1))(frame)
    for channels in ENCODER_CHANNELS:
        x = layers.MaxPooling2D(2)(_convolution(channels, 3, padding="valid")(x))
    z = layers.Dense(latent_dim, kernel_initializer=RandomNormal(), name="z")(layers.Flatten()(x))
    return keras.Model(frame, z, name="encoder")


def build_image_decoder(height: int, width: int, latent_dim: int) -> keras.Model:
    """Build the model from points ``(batch, latent_dim)`` to frames ``(batch, 1, height, width)`` in (0, 1)."""
    *doubled, last, pointwise = DECODER_CHANNELS
    start = -(-height // 8), -(-width // 8)  # doubled three times, then cropped to the frame
    z = keras.Input((latent_dim,), name="z")
    x = layers.Dense(start[0] * start[1] * START_CHANNELS, "relu", use_bias=False, kernel_initializer=RandomNormal())(z)
    x = layers.Reshape((*start, START_CHANNELS))(x)
    for channels in doubled:
        x = _normalise()(_convolution(channels, 3)(layers.UpSampling2D(2)(x)))
    excess = 8 * start[0] - height, 8 * start[1] - width
    crop = layers.Cropping2D([(side // 2, side - side // 2) for side in excess])
    x = layers.ZeroPadding2D(1)(crop(layers.UpSampling2D(2)(x)))
    features = keras.Model(z, x, name="features")

    pixels = keras.Input((None, None, last), name="pixels")
    x = _normalise()(pixels)
    x = _normalise()(_convolution(pointwise, 1)(x))
    head = keras.Model(pixels, _convolution(1, 1, activation="sigmoid")(x), name="head")

    convolution = _convolution(last, 3, padding="valid", name="convolution")
    return keras.Model(z, layers.Reshape((1, height, width))(head(convolution(features(z)))), name="decoder")


def _convolution(channels: int, kernel: int, **settings: str) -> layers.Conv2D:
    """Return a convolution over pixels with the paper's initial weights."""
    settings = {"activation": "relu", "padding": "same"} | settings
    return layers.Conv2D(channels, kernel, kernel_initializer=RandomNormal(), **settings)


def _normalise() -> layers.BatchNormalization:
    """Return a batch normalisation whose averages, which validation sees, lag behind by few batches."""
    return layers.BatchNormalization(momentum=0.9)


class EveryNthPixel(layers.Layer):
    """Convolves features at every n-th row and column only, and takes these pixels of the images; others each time.

    It is for training alone, and not saved.

    Input shape: images ``(batch, 1, height, width)``; features with a border of one pixel ``(batch, height + 2,
    width + 2, channels)``. Output shapes: ``(batch, rows, columns, 1)``, ``(batch, rows, columns, new channels)``.

    Parameters
    ----------
    convolution : keras.layers.Conv2D
        Of kernel 3, for all pixels; it has the weights.
    stride : int
        From one row or column to the next.
    """

    def __init__(self, convolution, stride, **kwargs):
        super().__init__(**kwargs)
        self.convolution = convolution
        self.stride = stride
        self.generator = keras.random.SeedGenerator(0)

    def call(self, inputs):
        images, features = inputs
        row, column = ops.unstack(keras.random.randint((2,), 0, self.stride, seed=self.generator), 2)
        convolved = ops.conv(features[:, row:, column:], self.convolution.kernel, strides=self.stride, padding="valid")
        some = images[:, 0, row :: self.stride, column :: self.stride, None]
        return some, self.convolution.activation(convolved + self.convolution.bias)


def reconstruct_some_pixels(
    decoder: keras.Model, images: keras.KerasTensor, z: keras.KerasTensor, stride: int
) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """Return every `stride`-th row and column of images, others each time, and their reconstructions from points.

    Both are ``(batch, rows, columns, 1)``, the reconstructions just those that the whole decoder has there.
    """
    features, convolution, head = (decoder.get_layer(name) for name in ("features", "convolution", "head"))
    some, convolved = EveryNthPixel(convolution, stride, name="every_nth_pixel")([images, features(z)])
    return some, head(convolved)
