"""Four properties of representations, measured on clips: discriminability, stability, invariance, reconstruction.

Distances between a clip and its changed form are divided by the median distance between two clips: at 1 a clip is as
far from itself as from another. A representation is *stable* if that grows in proportion to a dilation of time,
x((1 + epsilon) t), and does not jump; it is *invariant* to a shift if it stays small.
"""

from fractions import Fraction
from pathlib import Path

import librosa
import numpy as np
from scipy.signal import resample_poly
from scipy.spatial.distance import cdist, pdist
from sklearn.metrics import recall_score
from sklearn.preprocessing import StandardScaler

from evaluate.instruments.inverses import INVERSES, spectral_convergence_db
from models.compression import compress
from models.representations import dft_magnitudes, log_mel
from pipeline.parameters import ROOT
from pipeline.studies.instruments import Parameters
from save_dataset.files import music_path, path_below
from save_dataset.instruments.clips import Clips
from save_dataset.instruments.features import log_cqt, mfcc_statistics
from save_dataset.instruments.save import transform_of
from save_dataset.sound.files import read_sound

DILATIONS = (0.01, 0.02, 0.03, 0.05)
SHIFTS_MS = (1.0, 5.0, 20.0, 50.0, 100.0, 200.0)
SEMITONE = Fraction(196, 185)  # nearest to 2^(1/12) with small numbers: it is 0.04 cents off
N_COMPARED, N_CHANGED, N_INVERTED = 240, 12, 2  # clips for neighbours, for changes, for reconstruction


def measure_properties(parameters: Parameters, clips: Clips, root: Path = ROOT, seed: int = 0) -> dict[str, np.ndarray]:
    """Return the four properties of each representation, on clips drawn at random, whose sounds are read again.

    Returns
    -------
    dict of str to np.ndarray
        `names`, ``(n_names,)``; `recall`, macro recall of the nearest neighbour from another collection, or from
        another group if there is one collection; `stability`, ``(n_names, n_dilations)``, with `dilations`;
        `invariance`, ``(n_names, n_shifts)``, with `shifts_ms`; `semitone`, the distance that a transposition makes;
        `convergence` in dB of the best inverse, NaN where there is none; `n_compared` and `n_changed` clips.
    """
    chosen = choose_clips(clips, N_COMPARED, np.random.default_rng(seed))
    sounds = np.stack([read_clip(parameters, clips.paths[index], root) for index in chosen])
    domains = clips.collections if len(np.unique(clips.collections)) > 1 else clips.groups
    compared = neighbour_values(parameters, clips.rows(chosen), sounds)
    forms = changed_forms(sounds[:N_CHANGED], parameters.sounds.sample_rate_hz)
    distances = np.array([
        relative_distances(values.reshape(*forms.shape[:2], -1))
        for values in represent(parameters, forms.reshape(-1, forms.shape[-1])).values()
    ])  # fmt: skip
    return {
        "names": np.array([*compared]),
        "recall": np.array([
            neighbour_recall(values, clips.labels[chosen], domains[chosen]) for values in compared.values()
        ]),
        "dilations": np.array(DILATIONS), "stability": distances[:, : len(DILATIONS)],
        "shifts_ms": np.array(SHIFTS_MS), "invariance": distances[:, len(DILATIONS) : -1],
        "semitone": distances[:, -1],
        "convergence": np.array([convergence_db(name, sounds[:N_INVERTED], parameters) for name in compared]),
        "n_compared": np.array(len(chosen)), "n_changed": np.array(forms.shape[1]),
    }  # fmt: skip


def neighbour_values(parameters: Parameters, clips: Clips, sounds: np.ndarray) -> dict[str, np.ndarray]:
    """Return what clips are compared by, ``(n_clips, n_values)`` each: where step 1 has computed it, that."""
    return {
        "dft": dft_magnitudes(sounds),
        "mel": log_mel(sounds, parameters.sounds.sample_rate_hz),
        "mfcc": clips.mfcc,
        "cqt": _rows(clips.cqt),
        **{kind: compress(getattr(clips, kind)) for kind in parameters.scattering.kinds},
    }


def represent(parameters: Parameters, sounds: np.ndarray) -> dict[str, np.ndarray]:
    """Return sounds, ``(n, n_samples)``, in each representation, ``(n, n_values)``, in the same order."""
    rate_hz, kinds = parameters.sounds.sample_rate_hz, parameters.scattering.kinds
    transform = log_cqt(sounds, **transform_of(parameters))
    found = {"dft": dft_magnitudes(sounds), "mel": log_mel(sounds, rate_hz)}
    found |= {"mfcc": np.stack([mfcc_statistics(sound, rate_hz) for sound in sounds]), "cqt": _rows(transform)}
    if kinds:
        from models.scattering import scattering_features  # TensorFlow, which the others do without

        scattered = scattering_features(sounds, sample_rate_hz=rate_hz, kinds=kinds)
        found |= {kind: compress(values) for kind, values in scattered.items()}
    return found


def _rows(transform: np.ndarray) -> np.ndarray:
    return transform.reshape(len(transform), -1).astype(np.float32)


def choose_clips(clips: Clips, n: int, rng: np.random.Generator) -> np.ndarray:
    """Return the indices of clips drawn at random, one of a file at most: its first."""
    _, first = np.unique(clips.paths, return_index=True)
    return rng.permutation(first)[:n]


def read_clip(parameters: Parameters, name: str, root: Path) -> np.ndarray:
    """Return the first clip of a sound at its peak level, filled up with silence if it is shorter."""
    sounds = parameters.sounds
    path = path_below(music_path(sounds.folder, root), str(name))
    duration_s = sounds.clip_samples / sounds.sample_rate_hz
    samples = read_sound(path, sample_rate_hz=sounds.sample_rate_hz, duration_s=duration_s)
    return librosa.util.normalize(librosa.util.fix_length(samples, size=sounds.clip_samples)).astype(np.float32)


def neighbour_recall(values: np.ndarray, labels: np.ndarray, domains: np.ndarray) -> float:
    """Return the macro recall of the class of the nearest neighbour, of standardised values, from another domain."""
    distances = cdist(*2 * [StandardScaler().fit_transform(values)])
    distances[domains[:, np.newaxis] == domains] = np.inf
    return float(recall_score(labels, labels[distances.argmin(axis=1)], average="macro"))


def changed_forms(sounds: np.ndarray, sample_rate_hz: int) -> np.ndarray:
    """Return sounds ``(n, n_samples)`` as they are, dilated, shifted, and transposed: ``(n_forms, n, n_samples)``."""
    return np.stack([
        sounds,
        *(dilate(sounds, 1 + Fraction(str(dilation))) for dilation in DILATIONS),
        *(np.roll(sounds, round(shift_ms * sample_rate_hz / 1000), axis=1) for shift_ms in SHIFTS_MS),
        dilate(sounds, SEMITONE),
    ])  # fmt: skip


def dilate(sounds: np.ndarray, factor: Fraction) -> np.ndarray:
    """Return ``x(factor t)`` of sounds, ``(n, n_samples)``: all frequencies times the factor; silence fills the end."""
    changed = resample_poly(sounds, factor.denominator, factor.numerator, axis=1)
    return librosa.util.fix_length(changed, size=sounds.shape[1], axis=1)


def relative_distances(values: np.ndarray) -> np.ndarray:
    """Return the distance of each form but the first from that, against that of two sounds: ``(n_forms - 1,)``.

    Values are ``(n_forms, n, n_values)``; medians are taken over the sounds.
    """
    return np.median(np.linalg.norm(values[1:] - values[0], axis=2), axis=1) / np.median(pdist(values[0]))


def convergence_db(name: str, sounds: np.ndarray, parameters: Parameters) -> float:
    """Return the spectral convergence of the best inverse of a representation, mean over sounds; NaN: there is none."""
    if name not in INVERSES:
        return np.nan
    estimates = [INVERSES[name](sound, parameters.sounds.sample_rate_hz, parameters.cqt) for sound in sounds]
    return float(np.mean([spectral_convergence_db(*pair) for pair in zip(sounds, estimates, strict=True)]))


def describe_properties(measures: dict[str, np.ndarray]) -> str:
    """Return discriminability and the distance of a dilation by 1 % in words."""
    named = zip(measures["names"], measures["recall"], measures["stability"][:, 0], strict=True)
    words = (f"{name} {100 * recall:.0f} % and {near:.2f}" for name, recall, near in named)
    return f"recall of neighbours, and distance of a dilation by 1 %: {', '.join(words)}"
