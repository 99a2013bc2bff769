"""A whole training on one song: the paper's way, the same with a memory of points, and as we recommend.

The paper's way is the straightforward form: batches of 8 samples from all over the song, 47 windows encoded for each,
6 epochs. RF is the same loss by the defaults, RPVW the run of `parameters/my_song.toml`. Prints processor seconds,
tracing included, and after the last epoch the reconstruction loss over all windows, the mean cosine of consecutive
velocities and the effective dimensions, all with the statistics of the whole song in batch normalisation: for each
seed, and their means.
"""

import tempfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from benchmarks.clock import EpochClock
from benchmarks.inputs import read_clip
from embed.song.embedding import embed_song
from embed.song.spread import effective_dimensions
from models import surgery
from models.conditioned_autoencoder import build_decoder, build_encoder, build_forecaster
from pipeline.parameters import load
from pipeline.studies.song import Parameters
from tests.straightforward import build_straightforward_autoencoder, straightforward_samples
from train_model.song import training
from train_model.song.batch_statistics import use_song_statistics

SEEDS = (0, 1, 2)


def main():
    spectrogram = read_clip(__doc__)
    ways = {
        "the paper's way": lambda seed: train_straightforward(spectrogram, parameters_of("RF", seed)),
        "RF, remembered": lambda seed: train(spectrogram, parameters_of("RF", seed)),
        "RPVW": lambda seed: train(spectrogram, parameters_of("RPVW", seed)),
    }
    print("                 processor s   reconstruction   mean cos(v, v next)   effective dimensions")
    rows = {name: [] for name in ways}
    for seed in SEEDS:
        for name, train_by in ways.items():
            rows[name].append(train_by(seed))
            print(line_of(f"{name}, {seed}", rows[name][-1]))
    for name, by_seed in rows.items():
        print(line_of(name, np.mean(by_seed, axis=0)))


def line_of(name, row):
    seconds, loss, smoothness, dimensions = row
    return f"{name:18s} {seconds:9.1f} {loss:16.5f} {smoothness:21.3f} {dimensions:22.2f}"


def parameters_of(run, seed):
    """The run RPVW of the template, or RF with the defaults of the study."""
    if run == "RPVW":
        parameters = load("my_song").for_run("RPVW")
    else:
        values = {"name": "benchmark", "study": "song", "run": run, "runs": {run: {}}, "sound": {"file": "none"}}
        parameters = Parameters(**values)
    return parameters.model_copy(update={"training": parameters.training.model_copy(update={"seed": seed})})


def train(spectrogram, parameters):
    """Seconds, loss, smoothness and dimensions of a training as step 2 does it."""
    clock = EpochClock(measure_on(spectrogram, parameters.training.epochs))
    with tempfile.TemporaryDirectory() as folder:
        window_frames = parameters.count_window_frames(spectrogram)
        training.train(spectrogram["frames"], window_frames, parameters, Path(folder), watchers=[clock])
    return clock.rows[-1]


def train_straightforward(spectrogram, parameters):
    """The same for the paper's way."""
    settings, model, frames = parameters.training, parameters.model, spectrogram["frames"]
    keras.utils.set_random_seed(settings.seed)
    window_frames = parameters.count_window_frames(spectrogram)
    autoencoder = build_straightforward_autoencoder(
        build_encoder(window_frames, frames.shape[1], model.latent_dim),
        build_decoder(window_frames, frames.shape[1], model.latent_dim),
        build_forecaster(model.clip_windows, model.latent_dim),
    )
    gather, n_samples = straightforward_samples(frames, window_frames, model.clip_windows)
    samples = tf.data.Dataset.range(n_samples, output_type=tf.int32).shuffle(n_samples, seed=settings.seed)
    batches = samples.batch(settings.batch_samples, drop_remainder=True).map(gather).prefetch(tf.data.AUTOTUNE)
    autoencoder.compile(keras.optimizers.Adam(settings.learning_rate))
    clock = EpochClock(measure_on(spectrogram, settings.epochs))
    autoencoder.fit(batches, epochs=settings.epochs, callbacks=[clock], shuffle=False, verbose=0)
    return clock.rows[-1]


def measure_on(spectrogram, n_epochs):
    """Measures an autoencoder, which stays as it is, after the last epoch: loss, smoothness, effective dimensions."""
    epochs = iter(range(n_epochs))

    def measure(autoencoder):
        if next(epochs) < n_epochs - 1:
            return ()
        encoder, decoder = (surgery.part(autoencoder, name) for name in ("encoder", "decoder"))
        use_song_statistics(encoder, decoder, spectrogram["frames"])
        embedding = embed_song(autoencoder, spectrogram)
        smoothness = float(embedding["mean_velocity_cosine"])
        return float(embedding["reconstruction_loss"]), smoothness, effective_dimensions(embedding["z"])

    return measure


if __name__ == "__main__":
    main()
