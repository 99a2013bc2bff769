"""Step 0 of the study `timbre`: synthesise notes of a reed, and a voice, a melody and chords to pass through it.

Reads parameters/<name>.toml; does nothing if [synthesis] does not name the folder of [targets]: those are recorded.
Writes music/<folder>/target/*.flac, and voice.flac, melody.mid and chords.mid in music/<folder>/sources/.
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
from save_dataset.demo.make_timbre import make_timbre
from save_dataset.files import music_path


def run(name, root=ROOT):
    """Make the sounds if they are to be made; returns their folder."""
    parameters = load(name, root)
    folder = music_path(parameters.targets.folder, root)
    if not parameters.is_made:
        print(f"{display_path(folder, root)} is not synthesised here: nothing to do")
        return folder
    print(f"sounds with {', '.join(f'{key}={value}' for key, value in parameters.synthesis)}")
    paths = make_timbre(parameters, root)
    print(f"wrote {len(paths)} files below {display_path(folder, root)}")
    return folder


if __name__ == "__main__":
    command_line.main(run)
