"""Step 7 of the study `signal`: what a shift does to magnitudes in learned and other bases, and what the bases are.

Reads output/<name>/samples.npz and <run>/complex_autoencoder.keras.
Writes <run>/measures.npz.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pipeline import command_line

if __name__ == "__main__":  # before anything heavy is imported
    command_line.answer(__file__)

from evaluate.bases import measure_bases
from evaluate.signal.measures import describe, measure_signal
from pipeline.parameters import ROOT, load


def run(name, root=ROOT, runs=None):
    """Measure every run; returns the paths of the measures."""
    return measure_bases(load(name, root), "samples", measure_run, root, runs)


def measure_run(samples, bases, parameters):
    """Measure one run; returns the measures and a line about them."""
    measures = measure_signal(samples, bases, parameters.sound.sample_rate_hz, parameters.evaluation)
    return measures, describe(measures)


if __name__ == "__main__":
    command_line.main(run)
