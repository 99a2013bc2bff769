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
        parts = coefficients(sounds)
        envelopes = self.envelopes(parts)
        outputs = [self.average(parts)[:, None], self.average(envelopes)]
        along_time = [self.filtered(envelopes, psi) for psi in self.further]
        for kernel, weights in zip(self.kernels, self.weights_along, strict=True):
            for signals in along_time:
                outputs.extend(self.average_jointly(convolve(signals, kernel), weights))
        return self.paths_last(ops.concatenate(outputs, axis=1))

    def envelopes(self, parts):
        """Return the coefficients of U1, as far as filters along time reach: ``(batch, n_filters, n_bins)``."""
        n_bins = max(psi.start + len(psi.values) for psi in self.further)
        of_groups = [coefficients(signals) for _, signals in self.first_moduli(parts)]
        return [
            ops.concatenate([pad_last(part[..., :n_bins], n_bins) for part in groups], axis=1)
            for groups in zip(*of_groups, strict=True)
        ]

    def average_jointly(self, moduli_of_spins, weights_of_spins):
        """Yield averages of each spin, ``(batch, n_positions, n)``, over time and log-frequency."""
        for moduli, weights in zip(moduli_of_spins, weights_of_spins, strict=True):
            if self.is_invariant:
                yield ops.matmul(ops.mean(moduli, axis=-1), weights.T)
            else:
                yield ops.matmul(weights, self.average(coefficients(moduli)))


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


def scattering_features(
    clips: np.ndarray, *, sample_rate_hz: float, kinds: Sequence[str], batch: int = 32
) -> dict[str, np.ndarray]:
    """Return scattering of clips averaged over all of their time, nonnegative and not compressed.

    Parameters
    ----------
    clips : ndarray (n_clips, n_samples)
    kinds : of "time" (orders 1 and 2), "joint" (order 1 and joint), "spiral" (order 1, joint and spiral)
    batch : clips that are transformed together

    Returns
    -------
    dict
        From each kind to ``(n_clips, n_paths)``, float32.
    """
    if unknown := set(kinds) - LAYERS.keys():
        raise ValueError(f"kinds={min(unknown)!r}: must be of {', '.join(LAYERS)}")
    features = {}
    if "time" in kinds:
        features["time"] = _transform("time", sample_rate_hz, clips, batch)[0]
    if "spiral" in kinds:
        spiral, paths = _transform("spiral", sample_rate_hz, clips, batch)
        features["spiral"] = spiral
        features["joint"] = spiral[:, [path.octave_quefrency is None for path in paths]]
    elif "joint" in kinds:
        features["joint"] = _transform("joint", sample_rate_hz, clips, batch)[0]
    return {kind: features[kind] for kind in kinds}


def _transform(kind: str, sample_rate_hz: float, clips: np.ndarray, batch: int) -> tuple[np.ndarray, list[Path]]:
    """Return all but order 0 of clips, and what each measures; each batch has as many, so that one graph does."""
    n_clips = len(clips)
    model = _model_of(kind, sample_rate_hz, clips.shape[1])
    paths = model.layers[-1].paths[1:]
    features = np.empty((n_clips, len(paths)), np.float32)
    batch = min(batch, n_clips)
    for start in range(0, n_clips, batch or 1):
        rows = slice(min(start, n_clips - batch), min(start + batch, n_clips))
        features[rows] = model.predict_on_batch(np.asarray(clips[rows], np.float32))[:, 1:]
    return features, paths


@lru_cache(maxsize=len(LAYERS))
def _model_of(kind: str, sample_rate_hz: float, n_samples: int) -> keras.Model:
    return keras.Sequential([keras.Input((n_samples,)), LAYERS[kind](sample_rate_hz)])
