"""What sliders do: how the sound that is generated changes with their positions.

Settings are drawn with all sliders at once, N(0, 1) each, as the codes of clips lie. The sign of a slider is that with
which what it changes most rises, so that trainings agree where they find the same component.
"""

from collections.abc import Callable

import librosa
import numpy as np
from scipy.stats import t

from embed.switches.codes import Codes, find_components
from pipeline.sections.switches import Mel
from save_dataset.switches.mel import distance_db, to_db, to_power

N_SETTINGS = 512
BASS_HZ = 200.0
SILENCE = 1e-12  # power
WORDS = {  # of what rises, and falls
    "level": ("louder", "softer"),  # mean of dB
    "brightness": ("brighter", "darker"),  # centroid of mel power, in octaves
    "onsets": ("more onsets", "fewer onsets"),  # mean rise of a band from frame to frame, dB
    "bass": ("more bass", "less bass"),  # fraction of the power
}


def measure_properties(values: np.ndarray, mel: Mel, loudest_db: float) -> np.ndarray:
    """Return the properties of spectrograms ``(n, n_frames, n_mels)`` as stored, ``(n, n_properties)``; see `WORDS`."""
    decibels = to_db(values, mel, loudest_db)
    power = to_power(values, mel, loudest_db).mean(axis=1, dtype=float) + SILENCE  # (n, n_mels)
    power /= power.sum(axis=1, keepdims=True)
    frequencies_hz = librosa.mel_frequencies(mel.n_mels + 2, fmax=mel.sample_rate_hz / 2)[1:-1]
    rises = np.maximum(np.diff(decibels, axis=1), 0).mean(axis=(1, 2))
    bass = power[:, frequencies_hz < BASS_HZ].sum(axis=1)
    return np.stack([decibels.mean(axis=(1, 2)), power @ np.log2(frequencies_hz), rises, bass], axis=1)


def correlate(positions: np.ndarray, properties: np.ndarray) -> np.ndarray:
    """Return correlations of columns ``(n, n_sliders)`` and ``(n, n_properties)``; 0 with what never changes."""
    with np.errstate(divide="ignore", invalid="ignore"):
        correlations = np.corrcoef(positions, properties, rowvar=False)
    return np.nan_to_num(correlations[: positions.shape[1], positions.shape[1] :])


def chance_level(n_correlations: int, n_settings: int = N_SETTINGS) -> float:
    """Return what all of so many correlations stay below in 95 % of cases if nothing depends on anything.

    By Student's t of a correlation, with Bonferroni's correction.
    """
    quantile = t.ppf(1 - 0.05 / (2 * n_correlations), n_settings - 2)
    return float(quantile / np.sqrt(n_settings - 2 + quantile**2))


def find_sliders(
    codes: np.ndarray, decode: Callable[[np.ndarray], np.ndarray], mel: Mel, loudest_db: float, *, seed: int
) -> Codes:
    """Return the codes of clips ``(n_clips, units)`` with their sliders; `decode` is from codes to spectrograms."""
    components, deviations, explained = find_components(codes)
    mean, steps = codes.mean(axis=0), deviations[:, None] * components
    positions = np.random.default_rng(seed).normal(size=(N_SETTINGS, len(steps)))
    parts = [decode(mean + part @ steps) for part in np.split(positions, N_SETTINGS // 16)]
    properties = np.concatenate([measure_properties(part, mel, loudest_db) for part in parts])
    correlations = correlate(positions, properties)
    strongest = np.take_along_axis(correlations, np.abs(correlations).argmax(axis=1)[:, None], axis=1)
    signs = np.where(strongest < 0, -1, 1)
    ends = [decode(mean + np.stack([-2 * step, 2 * step])) for step in steps]
    change_db = np.array([distance_db(low, high, mel, loudest_db) for low, high in ends])
    names = np.array([*WORDS])
    return Codes(codes, mean, signs * components, deviations, explained, names, signs * correlations, change_db)


def describe_slider(codes: Codes, slider: int) -> str:
    """Return what a slider, from 0 on, does beyond chance, the strongest first: "louder, darker"."""
    correlations, chance = codes.correlations[slider], chance_level(codes.correlations.size)
    beyond = [index for index in np.argsort(-np.abs(correlations)) if abs(correlations[index]) > chance]
    words = [WORDS[str(codes.properties[index])][int(correlations[index] < 0)] for index in beyond]
    return ", ".join(words) or "nothing of what is measured"
