"""Step 2 of the studies `themes`, `signal` and `digits`: train the complex autoencoder of each run.

Reads output/<name>/recordings.npz, samples.npz or images.npz.
Writes output/<name>/<run>/complex_autoencoder.keras and history.npz, and the figures `losses` and `snapshots_<run>`.
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
from train_model.complex.draw_training import draw_complex_training
from train_model.complex.training import leave_random, train
from train_model.fitting import train_runs


def run(name, root=ROOT, runs=None, force=False):
    """Train what is not trained yet and draw it; returns the paths of the models."""
    parameters = load(name, root)
    paths = train_runs(parameters, "complex_autoencoder", _train_run, root, runs=runs, force=force)
    draw_complex_training(parameters, root)
    return paths


def _train_run(parameters, root):
    """Train one run, or leave its bases random; returns the model, its history and a line about it."""
    arrays = results.load(parameters, parameters.DATA, root)
    print(f"{parameters.run}: {parameters.model.n_bases} complex bases")
    if parameters.model.is_learned:
        folder = results.path_of(parameters, "complex_autoencoder", root).parent
        autoencoder, history = train(parameters, arrays, folder, verbose=2 * int(command_line.has_terminal()))
    else:
        autoencoder, history = leave_random(parameters, arrays)
    retrieved = f"{100 * history['invariance'][-1]:.1f} % of shifted pairs retrieved"
    return autoencoder, history, f"loss of pairs held out {history['validation'][-1]:.5f}, {retrieved}"


if __name__ == "__main__":
    command_line.main(run)
