"""Step 7 of the study `switches`: measure the generators, and the distance of peaks from which the source chose r.

Reads output/<name>/clips.npz, <run>/generator.keras and history.npz, and the recordings.
Writes <run>/upscaling.npz and peaks.npz. Measures that are up to date are left as they are.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pipeline import command_line

if __name__ == "__main__":  # before anything heavy is imported
    command_line.answer(__file__)

from functools import partial

from pipeline import machine, results

machine.ask_for_fast_convolutions()  # before TensorFlow is imported

from evaluate.switches.peaks import measure_peaks
from evaluate.switches.upscaling import measure_upscaling
from pipeline.parameters import ROOT, load
from save_dataset.switches.clips import load_clips
from save_dataset.switches.read import find_recordings


def run(name, root=ROOT, runs=None, force=False):
    """Measure the generators of runs, and peaks; returns the paths of the measures that are new."""
    parameters = load(name, root)
    clips, paths = load_clips(parameters, root), []
    for run_parameters in parameters.for_runs(runs):
        if force or not results.is_fresh(run_parameters, "upscaling", root):
            generator = results.load_model(run_parameters, "generator", root)
            generate = partial(generator.predict, batch_size=16, verbose=0)
            history = results.load(run_parameters, "history", root)
            measures = measure_upscaling(run_parameters, generate, clips, history)
            paths.append(results.save(run_parameters, "upscaling", measures.to_arrays(), root))
            print(f"{run_parameters.run}: each clip alone within {measures.alone_db.mean():.2f} dB")
    if force or not results.is_fresh(parameters, "peaks", root):
        arrays = measure_peaks(parameters, root)
        paths.append(results.save(parameters, "peaks", arrays, root, raw=find_recordings(parameters, root)))
    print(f"wrote {len(paths)} files to {results.display_path(results.folder_of(parameters, root), root)}")
    return paths


if __name__ == "__main__":
    command_line.main(run)
