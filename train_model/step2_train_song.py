"""Step 2 of the study `song`: train the autoencoder of each run, or fit its PCA baseline.

Reads output/<name>/spectrogram.npz.
Writes output/<name>/<run>/autoencoder.keras and history.npz, the figure `losses` and the diagram `model_<run>`.
Runs that are up to date are left as they are; a training that was stopped goes on after its last whole epoch.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from pipeline import command_line, results
from pipeline.parameters import ROOT, load
from train_model.fitting import remove_unfinished
from train_model.model_diagram import write_diagram
from train_model.song.draw_losses import draw_all_losses, tell_losses
from train_model.song.training import fit_linear, train


def run(name, root=ROOT, runs=None, again=False):
    """Train what is not trained yet and draw the losses; returns the paths of the models."""
    parameters = load(name, root)
    paths = [train_run(run_parameters, root, again) for run_parameters in parameters.for_runs(runs)]
    draw_all_losses(parameters, root)
    return paths


def train_run(parameters, root, again):
    """Train one run, unless that is done; returns the path of the model."""
    path = results.path_of(parameters, "autoencoder", root)
    if not again and all(results.is_fresh(parameters, kind, root) for kind in ("autoencoder", "history")):
        print(f"{parameters.run}: {results.show(path, root)} is up to date")
        return path
    if again:
        remove_unfinished(path.parent)
    spectrogram = results.load(parameters, "spectrogram", root)
    window_frames = parameters.count_window_frames(spectrogram)
    print(f"{parameters.run}: windows of {window_frames} frames to {parameters.model.latent_dim} coordinates")
    if parameters.model.method == "pca":
        model, history = fit_linear(spectrogram["frames"], window_frames, parameters)
    else:
        verbose = int(command_line.has_terminal())
        model, history = train(spectrogram["frames"], window_frames, parameters, path.parent, verbose=verbose)
    print(f"{parameters.run}: {tell_losses(history)}; {sum(history['cpu_s']):.1f} s of processor time")
    results.save(parameters, "history", history, root)
    results.save_model(parameters, "autoencoder", model, root)
    write_diagram(model, results.figure_path(parameters, f"model_{parameters.run}", root))
    remove_unfinished(path.parent)
    print(f"wrote {results.show(path, root)}")
    return path


def main(argv=None):
    command_line.main(run, argv)


if __name__ == "__main__":
    main()
