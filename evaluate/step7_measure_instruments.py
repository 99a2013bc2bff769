"""Step 7 of the study `instruments`: measure how well runs classify, the classical listing, and representations.

Reads output/<name>/clips.npz, some of the sounds again, and <run>/predictions.npz.
Writes output/<name>/listing.npz, properties.npz, pitch_shift.npz and <run>/recall.npz. A listing and properties that
are up to date are left as they are.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pipeline import command_line

if __name__ == "__main__":  # before anything heavy is imported
    command_line.answer(__file__)

from evaluate.instruments.results import save_listing, save_properties, save_recall
from pipeline import results
from pipeline.parameters import ROOT, load
from save_dataset.instruments.clips import load_clips


def run(name, root=ROOT, runs=None, force=False):
    """Measure the sounds, then every run; return the paths of the measures."""
    parameters = load(name, root)
    clips = load_clips(parameters, root)
    asked = parameters.for_runs(runs)
    for of_run in asked:  # before anything is written
        results.check_fresh(of_run, "predictions", root)
    paths = save_listing(parameters, clips, root, force=force)
    for of_run in asked:
        paths += save_recall(of_run, clips, root)
    paths += save_properties(parameters, clips, root, force=force)
    print(f"wrote {len(paths)} files to {results.display_path(results.folder_of(parameters, root), root)}")
    return paths


if __name__ == "__main__":
    command_line.main(run)
