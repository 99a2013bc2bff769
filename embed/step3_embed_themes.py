"""Step 3 of the study `themes`: features of every patch of the pieces, and the similarity of any two patches.

Reads output/<name>/recordings.npz and <run>/complex_autoencoder.keras where features are learned or random.
Writes <run>/features.npz and matrices.npz.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pipeline import command_line

if __name__ == "__main__":  # before anything heavy is imported
    command_line.answer(__file__)

from embed.themes.features import embed_recordings
from embed.themes.matrices import compare_patches, encoder_of
from pipeline import results
from pipeline.parameters import ROOT, load
from save_dataset.themes.recordings import Recordings


def run(name, root=ROOT, runs=None):
    """Embed and compare with the features of each run; returns the paths of the matrices."""
    parameters = load(name, root)
    return [_embed_run(run_parameters, root) for run_parameters in parameters.for_runs(runs)]


def _embed_run(parameters, root):
    """Embed all pieces with the features of one run; returns the path of the matrices."""
    recordings = Recordings.from_arrays(results.load(parameters, "recordings", root))
    features = embed_recordings(recordings, parameters.model.patch_frames, encoder_of(parameters, root))
    results.save(parameters, "features", features, root)
    matrices = compare_patches(parameters, recordings, features)
    path = results.save(parameters, "matrices", matrices, root)
    print(f"{parameters.run}: {recordings.n_searched} pieces, {features['starts'][-1]} patches")
    print(f"wrote {results.display_path(path, root)}")
    return path


if __name__ == "__main__":
    command_line.main(run)
