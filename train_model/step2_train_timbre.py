"""Step 2 of the study `timbre`: train the autoencoder of each run that has one, on all targets together.

Reads output/<name>/targets.npz.
Writes output/<name>/<run>/autoencoder.keras and history.npz, and the figure `training`.
Runs that are up to date are left as they are, and runs that differ only in what is done with a network share one; a
training that was stopped resumes after its last complete epoch.
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
from save_dataset.timbre.sounds import load_targets
from train_model.fitting import train_runs
from train_model.timbre.draw_training import draw_timbre_training
from train_model.timbre.training import find_twin, train_autoencoder


def run(name, root=ROOT, runs=None, force=False):
    """Train what is not trained yet and draw the trainings; returns the paths of the models."""
    parameters = load(name, root)
    paths = train_runs(parameters, "autoencoder", _train_run, root, runs=runs, force=force)
    draw_timbre_training(parameters, root)
    return paths


def _train_run(parameters, root):
    """Train one run; returns the model, its history and a line about it."""
    twin = find_twin(parameters, root)
    if twin:
        autoencoder, history = results.load_model(twin, "autoencoder", root), results.load(twin, "history", root)
        return autoencoder, history, f"the network of {twin.run}"
    targets = load_targets(parameters, root)
    model = parameters.model
    print(
        f"{parameters.run}: {', '.join(targets.names)}; {model.context_frames} frames of context, {model.hidden} layer"
    )
    folder, verbose = results.path_of(parameters, "autoencoder", root).parent, 2 * int(command_line.has_terminal())
    autoencoder, history = train_autoencoder(parameters, targets, folder, verbose=verbose)
    return autoencoder, history, f"loss {history['loss'][-1]:.4f}, {autoencoder.count_params()} parameters"


if __name__ == "__main__":
    command_line.main(run)
