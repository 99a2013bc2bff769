"""Step 6 of the studies `drums` and `piano`: new music from the codes of pieces.

Reads output/<name>/corpus.npz, <run>/dictionary.keras and codes.npz.
Writes <run>/generated.npz, <run>/generated/*.mid and *.wav, and the figures `keep_<run>`, `interpolation_<run>`,
`decomposition_<run>` and `operations_<run>`.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pipeline import command_line

if __name__ == "__main__":  # before anything heavy is imported
    command_line.answer(__file__)

from embed.dictionary.encode import piece_encoder
from embed.dictionary.sparse_codes import SparseCodes
from forecast.dictionary.draw_generated import draw_all_generated
from forecast.dictionary.generate import generate, write_generated
from pipeline import results
from pipeline.parameters import ROOT, load
from save_dataset.midi.corpus import Corpus


def run(name, root=ROOT, runs=None):
    """Make music with the dictionary of each run, and draw; return the paths of the results."""
    parameters = load(name, root)
    paths = [_generate_run(run_parameters, root) for run_parameters in parameters.for_runs(runs)]
    for path in draw_all_generated(parameters, root):
        print(f"wrote {results.display_path(path, root)}")
    return paths


def _generate_run(parameters, root):
    corpus = Corpus.from_arrays(results.load(parameters, "corpus", root))
    codes = SparseCodes.from_arrays(results.load(parameters, "codes", root))
    model = results.load_model(parameters, "dictionary", root)
    arrays = generate(parameters, corpus, codes, piece_encoder(model))
    folder = results.path_of(parameters, "generated", root).parent / "generated"
    write_generated(arrays, parameters, folder, root)
    path = results.save(parameters, "generated", arrays, root)  # last: what cannot be rendered is not stored
    print(f"{parameters.run}: {len(arrays['name'])} pieces of {parameters.generate.bars} bars")
    print(f"wrote {results.display_path(path, root)}, {results.display_path(folder, root)}/")
    return path


if __name__ == "__main__":
    command_line.main(run)
