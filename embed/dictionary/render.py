"""Music rendered: steps of either study as MIDI, and MIDI as sound.

Steps are those of a corpus, ``(n_steps, n_channels)``, or reconstructions of them: any real numbers.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pretty_midi import PrettyMIDI

from pipeline.atomic_write import atomic_write
from pipeline.notes import HIT_THRESHOLD
from pipeline.parameters import ROOT
from pipeline.studies import drums, piano
from save_dataset.files import music_path
from save_dataset.midi import above_bass, drum_grid, event_tokens, piano_roll
from save_dataset.sound import synthesiser
from save_dataset.sound.files import write_sound

Parameters = drums.Parameters | piano.Parameters


@dataclass(frozen=True)
class Rendering:
    """Music as MIDI, and its sound: float32 ``(n_samples,)``, empty where there is no note."""

    midi: PrettyMIDI
    samples: np.ndarray


def write_music(
    steps: np.ndarray,
    parameters: Parameters,
    path_without_ending: Path,
    *,
    bpm: float,
    threshold: float = HIT_THRESHOLD,
    root: Path = ROOT,
) -> list[Path]:
    """Write steps as MIDI and, where they have notes, as WAV; returns the paths. Arguments and errors as `render`."""
    rendering = render(steps, parameters, bpm=bpm, threshold=threshold, root=root)
    return write_rendering(rendering, path_without_ending, parameters.rendering.sample_rate_hz)


def write_rendering(rendering: Rendering, path_without_ending: Path, sample_rate_hz: int) -> list[Path]:
    """Write ``.mid`` and ``.wav``; where there is no note an old WAV is deleted."""
    midi_path, wav_path = (path_without_ending.with_name(path_without_ending.name + end) for end in (".mid", ".wav"))
    with atomic_write(midi_path) as temporary:
        rendering.midi.write(str(temporary))
    if not len(rendering.samples):
        wav_path.unlink(missing_ok=True)
        return [midi_path]
    return [midi_path, write_sound(rendering.samples, wav_path, sample_rate_hz)]


def render(
    steps: np.ndarray, parameters: Parameters, *, bpm: float, threshold: float = HIT_THRESHOLD, root: Path = ROOT
) -> Rendering:
    """Return steps as MIDI and sound; arguments as `to_midi_of`, errors as `to_sound`."""
    midi = to_midi_of(steps, parameters, bpm=bpm, threshold=threshold)
    return Rendering(midi, to_sound(midi, parameters, root))


def to_midi_of(
    steps: np.ndarray, parameters: Parameters, *, bpm: float, threshold: float = HIT_THRESHOLD
) -> PrettyMIDI:
    """Return the MIDI of steps; the section `grid` or `roll` of the parameters says what their channels are.

    Parameters
    ----------
    bpm : float
        Tempo; without effect on tokens, and on rolls whose steps have a length in seconds.
    threshold : float
        Values above it are hits or notes; without effect on tokens.
    """
    if isinstance(parameters, drums.Parameters):
        grid = parameters.grid
        return drum_grid.to_midi(steps, grid.drums, grid.steps_per_bar, bpm=bpm, threshold=threshold)
    roll = parameters.roll
    if roll.kind == "tokens":
        return event_tokens.to_midi(event_tokens.from_numbers(steps[:, 0]))
    if roll.step_s is not None:
        bpm = 60 / (roll.step_s * roll.steps_per_beat)
    kind: str = roll.kind
    if kind == "above_bass":
        steps, kind = above_bass.to_roll(steps), "onsets_frames"
    return piano_roll.to_midi(steps, kind, steps_per_beat=roll.steps_per_beat, bpm=bpm, threshold=threshold)


def to_sound(midi: PrettyMIDI, parameters: Parameters, root: Path = ROOT) -> np.ndarray:
    """Return the sound of MIDI, ``(n_samples,)``, its loudest sample at 0.9; empty where there is no note.

    Raises
    ------
    FileNotFoundError
        If there is no such sound font.
    ValueError
        If a sound font is set and FluidSynth is not installed.
    """
    if not any(instrument.notes for instrument in midi.instruments):
        return np.zeros(0, np.float32)
    sound_font, rate_hz = parameters.rendering.sound_font, parameters.rendering.sample_rate_hz
    if sound_font is None:
        return synthesiser.render(midi, sample_rate_hz=rate_hz)
    path = music_path(sound_font, root)
    if not path.is_file():
        raise FileNotFoundError(f"rendering.sound_font={sound_font}: no such file in music/, nor as a full path")
    try:
        samples = midi.fluidsynth(fs=rate_hz, synthesizer=str(path))
    except ImportError as error:
        raise ValueError(
            f"rendering.sound_font={sound_font}: FluidSynth is not installed; "
            "leave it out for the project's own synthesiser"
        ) from error
    return (synthesiser.PEAK * samples).astype(np.float32)  # FluidSynth's loudest sample is at 1
