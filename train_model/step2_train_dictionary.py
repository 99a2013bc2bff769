"""Step 2 of the studies `drums` and `piano`: train the dictionary of each run.

Reads output/<name>/corpus.npz.
Writes output/<name>/<run>/dictionary.keras and history.npz, and the figure `losses`.
Runs that are up to date are left as they are; a training that was stopped goes on after its last whole epoch.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from pipeline import command_line, results
from pipeline.parameters import ROOT, load
from save_dataset.midi.corpus import Corpus
from train_model.dictionary.draw_losses import draw_dictionary_losses
from train_model.dictionary.training import train
from train_model.fitting import remove_unfinished


def run(name, root=ROOT, runs=None, again=False):
    """Train what is not trained yet and draw the losses; returns the paths of the models."""
    parameters = load(name, root)
    paths = [train_run(run_parameters, root, again) for run_parameters in parameters.for_runs(runs)]
    draw_dictionary_losses(parameters, root)
    return paths


def train_run(parameters, root, again):
    """Train one run, unless that is done; returns the path of the model."""
    path = results.path_of(parameters, "dictionary", root)
    if not again and all(results.is_fresh(parameters, kind, root) for kind in ("dictionary", "history")):
        print(f"{parameters.run}: {results.show(path, root)} is up to date")
        return path
    if again:
        remove_unfinished(path.parent)
    corpus = Corpus.from_arrays(results.load(parameters, "corpus", root))
    model, training = parameters.model, parameters.training
    print(f"{parameters.run}: {model.n_atoms} atoms of {model.atom_steps} steps, windows of {training.window_steps}")
    verbose = 2 * int(command_line.has_terminal())
    dictionary, history = train(corpus, parameters, path.parent, verbose=verbose)
    print(
        f"{parameters.run}: loss {history['loss'][-1]:.5f}, {history['atoms_used'][-1]:.0f} atoms used; "
        f"{sum(history['cpu_s']):.1f} s of processor time"
    )
    results.save(parameters, "history", history, root)
    results.save_model(parameters, "dictionary", dictionary, root)
    remove_unfinished(path.parent)
    print(f"wrote {results.show(path, root)}")
    return path


def main(argv=None):
    command_line.main(run, argv)


if __name__ == "__main__":
    main()
