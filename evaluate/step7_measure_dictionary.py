"""Step 7 of the studies `drums` and `piano`: measure dictionaries, and baselines, on the pieces held out.

Reads output/<name>/corpus.npz, <run>/dictionary.keras and <run>/codes.npz.
Writes baselines.npz and style_baselines.npz, <run>/measures.npz, and style.npz and chords.npz where there are labels.
Baselines that are up to date are left as they are.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pipeline import command_line

if __name__ == "__main__":  # before anything heavy is imported
    command_line.answer(__file__)

from evaluate.dictionary.results import measure_run, save_baselines
from pipeline import results
from pipeline.parameters import ROOT, load
from save_dataset.midi.corpus import Corpus


def run(name, root=ROOT, runs=None, force=False):
    """Measure baselines and every run; return the paths of the measures."""
    parameters = load(name, root)
    corpus = Corpus.from_arrays(results.load(parameters, "corpus", root))
    paths = save_baselines(parameters, corpus, root, force=force, show_progress=command_line.has_terminal())
    for run_parameters in parameters.for_runs(runs):
        paths += measure_run(run_parameters, corpus, root)
    print(f"wrote {len(paths)} files to {results.display_path(results.folder_of(parameters, root), root)}")
    return paths


if __name__ == "__main__":
    command_line.main(run)
