"""A synthetic sound: writing it with its MIDI, and checking that what is there is what the parameters say."""

from pathlib import Path

from pretty_midi import PrettyMIDI

from pipeline.atomic_write import atomic_write
from pipeline.sections.sound import Composition
from save_dataset.demo.song import compose
from save_dataset.midi.files import to_bytes
from save_dataset.sound.files import write_sound
from save_dataset.sound.synthesiser import render


def write_composition(composition: Composition, sound: Path, sample_rate_hz: int) -> Path:
    """Compose, render and write a sound, then its MIDI next to it; returns the path of the MIDI.

    ValueError if there is a sound that was not made here: one without its MIDI.
    """
    midi_path = sound.with_suffix(".mid")
    if sound.exists() and not midi_path.exists():
        raise ValueError(
            f"{sound}: is a recording, not a composition: name another file under [composition] and [sound]"
        )
    midi = _compose(composition)
    if not sound.exists():  # stopped after the sound, it would be taken for a recording
        _write_midi(midi, midi_path)
    write_sound(render(midi, sample_rate_hz=sample_rate_hz), sound, sample_rate_hz)
    _write_midi(midi, midi_path)
    return midi_path


def _write_midi(midi: PrettyMIDI, path: Path) -> None:
    with atomic_write(path) as temporary:
        temporary.write_bytes(to_bytes(midi))


def check_composition(composition: Composition, sound: Path, hint: str) -> None:
    """Raise a ValueError, with the hint, unless a sound has the MIDI of today's composition next to it."""
    midi_path = sound.with_suffix(".mid")
    if not midi_path.is_file() or midi_path.read_bytes() != to_bytes(_compose(composition)):
        raise ValueError(f"{sound}: is not what [composition] says; {hint}")


def _compose(composition: Composition) -> PrettyMIDI:
    return compose(**composition.model_dump(exclude={"file"}))
