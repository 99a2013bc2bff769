"""The study of inversion: processor time and errors of sound from magnitudes, against windows and iterations.

Sounds are compared with the recording, whichever spectrogram they were made of. Spectral convergence is
``norm(S - abs(transform(sound))) / norm(S)`` in dB, S being the recording's magnitudes: comparable at one window only.
Log-mel distance is the mean difference of 80 mel bands, at least -80 dB from the loudest: comparable between windows.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from pathlib import Path
from time import process_time
from typing import Any

import librosa
import numpy as np
from tqdm import tqdm

from pipeline.parameters import ROOT
from pipeline.sections.switches import HOPS_PER_WINDOW
from pipeline.studies.switches import Parameters
from save_dataset.sound.files import read_sound
from save_dataset.sound.griffin_lim import Framing, iterate
from save_dataset.sound.mel_inverse import spread_bands
from save_dataset.switches.mel import bands_of, first_phases
from save_dataset.switches.read import find_recordings, unusable_left_out

KINDS = ("linear", "mel")
MEL = KINDS.index("mel")
FORMS = ("plain", "fast", "pghi")  # Griffin-Lim without momentum; with it; and from phases of heap integration on
ERRORS = ("spectral convergence (dB)", "log-mel distance (dB)", "waveform MSE / power")  # the last is the source's
LIBROSA_ITERATIONS = 32


def read_recording(parameters: Parameters, root: Path = ROOT) -> tuple[np.ndarray, list[Path]]:
    """Return recordings one after the other, as long as is asked for, and their files; raises as `read_clips` does."""
    duration_s, rate_hz = parameters.inversion_study.duration_s, parameters.mel.sample_rate_hz
    samples, paths = np.zeros(0, np.float32), []
    for path in find_recordings(parameters, root):
        missing_s = duration_s - len(samples) / rate_hz
        with unusable_left_out(parameters.clips):
            if missing_s > 0.1:  # else resampling has rounded
                samples = np.append(samples, read_sound(path, sample_rate_hz=rate_hz, duration_s=missing_s))
                paths.append(path)
    if not paths:
        raise ValueError(f"clips.files={parameters.clips.files!r}: finds no sound that can be read")
    return samples, paths


class Trial:
    """A recording at one length of the window: its magnitudes and mel power, and sounds that are made of such."""

    def __init__(self, samples: np.ndarray, window_samples: int, parameters: Parameters) -> None:
        self.samples, self.mel, self.settings = samples, parameters.mel, parameters.inversion
        hop_samples = window_samples // HOPS_PER_WINDOW
        n_frames = 1 + len(samples) // hop_samples
        self.framing = Framing(n_frames, window_samples, hop_samples, self.mel.window, length=len(samples))
        size = {"window_samples": window_samples, "n_mels": parameters.inversion_study.n_mels}
        self.bands = bands_of(self.mel.model_copy(update=size))
        self.magnitudes = np.abs(self.framing.transform(samples))  # (n_frames, n_bins)
        self.power = np.square(self.magnitudes) @ self.bands.T  # (n_frames, n_mels)
        self.log_mel_power = self.measure_log_mel(samples)

    def follow(self, magnitudes: np.ndarray, form: str, iterations: np.ndarray) -> Iterator[tuple[float, ...]]:
        """Yield processor time and errors after numbers of iterations, of one run; NaN from PGHI on beyond 32."""
        start, momentum = "pghi" if form == "pghi" else "random", 0.0 if form == "plain" else self.settings.momentum
        phases, spent_s = timed(first_phases, magnitudes, self.framing, start, self.settings.seed)
        sounds = iterate(magnitudes, phases, self.framing, momentum=momentum)
        last = min(iterations[-1], LIBROSA_ITERATIONS) if form == "pghi" else iterations[-1]
        for index in range(last + 1):
            sound, seconds = timed(next, sounds)
            spent_s += seconds
            if index in iterations:
                yield spent_s, *self.errors(sound)
        yield from [(np.nan,) * (1 + len(ERRORS))] * int(np.sum(iterations > last))

    def invert_by_librosa(self) -> tuple[float, ...]:
        """Return the times of the two functions that `librosa.feature.inverse.mel_to_audio` calls, and the errors."""
        framing, mel = self.framing, {"sr": self.mel.sample_rate_hz, "n_fft": self.framing.window_samples}
        magnitudes, mel_inverse_s = timed(librosa.feature.inverse.mel_to_stft, self.power.T, **mel)
        settings = {"hop_length": framing.hop_samples, "window": framing.window, "length": framing.n_samples}
        sound, griffin_lim_s = timed(librosa.griffinlim, magnitudes, random_state=self.settings.seed, **settings)
        return mel_inverse_s, griffin_lim_s, *self.errors(sound)

    def errors(self, sound: np.ndarray) -> tuple[float, ...]:
        """Return the errors of a sound, as in `ERRORS`."""
        missed = np.linalg.norm(self.magnitudes - np.abs(self.framing.transform(sound)))
        powers = (self.log_mel_power, self.measure_log_mel(sound))
        truth_db, found_db = (librosa.power_to_db(x / powers[0].max(), amin=1e-8, top_db=None) for x in powers)
        waveform_error = np.mean(np.square(sound - self.samples)) / np.mean(np.square(self.samples))
        convergence_db = 20 * np.log10(missed / np.linalg.norm(self.magnitudes))
        return convergence_db, np.mean(np.abs(truth_db - found_db)), waveform_error

    def measure_log_mel(self, samples: np.ndarray) -> np.ndarray:
        """Return the power of the 80 bands."""
        rate_hz = self.mel.sample_rate_hz
        return librosa.feature.melspectrogram(y=samples, sr=rate_hz, n_fft=1024, hop_length=256, n_mels=80)


def timed(function: Callable[..., Any], *arguments: Any, **settings: Any) -> tuple[Any, float]:
    """Return what a function returns, and the processor time it takes."""
    start_s = process_time()
    return function(*arguments, **settings), process_time() - start_s


def measure_inversion(samples: np.ndarray, parameters: Parameters, *, show_progress: bool = False) -> dict[str, Any]:
    """Return what inversions of a recording's spectrograms take, and how near they come, as arrays.

    Its ``duration_s``; ``windows_samples (n_windows,)``; ``iterations (n_iterations,)`` from 0 on, the first phases;
    ``n_frames (n_windows,)``; ``n_numbers (n_kinds, n_windows)``; ``mel_inverse_s (n_windows,)``; ``griffin_lim_s
    (n_kinds, n_forms, n_windows, n_iterations)`` with the time of first phases; ``errors``, such for each of `ERRORS`.
    Of librosa's mel_to_audio, 32 iterations: its windows ``librosa_samples (n,)``; ``librosa_s (n, 2)``, mel inverse
    and Griffin-Lim; ``librosa_errors (n, n_errors)``.
    """
    section, iterations = parameters.inversion_study, np.unique([0, *parameters.inversion_study.n_iterations])
    windows = np.unique([*section.windows_samples, *section.reference_samples])
    n_frames, mel_inverse_s, rows, librosa_rows = [], [], [], []
    for window in tqdm(windows.tolist(), desc="windows", disable=not show_progress):
        trial = Trial(samples, window, parameters)
        first_phases(trial.magnitudes[:2], trial.framing, "pghi", 0)  # is compiled once, which takes seconds
        power, seconds = timed(spread_bands, trial.power, trial.bands, parameters.inversion.mel_updates)
        kinds = (trial.magnitudes, np.sqrt(power))
        rows.append([[list(trial.follow(given, form, iterations)) for form in FORMS] for given in kinds])
        mel_inverse_s.append(seconds)
        n_frames.append(trial.framing.n_frames)
        if window in section.reference_samples:
            librosa_rows.append(trial.invert_by_librosa())
    griffin_lim_s, *errors = np.moveaxis(np.array(rows), (0, 4), (3, 0))
    n_numbers = np.array(n_frames) * [windows // 2 + 1, np.full(len(windows), section.n_mels)]
    librosa_s, librosa_errors = np.split(np.array(librosa_rows).reshape(-1, 2 + len(ERRORS)), [2], axis=1)
    axes = {"windows_samples": windows, "iterations": iterations}
    sizes = {"duration_s": len(samples) / parameters.mel.sample_rate_hz, "n_frames": n_frames, "n_numbers": n_numbers}
    times_s = {"mel_inverse_s": mel_inverse_s, "griffin_lim_s": griffin_lim_s, "librosa_s": librosa_s}
    of_librosa = {"librosa_samples": np.unique(section.reference_samples), "librosa_errors": librosa_errors}
    return {**axes, **sizes, **times_s, "errors": errors, **of_librosa}


def compare_with_librosa(arrays: Mapping[str, np.ndarray]) -> Iterator[dict[str, str]]:
    """Yield rows of the fewest iterations after which a form is as near as librosa's mel_to_audio, and its time."""
    librosa = zip(arrays["librosa_samples"], arrays["librosa_s"], arrays["librosa_errors"], strict=True)
    for (samples, librosa_s, errors), error, form in product(librosa, range(2), ("fast", "pghi")):
        which = (MEL, FORMS.index(form), arrays["windows_samples"].tolist().index(samples))
        near = arrays["errors"][error][which] <= errors[error]
        own_s = arrays["mel_inverse_s"][which[2]], arrays["griffin_lim_s"][which][near.argmax()]
        yield {
            "window (samples)": str(samples),
            "error": f"{ERRORS[error]} of {errors[error]:.2f}",
            "librosa (s)": f"{librosa_s[0]:.2f} + {librosa_s[1]:.2f}",
            "form": form,
            "iterations": str(arrays["iterations"][near.argmax()]) if near.any() else "",
            "mel inverse + Griffin-Lim (s)": f"{own_s[0]:.2f} + {own_s[1]:.2f}" if near.any() else "not reached",
            "times less": f"{librosa_s.sum() / np.sum(own_s):.1f}" if near.any() else "",
        }
