"""Step 4 of the studies `drums` and `piano`: see and hear atoms, and a piece with its reconstruction.

Reads output/<name>/corpus.npz and <run>/codes.npz.
Writes output/<name>/<run>/atoms.html, <run>/atoms/*.mid and *.wav, <run>/piece/*.mid and *.wav, and the figures
`atoms_<run>`, `code_<run>`, `usage` and `spaces`.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pipeline import command_line

if __name__ == "__main__":  # before anything heavy is imported
    command_line.answer(__file__)

from embed.dictionary.draw_atoms import draw_all_atoms
from embed.dictionary.draw_codes import draw_all_codes
from embed.dictionary.draw_spaces import draw_spaces
from embed.dictionary.sonify import write_dictionary
from pipeline import results
from pipeline.parameters import ROOT, load


def run(name, root=ROOT, runs=None):
    """Write the page, MIDI and sound of each run, or of those named, and draw the figures; returns the paths."""
    parameters = load(name, root)
    paths = []
    for run_parameters in parameters.for_runs(runs):
        page, *others = write_dictionary(run_parameters, root)
        n_sounds = sum(path.suffix == ".wav" for path in others)
        n_bytes = page.stat().st_size
        print(f"{run_parameters.run}: {n_sounds} sounds; the page has {n_bytes / 1e6:.2f} MB and needs no network")
        print(f"wrote {results.display_path(page, root)}, {results.display_path(page.parent, root)}/atoms/ and piece/")
        paths += [page, *others]
    for draw in (draw_all_atoms, draw_all_codes, draw_spaces):
        drawn = draw(parameters, root)
        paths += drawn
        for path in drawn:
            print(f"wrote {results.display_path(path, root)}")
    return paths


if __name__ == "__main__":
    command_line.main(run)
