"""What a complex basis looks like, told by its Fourier transform, and how clearly.

Along time and frequency for patches, around the middle for pictures, along time for windows. A basis is clear if its
power lies around one place of the transform: one grating, one order of rotation, one frequency. Both signs count apart:
a complex wave turns one way only if its parts are in quadrature.
"""

from typing import Any

import numpy as np
from scipy.ndimage import map_coordinates, uniform_filter

from pipeline.patches import unflatten

NEAR_BINS = 2  # of a Fourier transform, to each side: what an envelope as long as a basis spreads a wave over
N_ANGLES = 128  # places on a circle, at which the order of a rotation is read


def power_of_patches(patches: np.ndarray) -> np.ndarray:
    """Power of complex patches ``(n, n_frames, n_bins)`` by cycles in time and in frequency, of the same shape."""
    return np.square(np.abs(np.fft.fft2(patches)))


def power_of_waves(waves: np.ndarray) -> np.ndarray:
    """Power of complex windows ``(n, n_samples)`` by cycles, of the same shape; negative ones last."""
    return np.square(np.abs(np.fft.fft(waves)))


def power_of_pictures(pictures: np.ndarray) -> np.ndarray:
    """Power of complex pictures ``(n, side, side)`` by the order of circular harmonics, ``(n, N_ANGLES)``."""
    middle = (pictures.shape[1] - 1) / 2
    radii = np.arange(1, np.floor(middle) + 1)
    angles = 2 * np.pi * np.arange(N_ANGLES) / N_ANGLES
    places = middle + radii[:, None] * np.stack([-np.sin(angles), np.cos(angles)])[:, None]
    rings = np.array([map_coordinates(p.real, places, order=1) + 1j * map_coordinates(p.imag, places, order=1)
                      for p in pictures])  # fmt: skip
    return (np.square(np.abs(np.fft.fft(rings))) * radii[:, None]).sum(axis=1)


def clearness(power: np.ndarray, near_bins: int = NEAR_BINS) -> np.ndarray:
    """Largest share of the power ``(n, ...)`` within so many bins of one place, ``(n,)``, 0 to 1; 0 without power."""
    axes = tuple(range(1, power.ndim))
    width = 2 * near_bins + 1
    around = uniform_filter(power, width, mode="wrap", axes=axes) * width ** len(axes)
    total = power.sum(axis=axes)
    return np.divide(around.max(axis=axes), total, out=np.zeros_like(total), where=total > 0)


def clearness_of(bases: np.ndarray, parameters: Any) -> np.ndarray:
    """Clearness of the complex bases ``(n, n_values)`` of a run, ``(n,)``, by its study."""
    if parameters.study == "signal":
        return clearness(power_of_waves(bases))
    if parameters.study == "themes":
        return clearness(power_of_patches(unflatten(bases, parameters.model.patch_frames)))
    return clearness(power_of_pictures(unflatten(bases, parameters.images.side_pixels)), near_bins=0)


def cycles_of(patches: np.ndarray) -> np.ndarray:
    """How many cycles each complex patch ``(n, n_frames, n_bins)`` has at the peak of its Fourier transform."""
    power = power_of_patches(patches).reshape(len(patches), -1)
    rates = [np.fft.fftfreq(n, 1 / n) for n in patches.shape[1:]]
    return np.hypot(*np.meshgrid(*rates, indexing="ij")).ravel()[power.argmax(axis=1)]


def angular_orders(power: np.ndarray) -> np.ndarray:
    """The order with most power, either way round, ``(n,)``, from what `power_of_pictures` gives."""
    orders = np.abs(np.fft.fftfreq(N_ANGLES, 1 / N_ANGLES)).astype(int)
    return np.array([np.bincount(orders, each) for each in power]).argmax(axis=1)
