"""Step 3 of the studies `song` and `video`: cut the encoder out of the trained model, embed every window or frame.

Reads output/<name>/spectrogram.npz, or film.npz and frames.npy, and <run>/autoencoder.keras.
Writes <run>/embedding.npz, <run>/joint_forecaster.keras where the run trained one, the table `embedding`, and the
figures `trajectory_<run>` and `compare_<runs>`.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pipeline import command_line

if __name__ == "__main__":  # before anything heavy is imported
    command_line.answer(__file__)

from embed.song.draw_embeddings import draw_embeddings
from embed.song.embedding import embed_song
from models import surgery
from pipeline import results
from pipeline.parameters import ROOT, load
from save_dataset.series import load_series


def run(name, root=ROOT, runs=None):
    """Embed with the model of each run, and draw the trajectories; returns the paths of the embeddings."""
    parameters = load(name, root)
    paths = [_embed_run(run_parameters, root) for run_parameters in parameters.for_runs(runs)]
    draw_embeddings(parameters, root)
    return paths


def _embed_run(parameters, root):
    """Embed with the model of one run; returns the path of the embedding."""
    series = load_series(parameters, root)
    autoencoder = results.load_model(parameters, "autoencoder", root)
    embedding = embed_song(autoencoder, series, show_progress=command_line.has_terminal())
    path = results.save(parameters, "embedding", embedding, root)
    if surgery.has_part(autoencoder, "forecaster"):
        results.save_model(parameters, "joint_forecaster", surgery.part(autoencoder, "forecaster"), root)
    print(
        f"{parameters.run}: {len(embedding['z'])} points, mean cos(v, v next) {embedding['mean_velocity_cosine']:.3f}"
    )
    print(f"wrote {results.display_path(path, root)}")
    return path


if __name__ == "__main__":
    command_line.main(run)
