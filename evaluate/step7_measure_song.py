"""Step 7 of the studies `song` and `video`: measure how far forecasts are from what happened, and the path itself.

Reads output/<name>/<run>/embedding.npz and forecast_<method>.npz.
Writes <run>/divergence_<method>.npz, <run>/controls.npz and <run>/recurrence.npz.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pipeline import command_line

if __name__ == "__main__":  # before anything heavy is imported
    command_line.answer(__file__)

from evaluate.song.loop_score import measure_recurrence
from evaluate.song.measures import describe_valid_time, measure_forecasts
from evaluate.song.protocol import forecast_controls, sweep_exclusion
from forecast.song.forecasts import first_compared_start
from pipeline import results
from pipeline.parameters import ROOT, load
from pipeline.windows import count_overlapping_points, mean_hop_s


def run(name, root=ROOT, runs=None):
    """Measure every run; returns the paths of the measures."""
    parameters = load(name, root)
    return [path for run_parameters in parameters.for_runs(runs) for path in measure_run(run_parameters, root)]


def measure_run(parameters, root):
    """Measure the forecasts, the protocol and the recurrence of one run; returns the paths."""
    embedding = results.load(parameters, "embedding", root)
    first_start = first_compared_start(embedding, parameters)
    settings = parameters.evaluation.model_dump(include={"threshold", "seed"})
    methods, paths = parameters.methods_of_run(), []
    for method in methods:
        results.check_fresh(parameters, f"forecast_{method}", root)
    for method in methods:
        forecasts = results.load(parameters, f"forecast_{method}", root)
        measures = measure_forecasts(embedding, forecasts, first_start=first_start, **settings)
        paths.append(results.save(parameters, f"divergence_{method}", measures, root))
        print(f"{parameters.run}: {method} {describe_valid_time(measures)}")
    z, overlap = embedding["z"], count_overlapping_points(embedding["starts_s"], embedding["ends_s"])
    controls = forecast_controls(z, overlap, parameters) | sweep_exclusion(z, overlap, parameters)
    controls["hop_s"] = mean_hop_s(embedding["times_s"])
    settings = parameters.evaluation.model_dump(include={"max_period_s", "n_surrogates", "seed"})
    recurrence = measure_recurrence(embedding, **settings)
    paths.append(results.save(parameters, "controls", controls, root))
    paths.append(results.save(parameters, "recurrence", recurrence, root))
    print(f"{parameters.run}: loop score {recurrence['score']:.2f}, period {recurrence['period_s']:.3f} s")
    print(f"wrote {len(paths)} files to {results.display_path(paths[0].parent, root)}")
    return paths


if __name__ == "__main__":
    command_line.main(run)
