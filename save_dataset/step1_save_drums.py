"""Step 1 of the study `drums`: from drum MIDI to grids.

Reads parameters/<name>.toml and the MIDI files of the folder it names.
Writes output/<name>/corpus.npz and the figure `music`; what was parsed is kept in output/parsed_midi/.
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
from save_dataset.demo.make_pieces import check_made
from save_dataset.files import music_path
from save_dataset.midi.corpus import SPLITS
from save_dataset.midi.draw_corpus import draw_corpus
from save_dataset.midi.drums import read_drums


def run(name, root=ROOT):
    """Read the collection, save and draw its grids; returns the path of the corpus."""
    parameters = load(name, root)
    check_made(parameters, root)
    folder = music_path(parameters.collection.folder, root)
    corpus, paths = read_drums(parameters, root, command_line.has_terminal())
    path = results.save(parameters, "corpus", corpus.to_arrays(), root, raw=paths)
    print(f"{results.display_path(folder, root)}: {corpus.n_pieces} pieces")
    for split in SPLITS:
        pieces = [corpus.piece(index) for index in corpus.pieces_of(split)]
        n_bars = sum(map(len, pieces)) // corpus.steps_per_bar
        n_hits = sum(piece[:, corpus.kinds()["hit"]].sum() for piece in pieces)
        print(f"{split}: {len(pieces)} pieces, {n_bars} bars, {n_hits / max(n_bars, 1):.1f} hits a bar")
    draw_corpus(parameters, root)
    print(f"wrote {results.display_path(path, root)}")
    return path


if __name__ == "__main__":
    command_line.main(run)
