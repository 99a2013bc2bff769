"""From the outputs of a run to its measures."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import librosa
import numpy as np

from evaluate.timbre import chords, pitch, spectra
from evaluate.timbre.measures import Measures
from evaluate.timbre.spectra import Spectra
from forecast.timbre.outputs import Outputs
from forecast.timbre.transfer import weights_of
from pipeline.studies.timbre import Parameters
from save_dataset.timbre.ranges import TOLERANCE
from save_dataset.timbre.sounds import Sources, Targets


@dataclass(frozen=True)
class LearnedTarget:
    """What is known of a target, or of a blend of several, to measure outputs by."""

    mean_spectrum: np.ndarray  # (n_bands,)
    samples: np.ndarray | None  # what is learned of it; None of a blend
    lowest_hz: float
    highest_hz: float

    def is_outside(self, pitches: np.ndarray) -> np.ndarray:
        """Whether MIDI pitches lie beyond those that are learned, ``(n_notes,)``; none does if those are not known."""
        pitches_hz = librosa.midi_to_hz(pitches)
        return (pitches_hz * TOLERANCE < self.lowest_hz) | (pitches_hz > self.highest_hz * TOLERANCE)


@dataclass(frozen=True)
class Output:
    """An output with what it was made from; both as long as the source, which some methods repeat."""

    source_name: str
    target_name: str
    held_out: bool
    samples: np.ndarray
    source: np.ndarray
    note_starts_s: np.ndarray  # (n_notes,), of a MIDI source
    note_ends_s: np.ndarray
    note_pitches: np.ndarray


def measure_run(
    parameters: Parameters, outputs: Outputs, targets: Targets, sources: Sources, cache: Path,
    *, show_progress: bool = False,
) -> Measures:  # fmt: skip
    """Return the measures of a run; `cache` is the folder of pitch curves."""
    learned = learned_targets(parameters, targets)
    pairs = [output_of(index, outputs, targets, sources) for index in range(len(outputs.ends))]
    sounds = [sound for pair in pairs for sound in (pair.source, pair.samples)]
    progress = f"{parameters.run}: pitch" if show_progress else ""
    settings = parameters.measures.model_dump(include={"min_pitch_hz", "max_pitch_hz"})
    settings |= parameters.stft.model_dump(include={"sample_rate_hz", "hop_samples"})
    curves = pitch.pitch_curves(sounds, cache, settings, progress)
    source_curves, output_curves = curves[::2], curves[1::2]
    rows = [
        measure_timbre(pair, learned[pair.target_name], parameters)
        | measure_pitch(pair, curve, source_curve, parameters)
        for pair, curve, source_curve in zip(pairs, output_curves, source_curves, strict=True)
    ]
    return Measures(
        source_names=outputs.source_names,
        target_names=outputs.target_names,
        held_out=outputs.held_out,
        **{name: np.array([row[name] for row in rows], float) for name in rows[0]},
        curve_ends=np.cumsum([len(curve) for curve in output_curves]),
        curve_hz=np.concatenate(output_curves),
        source_curve_hz=np.concatenate(source_curves),
        curve_hop_s=np.array(_hop_s(parameters)),
        **measure_notes(pairs, output_curves, learned, parameters),
    )


def _hop_s(parameters: Parameters) -> float:
    return parameters.stft.hop_samples / parameters.stft.sample_rate_hz


def learned_targets(parameters: Parameters, targets: Targets) -> dict[str, LearnedTarget]:
    """Return each target of a run by its name; of a blend, the spectrum is the mean of those it blends, by weight."""
    learned = {}
    for name, weights in weights_of(parameters, targets).items():
        chosen = np.flatnonzero(weights)
        sounds = [targets.sound(int(index), held_out=False) for index in chosen]
        means = [spectra.mean_spectrum(spectra.spectra_of(samples, parameters.stft)) for samples in sounds]
        learned[name] = LearnedTarget(
            mean_spectrum=weights[chosen] @ np.array(means),
            samples=sounds[0] if len(sounds) == 1 else None,
            lowest_hz=np.fmin.reduce(targets.lowest_hz[chosen]),
            highest_hz=np.fmax.reduce(targets.highest_hz[chosen]),
        )
    return learned


def output_of(index: int, outputs: Outputs, targets: Targets, sources: Sources) -> Output:
    """Return an output, at the level that it had before it was made softer, and its source."""
    source_name, target_name = str(outputs.source_names[index]), str(outputs.target_names[index])
    is_held_out = bool(outputs.held_out[index])
    names = targets.names if is_held_out else sources.names
    number = int(np.flatnonzero(names == source_name)[0])
    source = targets.sound(number, held_out=True) if is_held_out else sources.sound(number)
    samples = outputs.sound(index)[: len(source)] / np.float32(outputs.gains[index])
    notes = np.flatnonzero((sources.note_sources == number) & (not is_held_out))
    of_notes = (sources.note_starts_s[notes], sources.note_ends_s[notes], sources.note_pitches[notes])
    return Output(source_name, target_name, is_held_out, samples, source, *of_notes)


def measure_timbre(output: Output, target: LearnedTarget, parameters: Parameters) -> dict[str, float]:
    """Return the measures of an output that need no pitch, by their names in `Measures`."""
    made, source = (spectra.spectra_of(samples, parameters.stft) for samples in (output.samples, output.source))
    return {
        "distance_db": _distance_db(made, target),
        "source_distance_db": _distance_db(source, target),
        "continuity": spectra.continuity(made),
        "bandwidth_hz": spectra.bandwidth_hz(made),
        "level_error_db": spectra.level_error_db(made, source),
        "onset_correlation": _correlation_with_music(made, len(output.source), target, parameters),
        "source_onset_correlation": spectra.onset_correlation(made, source),
        "reconstruction_db": spectra.reconstruction_db(made, source) if output.held_out else np.nan,
    }


def _distance_db(made: Spectra, target: LearnedTarget) -> float:
    return float(spectra.log_spectral_distance(spectra.mean_spectrum(made), target.mean_spectrum))


def _correlation_with_music(made: Spectra, n_samples: int, target: LearnedTarget, parameters: Parameters) -> float:
    if target.samples is None:
        return np.nan
    repeated = np.resize(target.samples, n_samples)  # as envelope hybridisation does
    return spectra.onset_correlation(made, spectra.spectra_of(repeated, parameters.stft))


def measure_pitch(
    output: Output, curve: np.ndarray, source_curve: np.ndarray, parameters: Parameters
) -> dict[str, float]:
    """Return the fractions of frames and of chords that keep their pitches."""
    max_cents, rate_hz = parameters.measures.max_deviation_cents, parameters.stft.sample_rate_hz
    known = chords.chords_of(output.note_starts_s, output.note_ends_s, output.note_pitches)
    return {
        "pitch_kept": pitch.kept_fraction(curve, source_curve, max_cents),
        "chord_kept": chords.kept_fraction(output.samples, known, rate_hz),
    }


def measure_notes(
    outputs: Sequence[Output], curves: Sequence[np.ndarray], learned: dict[str, LearnedTarget], parameters: Parameters
) -> dict[str, np.ndarray]:
    """Return the arrays of `Measures` of notes that can be measured, of all outputs."""
    parts = []
    for index, (output, curve) in enumerate(zip(outputs, curves, strict=True)):
        starts_s, ends_s, pitches = output.note_starts_s, output.note_ends_s, output.note_pitches
        is_measured = pitch.can_be_measured(starts_s, ends_s)
        pitches = pitches[is_measured]
        cents = pitch.note_cents(curve, _hop_s(parameters), starts_s[is_measured], ends_s[is_measured], pitches)
        is_lost = ~(np.abs(cents) <= parameters.measures.max_deviation_cents)  # NaN is lost
        outside = learned[output.target_name].is_outside(pitches)
        parts.append((np.full(len(pitches), index), pitches, cents, is_lost, outside))
    names = ("note_outputs", "note_pitches", "note_cents", "note_lost", "note_outside")
    return {name: np.concatenate(part) for name, part in zip(names, zip(*parts, strict=True), strict=True)}


def describe_notes(sources: Sources) -> str:
    """Return in words how many of the notes of sources can be measured."""
    of_sources = [sources.note_sources == index for index in range(len(sources.names))]
    n = sum(pitch.can_be_measured(sources.note_starts_s[k], sources.note_ends_s[k]).sum() for k in of_sources)
    return f"{n} of {len(sources.note_pitches)} notes sound alone for {pitch.MIN_NOTE_S} s at least: these are measured"
