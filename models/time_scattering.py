"""Scattering along time: wavelets, modulus, wavelets, modulus, average; filters are constant.

Order 1 is the average of U1 = |x * psi1|, the modulus of a constant-Q transform; order 2 that of ||x * psi1| * psi2|.

The signal is periodic. Signals are held as Fourier coefficients ``fft(x) / n``, of which a band is cut and transformed
back on about as many points as it has bins: the modulus does not see that the band is shifted to zero.

References
----------
Anden and Mallat, "Deep scattering spectrum", IEEE Transactions on Signal Processing 62, 2014.
"""

from itertools import groupby
from typing import NamedTuple

import keras
import numpy as np
from keras import ops

from models.filter_banks import Filter, low_pass, morlet_bank, octave_centres

SMALLEST_POWER = 1e-30  # below it the square root has no gradient
ENVELOPE_WIDTH = 2 * np.sqrt(2)  # two standard deviations of the spectrum of a band's envelope, in those of the band


class Path(NamedTuple):
    """What an output measures."""

    centre_hz: float = 0.0  # of the first filter; of joint scattering where the average along log-frequency is centred
    modulations_hz: tuple[float, ...] = ()  # centres of the further filters along time; 0: the low-pass filter
    quefrency: float | None = None  # of the filter along log-frequency, cycles an octave, signed; None: there is none
    octave_quefrency: float | None = None  # of the filter across octaves


@keras.saving.register_keras_serializable(package="scattering")
class TimeScattering(keras.layers.Layer):
    """Scattering along time, of orders 0 to `max_order`, 1 or 2.

    Input shape: ``(batch, n_samples)``. Output shape: ``(batch, n_paths)``, or ``(batch, n_frames, n_paths)`` if the
    average is not over all. `paths`, known once it is built, says what each measures; the first is order 0, the average
    of the signal itself.

    Parameters
    ----------
    sample_rate_hz : float
    max_order : int
        In second order, one filter an octave, and only the paths that can carry energy: a filter whose centre lies
        within the spectrum of the envelope before it.
    filters_per_octave, min_frequency_hz, octaves
        The first order's bank: from the lowest centre upwards.
    max_modulation_hz : float
        Centre of the fastest filter of second order.
    average_s : float, optional
        Twice the standard deviation of the Gaussian that averages over time; None: the mean of the whole signal.
    oversampling : int
        Points for each bin of a band, before rounding up to a power of two. A modulus has a wider band than the signal.

    Raises
    ------
    ValueError
        If the sample rate is too low for the octaves.
    """

    def __init__(
        self,
        sample_rate_hz,
        *,
        max_order=2,
        filters_per_octave=12,
        min_frequency_hz=55.0,
        octaves=7,
        max_modulation_hz=120.0,
        average_s=None,
        oversampling=1,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_octaves(sample_rate_hz, min_frequency_hz, octaves)
        self.sample_rate_hz, self.max_order = sample_rate_hz, max_order
        self.filters_per_octave, self.min_frequency_hz, self.octaves = filters_per_octave, min_frequency_hz, octaves
        self.max_modulation_hz, self.average_s, self.oversampling = max_modulation_hz, average_s, oversampling

    def get_config(self):
        names = ("sample_rate_hz", "max_order", "filters_per_octave", "min_frequency_hz", "octaves")
        names += ("max_modulation_hz", "average_s", "oversampling")
        return super().get_config() | {name: getattr(self, name) for name in names}

    def build(self, shape):
        self.duration_s = shape[-1] / self.sample_rate_hz
        self.phi, self.first, self.further = self.make_banks(shape[-1])
        self.is_invariant = len(self.phi.values) == 1
        first = [(index,) for index in range(len(self.first))]
        second = [(*path, index) for path in first for index in self.followers(path)]
        self.indices = [(), *first, *(second if self.max_order == 2 else [])]
        self.paths = [self.describe(path) for path in self.indices]
        self.built = True

    def compute_output_shape(self, shape):
        frames = () if self.is_invariant else (self.n_frames,)
        return (shape[0], *frames, len(self.paths))

    @property
    def n_frames(self) -> int:
        """Number of averages over time, if not one."""
        return points(2 * len(self.phi.values), 1)

    def followers(self, path: tuple[int]) -> list[int]:
        """Return the further filters that may follow one of the first order."""
        return [index for index, psi in enumerate(self.further) if self.may_follow(self.first[path[0]], psi)]

    def make_banks(self, n_samples: int) -> tuple[Filter, list[Filter], list[Filter]]:
        """Return the low-pass filter, and the band-pass filters of both orders, rising."""
        phi = low_pass(self.duration_s, self.average_s)
        highest_hz = self.min_frequency_hz * 2 ** (self.octaves - 1 / self.filters_per_octave)
        centres_hz = octave_centres(highest_hz, self.min_frequency_hz, self.filters_per_octave)
        modulations_hz = octave_centres(self.max_modulation_hz, 1 / (self.average_s or self.duration_s))
        return (
            phi,
            morlet_bank(centres_hz * self.duration_s, self.filters_per_octave, phi, n_samples // 2),
            morlet_bank(modulations_hz * self.duration_s, 1, phi, n_samples // 2),
        )

    def may_follow(self, previous: Filter, psi: Filter) -> bool:
        """Whether a filter lies within the spectrum of the envelope of what another one lets through."""
        return psi.centre < ENVELOPE_WIDTH * previous.width

    def call(self, sounds):
        return self.average_along(self.average_moduli(sounds))

    def average_moduli(self, sounds):
        """Return the averages over time of all moduli, and of the signal, as a list of arrays."""
        parts = coefficients(sounds)
        outputs = [([()], self.average(parts)[:, None])]
        for paths, signals in self.first_moduli(parts):
            parts = coefficients(signals)
            outputs.append((paths, self.average(parts)))
            if self.max_order == 2:
                outputs.extend(self.second_order(paths, parts))
        return [self.join(outputs)]

    def average_along(self, averages):
        """Return what `average_moduli` gave as one array: there is no average along log-frequency."""
        return averages[0]

    def first_moduli(self, parts):
        """Return U1 in groups of filters that need as many points, with their paths: ``(batch, n_filters, n)``."""
        n_points = [points(len(psi.values), self.oversampling) for psi in self.first]
        for n, members in groupby(range(len(self.first)), n_points.__getitem__):
            indices = list(members)
            bins, values = stack_bands([self.first[index] for index in indices], parts[0].shape[-1])
            bands = [ops.take(part, bins, axis=1) * values for part in parts]  # (batch, n_filters, n_bins)
            yield [(index,) for index in indices], modulus(*transform_back(bands, n))

    def filtered(self, parts, psi):
        """Return filtered signals, as `transform_back` does."""
        bands = [part[..., psi.start : psi.start + len(psi.values)] for part in parts]
        bands = [band * psi.values[: band.shape[-1]] for band in bands]
        return transform_back(bands, points(len(psi.values), self.oversampling))

    def second_order(self, paths, parts):
        """Yield averages of the moduli of each further filter, of all signals that it may follow, with their paths."""
        for index, psi in enumerate(self.further):
            if followed := [row for row, path in enumerate(paths) if index in self.followers(path)]:
                some = [ops.take(part, np.array(followed), axis=1) for part in parts]
                averages = self.average(coefficients(modulus(*self.filtered(some, psi))))
                yield [(*paths[row], index) for row in followed], averages

    def average(self, parts):
        """Return averages over time of signals given by coefficients: of all, or ``(..., n_frames)``."""
        n_bins = len(self.phi.values)
        if self.is_invariant:
            return parts[0][..., 0]
        band = [part[..., :n_bins] for part in parts]
        band = [part * self.phi.values[: part.shape[-1]] for part in band]
        n = self.n_frames
        return n * ops.irfft(tuple(pad_last(part, n // 2 + 1) for part in band), fft_length=n)

    def join(self, outputs):
        """Return outputs as one array, in the order of `paths`."""
        rows = {path: row for row, path in enumerate(path for paths, _ in outputs for path in paths)}
        joined = ops.concatenate([averages for _, averages in outputs], axis=1)
        return self.paths_last(ops.take(joined, np.array([rows[path] for path in self.indices]), axis=1))

    def paths_last(self, averages):
        """Return ``(batch, n_paths, ...)`` with its paths last."""
        return averages if self.is_invariant else ops.swapaxes(averages, 1, 2)

    def describe(self, path: tuple[int, ...]) -> Path:
        """Return what a path of filters measures."""
        if not path:
            return Path()
        modulations = tuple(self.further[index].centre / self.duration_s for index in path[1:])
        return Path(self.first[path[0]].centre / self.duration_s, modulations)


def check_octaves(sample_rate_hz, min_frequency_hz, octaves):
    """Raise ValueError if the octaves reach above half the sample rate."""
    most = int(np.log2(sample_rate_hz / 2 / min_frequency_hz))
    if octaves > most:
        raise ValueError(
            f"octaves={octaves}: {sample_rate_hz} samples a second allow {most} above {min_frequency_hz:g} Hz"
        )


def modulus(real, imaginary):
    """Return the modulus of complex numbers; its gradient is 0 at 0."""
    return ops.sqrt(ops.maximum(ops.square(real) + ops.square(imaginary), SMALLEST_POWER))


def coefficients(signals):
    """Return the Fourier coefficients of real signals as two arrays, their real and imaginary parts."""
    return [part / signals.shape[-1] for part in ops.rfft(signals)]


def pad_last(array, n):
    """Return an array whose last axis is made longer by zeros."""
    return ops.pad(array, [(0, 0)] * (len(array.shape) - 1) + [(0, max(0, n - array.shape[-1]))])


def points(n_bins: int, oversampling: int) -> int:
    """Return the number of points a band is transformed back on: a power of two."""
    return 2 ** int(np.ceil(np.log2(n_bins * oversampling)))


def stack_bands(bands: list[Filter], n_bins: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the bins of several bands and their values, as many for each: those that it lacks have the value 0."""
    longest = max(len(psi.values) for psi in bands)
    bins = np.array([psi.start for psi in bands])[:, None] + np.arange(longest)
    values = np.stack([np.pad(psi.values, (0, longest - len(psi.values))) for psi in bands])
    return np.minimum(bins, n_bins - 1), values


def transform_back(bands, n):
    """Return real and imaginary parts of the conjugates of n points of signals, shifted in frequency to zero."""
    real, imaginary = (pad_last(band, n) for band in bands)
    return ops.fft((real, -imaginary))
