"""Step 7 of the study `digits`: how well digits are classified at any angle, by magnitudes and by pixels.

Reads output/<name>/images.npz and <run>/complex_autoencoder.keras.
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
from evaluate.digits.measures import describe, measure_digits
from pipeline.parameters import ROOT, load


def run(name, root=ROOT, runs=None):
    """Measure every run; returns the paths of the measures."""
    return measure_bases(load(name, root), "images", measure_run, root, runs)


def measure_run(images, bases, parameters):
    """Measure one run; returns the measures and a line about them."""
    measures = measure_digits(images, bases, parameters.classify)
    return measures, describe(measures)


if __name__ == "__main__":
    command_line.main(run)
