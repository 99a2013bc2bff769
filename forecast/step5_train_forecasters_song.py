"""Step 5 of the studies `song` and `video`: fit the networks that forecast the trajectory of each run.

Reads output/<name>/<run>/embedding.npz.
Writes <run>/mlp.keras and <run>/lstm.keras, those of them that are among the methods in [forecast].
Networks that are up to date are left as they are.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pipeline import command_line

if __name__ == "__main__":  # before anything heavy is imported
    command_line.answer(__file__)

from forecast.song.forecasts import split_for_networks
from forecast.song.networks import fit_network
from forecast.song.scaling import scaling_of
from pipeline import results
from pipeline.lock import lock
from pipeline.parameters import ROOT, load
from pipeline.sections.forecasting import NETWORKS


def run(name, root=ROOT, runs=None, force=False):
    """Fit what is not fitted yet; returns the paths of the networks."""
    parameters = load(name, root)
    wanted = [kind for kind in NETWORKS if parameters.has(kind)]
    paths = []
    for of_run in parameters.for_runs(runs):
        with lock(results.path_of(of_run, "embedding", root).parent):
            paths += [_fit_run(of_run, kind, root, force) for kind in wanted]
    return paths


def _fit_run(parameters, kind, root, force):
    """Fit one network on the first part of the trajectory, unless that is done."""
    path = results.path_of(parameters, kind, root)
    embedding = results.load(parameters, "embedding", root)
    if not force and results.is_fresh(parameters, kind, root):
        print(f"{parameters.run}: {results.display_path(path, root)} is up to date")
        return path
    n_fitted, _ = split_for_networks(embedding, parameters)
    _, first_scored, _ = parameters.count_fitted(len(embedding["z"]))
    print(f"{parameters.run}: {kind} on the first {n_fitted} of {len(embedding['z'])} points")
    z = scaling_of(embedding["z"], parameters.fit.scale).apply(embedding["z"])
    settings, verbose = getattr(parameters, kind), int(command_line.has_terminal())
    network, losses = fit_network(z[:n_fitted], settings, validation=z[n_fitted:first_scored], verbose=verbose)
    print(f"{parameters.run}: mean squared error {losses[0]:.5f} in the first epoch, {losses[-1]:.5f} in the last")
    results.save_model(parameters, kind, network, root)
    print(f"wrote {results.display_path(path, root)}")
    return path


if __name__ == "__main__":
    command_line.main(run)
