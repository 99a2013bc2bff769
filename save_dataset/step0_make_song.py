"""Step 0 of the studies `song` and `switches`: compose and render the demo song.

Reads parameters/<name>.toml; does nothing if it has no [composition], because then the sound is a recording.
Writes music/<file>, and next to it the MIDI it is rendered from.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pipeline import command_line

if __name__ == "__main__":  # before anything heavy is imported
    command_line.answer(__file__)

from pipeline.parameters import ROOT, load
from pipeline.results import display_path
from save_dataset.demo.make_song import write_composition
from save_dataset.files import music_path


def run(name, root=ROOT):
    """Make the sound if it is to be made; returns its path, else None."""
    parameters = load(name, root)
    if not parameters.is_composed:
        print("the sound is a recording: nothing to do")
        return None
    path = music_path(parameters.composition.file, root)
    print(f"form {parameters.composition.form} at {parameters.composition.bpm:g} bpm")
    midi_path = write_composition(parameters.composition, path, parameters.composed_rate_hz)
    print(f"wrote {display_path(path, root)} and {midi_path.name}")
    return path


if __name__ == "__main__":
    command_line.main(run)
