"""A whole training of `RF` on one song: the defaults compared with the paper's way.

The paper's way is the straightforward form: batches of 8 samples from all over the song, 47 windows encoded for each,
6 epochs at a constant learning rate. Prints processor seconds, compilation included, and after the last epoch the
reconstruction loss over all windows and the mean cosine of consecutive velocities; and after how many seconds the
defaults first reached the reconstruction loss that the paper's way ends with. Both are measured with the statistics
of the whole song in batch normalisation.
"""

import tempfile
from pathlib import Path

import keras
import tensorflow as tf

from benchmarks.clock import EpochClock, time_until
from benchmarks.inputs import read_clip
from embed.song.embedding import embed_song
from models.conditioned_autoencoder import build_decoder, build_encoder, build_forecaster
from pipeline.studies.song import Parameters
from tests.straightforward import build_straightforward_autoencoder, straightforward_samples
from train_model.song import training
from train_model.song.batch_statistics import use_song_statistics

SEEDS = (0, 1, 2)
EPOCHS, BATCH = 6, 8


def main():
    spectrogram = read_clip(__doc__)
    for seed in SEEDS:
        print(f"\nseed {seed}        processor s   reconstruction   mean cos(v, v next)")
        paper = train_straightforward(spectrogram, seed)
        ours = train_by_default(spectrogram, seed)
        for name, rows in {"paper's way": paper, "defaults": ours}.items():
            seconds, loss, smoothness = rows[-1]
            print(f"{name:14s} {seconds:10.1f} {loss:16.5f} {smoothness:15.3f}")
        print(f"the paper's loss by the defaults: {time_until(ours, paper[-1][1], paper[-1][0])}")


def default_parameters(seed):
    """The defaults of the study, for a run called RF."""
    values = {"name": "benchmark", "study": "song", "run": "RF", "runs": {"RF": {}}, "sound": {"file": "none"}}
    return Parameters(**values, training={"seed": seed})


def train_by_default(spectrogram, seed):
    """Seconds, loss and smoothness after each epoch of a training as step 2 does it."""
    parameters = default_parameters(seed)
    clock = EpochClock(measure_on(spectrogram))
    with tempfile.TemporaryDirectory() as folder:
        window_frames = parameters.count_window_frames(spectrogram)
        frames = spectrogram["frames"]
        training.train(frames, window_frames, parameters, Path(folder), watchers=[clock])
    return clock.rows


def train_straightforward(spectrogram, seed):
    """The same for the paper's way."""
    keras.utils.set_random_seed(seed)
    parameters, frames = default_parameters(seed), spectrogram["frames"]
    window_frames = parameters.count_window_frames(spectrogram)
    model = parameters.model
    autoencoder = build_straightforward_autoencoder(
        build_encoder(window_frames, frames.shape[1], model.latent_dim),
        build_decoder(window_frames, frames.shape[1], model.latent_dim),
        build_forecaster(model.clip_windows, model.latent_dim),
    )
    gather, n_samples = straightforward_samples(frames, window_frames, model.clip_windows)
    samples = tf.data.Dataset.range(n_samples, output_type=tf.int32).shuffle(n_samples, seed=seed)
    batches = samples.batch(BATCH, drop_remainder=True).map(gather).prefetch(tf.data.AUTOTUNE)
    autoencoder.compile(keras.optimizers.Adam(1e-3))
    clock = EpochClock(measure_on(spectrogram))
    autoencoder.fit(batches, epochs=EPOCHS, callbacks=[clock], shuffle=False, verbose=0)
    return clock.rows


def measure_on(spectrogram):
    """Measures reconstruction loss and smoothness of an autoencoder, which stays as it is in training."""

    def measure(autoencoder):
        in_training = autoencoder.get_weights()
        use_song_statistics(autoencoder, spectrogram["frames"])
        embedding = embed_song(autoencoder, spectrogram)
        autoencoder.set_weights(in_training)
        return float(embedding["reconstruction_loss"]), float(embedding["mean_velocity_cosine"])

    return measure


if __name__ == "__main__":
    main()
