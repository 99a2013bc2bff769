"""Results made by hand and stored with their records, so that the steps after training can be tested without it."""

import zipfile

import numpy as np
import soundfile

from pipeline import results
from pipeline.windows import window_times
from save_dataset.sound.spectrogram import compute_spectrogram

SONG = """
study = "song"

[sound]
file = "tones.wav"

[window]
length_s = 0.2

[model]
clip_windows = 5

[analog]
delay_points = 3

[var]
points = 4

[lstm]
points = 4

[forecast]
methods = ["knn", "knn_paper", "persistence"]
horizon_steps = 8
first_point = 4
every_points = 4
long_steps = 20
sound = []

[evaluation]
n_surrogates = 3
exclusion_points = [0, 10]

[play]
video = ["R"]

[runs.R]
loss.alpha = 0.0

[runs.PCA]
model.method = "pca"
"""


class StoredModel:
    """What `results.save_model` asks of a Keras model."""

    def get_weights(self):
        """Weights that vouch for nothing."""
        return [np.zeros(1)]

    def save(self, path):
        """An archive, as Keras writes."""
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("model.weights.h5", b"")


def write_tones(path, seconds=3.0, sample_rate_hz=44100):
    """Two notes in turn, twice a second."""
    times_s = np.arange(round(seconds * sample_rate_hz)) / sample_rate_hz
    frequency_hz = np.where(times_s * 4 % 2 < 1, 440.0, 660.0)
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, 0.5 * np.sin(2 * np.pi * frequency_hz * times_s), sample_rate_hz)


def store(parameters, kind, root, **arrays):
    """Store a result of a run, and before it all that it is made from and that does not exist yet, without content."""
    for source in parameters.RESULTS[kind].made_from:
        if not results.path_of(parameters, source, root).exists():
            store(parameters, source, root)
    if results.path_of(parameters, kind, root).suffix == ".keras":
        return results.save_model(parameters, kind, StoredModel(), root)
    return results.save(parameters, kind, arrays, root)


def store_spectrogram(parameters, root):
    """Store the spectrogram of the song as step 1 does; returns its arrays."""
    sound = root / "music" / parameters.sound.file
    samples, rate_hz = soundfile.read(sound)
    spectrogram = compute_spectrogram(samples, sample_rate_hz=rate_hz, **parameters.spectrogram.model_dump())
    results.save(parameters, "spectrogram", spectrogram, root, raw=[sound])
    return spectrogram


def store_embedding(run, spectrogram, root, seed=0):
    """Store a rough loop as the embedding of a run, as step 3 does; returns its arrays."""
    window_frames = run.count_window_frames(spectrogram)
    times = window_times(spectrogram["times_s"], window_frames, float(spectrogram["frame_s"]))
    turns = 2 * np.pi * times["times_s"][:, None] * np.array([1, 2, 3]) + np.array([0, 1, 2])
    z = np.cos(turns) + 0.05 * np.random.default_rng(seed).normal(size=turns.shape)
    z = np.pad(z, ((0, 0), (0, max(0, run.model.latent_dim - 3))))[:, : run.model.latent_dim]
    losses = {"reconstruction_loss": 0.0625, "lowest_reconstruction_loss": 0.03125}
    smoothness = {"mean_velocity_cosine": 0.5, "path_over_extent": 10.0}
    embedding = {"z": z, **times, **{name: np.array(value) for name, value in (losses | smoothness).items()}}
    store(run, "embedding", root, **embedding)
    return embedding
