"""Step 7 of the study `signal`: what a shift does to magnitudes, in learnt bases and in others, and what the bases are.

Reads output/<name>/samples.npz and <run>/complex_autoencoder.keras.
Writes <run>/measures.npz.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import keras
import numpy as np

from evaluate.signal.measures import describe, measure_signal
from models import complex_autoencoder  # noqa: F401  (registers its layers)
from pipeline import command_line, results
from pipeline.parameters import ROOT, load


def run(name, root=ROOT, runs=None):
    """Measure every run; returns the paths of the measures."""
    parameters = load(name, root)
    samples = results.load(parameters, "samples", root)
    paths = []
    for run_parameters in parameters.for_runs(runs):
        autoencoder = keras.saving.load_model(results.usable_path(run_parameters, "complex_autoencoder", root))
        bases = np.asarray(autoencoder.bases.rows())
        measures = measure_signal(samples, bases, run_parameters.sound.sample_rate_hz, run_parameters.evaluation)
        print(f"{run_parameters.run}: {describe(measures)}")
        paths.append(results.save(run_parameters, "measures", measures, root))
    print(f"wrote {len(paths)} files to {results.show(results.folder_of(parameters, root), root)}")
    return paths


def main(argv=None):
    command_line.main(run, argv)


if __name__ == "__main__":
    main()
