"""Compression of scattering: against the mean of its clip, so that level does not count, then a logarithm."""

import numpy as np

FLOOR = 1e-3  # of the mean over the paths of a clip: what is weaker is not told apart by the logarithm
FLOOR_OF_MEDIAN = 1e-3  # the same of the median of a path
MIN_FLOOR = 1e-6  # a path that is almost never there stays almost nothing
SILENCE = 1e-9  # mean scattering of a clip below which it is silent; full scale is about 0.01


def relative_paths(scattering: np.ndarray) -> np.ndarray:
    """Return scattering ``(n_clips, n_paths)`` divided by the mean over the paths of each clip; silence stays zero."""
    return scattering / np.maximum(scattering.mean(axis=-1, keepdims=True), SILENCE)


def floor_of_paths(scattering: np.ndarray) -> np.ndarray:
    """Return a floor for each path, ``(n_paths,)``, from clips to learn from."""
    return np.maximum(FLOOR_OF_MEDIAN * np.median(relative_paths(scattering), axis=0), MIN_FLOOR)


def compress(scattering: np.ndarray, floor: float | np.ndarray = FLOOR) -> np.ndarray:
    """Return log(1 + x / floor) of relative scattering, ``(n_clips, n_paths)``; the floor may differ between paths."""
    return np.log1p(relative_paths(scattering) / floor)
