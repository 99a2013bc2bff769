"""A small film whose frames say by their grey which they are, and stored results of it."""

from fractions import Fraction

import numpy as np
import pytest

from pipeline import results
from pipeline.parameters import load
from save_dataset.video.film import open_film
from save_dataset.video.mp4 import open_mp4
from tests.stored_results import store

RATE_HZ, N_FRAMES = 12, 48
TEXT = """
study = "video"

[film]
file = "greys.mp4"
height_px = 48

[play]
video = ["R"]

[runs.R]
loss.alpha = 0.0

[runs.PCA]
model.method = "pca"
"""


def grey_of(frame):
    return 10 + 5 * frame


def write_film(path, size=(80, 64), n_frames=N_FRAMES, rate_hz=RATE_HZ, samples=None, sample_rate_hz=48000):
    """A film of this width and height; frame k has the grey of k."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open_mp4(path, size, Fraction(rate_hz), samples, sample_rate_hz) as film:
        for frame in range(n_frames):
            film.add(np.full((*size[::-1], 3), grey_of(frame), np.uint8))


def store_film(parameters, root):
    """Store the result of step 1 but its frames, which step 4 has no use for; returns the times of its frames."""
    film = open_film(parameters.film, root)
    decimation, rate_hz = parameters.film.decimation, float(film.rate_hz)
    n_stored = sum(1 for _ in film.pictures((4, 4)))
    times_s = (np.arange(n_stored) * decimation + 0.5) / rate_hz
    arrays = {"times_s": times_s, "frame_s": 1 / rate_hz, "hop_s": decimation / rate_hz, "frames_digest": ""}
    results.save(parameters, "film", arrays, root, raw=film.raw_paths)
    return times_s


def store_embeddings(parameters, times_s, root):
    """Store the fixture `curve` as the embedding of each run, as step 3 does."""
    half_s = 0.5 / RATE_HZ
    for seed, run in enumerate(parameters.for_runs()):
        z = path_at(times_s) + 0.1 * seed
        store(run, "embedding", root, z=z, starts_s=times_s - half_s, times_s=times_s, ends_s=times_s + half_s)


def path_at(times_s):
    """Points of a path that never comes near itself, and that moves much from frame to frame."""
    return np.stack([4 * times_s, 5 * np.sin(2 * times_s), 5 * np.cos(2.6 * times_s)], axis=1)


@pytest.fixture
def stored(write_parameters):
    """Stores what step 4 reads; takes more of the section `film`, more of the file, and how the film is written."""

    def make(film="", more="", **written):
        root = write_parameters(TEXT.replace("height_px = 48", f"height_px = 48\n{film}") + more)
        write_film(root / "music" / "greys.mp4", **written)
        parameters = load("song", root)
        store_embeddings(parameters, store_film(parameters, root), root)
        return parameters, root

    return make
