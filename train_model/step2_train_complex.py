"""Step 2 of the studies `themes`, `signal` and `digits`: train the complex autoencoder of each run.

Reads output/<name>/recordings.npz, samples.npz or images.npz.
Writes output/<name>/<run>/complex_autoencoder.keras and history.npz, and the figures `losses` and `snapshots_<run>`.
Runs that are up to date are left as they are; a training that was stopped goes on after its last whole epoch.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from pipeline import command_line, results
from pipeline.parameters import ROOT, load
from train_model.complex.draw_training import draw_complex_training
from train_model.complex.training import DATA, leave_random, train
from train_model.fitting import remove_unfinished


def run(name, root=ROOT, runs=None, again=False):
    """Train what is not trained yet and draw it; returns the paths of the models."""
    parameters = load(name, root)
    paths = [train_run(run_parameters, root, again) for run_parameters in parameters.for_runs(runs)]
    draw_complex_training(parameters, root)
    return [path for path in paths if path]


def train_run(parameters, root, again):
    """Train one run, unless that is done or there is nothing to train; returns the path of the model, if any."""
    if not parameters.has("complex_autoencoder"):
        print(f"{parameters.run}: features {parameters.model.features!r} are not learnt")
        return None
    path = results.path_of(parameters, "complex_autoencoder", root)
    if not again and all(results.is_fresh(parameters, kind, root) for kind in ("complex_autoencoder", "history")):
        print(f"{parameters.run}: {results.show(path, root)} is up to date")
        return path
    if again:
        remove_unfinished(path.parent)
    arrays = results.load(parameters, DATA[parameters.study], root)
    print(f"{parameters.run}: {parameters.model.n_bases} complex bases")
    if getattr(parameters.model, "features", "learned") == "random":
        autoencoder, history = leave_random(parameters, arrays)
    else:
        autoencoder, history = train(parameters, arrays, path.parent, verbose=2 * int(command_line.has_terminal()))
    found = f"{100 * history['invariance'][-1]:.1f} % of what was moved found again"
    print(f"{parameters.run}: loss of pairs held out {history['validation'][-1]:.5f}, {found}")
    results.save(parameters, "history", history, root)
    results.save_model(parameters, "complex_autoencoder", autoencoder, root)
    remove_unfinished(path.parent)
    print(f"wrote {results.show(path, root)}")
    return path


def main(argv=None):
    command_line.main(run, argv)


if __name__ == "__main__":
    main()
