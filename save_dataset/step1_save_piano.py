"""Step 1 of the study `piano`: from MIDI files to piano rolls or tokens.

Reads parameters/<name>.toml, the MIDI files of its collection, and the chord labels next to them.
Writes output/<name>/corpus.npz and the figure `music`; what is parsed is kept in output/parsed_midi/.
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
from save_dataset.midi.draw_corpus import draw_corpus
from save_dataset.midi.piano import describe, read_piano


def run(name, root=ROOT):
    """Read the collection, save and draw its corpus; returns its path."""
    parameters = load(name, root)
    check_made(parameters, root)
    folder = music_path(parameters.collection.folder, root)
    corpus, raw = read_piano(parameters, root, command_line.has_terminal())
    print(f"{results.display_path(folder, root)}: {describe(corpus)}")
    path = results.save(parameters, "corpus", corpus.to_arrays(), root, raw=raw)
    draw_corpus(parameters, root)
    print(f"wrote {results.display_path(path, root)}")
    return path


if __name__ == "__main__":
    command_line.main(run)
