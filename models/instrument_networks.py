"""Networks that tell instruments apart by their constant-Q transform: convolutions over a line, a plane, a spiral.

The `2d` branch convolves over time and log-frequency, `1d` over time alone with kernels as high as the upper three
octaves, `spiral` over time, log-frequency and the octave: three inputs of two octaves, an octave apart, each with
kernels of its own, summed. A hybrid has several branches, whose features its dense layers see side by side.

Pooling comes before the activation, which is monotone: the values are the same, computed for a fifteenth of the places.

References
----------
Lostanlen and Cella, "Deep convolutional networks on the pitch spiral for musical instrument recognition", ISMIR 2016,
section 5; what its text does not say, for example the padding of `1d`, is that of its code, `lostanlen/ismir2016`.
"""

from collections.abc import Callable, Sequence

import keras
import numpy as np
from keras import layers, ops

from models.surgery import part

SLOPE = 0.3  # of LeakyReLU below 0
DROPOUT = 0.5
OCTAVE_BINS = 12
UPPER_OCTAVES = 3  # that `1d` sees
SPIRAL_OCTAVES = (1, 2, 3)  # at which the three inputs of `spiral`, of two octaves each, begin
MOMENTUM = 0.9  # of the normalisation of batches: trainings are a few hundred batches long


def build_network(
    n_frames: int,
    n_bins: int,
    n_classes: int,
    branches: Sequence[str] = ("2d",),
    kernels: int = 32,
    dense_units: int = 64,
    head: str = "flatten",
    name: str = "network",
) -> keras.Model:
    """Build a network from constant-Q transforms ``(batch, n_frames, n_bins)`` to probabilities ``(batch, n_classes)``.

    Its parts are `branch_2d`, `branch_1d` and `branch_spiral`, as far as it has them; its layer `penultimate` gives the
    activations ``(batch, dense_units)`` that the last layer sees. Each clip is standardised by itself, to mean 0 and
    variance 1: no statistics of other clips are used, and how loud a collection was recorded is not seen.

    Parameters
    ----------
    n_frames, n_bins : int
        At least 49 frames, and 36 bins, with the spiral 60, which parameters see to.
    branches : sequence of str
        Of "2d", "1d" and "spiral".
    kernels, dense_units : int
        Kernels of each convolution, units of the layer before the last.
    head : str
        "flatten": the dense layers see all features at all times, as in the paper. "mean": they see the mean over time
        of each, and batches are normalised after each convolution.
    """
    cqt = keras.Input((n_frames, n_bins), name="cqt")
    standardise = layers.LayerNormalization(axis=(1, 2), center=False, scale=False, name="standardise")
    plane = layers.Reshape((n_frames, n_bins, 1), name="plane")(standardise(cqt))
    features = [_build_branch(branch, n_frames, n_bins, kernels, head)(plane) for branch in branches]
    joined = features[0] if len(features) == 1 else layers.Concatenate(name="features")(features)

    hidden = layers.Dropout(DROPOUT, name="dropout_features")(joined)
    hidden = layers.Dense(dense_units, kernel_initializer="lecun_uniform", name="dense")(hidden)
    hidden = layers.LeakyReLU(SLOPE, name="penultimate")(hidden)
    hidden = layers.Dropout(DROPOUT, name="dropout_penultimate")(hidden)
    last = layers.Dense(n_classes, "softmax", kernel_initializer="lecun_uniform", name="probabilities")
    return keras.Model(cqt, last(hidden), name=name)


def _build_branch(branch: str, n_frames: int, n_bins: int, kernels: int, head: str) -> keras.Model:
    """Build the part from standardised transforms ``(batch, n_frames, n_bins, 1)`` to features ``(batch, n)``."""
    plane = keras.Input((n_frames, n_bins, 1), name="plane")
    maps = CONVOLUTIONS[branch](plane, kernels, head == "mean")
    if head == "mean":
        maps = ops.mean(maps, axis=1)
    return keras.Model(plane, layers.Flatten(name="flat")(maps), name=f"branch_{branch}")


def _convolve_plane(plane: keras.KerasTensor, kernels: int, normalise: bool) -> keras.KerasTensor:
    maps = _convolution(kernels, (5, 5), "convolution_1")(plane)
    maps = _pool(maps, (5, 3), normalise, 1)
    maps = _convolution(kernels, (5, 5), "convolution_2")(maps)
    return _pool(maps, (5, 3), normalise, 2)


def _convolve_time(plane: keras.KerasTensor, kernels: int, normalise: bool) -> keras.KerasTensor:
    n_upper = UPPER_OCTAVES * OCTAVE_BINS
    maps = _convolution(kernels, (5, n_upper), "convolution_1")(plane[:, :, -n_upper:])
    maps = _pool(maps, (5, 1), normalise, 1)
    maps = _convolution(kernels, (5, 1), "convolution_2", padding="same")(maps)
    return _pool(maps, (6, 1), normalise, 2)


def _convolve_spiral(plane: keras.KerasTensor, kernels: int, normalise: bool) -> keras.KerasTensor:
    turns = [plane[:, :, first * OCTAVE_BINS : (first + 2) * OCTAVE_BINS] for first in SPIRAL_OCTAVES]
    convolved = [
        _convolution(kernels, (5, 3), f"convolution_1_octave_{first}")(turn)
        for first, turn in zip(SPIRAL_OCTAVES, turns, strict=True)
    ]
    maps = _pool(layers.Add(name="sum_of_octaves")(convolved), (5, 3), normalise, 1)
    maps = _convolution(kernels, (5, 5), "convolution_2")(maps)
    return _pool(maps, (5, 3), normalise, 2)


CONVOLUTIONS: dict[str, Callable[..., keras.KerasTensor]] = {
    "2d": _convolve_plane,
    "1d": _convolve_time,
    "spiral": _convolve_spiral,
}


def _convolution(kernels: int, size: tuple[int, int], name: str, padding: str = "valid") -> layers.Layer:
    """Return a convolution with kernels of so many frames and bins."""
    return layers.Conv2D(kernels, size, padding=padding, kernel_initializer="he_normal", name=name)


def _pool(maps: keras.KerasTensor, size: tuple[int, int], normalise: bool, number: int) -> keras.KerasTensor:
    """Pool over so many frames and bins, normalise the batch if asked, and activate."""
    maps = layers.MaxPooling2D(size, name=f"pool_{number}")(maps)
    if normalise:
        maps = layers.BatchNormalization(momentum=MOMENTUM, name=f"normalise_{number}")(maps)
    return layers.LeakyReLU(SLOPE, name=f"activation_{number}")(maps)


def stack_seeds(models: Sequence[keras.Model]) -> keras.Model:
    """Build the model that gives what each of several classifiers gives, ``(batch, n_seeds, n_classes)``.

    They are its parts, by their names: `seed_0`, `seed_1` ...
    """
    first = models[0].inputs[0]
    shared = keras.Input(first.shape[1:], name=first.name)
    probabilities = [model(shared) for model in models]
    return keras.Model(shared, ops.stack(probabilities, axis=1), name="classifier")


def count_parameters(classifier: keras.Model) -> int:
    """Return how many numbers each of the classifiers of `stack_seeds` learns."""
    return sum(int(np.prod(weights.shape)) for weights in part(classifier, "seed_0").trainable_weights)
