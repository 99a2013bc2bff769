"""Step 2 of the studies `drums` and `piano`: train the dictionary of each run.

Reads output/<name>/corpus.npz.
Writes output/<name>/<run>/dictionary.keras and history.npz, and the figure `losses`.
Runs that are up to date are left as they are; a training that was stopped resumes after its last complete epoch.
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
from save_dataset.midi.corpus import Corpus
from train_model.dictionary.draw_losses import draw_dictionary_losses
from train_model.dictionary.training import train
from train_model.fitting import train_runs


def run(name, root=ROOT, runs=None, force=False):
    """Train what is not trained yet and draw the losses; returns the paths of the models."""
    parameters = load(name, root)
    paths = train_runs(parameters, "dictionary", _train_run, root, runs=runs, force=force)
    draw_dictionary_losses(parameters, root)
    return paths


def _train_run(parameters, root):
    """Train one run; returns the model, its history and a line about it."""
    corpus = Corpus.from_arrays(results.load(parameters, "corpus", root))
    model, training = parameters.model, parameters.training
    print(f"{parameters.run}: {model.n_atoms} atoms of {model.atom_steps} steps, windows of {training.window_steps}")
    folder, verbose = results.path_of(parameters, "dictionary", root).parent, 2 * int(command_line.has_terminal())
    dictionary, history = train(corpus, parameters, folder, verbose=verbose)
    return dictionary, history, f"loss {history['loss'][-1]:.5f}, {history['atoms_used'][-1]:.0f} atoms used"


if __name__ == "__main__":
    command_line.main(run)
