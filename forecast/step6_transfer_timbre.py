"""Step 6 of the study `timbre`: every source as every target, by each run; what is held out of targets as themselves.

Reads output/<name>/targets.npz, sources.npz and, of runs whose method is a network, <run>/autoencoder.keras.
Writes <run>/transfers.npz, <run>/sounds/<source>_to_<target>.wav, and the page output/<name>/listen.html.
Runs that are up to date are left as they are.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pipeline import command_line

if __name__ == "__main__":  # before anything heavy is imported
    command_line.answer(__file__)

import time

from forecast.timbre.outputs import load_outputs
from forecast.timbre.page.write import write_page
from forecast.timbre.sounds import describe, write_sounds
from forecast.timbre.transfer import transfer_run
from pipeline import results
from pipeline.parameters import ROOT, load
from save_dataset.timbre.sounds import load_sources, load_targets


def run(name, root=ROOT, runs=None, force=False):
    """Pass the sources through each run that is not up to date, and write the page; return the paths of transfers."""
    parameters = load(name, root)
    paths = [_transfer_run(of_run, root, force) for of_run in parameters.for_runs(runs)]
    print(f"wrote {results.display_path(write_page(parameters, root), root)}")
    return paths


def _transfer_run(parameters, root, force):
    """Make the outputs of one run, and their files, unless they are up to date; returns the path of the outputs."""
    path, rate_hz = results.path_of(parameters, "transfers", root), parameters.stft.sample_rate_hz
    if not force and results.is_fresh(parameters, "transfers", root):
        write_sounds(load_outputs(parameters, root), path.parent / "sounds", rate_hz)
        print(f"{parameters.run}: {results.display_path(path, root)} is up to date")
        return path
    targets, sources = load_targets(parameters, root), load_sources(parameters, root)
    model = results.load_model(parameters, "autoencoder", root) if parameters.has("autoencoder") else None
    start_s = time.process_time()
    outputs = transfer_run(parameters, targets, sources, model, show_progress=command_line.has_terminal())
    print(f"{parameters.run}: {describe(outputs, rate_hz, time.process_time() - start_s)}")
    write_sounds(outputs, path.parent / "sounds", rate_hz, force=True)
    results.save(parameters, "transfers", outputs.to_arrays(), root)  # last: what is up to date has its files
    print(f"wrote {results.display_path(path, root)} and {len(outputs.ends)} sounds")
    return path


if __name__ == "__main__":
    command_line.main(run)
