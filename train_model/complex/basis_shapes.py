"""The shape of a complex basis, from its Fourier transform, and how clear it is.

The transform is along time and frequency for patches, around the middle for images, along time for windows. A basis is
clear if its power lies around one position of the transform: one grating, one order of rotation, one frequency. Both
signs count apart: a complex wave rotates one way only if its parts are in quadrature.
"""

import numpy as np
from scipy.ndimage import map_coordinates, uniform_filter

NEAR_BINS = 2  # of a Fourier transform, to each side: what an envelope as long as a basis spreads a wave over
N_ANGLES = 128  # points on a circle, from which the order of a rotation is computed


def power_of_patches(patches: np.ndarray) -> np.ndarray:
    """Return the power of complex patches ``(n, n_frames, n_bins)`` by cycles in time and frequency."""
    return np.square(np.abs(np.fft.fft2(patches)))


def power_of_waves(waves: np.ndarray) -> np.ndarray:
    """Return the power of complex windows ``(n, n_samples)`` by cycles; negative ones last."""
    return np.square(np.abs(np.fft.fft(waves)))


def power_of_images(images: np.ndarray) -> np.ndarray:
    """Return the power of complex images ``(n, side, side)`` by the order of circular harmonics, ``(n, N_ANGLES)``."""
    middle = (images.shape[1] - 1) / 2
    radii = np.arange(1, np.floor(middle) + 1)
    angles = 2 * np.pi * np.arange(N_ANGLES) / N_ANGLES
    points = middle + radii[:, None] * np.stack([-np.sin(angles), np.cos(angles)])[:, None]
    rings = np.array([
        map_coordinates(image.real, points, order=1) + 1j * map_coordinates(image.imag, points, order=1)
        for image in images
    ])  # fmt: skip
    return (np.square(np.abs(np.fft.fft(rings))) * radii[:, None]).sum(axis=1)


def clearness(power: np.ndarray, near_bins: int = NEAR_BINS) -> np.ndarray:
    """Return the largest fraction of power ``(n, ...)`` around one position, ``(n,)``; 0 without power."""
    axes = tuple(range(1, power.ndim))
    width = 2 * near_bins + 1
    around = uniform_filter(power, width, mode="wrap", axes=axes) * width ** len(axes)
    total = power.sum(axis=axes)
    return np.divide(around.max(axis=axes), total, out=np.zeros_like(total), where=total > 0)


def cycles_of(patches: np.ndarray) -> np.ndarray:
    """Return the cycles of each complex patch ``(n, n_frames, n_bins)`` at the peak of its Fourier transform."""
    power = power_of_patches(patches).reshape(len(patches), -1)
    rates = [np.fft.fftfreq(n, 1 / n) for n in patches.shape[1:]]
    return np.hypot(*np.meshgrid(*rates, indexing="ij")).ravel()[power.argmax(axis=1)]


def angular_orders(power: np.ndarray) -> np.ndarray:
    """Return the order with most power, either way round, ``(n,)``, from the result of `power_of_images`."""
    orders = np.abs(np.fft.fftfreq(N_ANGLES, 1 / N_ANGLES)).astype(int)
    return np.array([np.bincount(orders, powers) for powers in power]).argmax(axis=1)
