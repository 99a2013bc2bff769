"""Step 7 of the study `timbre`: measure what outputs keep of their sources, and what they have of their targets.

Reads output/<name>/targets.npz, sources.npz and <run>/transfers.npz; pitch curves are kept in output/timbre_cache/.
Writes <run>/measures.npz. Measures that are up to date are left as they are.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pipeline import command_line

if __name__ == "__main__":  # before anything heavy is imported
    command_line.answer(__file__)

from evaluate.timbre.measures import describe
from evaluate.timbre.measuring import describe_notes, measure_run
from evaluate.timbre.pitch import CACHE
from forecast.timbre.outputs import load_outputs
from pipeline import results
from pipeline.parameters import ROOT, load
from save_dataset.timbre.sounds import load_sources, load_targets


def run(name, root=ROOT, runs=None, force=False):
    """Measure the outputs of runs; return the paths of the measures that are new."""
    parameters = load(name, root)
    targets, sources = load_targets(parameters, root), load_sources(parameters, root)
    new = [run for run in parameters.for_runs(runs) if force or not results.is_fresh(run, "measures", root)]
    for run_parameters in new:
        results.check_fresh(run_parameters, "transfers", root)  # before the first takes its minutes
    paths = []
    if new and len(sources.note_pitches):
        print(describe_notes(sources))
    for run_parameters in new:
        outputs = load_outputs(run_parameters, root)
        measures = measure_run(
            run_parameters, outputs, targets, sources, root / CACHE, show_progress=command_line.has_terminal()
        )
        paths.append(results.save(run_parameters, "measures", measures.to_arrays(), root))
        print(f"{run_parameters.run}: {describe(measures)}")
    print(f"wrote {len(paths)} files to {results.display_path(results.folder_of(parameters, root), root)}")
    return paths


if __name__ == "__main__":
    command_line.main(run)
