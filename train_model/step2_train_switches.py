"""Step 2 of the study `switches`: train the generator of each run, from switches to the spectrograms of clips.

Reads output/<name>/clips.npz.
Writes output/<name>/<run>/generator.keras and history.npz, and the figure `training`.
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

machine.ask_for_fast_convolutions()  # before TensorFlow is imported

from pipeline.parameters import ROOT, load
from save_dataset.switches.clips import load_clips
from train_model.fitting import train_runs
from train_model.switches.draw_training import draw_switches_training
from train_model.switches.training import train_generator


def run(name, root=ROOT, runs=None, force=False):
    """Train what is not trained yet and draw the trainings; returns the paths of the models."""
    parameters = load(name, root)
    paths = train_runs(parameters, "generator", _train_run, root, runs=runs, force=force)
    draw_switches_training(parameters, root)
    return paths


def _train_run(parameters, root):
    """Train one run; returns the model, its history and a line about it."""
    folder, verbose = results.path_of(parameters, "generator", root).parent, 2 * int(command_line.has_terminal())
    generator, history = train_generator(parameters, load_clips(parameters, root), folder, verbose=verbose)
    return generator, history, f"loss {history['loss'][-1]:.4f}, {history['n_parameters']} parameters"


if __name__ == "__main__":
    command_line.main(run)
