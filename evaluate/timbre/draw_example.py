"""Figures of the example: spectrograms of source, outputs and target, and their spectra at one time."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import librosa
import numpy as np
from matplotlib.figure import Figure

from evaluate.timbre.example import Example, load_example
from evaluate.timbre.methods import SOURCE_COLOUR, TARGET_COLOUR, colours_of
from pipeline import figures
from pipeline.figures import new_panels
from pipeline.parameters import ROOT
from pipeline.studies.timbre import Parameters
from save_dataset.sound.stft import stft
from save_dataset.timbre.draw_sounds import draw_spectrograms

METHODS_AT_ONCE = 6  # between source and target: eight panels
RANGE_DB = 70.0
MAX_KHZ = 8.0
SPECTRUM_SAMPLES = 4096  # as in the lecture


def draw_example(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Draw spectrograms and spectra of the example, if there are outputs; return the paths."""
    example, settings = load_example(parameters, root), parameters.figures
    if not example.outputs:
        return []
    drawn = {"spectra": draw_spectra(example, settings.spectrum_s, colours_of(parameters))}
    time_label = f"time (s); source and outputs from {settings.start_s:g} s on"
    for number, sounds in enumerate(sounds_of_figures(example, settings.start_s), start=1):
        name = "spectrograms" if number == 1 else f"spectrograms_{number}"
        drawn[name] = draw_spectrograms(sounds, parameters.stft, settings.duration_s, time_label)
    return figures.save_all(drawn, parameters, root)


def sounds_of_figures(example: Example, start_s: float) -> Iterator[dict[str, np.ndarray]]:
    """Yield for each figure sounds by title: from a time on the source and outputs of six methods; the target."""
    start, outputs = round(start_s * example.sample_rate_hz), list(example.outputs.items())
    for first in range(0, len(outputs), METHODS_AT_ONCE):
        yield {
            f"source: {example.source_name}": example.source[start:],
            **{method: samples[start:] for method, samples in outputs[first : first + METHODS_AT_ONCE]},
            f"target: {example.target_name}": example.target,
        }


def draw_spectra(example: Example, spectrum_s: float | None, colours: Mapping[str, str]) -> Figure:
    """Draw the spectrum of each output over that of the source, and the target's mean; in the colours of methods."""
    rate_hz = example.sample_rate_hz
    time_s = loudest_s(example.source, rate_hz) if spectrum_s is None else spectrum_s
    khz = np.fft.rfftfreq(SPECTRUM_SAMPLES, 1 / rate_hz) / 1000
    source_db, target_db = spectrum_db(example.source, time_s, rate_hz), mean_spectrum_db(example.target)
    figure, panels = new_panels(len(example.outputs), 2.8, 1.9)
    for axes, (method, samples) in zip(panels, example.outputs.items(), strict=True):
        axes.fill_between(khz, target_db, -RANGE_DB, color=TARGET_COLOUR, label=f"target: {example.target_name}, mean")
        axes.plot(khz, source_db, color=SOURCE_COLOUR, linewidth=0.6, label=f"source: {example.source_name}")
        axes.plot(khz, spectrum_db(samples, time_s, rate_hz), color=colours[method], linewidth=0.7)
        axes.set_title(method, loc="left", color=colours[method])
    panels[0].set(xlim=(0, min(MAX_KHZ, rate_hz / 2000)), ylim=(-RANGE_DB, 3))
    figure.supxlabel(f"frequency (kHz), at {time_s:.2f} s", fontsize="medium")
    figure.supylabel("level (dB)", fontsize="medium")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return figure


def loudest_s(samples: np.ndarray, sample_rate_hz: int) -> float:
    """Return the time of the middle of the loudest 4096 samples."""
    rms = librosa.feature.rms(y=samples, frame_length=SPECTRUM_SAMPLES, hop_length=SPECTRUM_SAMPLES // 4)[0]
    return float(rms.argmax() * (SPECTRUM_SAMPLES // 4) / sample_rate_hz)


def spectrum_db(samples: np.ndarray, time_s: float, sample_rate_hz: int) -> np.ndarray:
    """Return the levels of the 4096-point transform around a time, Hann's window, ``(2049,)`` dB of the maximum."""
    padded = np.pad(samples, SPECTRUM_SAMPLES // 2)
    start = round(time_s * sample_rate_hz)
    frame = librosa.util.fix_length(padded[start : start + SPECTRUM_SAMPLES], size=SPECTRUM_SAMPLES)
    return _against_maximum_db(np.abs(np.fft.rfft(frame * np.hanning(SPECTRUM_SAMPLES))))


def mean_spectrum_db(samples: np.ndarray) -> np.ndarray:
    """Return the same of the mean power of a whole sound."""
    frames = stft(samples, window_samples=SPECTRUM_SAMPLES, hop_samples=SPECTRUM_SAMPLES // 2)
    return _against_maximum_db(np.sqrt(np.mean(np.abs(frames) ** 2, axis=0)))


def _against_maximum_db(magnitudes: np.ndarray) -> np.ndarray:
    return librosa.amplitude_to_db(magnitudes, ref=magnitudes.max() or 1.0, top_db=None)
