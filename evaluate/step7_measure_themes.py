"""Step 7 of the study `themes`: score the themes against the reference, measure how invariant the features are.

Reads output/<name>/recordings.npz, <run>/matrices.npz, themes.npz, and complex_autoencoder.keras where there is one.
Writes output/<name>/upper_bound.npz, <run>/scores.npz and invariance.npz; without reference patterns, only the last.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pipeline import command_line

if __name__ == "__main__":  # before anything heavy is imported
    command_line.answer(__file__)

from evaluate.themes.results import save_measures, save_upper_bound
from pipeline import results
from pipeline.parameters import ROOT, load
from save_dataset.themes.recordings import Recordings


def run(name, root=ROOT, runs=None):
    """Measure every run; returns the paths of the measures."""
    parameters = load(name, root)
    recordings = Recordings.from_arrays(results.load(parameters, "recordings", root))
    paths = save_upper_bound(parameters, recordings, root)
    for run_parameters in parameters.for_runs(runs):
        paths += save_measures(run_parameters, recordings, root, show_progress=command_line.has_terminal())
    print(f"wrote {len(paths)} files to {results.display_path(results.folder_of(parameters, root), root)}")
    return paths


if __name__ == "__main__":
    command_line.main(run)
