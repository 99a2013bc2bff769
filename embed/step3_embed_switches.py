"""Step 3 of the study `switches`: the codes of all switches, their principal components, and what these sliders do.

Reads output/<name>/clips.npz and <run>/generator.keras.
Writes <run>/embedding.npz. Runs that are up to date are left as they are; an autoencoder has no codes.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pipeline import command_line

if __name__ == "__main__":  # before anything heavy is imported
    command_line.answer(__file__)

from embed.switches.sliders import chance_level, describe_slider, find_sliders
from embed.switches.synthesis import Decoder
from pipeline import results
from pipeline.parameters import ROOT, load
from save_dataset.switches.clips import load_clips

N_PRINTED = 6


def run(name, root=ROOT, runs=None, force=False):
    """Embed each run that has codes and is not up to date; return the paths of the codes."""
    return [_embed_run(of_run, root, force) for of_run in load(name, root).for_runs(runs) if of_run.has("embedding")]


def _embed_run(parameters, root, force):
    """Embed one run unless it is up to date; return the path of its codes."""
    path = results.path_of(parameters, "embedding", root)
    if not force and results.is_fresh(parameters, "embedding", root):
        print(f"{parameters.run}: {results.display_path(path, root)} is up to date")
        return path
    clips, generator = load_clips(parameters, root), results.load_model(parameters, "generator", root)
    kernel, decode = generator.get_layer("embedding").kernel.numpy(), Decoder(generator).decode
    codes = find_sliders(kernel, decode, parameters.mel, float(clips.loudest_db), seed=parameters.training.seed)
    chance = chance_level(codes.correlations.size)
    print(f"{parameters.run}: {codes.n_switches} switches, {codes.n_sliders} sliders; by chance up to {chance:.2f}:")
    for slider in range(min(N_PRINTED, codes.n_sliders)):
        change = f"{codes.change_db[slider]:.1f} dB from -2 to 2, {codes.explained[slider]:.0%} of the variance"
        print(f"  slider {slider + 1}: {describe_slider(codes, slider)}; {change}")
    results.save(parameters, "embedding", codes.to_arrays(), root)
    print(f"wrote {results.display_path(path, root)}")
    return path


if __name__ == "__main__":
    command_line.main(run)
