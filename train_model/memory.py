"""The memory that training a network takes, known from its layers before it is built."""

from collections.abc import Callable, Mapping

import keras
import numpy as np
import tensorflow as tf

from pipeline.memory import MAX_GB, check_memory

COPIES_OF_WEIGHTS = 13  # measured: with Adam's moments, what a step takes and TensorFlow keeps, the best, the state
COPIES_OF_OUTPUTS = 3  # of layers: with gradients, and what is computed in between
OF_LSTM = 2  # numbers that it keeps of each step and unit, more than its outputs: gates and cell
BYTES = 4  # of float32


def check_training(
    build: Callable[[], keras.Model], section: str, batch: tuple[str, int], *, n_frames: int = 1, n_networks: int = 1,
    times: Mapping[str, int] | None = None, max_gb: float = MAX_GB,
) -> None:  # fmt: skip
    """Raise a ValueError if training a network would take too much memory: for its weights, or for a batch.

    Parameters
    ----------
    build : callable
        Builds the network; nothing is allocated, as it is built inside a graph that never runs.
    section : str
        Of the parameters that give its size.
    batch : tuple of str and int
        The key that says how large a batch is, and its value.
    n_frames : int
        How long axes of no fixed length are in training.
    n_networks : int
        Trained one after the other, and kept.
    times : mapping of str to int
        To how many things of a sample an inner network of this name is applied; others are to one.
    max_gb : float
        How much may be taken.
    """
    with tf.Graph().as_default():
        network = build()
        n_weights = sum(int(np.prod(weight.shape)) for weight in network.weights)
        n_outputs = _count_outputs(network, n_frames, times or {})
    check_sizes(n_weights * n_networks, n_outputs, section, batch, max_gb)


def check_sizes(n_weights: int, n_outputs: int, section: str, batch: tuple[str, int], max_gb: float = MAX_GB) -> None:
    """Raise the ValueError of `check_training` from the numbers of weights, and of what layers give of one input."""
    of_weights = BYTES * COPIES_OF_WEIGHTS * n_weights
    check_memory(f"{section}: training {n_weights:.2g} weights", of_weights, "take a smaller network", max_gb)
    key, size = batch
    of_outputs = BYTES * COPIES_OF_OUTPUTS * n_outputs * size
    hint = f"take a smaller batch, or a smaller network in {section}"
    check_memory(f"{key}={size}", of_weights + of_outputs, hint, max_gb)


def _count_outputs(network: keras.Model, n_frames: int, times: Mapping[str, int]) -> int:
    """Return how many numbers all layers give of one input."""
    n_outputs = 0
    for layer in network.layers:
        if isinstance(layer, keras.Model):
            n_outputs += times.get(layer.name, 1) * _count_outputs(layer, n_frames, times)
        elif isinstance(layer, keras.layers.LSTM):
            n_outputs += OF_LSTM * (layer.input.shape[1] or n_frames) * layer.units
        else:
            shapes = [tensor.shape for tensor in keras.tree.flatten(layer.output)]
            n_outputs += sum(
                int(np.prod([n_frames if size is None else size for size in shape[1:]])) for shape in shapes
            )
    return n_outputs
