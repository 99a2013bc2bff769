"""Joint time-frequency and spiral scattering, and the scattering features of clips.

Nothing is compressed: see `models.compression`.

References
----------
Anden, Lostanlen and Mallat, "Joint time-frequency scattering", IEEE Transactions on Signal Processing 67, 2019.
Lostanlen and Mallat, "Wavelet scattering on the pitch spiral", DAFx 2015.
"""

from collections.abc import Sequence
from functools import lru_cache

import keras
import numpy as np
from keras import ops
from scipy.linalg import block_diag

from models.filter_banks import FrequencyFilter, frequency_banks
from models.time_scattering import Path, TimeScattering, coefficients, modulus, pad_last

POSITIONS_PER_OCTAVE = 2  # of the average along log-frequency
BATCH_CLIPS = 32  # that are averaged along log-frequency together
CLIPS_AT_ONCE = {"time": 32, "joint": 8, "spiral": 8}  # that are filtered together


@keras.saving.register_keras_serializable(package="scattering")
class JointScattering(TimeScattering):
    """Orders 0 and 1 along time, and order 2 along time and log-frequency together.

    U1 is convolved with an analytic filter along time and with a filter along log-frequency, low-pass or band-pass of
    either sign of quefrency: its *spin*. Rising sounds excite the negative one, falling ones the positive one. The
    modulus is averaged over time as in `TimeScattering` and over an octave of log-frequency. Beyond its ends the axis
    of log-frequency is zero.
    """

    is_spiral = False

    def build(self, shape):
        super().build(shape)
        banks = frequency_banks(len(self.first), self.filters_per_octave, self.is_spiral)
        self.kernels = [np.concatenate([band.kernel for band in bank]) for bank in banks]
        centres = np.arange(0, len(self.first), self.filters_per_octave / POSITIONS_PER_OCTAVE)
        self.weights_along = [weights_of_averages(bank, centres, self.filters_per_octave) for bank in banks]
        centres_hz = self.min_frequency_hz * 2 ** (centres / self.filters_per_octave)
        self.paths = self.paths[: 1 + len(self.first)] + [
            Path(float(centre_hz), (psi.centre / self.duration_s,), spin * band.quefrency, turn(spin, band))
            for bank in banks
            for psi in self.further
            for spin in (1, -1)
            for band in bank
            if spin in band.spins
            for centre_hz in centres_hz
        ]

    def call(self, sounds):
        return self.average_along(self.average_moduli(sounds))

    def average_moduli(self, sounds):
        """Return averages over time of the signal, of U1, and of the moduli of each bank, further filter and spin."""
        parts = coefficients(sounds)
        envelopes = self.envelopes(parts)
        averages = [self.average(parts)[:, None], self.average(envelopes)]
        along_time = [self.filtered(envelopes, psi) for psi in self.further]
        for kernel in self.kernels:
            for signals in along_time:
                for moduli in convolve(signals, kernel):
                    averages.append(
                        ops.mean(moduli, axis=-1) if self.is_invariant else self.average(coefficients(moduli))
                    )
        return averages

    def average_along(self, averages):
        """Return what `average_moduli` gave, averaged along log-frequency, as one array."""
        outputs, moduli = averages[:2], iter(averages[2:])
        for weights_of_spins in self.weights_along:
            for _ in self.further:
                for weights in weights_of_spins:
                    of_bands = next(moduli)
                    outputs.append(
                        ops.matmul(of_bands, weights.T) if self.is_invariant else ops.matmul(weights, of_bands)
                    )
        return self.paths_last(ops.concatenate(outputs, axis=1))

    def envelopes(self, parts):
        """Return the coefficients of U1, as far as filters along time reach: ``(batch, n_filters, n_bins)``."""
        n_bins = max(psi.start + len(psi.values) for psi in self.further)
        of_groups = [coefficients(signals) for _, signals in self.first_moduli(parts)]
        return [
            ops.concatenate([pad_last(part[..., :n_bins], n_bins) for part in groups], axis=1)
            for groups in zip(*of_groups, strict=True)
        ]


@keras.saving.register_keras_serializable(package="scattering")
class SpiralScattering(JointScattering):
    """Joint scattering, and the same with a filter across octaves of equal chroma after that along log-frequency."""

    is_spiral = True


LAYERS = {"time": TimeScattering, "joint": JointScattering, "spiral": SpiralScattering}


def convolve(signals, kernel):
    """Return the moduli of both spins of signals ``(batch, n_bands, n)`` convolved along log-frequency.

    The signals are conjugates, as `transform_back` returns them: the kernel's own product has the spin -1.
    """
    (rr, ri), (ir, ii) = ([ops.matmul(part, signal) for signal in signals] for part in (kernel.real, kernel.imag))
    return modulus(rr + ii, ri - ir), modulus(rr - ii, ri + ir)


def weights_of_averages(bank: list[FrequencyFilter], centres: np.ndarray, bands_per_octave: int) -> list[np.ndarray]:
    """Return for each spin the matrix that averages the outputs of a bank around centres, over an octave each."""
    width = bands_per_octave / 2  # the Gaussian's standard deviation, in bands
    blocks = []
    for band in bank:
        stride = band.positions[1] - band.positions[0]
        gaussian = np.exp(-0.5 * ((centres[:, None] - band.positions) / width) ** 2)
        blocks.append((gaussian * stride / (width * np.sqrt(2 * np.pi))).astype(np.float32))
    whole = block_diag(*blocks)
    has_twin = np.repeat([len(band.spins) == 2 for band in bank], len(centres))
    return [whole, whole[has_twin]]


def turn(spin: int, band: FrequencyFilter) -> float | None:
    """Return the quefrency across octaves of one spin of a filter."""
    return None if band.octave_quefrency is None else spin * band.octave_quefrency


def scattering_features(clips: np.ndarray, *, sample_rate_hz: float, kinds: Sequence[str]) -> dict[str, np.ndarray]:
    """Return scattering of clips averaged over all of their time, nonnegative and not compressed.

    Parameters
    ----------
    clips : ndarray (n_clips, n_samples)
    kinds : of "time" (orders 1 and 2), "joint" (order 1 and joint), "spiral" (order 1, joint and spiral)

    Returns
    -------
    dict
        From each kind to ``(n_clips, n_paths)``, float32.
    """
    if unknown := set(kinds) - LAYERS.keys():
        raise ValueError(f"kinds={min(unknown)!r}: must be of {', '.join(LAYERS)}")
    features = {}
    if "time" in kinds:
        features["time"] = _transform("time", sample_rate_hz, clips)[0]
    if "spiral" in kinds:
        spiral, paths = _transform("spiral", sample_rate_hz, clips)
        features["spiral"] = spiral
        features["joint"] = spiral[:, [path.octave_quefrency is None for path in paths]]
    elif "joint" in kinds:
        features["joint"] = _transform("joint", sample_rate_hz, clips)[0]
    return {kind: features[kind] for kind in kinds}


def _transform(kind: str, sample_rate_hz: float, clips: np.ndarray) -> tuple[np.ndarray, list[Path]]:
    """Return all but order 0 of clips, and what each measures.

    Moduli take most of the memory, so that few clips are filtered at once. The last bit of an average along
    log-frequency depends on how many clips there are and on which of them it is: there are as many as can be.
    """
    n_clips = len(clips)
    layer, over_time = _models_of(kind, sample_rate_hz, clips.shape[1])
    paths = layer.paths[1:]
    features = np.empty((n_clips, len(paths)), np.float32)
    batch = min(BATCH_CLIPS, n_clips)
    for start in range(0, n_clips, batch or 1):
        rows = slice(min(start, n_clips - batch), min(start + batch, n_clips))
        some = np.asarray(clips[rows], np.float32)
        few = (some[first : first + CLIPS_AT_ONCE[kind]] for first in range(0, batch, CLIPS_AT_ONCE[kind]))
        parts = [keras.tree.flatten(over_time.predict_on_batch(sounds)) for sounds in few]
        averages = [np.concatenate(of_parts) for of_parts in zip(*parts, strict=True)]
        features[rows] = layer.average_along(averages)[:, 1:]
    return features, paths


@lru_cache(maxsize=len(LAYERS))
def _models_of(kind: str, sample_rate_hz: float, n_samples: int) -> tuple[TimeScattering, keras.Model]:
    """Return the layer, and the model from clips to its averages over time."""
    layer = LAYERS[kind](sample_rate_hz)
    layer.build((None, n_samples))
    clips = keras.Input((n_samples,))
    return layer, keras.Model(clips, keras.layers.Lambda(layer.average_moduli)(clips))
