"""Step 6 of the studies `song` and `video`: forecast the trajectory of each run by every method; sound of forecasts.

Reads output/<name>/<run>/embedding.npz, mlp.keras, lstm.keras, joint_forecaster.keras, autoencoder.keras.
Writes <run>/forecast_<method>.npz for every method in [forecast], <run>/sound/truth.wav, decoded.wav and <method>.wav,
and the figures `forecasts_<run>` and `fans_<run>`.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pipeline import command_line

if __name__ == "__main__":  # before anything heavy is imported
    command_line.answer(__file__)

from forecast.song.draw_forecasts import draw_all_forecasts
from forecast.song.forecasts import forecast_song
from forecast.song.networks import load_networks
from forecast.song.sounds import write_sounds
from pipeline import results
from pipeline.parameters import ROOT, load


def run(name, root=ROOT, runs=None):
    """Forecast by every method, and draw; returns the paths of the forecasts."""
    parameters = load(name, root)
    paths = [path for run_parameters in parameters.for_runs(runs) for path in forecast_run(run_parameters, root)]
    draw_all_forecasts(parameters, root)
    return paths


def forecast_run(parameters, root):
    """Forecast the trajectory of one run by its methods and write sounds; returns the paths of the forecasts."""
    embedding, networks = results.load(parameters, "embedding", root), load_networks(parameters, root)
    forecasts = {
        name: forecast_song(embedding, name, parameters, networks.get(name)) for name in parameters.methods_of_run()
    }
    if not forecasts:
        print(f"{parameters.run}: none of the methods in [forecast] is for this run")
        return []
    paths = [results.save(parameters, f"forecast_{name}", arrays, root) for name, arrays in forecasts.items()]
    n_starts = max(len(arrays["starts"]) for arrays in forecasts.values())
    print(f"{parameters.run}: {parameters.forecast.horizon_steps} steps from {n_starts} points: {', '.join(forecasts)}")
    sounds = write_sounds(parameters, {name: forecasts[name] for name in parameters.rendered_methods()}, root)
    print(f"wrote {len(paths)} files and {len(sounds)} sounds to {results.display_path(paths[0].parent, root)}")
    return paths


if __name__ == "__main__":
    command_line.main(run)
