"""A sound that is made: writing it with its MIDI, and telling whether what is there is what the parameters say."""

import io
from pathlib import Path
from typing import Any

from pipeline.studies.song import Parameters
from pipeline.whole_file import whole_file
from save_dataset.demo_song import compose
from save_dataset.sound import write_sound
from save_dataset.synthesiser import render


def write_composition(parameters: Parameters, sound: Path) -> Path:
    """Compose, render and write a sound, then its MIDI beside it; returns the path of the MIDI.

    Raises
    ------
    ValueError
        If there is a sound that was not made here: one without its MIDI.
    """
    midi_path = sound.with_suffix(".mid")
    if sound.exists() and not midi_path.exists():
        raise ValueError(
            f"{sound}: is a recording, not a composition: name another file under [composition] and [sound]"
        )
    midi = compose(**composition_of(parameters))
    rate_hz = parameters.sound.sample_rate_hz
    write_sound(render(midi, sample_rate_hz=rate_hz), sound, rate_hz)
    with whole_file(midi_path) as temporary:
        midi.write(str(temporary))
    return midi_path


def check_composition(parameters: Parameters, sound: Path) -> None:
    """ValueError unless a sound that is made has the MIDI of today's parameters beside it."""
    midi_path = sound.with_suffix(".mid")
    expected = io.BytesIO()
    compose(**composition_of(parameters)).write(expected)
    if not midi_path.is_file() or midi_path.read_bytes() != expected.getvalue():
        raise ValueError(
            f"{sound}: is not what [composition] says; run: python -m save_dataset.step0_make_song {parameters.name}"
        )


def composition_of(parameters: Parameters) -> dict[str, Any]:
    """What `compose` takes; nothing, and so its defaults, where the parameters compose nothing."""
    return parameters.composition.model_dump(exclude={"file"}) if parameters.composition else {}
