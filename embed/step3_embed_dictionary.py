"""Step 3 of the studies `drums` and `piano`: the sparse code of every piece, whatever its length.

Reads output/<name>/corpus.npz and <run>/dictionary.keras.
Writes <run>/codes.npz.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pipeline import command_line

if __name__ == "__main__":  # before anything heavy is imported
    command_line.answer(__file__)

from embed.dictionary.encode import embed_corpus
from pipeline import results
from pipeline.parameters import ROOT, load
from save_dataset.midi.corpus import Corpus


def run(name, root=ROOT, runs=None):
    """Code all pieces with the dictionary of each run; returns the paths of the codes."""
    parameters = load(name, root)
    return [_embed_run(run_parameters, root) for run_parameters in parameters.for_runs(runs)]


def _embed_run(parameters, root):
    """Code all pieces with the dictionary of one run; returns the path of the codes."""
    corpus = Corpus.from_arrays(results.load(parameters, "corpus", root))
    model = results.load_model(parameters, "dictionary", root)
    codes = embed_corpus(model, corpus, show_progress=command_line.has_terminal())
    path = results.save(parameters, "codes", codes, root)
    n_bars = len(corpus.steps) / corpus.steps_per_bar
    print(f"{parameters.run}: {corpus.n_pieces} pieces, {len(codes['values']) / n_bars:.1f} atoms a bar")
    print(f"wrote {results.display_path(path, root)}")
    return path


if __name__ == "__main__":
    command_line.main(run)
