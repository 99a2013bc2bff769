"""Networks from a row of switches, weights that sum to 1, to a mel spectrogram.

Switches become a code, and that a small grid with a number for four cells of the spectrogram. Of it, kinds make more:

- pixel_shuffle: r x r channels become a block (Shi et al. 2016, "Real-time single image and video super-resolution
  using an efficient sub-pixel convolutional neural network"); upsample: cells are repeated, and convolved once more.
- flatten: cells are bands, their channels frames, which the source built in place of a pixel shuffle.
- alexnet, autoencoder: the source's first and last, kept as findings. Of the first 16 cells see the switches, all
  others are the bias that it is padded with; the last has no switches any more. table: the clips themselves.
"""

import math
from typing import Any

import keras
import numpy as np
from keras import initializers, layers, ops

CELLS_PER_NUMBER = 4  # of the spectrogram, for each number of the small grid
SLOPE = 0.2  # of LeakyReLU below 0
ENCODER_CHANNELS, DECODER_CHANNELS = (16, 64, 128, 256, 512), (256, 128, 64, 16, 1)
DROPOUTS = (0.2, 0.0, 0.2, 0.2, 0.0)  # after each convolution, of encoder and decoder alike


def build_generator(
    kind: str, n_switches: int, n_frames: int, n_mels: int, *, r: int = 8, icnr: bool = True, units: int = 64,
    channels: int = 32,
) -> keras.Model:  # fmt: skip
    """Build a generator from ``(batch, n_switches)`` to ``(batch, n_frames, n_mels)`` in [0, 1].

    Its layer ``embedding`` has the codes of the switches as its kernel ``(n_switches, units)``, without a bias; its
    model ``decoder`` goes from a code ``(batch, units)`` to the spectrogram. An "autoencoder" is from spectrogram to
    spectrogram; a "table" has as many units as switches, and gives 0 or more. ValueError if `r` does not divide both.
    """
    grid = (n_frames, n_mels)
    if kind == "autoencoder":
        return _build_autoencoder(n_frames, n_mels)
    if kind in ("pixel_shuffle", "upsample") and any(size % r for size in grid):
        raise ValueError(f"r={r}: must divide the grid of {n_frames} frames and {n_mels} bands")
    code = keras.Input((n_switches if kind == "table" else units,), name="code")
    if kind == "table":
        cells = layers.Dense(math.prod(grid), "relu", use_bias=False, name="clips")(code)
    elif kind == "alexnet":
        cells = _decode_as_alexnet(code, n_frames, n_mels)
    elif kind == "flatten":
        cells = _flatten(code, n_frames, n_mels, channels)
    else:
        small = _convolve(code, (n_frames // r, n_mels // r), r * r // CELLS_PER_NUMBER, channels)
        if kind == "upsample":
            repeated = layers.UpSampling2D(r, name="repeat")(small)
            cells = layers.Conv2D(1, 3, padding="same", activation="sigmoid", name="head")(repeated)
        else:
            cells = _shuffle_pixels(small, r, icnr=icnr)
    decoder = keras.Model(code, layers.Reshape(grid, name="spectrogram")(cells), name="decoder")
    switches = keras.Input((n_switches,), name="switches")
    codes = layers.Dense(code.shape[1], use_bias=False, name="embedding")(switches)
    return keras.Model(switches, decoder(codes), name="generator")


def fill_table(table: keras.Model, mels: np.ndarray) -> None:
    """Let a table give the clips ``(n_switches, n_frames, n_mels)``, and for several switches their weighted mean.

    As ``mels = codes @ axes`` with orthonormal axes, codes have the principal components of the spectrograms.
    """
    left, values, axes = np.linalg.svd(mels.reshape(len(mels), -1), full_matrices=False)
    table.get_layer("embedding").set_weights([left * values])
    table.get_layer("decoder").get_layer("clips").set_weights([axes])


def _convolve(code: Any, small_grid: tuple[int, int], n_numbers: int, channels: int) -> Any:
    """Return a small grid ``(batch, *small_grid, channels)``, of so many numbers in each cell at first."""
    cells = layers.Dense(math.prod(small_grid) * n_numbers, name="grid")(code)
    cells = layers.Reshape((*small_grid, n_numbers), name="cells")(layers.LeakyReLU(SLOPE, name="rectified")(cells))
    for index in (1, 2):
        cells = layers.Conv2D(channels, 3, padding="same", name=f"convolution_{index}")(cells)
        cells = layers.LeakyReLU(SLOPE, name=f"rectified_{index}")(cells)
    return cells


def _shuffle_pixels(small: Any, r: int, *, icnr: bool) -> Any:
    """Return cells in [0, 1]; with `icnr` the pixels of a block begin alike: their kernel is drawn once (Aitken et al.
    2017, "Checkerboard artifact free sub-pixel convolution", section 3). As an initializer, files would need its class.
    """
    head = layers.Conv2D(r * r, 3, padding="same", name="head")
    blocks = head(small)
    if icnr:
        drawn = initializers.HeNormal()((*head.kernel.shape[:-1], 1))
        head.kernel.assign(ops.tile(drawn, (1, 1, 1, r * r)))
    return ops.sigmoid(ops.depth_to_space(blocks, r))


def _flatten(code: Any, n_frames: int, n_mels: int, channels: int) -> Any:
    height = max(side for side in range(1, math.isqrt(n_mels) + 1) if n_mels % side == 0)  # as square as it can be
    small = _convolve(code, (height, n_mels // height), n_frames // CELLS_PER_NUMBER, channels)
    frames = layers.Conv2D(n_frames, 3, padding="same", activation="sigmoid", name="head")(small)
    return layers.Permute((3, 1, 2), name="frames_first")(frames)


def _decode_as_alexnet(code: Any, n_frames: int, n_mels: int) -> Any:
    """Return cells ``(batch, n_frames, n_mels, 1)`` in [0, 1]; the source has no sigmoid."""
    cells = layers.Reshape((16, 16, 1), name="cells")(layers.Dense(256, name="grid")(code))
    cells = layers.Conv2D(64, 4, 2, activation="relu", name="convolution_1")(layers.ZeroPadding2D(2)(cells))
    cells = layers.MaxPooling2D(3, 2, name="pooled")(cells)  # (batch, 4, 4, 64), of 9 x 9
    cells = layers.Conv2D(128, 3, padding="same", activation="elu", name="convolution_2")(cells)
    cells = layers.Dropout(0.5, name="dropout")(cells)
    cells = layers.Conv2D(1, 1, use_bias=False, name="seen")(cells)  # the same before and after padding, but fast
    padding = tuple(((size - 4) // 2, size - 4 - (size - 4) // 2) for size in (n_frames, n_mels))
    return layers.Conv2D(1, 1, activation="sigmoid", name="head")(layers.ZeroPadding2D(padding, name="wide")(cells))


def _build_autoencoder(n_frames: int, n_mels: int) -> keras.Model:
    """Build the autoencoder of ``(batch, n_frames, n_mels)``; where 32 does not divide the grid, ends are cut off."""
    spectrogram = keras.Input((n_frames, n_mels), name="spectrogram")
    cells = layers.Reshape((n_frames, n_mels, 1), name="cells")(spectrogram)
    for name, sizes in {"down": ENCODER_CHANNELS, "up": DECODER_CHANNELS}.items():
        for index, (channels, dropout) in enumerate(zip(sizes, DROPOUTS, strict=True), start=1):
            convolve = layers.Conv2D if name == "down" else layers.Conv2DTranspose
            cells = convolve(channels, 5, 2, padding="same", name=f"{name}_{index}")(cells)
            rectify = layers.ReLU() if name == "down" else layers.LeakyReLU(0.01)
            cells = layers.Dropout(dropout)(ops.sigmoid(cells) if channels == 1 else rectify(cells))
    cells = layers.Cropping2D(((0, cells.shape[1] - n_frames), (0, cells.shape[2] - n_mels)), name="cropped")(cells)
    return keras.Model(spectrogram, layers.Reshape((n_frames, n_mels), name="generated")(cells), name="generator")
