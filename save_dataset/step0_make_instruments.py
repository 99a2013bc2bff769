"""Step 0 of the study `instruments`: synthesise notes of eight kinds of instruments in two collections.

Reads parameters/<name>.toml; does nothing if [notes] does not name the folder of [sounds]: those are recorded.
Writes music/<folder>/<collection>/<kind>/*.flac and manifest.csv.
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
from save_dataset.demo.make_instruments import make_instruments
from save_dataset.files import music_path


def run(name, root=ROOT):
    """Make the notes if they are to be made; returns their folder."""
    parameters = load(name, root)
    folder = music_path(parameters.sounds.folder, root)
    if not parameters.is_made:
        print(f"{display_path(folder, root)} is not synthesised here: nothing to do")
        return folder
    print(f"notes with {', '.join(f'{key}={value}' for key, value in parameters.notes)}")
    paths = make_instruments(parameters, root, command_line.has_terminal())
    print(f"wrote {len(paths)} notes below {display_path(folder, root)}")
    return folder


if __name__ == "__main__":
    command_line.main(run)
