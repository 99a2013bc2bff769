"""Step 1 of the study `signal`: the samples of recordings, the last part of each held out.

Reads parameters/<name>.toml and the sound files of the folder it names.
Writes output/<name>/samples.npz.
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
from save_dataset.files import music_path
from save_dataset.sound.samples import read_samples


def run(name, root=ROOT):
    """Read and save the recordings; returns the path of the arrays."""
    parameters = load(name, root)
    arrays, paths = read_samples(parameters, root)
    path = results.save(parameters, "samples", arrays, root, raw=paths)
    rate_hz, n_samples = parameters.sound.sample_rate_hz, len(arrays["samples"])
    n_training = (arrays["ends_of_training"] - arrays["starts"][:-1]).sum()
    print(
        f"{results.display_path(music_path(parameters.sound.folder, root), root)}: {len(paths)} recordings, "
        f"{n_training / rate_hz:.0f} s for training, {(n_samples - n_training) / rate_hz:.0f} s held out"
    )
    print(f"wrote {results.display_path(path, root)}")
    return path


if __name__ == "__main__":
    command_line.main(run)
