"""Step 0 of the studies `drums` and `piano`: compose the demo's pieces.

Reads parameters/<name>.toml; does nothing if [composition] does not name the folder of [collection], music as found.
Writes music/<folder>/<composer>/*.mid, and for the piano the chords of each piece next to it, *.chords.csv.
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
from save_dataset.demo.make_pieces import make_pieces
from save_dataset.files import music_path


def run(name, root=ROOT):
    """Make the pieces if they are to be made; returns their folder."""
    parameters = load(name, root)
    folder = music_path(parameters.collection.folder, root)
    if not parameters.is_composed:
        print(f"{display_path(folder, root)} is not composed here: nothing to do")
        return folder
    composition = parameters.composition
    print(f"{composition.pieces_per_composer} pieces of each composer, {composition.bars} bars long")
    paths = make_pieces(parameters, root)
    print(f"wrote {len(paths)} pieces below {display_path(folder, root)}")
    return folder


if __name__ == "__main__":
    command_line.main(run)
