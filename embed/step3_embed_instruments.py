"""Step 3 of the study `instruments`: what each run says of the clips that test it, and the spaces that clips lie in.

Reads output/<name>/clips.npz and <run>/classifier.keras.
Writes <run>/predictions.npz: probabilities, and activations of the layer before the last; spaces.npz: pitch helix,
clusters, and toy data in the layers of a network; and the figures `helix`, `clusters`, `linearisation`, `activations`.
Spaces that are up to date are left as they are.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pipeline import command_line

if __name__ == "__main__":  # before anything heavy is imported
    command_line.answer(__file__)

from embed.instruments.draw_spaces import draw_spaces
from embed.instruments.predictions import averaged_files, predict
from embed.instruments.spaces import spaces
from pipeline import results
from pipeline.parameters import ROOT, load


def run(name, root=ROOT, runs=None):
    """Predict with each run, averages of runs last; returns the paths of the predictions."""
    parameters = load(name, root)
    in_order = sorted(parameters.for_runs(runs), key=lambda of_run: bool(of_run.classifier.average))
    paths = [_predict_run(of_run, root) for of_run in in_order]
    if not results.is_fresh(parameters, "spaces", root):
        results.save(parameters, "spaces", spaces(parameters, root), root)
    draw_spaces(parameters, root)
    return paths


def _predict_run(parameters, root):
    """Predict with one run; returns the path of its predictions."""
    predictions = predict(parameters, root)
    path = results.save(parameters, "predictions", predictions, root, raw=averaged_files(parameters, root))
    n_seeds, n_clips, n_classes = predictions["probabilities"].shape
    print(f"{parameters.run}: {n_clips} clips, {n_classes} classes, {n_seeds} seeds")
    print(f"wrote {results.display_path(path, root)}")
    return path


if __name__ == "__main__":
    command_line.main(run)
