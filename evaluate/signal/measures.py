"""How little magnitudes in complex bases change when a sound is shifted, and how like Fourier's the bases are.

Bases are ``(2 * n_bases, window_samples)``: real parts, then imaginary parts. Windows are of the held-out ends of the
recordings, prepared as in training.
"""

import numpy as np
from scipy.signal import get_window

from models.random_bases import random_bases
from models.retrieval import centred_cosines, retrieval_accuracy
from pipeline.patches import WINDOW_STD, standardise
from pipeline.results import Arrays
from pipeline.studies.signal import ShiftMeasure

NEAR_BINS = 2  # of the Fourier transform of a window: Hann's main lobe is as wide to each side
SPECTRUM_WINDOWS = 1000
DRAWN_PER_WINDOW = 10  # silent ones are left out
BLOCK_WINDOWS = 1000  # looked at together
NOT_SILENT = 1e-4  # standard deviation of a window, of full scale: -80 dB


def measure_shifts(arrays: Arrays, bases: Arrays, measure: ShiftMeasure) -> dict[str, np.ndarray]:
    """Measure what shifts do to magnitudes of held-out windows, in each of several bases by name.

    Returns
    -------
    dict of str to np.ndarray
        ``features (n_features,)``: the names of the bases, then "samples", the windows as they are;
        ``shifts_samples (n_shifts,)``; and ``cosine``, ``change``, ``found`` ``(n_features, n_shifts)``, those of
        `compare` for windows and shifted windows.
    """
    window_samples = next(iter(bases.values())).shape[1]
    shifts = np.array(measure.shifts_samples)
    starts = draw_held_out(arrays, measure.n_windows, window_samples, int(np.abs(shifts).max()), measure.seed)
    windows = prepare(cut(arrays["samples"], starts, window_samples))
    references = [features(windows, each_bases) for each_bases in (*bases.values(), None)]
    values = []
    for shift in shifts:
        others = prepare(cut(arrays["samples"], starts + shift, window_samples))
        values.append([
            compare(reference, features(others, each_bases))
            for reference, each_bases in zip(references, (*bases.values(), None), strict=True)
        ])  # fmt: skip
    cosine, change, found = np.transpose(values)
    names = np.array([*bases, "samples"])
    return {"features": names, "shifts_samples": shifts, "cosine": cosine, "change": change, "found": found}


def features(windows: np.ndarray, bases: np.ndarray | None) -> np.ndarray:
    """Return magnitudes of windows in bases, ``(n_windows, n_bases)``; the windows themselves without bases."""
    return windows if bases is None else np.hypot(*np.split(windows @ bases.T, 2, axis=1))


def compare(reference: np.ndarray, shifted: np.ndarray) -> tuple[float, float, float]:
    """Return mean centred cosine, mean change relative to the norm, and accuracy of retrieval of vectors."""
    change = np.linalg.norm(shifted - reference, axis=1) / np.linalg.norm(reference, axis=1)
    cosines = centred_cosines(reference, shifted)
    return cosines.diagonal().mean(), change.mean(), retrieval_accuracy(cosines)


def draw_held_out(arrays: Arrays, n_windows: int, window_samples: int, margin_samples: int, seed: int) -> np.ndarray:
    """Draw starts of held-out windows, with a margin to both sides, none of them silent, ``(n_windows,)``.

    Raises
    ------
    ValueError
        If there are fewer, or none has room for the margin.
    """
    firsts, ends = arrays["ends_of_training"] + margin_samples, arrays["starts"][1:] - margin_samples
    drawn = draw_starts(firsts, ends, DRAWN_PER_WINDOW * n_windows, window_samples, seed)
    if not len(drawn):
        raise ValueError(
            f"evaluation.shifts_samples: no held-out window of {window_samples} samples can be shifted by "
            f"{margin_samples}; take smaller shifts, or raise sound.validation_fraction"
        )
    blocks = (drawn[first : first + BLOCK_WINDOWS] for first in range(0, len(drawn), BLOCK_WINDOWS))
    drawn = np.concatenate([
        block[cut(arrays["samples"], block, window_samples).std(axis=1) > NOT_SILENT] for block in blocks
    ])  # fmt: skip
    if len(drawn) < n_windows:
        raise ValueError(f"evaluation.n_windows={n_windows}: of what is held out only {len(drawn)} are not silent")
    return drawn[:n_windows]


def draw_starts(firsts: np.ndarray, ends: np.ndarray, n: int, window_samples: int, seed: int) -> np.ndarray:
    """Draw starts of at most `n` different windows in stretches of samples, all equally likely."""
    n_starts = np.maximum(ends - window_samples - firsts + 1, 0)
    before = np.cumsum(n_starts)
    chosen = np.random.default_rng(seed).choice(before[-1], min(n, before[-1]), replace=False, shuffle=True)
    stretch = np.searchsorted(before, chosen, side="right")
    return firsts[stretch] + chosen - (before - n_starts)[stretch]


def cut(samples: np.ndarray, starts: np.ndarray, window_samples: int) -> np.ndarray:
    """Return windows of the samples, ``(n_windows, window_samples)``."""
    return samples[np.asarray(starts)[:, None] + np.arange(window_samples)]


def prepare(windows: np.ndarray) -> np.ndarray:
    """Prepare windows as in training: under Hann's window, then mean 0 and standard deviation 1."""
    return standardise(windows * get_window("hann", windows.shape[-1]).astype(np.float32), WINDOW_STD)


def power_spectrum(arrays: Arrays, window_samples: int, seed: int) -> np.ndarray:
    """Return the mean power of training windows at each bin of their Fourier transform; its sum is 1."""
    drawn = draw_starts(arrays["starts"][:-1], arrays["ends_of_training"], SPECTRUM_WINDOWS, window_samples, seed)
    power = np.square(np.abs(np.fft.rfft(prepare(cut(arrays["samples"], drawn, window_samples))))).mean(axis=0)
    return power / power.sum()


def fourier_bases(power: np.ndarray, n_bases: int, window_samples: int) -> np.ndarray:
    """Return the (at most) `n_bases` bins of the Fourier transform with most power, without the constant."""
    loudest = 1 + np.sort(np.argsort(-power[1:], kind="stable")[:n_bases])
    angles = 2 * np.pi * loudest[:, None] * np.arange(window_samples) / window_samples
    return np.concatenate([np.cos(angles), -np.sin(angles)]).astype(np.float32)


def describe_bases(bases: np.ndarray, sample_rate_hz: int) -> dict[str, np.ndarray]:
    """Measure how much each complex basis is a pair of waves in quadrature.

    Returns
    -------
    dict of str to np.ndarray
        ``peaks_hz`` and ``concentration`` ``(n_bases, 2)``: of real and imaginary part the frequency with most power,
        and the fraction of power within `NEAR_BINS` bins of it; ``quadrature_deg (n_bases,)``: the angle between both
        parts at the frequency where they have most power together, 0 to 180, 90 in quadrature; ``norms (n_bases,)``.
    """
    parts = np.stack(np.split(bases, 2), axis=1)  # (n_bases, 2, window_samples)
    spectra = np.fft.rfft(parts)
    power = np.square(np.abs(spectra))
    peaks = power.argmax(axis=-1)
    is_near = np.abs(np.arange(power.shape[-1]) - peaks[..., None]) <= NEAR_BINS
    together = power.sum(axis=1).argmax(axis=-1)
    real, imaginary = np.take_along_axis(spectra, together[:, None, None], axis=-1)[..., 0].T
    return {
        "peaks_hz": peaks * sample_rate_hz / bases.shape[1],
        "concentration": np.where(is_near, power, 0).sum(axis=-1) / power.sum(axis=-1),
        "quadrature_deg": np.abs(np.degrees(np.angle(real * np.conj(imaginary)))),
        "norms": np.linalg.norm(parts, axis=(1, 2)),
    }


def measure_signal(
    arrays: Arrays, bases: np.ndarray, sample_rate_hz: int, measure: ShiftMeasure
) -> dict[str, np.ndarray]:
    """Return what step 7 stores of a run: `measure_shifts`, `describe_bases`, and the spectrum of the sound."""
    n_bases, window_samples = len(bases) // 2, bases.shape[1]
    power = power_spectrum(arrays, window_samples, measure.seed)
    others = {
        "random": random_bases(n_bases, window_samples, measure.seed),
        "Fourier": fourier_bases(power, n_bases, window_samples),
    }
    shifts = measure_shifts(arrays, {"learned": bases} | others, measure)
    spectrum = {"power": power, "frequencies_hz": np.fft.rfftfreq(window_samples, 1 / sample_rate_hz)}
    return shifts | describe_bases(bases, sample_rate_hz) | spectrum


def describe(measures: Arrays) -> str:
    """Return the numbers of a run that a reader would want."""
    middle = np.abs(measures["shifts_samples"] - np.median(measures["shifts_samples"])).argmin()
    cosines = ", ".join(f"{n} {c[middle]:.2f}" for n, c in zip(measures["features"], measures["cosine"], strict=True))
    return (
        f"cosine after {measures['shifts_samples'][middle]} samples: {cosines}; "
        f"median quadrature {np.median(measures['quadrature_deg']):.0f} degrees, "
        f"{100 * np.median(measures['concentration']):.0f} % of the power of a basis is around one frequency"
    )
