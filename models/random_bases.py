"""Complex bases as they are before training, without TensorFlow: what learned bases are compared with."""

import numpy as np


def random_bases(n_bases: int, n_values: int, seed: int) -> np.ndarray:
    """Return random bases from the distribution of `ComplexBases`, ``(2 * n_bases, n_values)``."""
    limit = n_values**-0.5
    return np.random.default_rng(seed).uniform(-limit, limit, (2 * n_bases, n_values)).astype(np.float32)
