"""The outputs of a run as files to listen to, and what is printed of them."""

from pathlib import Path

import numpy as np

from forecast.timbre.outputs import Outputs
from save_dataset.files import name_some
from save_dataset.sound.files import write_sound


def write_sounds(outputs: Outputs, folder: Path, sample_rate_hz: int, *, force: bool = False) -> list[Path]:
    """Write outputs as ``<source>_to_<target>.wav`` where there are none, or with `force` all; return the paths.

    Files of other names are removed.
    """
    paths = [folder / f"{name}.wav" for name in outputs.sound_names]
    for output, path in enumerate(paths):
        if force or not path.is_file():
            write_sound(outputs.sound(output), path, sample_rate_hz)
    for old in {*folder.glob("*.wav")} - {*paths}:
        old.unlink(missing_ok=True)
    return paths


def describe(outputs: Outputs, sample_rate_hz: int, used_s: float) -> str:
    """Return how much sound there is, how fast it was made, and what was made softer so that it does not clip."""
    duration_s = len(outputs.samples) / sample_rate_hz
    line = f"{duration_s:.1f} s of sound, {duration_s / used_s:.1f} times faster than real time (processor time)"
    softer = np.flatnonzero(outputs.gains < 1)
    if not softer.size:
        return line
    most_db, names = -20 * np.log10(outputs.gains.min()), [outputs.sound_names[output] for output in softer]
    return f"{line}; would clip, made softer by up to {most_db:.1f} dB: {name_some(names)}"
