"""Step 0 of the study `themes`: compose pieces with reference patterns, or alter the second half of others.

Reads parameters/<name>.toml, and what [altered] names; does nothing if neither [composition] nor [altered] names the
folder of [pieces]: that is recorded music.
Writes music/<folder>/*.mid, *.flac and the reference patterns, groundtruth/*.txt.
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
from save_dataset.demo.make_themes import make_themes
from save_dataset.files import music_path


def run(name, root=ROOT):
    """Make the pieces if they are to be made; returns their folder."""
    parameters = load(name, root)
    folder = music_path(parameters.pieces.folder, root)
    if parameters.made is None:
        print(f"{display_path(folder, root)} is not composed here: nothing to do")
        return folder
    print(f"pieces with {', '.join(f'{key}={value}' for key, value in parameters.made)}")
    paths = make_themes(parameters, root, command_line.has_terminal())
    print(f"wrote {len(paths)} pieces below {display_path(folder, root)}")
    return folder


if __name__ == "__main__":
    command_line.main(run)
