"""Step 2 of the study `instruments`: train what classifies, networks or a linear machine, of each run.

Reads output/<name>/clips.npz, and phrases.npz where some are made.
Writes output/<name>/<run>/classifier.keras and history.npz, and the figure `training`.
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

from pipeline import machine, results

machine.ask_for_fast_convolutions()  # before TensorFlow is imported: trainings take half the time

from models.instrument_networks import count_parameters
from pipeline.parameters import ROOT, load
from save_dataset.instruments.clips import load_clips
from train_model.fitting import train_runs
from train_model.instruments.draw_training import draw_instrument_training
from train_model.instruments.linear import fit_linear_machine
from train_model.instruments.split import load_phrases, split_clips
from train_model.instruments.training import train_networks


def run(name, root=ROOT, runs=None, force=False):
    """Train what is not trained yet and draw the trainings; returns the paths of the models."""
    parameters = load(name, root)
    paths = train_runs(parameters, "classifier", _train_run, root, runs=runs, force=force)
    draw_instrument_training(parameters, root)
    return paths


def _train_run(parameters, root):
    """Train one run; returns the model, its history and a line about it."""
    clips, phrases = load_clips(parameters, root), load_phrases(parameters, root)
    clips = clips.rows(split_clips(clips, parameters)[0])
    n_phrases = 0 if phrases is None else len(phrases.labels)
    learned_from = f"{len(clips.labels)} clips and {n_phrases} phrases of {', '.join(parameters.split.train)}"
    print(f"{parameters.run}: {parameters.classifier.describe()} of {learned_from}")
    if parameters.classifier.is_network:
        folder, verbose = results.path_of(parameters, "classifier", root).parent, 2 * int(command_line.has_terminal())
        model, history = train_networks(parameters, clips, phrases, folder, verbose=verbose)
    else:
        model, history = fit_linear_machine(parameters, clips, phrases)
    history |= {"n_parameters": count_parameters(model)}
    loss, accuracy = (history[name][:, -1].mean() for name in ("loss", "accuracy"))
    return model, history, f"loss {loss:.4f}, {100 * accuracy:.1f} % right of what it learns from"


if __name__ == "__main__":
    command_line.main(run)
