"""Band-pass and low-pass filters of scattering transforms, in the Fourier domain.

Band-pass filters are Morlet: a Gaussian around a centre, less what makes the mean vanish. Along time they are analytic,
without negative frequencies. Neighbours cross where each has lost half its power. Each bank is scaled so that its
Littlewood-Paley sum, the energy of all outputs for a unit of energy at a frequency, is at most 1: no filter bank
expands a distance.

References
----------
Anden and Mallat, "Deep scattering spectrum", IEEE Transactions on Signal Processing 62, 2014.
Anden, Lostanlen and Mallat, "Joint time-frequency scattering", IEEE Transactions on Signal Processing 67, 2019.
Lostanlen and Mallat, "Wavelet scattering on the pitch spiral", DAFx 2015.
"""

from dataclasses import dataclass, replace

import numpy as np

NEGLIGIBLE = 1e-4  # values of a filter below this part of its maximum are left out
HIGHEST_CENTRE = 0.35  # of a band-pass filter of one octave, in cycles a sample (kymatio's)
AVERAGE_OCTAVES = 2.0  # of the low-pass filter along log-frequency: 32 bands at 16 an octave, as in the experiments
SPIRAL_OCTAVES = 4.0  # of the low-pass filter across octaves
GRID_OCTAVES = 64  # length of responses along log-frequency, in octaves: no impulse response is as long
STANDARD_DEVIATIONS = 3  # half the band for which a filter along log-frequency is sampled


@dataclass(frozen=True)
class Filter:
    """A real frequency response, zero outside its band; bin k is k cycles in the whole signal."""

    start: int  # first bin of the band
    values: np.ndarray  # (n_bins,), float32
    centre: float  # in bins
    width: float  # standard deviation of the Gaussian, in bins


@dataclass(frozen=True)
class FrequencyFilter:
    """A filter along log-frequency, as a matrix: the bands' weights at each position where it is sampled.

    Its conjugate is the filter of the opposite quefrencies, but for the low-pass filter, which is its own.
    """

    quefrency: float  # centre, in cycles an octave
    octave_quefrency: float | None  # centre of the filter across octaves, in cycles an octave; None: there is none
    kernel: np.ndarray  # (n_positions, n_bands), complex64
    positions: np.ndarray  # (n_positions,), in bands

    @property
    def spins(self) -> tuple[int, ...]:
        """Signs of quefrency that it stands for, with its conjugate."""
        return (1, -1) if self.quefrency or self.octave_quefrency else (1,)


def relative_width(filters_per_octave: float) -> float:
    """Return the standard deviation of a Morlet filter over its centre, so that neighbours cross at half power.

    >>> round(relative_width(1), 2), round(relative_width(12), 4)
    (0.4, 0.0347)
    """
    ratio = 2 ** (-1 / filters_per_octave)
    return float((1 - ratio) / (1 + ratio) / np.sqrt(np.log(2)))


def morlet(frequencies: np.ndarray, centre: float, width: float, period: float | None = None) -> np.ndarray:
    """Return a Morlet filter at frequencies: about 1 at its centre, 0 at frequency 0.

    With a period its tails are folded into it.
    """

    def gaussian(around: float, at: np.ndarray) -> np.ndarray:
        turns = range(-2, 3) if period else [0]
        return np.sum([np.exp(-0.5 * ((at - around + turn * (period or 0)) / width) ** 2) for turn in turns], axis=0)

    zero = np.zeros(1)
    ratio = gaussian(centre, zero) / gaussian(0, zero)
    return gaussian(centre, frequencies) - ratio * gaussian(0, frequencies)


def low_pass(duration: float, average: float | None = None) -> Filter:
    """Return a Gaussian whose standard deviation along the axis is half of `average`; None: the mean of all.

    Both in one unit of the axis, seconds for example.
    """
    if average is None:
        return Filter(0, np.ones(1, np.float32), 0.0, 0.0)
    width = duration / (np.pi * average)  # 1 / (2 pi standard deviation), in bins
    bins = np.arange(int(width * np.sqrt(-2 * np.log(NEGLIGIBLE))) + 1)
    return Filter(0, np.exp(-0.5 * (bins / width) ** 2).astype(np.float32), 0.0, width)


def octave_centres(highest: float, lowest: float, filters_per_octave: int = 1) -> np.ndarray:
    """Return rising centres of a bank that has one at `highest`, and none below `lowest`."""
    n_filters = int(np.floor(filters_per_octave * np.log2(highest / lowest) + 1e-9)) + 1
    return highest * 2 ** (-np.arange(n_filters)[::-1] / filters_per_octave)


def morlet_bank(centres: np.ndarray, filters_per_octave: float, phi: Filter, max_bin: int) -> list[Filter]:
    """Return Morlet filters of the centres, in bins, scaled so that they and the low-pass filter do not expand.

    None reaches beyond `max_bin`, the Nyquist frequency.
    """
    filters = [_in_band(centre, relative_width(filters_per_octave) * centre, max_bin) for centre in centres]
    room = 1 - np.square(response(phi, max_bin + 1))
    energy = littlewood_paley(filters, max_bin + 1)
    scale = np.sqrt(np.min(room[energy > NEGLIGIBLE] / energy[energy > NEGLIGIBLE]))
    return [replace(psi, values=(scale * psi.values).astype(np.float32)) for psi in filters]


def _in_band(centre: float, width: float, max_bin: int) -> Filter:
    """Return a Morlet filter where it is not negligible."""
    reach = width * np.sqrt(-2 * np.log(NEGLIGIBLE))
    bins = np.arange(max(1, int(centre - reach)), min(max_bin, int(centre + reach) + 1) + 1)
    return Filter(int(bins[0]), morlet(bins, centre, width), centre, width)


def response(band: Filter, n_bins: int) -> np.ndarray:
    """Return a filter at the bins from 0 on."""
    values = np.zeros(max(n_bins, band.start + len(band.values)))
    values[band.start : band.start + len(band.values)] = band.values
    return values[:n_bins]


def littlewood_paley(filters: list[Filter], n_bins: int) -> np.ndarray:
    """Return the energy that analytic filters let through at each bin, of a real signal: half the sum of squares."""
    return sum((np.square(response(psi, n_bins)) for psi in filters), np.zeros(n_bins)) / 2


def frequency_banks(n_bands: int, bands_per_octave: int, spiral: bool) -> list[list[FrequencyFilter]]:
    """Return banks along log-frequency: a low-pass and one band-pass filter an octave of quefrency.

    With `spiral` there follows a bank for each filter across octaves of equal chroma, with which each of these is
    convolved. Along the axis reshaped to (octave, chroma) such a filter is one across rows; on the axis itself its
    response has period 1 cycle an octave.
    """
    along = two_sided_bank(bands_per_octave, AVERAGE_OCTAVES)
    across: list[tuple[float | None, np.ndarray]] = [(None, np.ones(GRID_OCTAVES))]
    if spiral:
        bands = two_sided_bank(1, SPIRAL_OCTAVES)
        across += [*bands, *((-centre, np.roll(hat[::-1], 1)) for centre, hat in bands[1:])]
    return [
        [
            _sampled(quefrency, turns, hat * np.tile(octave_hat, bands_per_octave), n_bands, bands_per_octave)
            for quefrency, hat in along
            if quefrency > 0 or (turns or 0) >= 0  # else it is the other spin of another
        ]
        for turns, octave_hat in across
    ]


def two_sided_bank(samples_per_octave: int, average_octaves: float) -> list[tuple[float, np.ndarray]]:
    """Return the centres, in cycles an octave, and responses of a low-pass and of band-pass filters: one spin.

    Responses are on the grid of `numpy.fft.fftfreq`, periodic as the axis is sampled.
    """
    n_bins = GRID_OCTAVES * samples_per_octave
    quefrencies = np.fft.fftfreq(n_bins, 1 / samples_per_octave)
    average = np.exp(-0.5 * (quefrencies * np.pi * average_octaves) ** 2)
    centres = octave_centres(HIGHEST_CENTRE * samples_per_octave, 1 / average_octaves)
    bands = [morlet(quefrencies, centre, relative_width(1) * centre, samples_per_octave) for centre in centres]
    energy = sum(np.square(hat) + np.square(np.roll(hat[::-1], 1)) for hat in bands)
    inside = energy > NEGLIGIBLE
    scale = np.sqrt(np.min((1 - np.square(average))[inside] / energy[inside]))
    return [(0.0, average), *((float(centre), scale * hat) for centre, hat in zip(centres, bands, strict=True))]


def _sampled(
    quefrency: float, turns: float | None, hat: np.ndarray, n_bands: int, bands_per_octave: int
) -> FrequencyFilter:
    """Return a filter as a matrix, at as many positions as its band asks for, the axis zero beyond its ends."""
    width = quefrency * relative_width(1) if quefrency else 1 / (np.pi * AVERAGE_OCTAVES)
    stride = int(np.clip(bands_per_octave / (2 * STANDARD_DEVIATIONS * width), 1, bands_per_octave // 4))
    positions = np.arange(0, n_bands, stride)
    lags = positions[:, None] - np.arange(n_bands)
    return FrequencyFilter(quefrency, turns, np.fft.ifft(hat)[lags].astype(np.complex64), positions)
