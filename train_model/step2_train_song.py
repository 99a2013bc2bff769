"""Step 2 of the studies `song` and `video`: train the autoencoder of each run, or fit its linear baseline.

Reads output/<name>/spectrogram.npz, or film.npz and frames.npy.
Writes output/<name>/<run>/autoencoder.keras and history.npz, the figure `losses` and the diagram `model_<run>`.
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
from save_dataset.clip_length import check_clip_length
from save_dataset.series import load_series
from train_model.fitting import train_runs
from train_model.model_diagram import write_diagram
from train_model.song.draw_losses import describe_losses, draw_all_losses
from train_model.song.linear import fit_linear
from train_model.song.training import train


def run(name, root=ROOT, runs=None, force=False):
    """Train what is not trained yet and draw the losses; returns the paths of the models."""
    parameters = load(name, root)
    paths = train_runs(parameters, "autoencoder", _train_run, root, runs=runs, force=force)
    draw_all_losses(parameters, root)
    return paths


def _train_run(parameters, root):
    """Train one run, or fit a linear one; returns the model, its history and a line about it."""
    series = load_series(parameters, root)
    check_clip_length(series, parameters, results.path_of(parameters, parameters.SERIES, root))
    window_frames = parameters.count_window_frames(series)
    shape = " x ".join(map(str, (window_frames, *series["frames"].shape[1:])))
    print(f"{parameters.run}: windows of {shape} values to {parameters.model.latent_dim} coordinates")
    if parameters.model.is_linear:
        model, history = fit_linear(series["frames"], window_frames, parameters)
    else:
        folder, verbose = results.path_of(parameters, "autoencoder", root).parent, int(command_line.has_terminal())
        model, history = train(series["frames"], window_frames, parameters, folder, verbose=verbose)
    write_diagram(model, results.figure_path(parameters, f"model_{parameters.run}", root))
    return model, history, describe_losses(history)


if __name__ == "__main__":
    command_line.main(run)
