"""All figures of step 6, from stored forecasts."""

from pathlib import Path

from forecast.song.draw_forecasts import draw_fans, draw_long_forecasts
from pipeline import figures, results
from pipeline.parameters import ROOT
from pipeline.studies.song import Parameters

BASELINES = ("persistence", "constant_velocity", "climatology")  # of which there is nothing to see


def draw_all_forecasts(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Draw the forecasts of each run that has any; returns paths."""
    paths = []
    for run in parameters.for_runs():
        kinds = {method: f"forecast_{method}" for method in run.methods_of_run() if method not in BASELINES}
        forecasts = results.load_fresh_kinds(run, kinds, root)
        if not forecasts:
            continue
        embedding = results.load(run, "embedding", root)
        for name, draw in {"forecasts": draw_long_forecasts, "fans": draw_fans}.items():
            figure = draw(embedding, forecasts)
            paths += figures.save(figure, results.figure_path(parameters, f"{name}_{run.run}", root))
    return paths
