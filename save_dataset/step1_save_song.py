"""Step 1 of the study `song`: from sound to spectrogram.

Reads parameters/<name>.toml and the sound it names in music/.
Writes output/<name>/spectrogram.npz and the figure `spectrogram`.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pipeline import command_line

if __name__ == "__main__":  # before anything heavy is imported
    command_line.answer(__file__)

from pipeline import results
from pipeline.parameters import ROOT, load
from save_dataset.clip_length import check_clip_length
from save_dataset.demo.make_song import check_composition
from save_dataset.files import music_path
from save_dataset.sound.draw_spectrogram import draw_song_spectrogram
from save_dataset.sound.files import read_sound
from save_dataset.sound.spectrogram import compute_spectrogram


def run(name, root=ROOT):
    """Make and draw the spectrogram; returns its path."""
    parameters = load(name, root)
    sound = music_path(parameters.sound.file, root)
    if parameters.is_composed:
        check_composition(parameters.composition, sound, f"run: python -m {parameters.STEPS[0]} {name}")
    samples = read_sound(sound, **parameters.sound.model_dump(exclude={"file"}))
    rate_hz = parameters.sound.sample_rate_hz
    print(f"{results.display_path(sound, root)}: {len(samples) / rate_hz:.2f} s at {rate_hz} Hz")
    try:
        spectrogram = compute_spectrogram(samples, sample_rate_hz=rate_hz, **parameters.spectrogram.model_dump())
    except ValueError as error:
        raise ValueError(f"{sound}: {error}") from error
    for run_parameters in parameters.for_runs():
        check_clip_length(spectrogram, run_parameters, sound)
    path = results.save(parameters, "spectrogram", spectrogram, root, raw=[sound])
    print("{} frames of {} bins".format(*spectrogram["frames"].shape))
    draw_song_spectrogram(parameters, root)
    print(f"wrote {results.display_path(path, root)}")
    return path


if __name__ == "__main__":
    command_line.main(run)
