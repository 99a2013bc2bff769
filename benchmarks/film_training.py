"""A whole training on one film: the paper's way, and RF and RPVW as step 2 trains them.

The paper's way is the straightforward form: 77 frames encoded for each sample, all pixels reconstructed, 12 epochs.
Prints after each epoch processor seconds, tracing included, the reconstruction loss over all frames, the mean cosine of
consecutive velocities and the effective dimensions, with the statistics of the film in batch normalisation; how soon
the loss of the paper's way is reached; what embedding all frames takes, in batches and one by one; and a step with
frames of the paper's size.

`python -m benchmarks.film_training [parameter file]`; without one, on the demo film.
"""

import sys

import keras
import numpy as np
import tensorflow as tf

from benchmarks import embedding
from benchmarks.clock import EpochClock, time_steps, time_until
from embed.song.embedding import embed_song
from embed.song.spread import effective_dimensions
from models.conditioned_autoencoder import build_autoencoder
from models.image_autoencoder import build_image_encoder
from pipeline import results
from pipeline.data_generator import samples
from pipeline.parameters import load
from pipeline.studies.video import Parameters
from pipeline.windows import Sample
from save_dataset import step0_make_video, step1_save_video
from save_dataset.series import load_series
from tests.straightforward import build_straightforward_autoencoder
from train_model.callbacks import RefillMemory
from train_model.song.batch_statistics import use_song_statistics
from train_model.song.training import build, build_parts

PAPERS_SIZE = 150, 268
N_STEPS = 3
RPVW = {"alpha": 0.0, "persistence": 0.003, "constant_velocity": 0.0005, "whiteness": 0.0001}


def main():
    name = sys.argv[1] if len(sys.argv) > 1 else "demo_video"
    if not results.is_fresh(load(name), "film"):
        step0_make_video.run(name)
        step1_save_video.run(name)
    film = load_series(load(name))
    ways = {
        "the paper's way": (parameters_of(name, "RF"), straightforward_batches),
        "RF": (parameters_of(name, "RF"), batches_of_step_2),
        "RPVW": (parameters_of(name, "RPVW", **RPVW), batches_of_step_2),
    }
    target, target_s = None, None
    for way, (parameters, batches_of) in ways.items():
        rows = train(film, parameters, batches_of)
        for epoch, (seconds, loss, cosine, dimensions) in enumerate(rows, start=1):
            print(f"{way:16s} {epoch:3d} {seconds:8.1f} s {loss:9.5f} {cosine:6.3f} {dimensions:5.2f}", flush=True)
        if target is None:
            target_s, target, *_ = rows[-1]
        print(f"{way}: {target:.5f} {time_until(rows, target, target_s)}", flush=True)
    embedding.compare(film["frames"], 1, build_image_encoder(*film["frames"].shape[1:], latent_dim=3))
    for way, (parameters, batches_of) in ways.items():
        print(f"a step of {way} on frames of {PAPERS_SIZE}: {step_ms(parameters, batches_of):.0f} ms", flush=True)


def parameters_of(name, run, **loss):
    """A run of a film with the defaults of the study."""
    values = {"name": name, "study": "video", "run": run, "runs": {run: {}}, "film": {"file": "none"}}
    return Parameters(**values, loss=loss)


def train(film, parameters, batches_of):
    """Train a run on batches; rows of an `EpochClock`."""
    frames = film["frames"]
    parts = build_parts((1, *frames.shape[1:]), parameters)
    model, batches, callbacks = batches_of(parts, frames, parameters)
    model.compile(keras.optimizers.Adam(parameters.training.learning_rate))
    clock = EpochClock(lambda _: measure(film, parts))
    epochs = parameters.training.epochs
    model.fit(batches, epochs=epochs, callbacks=[*callbacks, clock], shuffle=False, verbose=0)
    return clock.rows


def measure(film, parts):
    """Loss, smoothness and effective dimensions; what is trained stays as it is."""
    use_song_statistics(parts["encoder"], parts["decoder"], film["frames"])
    embedded = embed_song(build_autoencoder(parts["encoder"], parts["decoder"]), film)
    cosine, dimensions = float(embedded["mean_velocity_cosine"]), effective_dimensions(embedded["z"])
    return float(embedded["reconstruction_loss"]), cosine, dimensions


def batches_of_step_2(parts, frames, parameters):
    """The model, its batches and callbacks as step 2 has them."""
    sample, training = parameters.sample(1), parameters.training
    epoch = tf.Variable(0)
    batches = samples(frames, sample, samples_per_batch=training.batch_samples, seed=training.seed, epoch=epoch)
    callbacks = [keras.callbacks.LambdaCallback(on_epoch_begin=lambda index, _: epoch.assign(index))]
    if sample.remembered:
        callbacks.append(RefillMemory(frames, 1))
    return build(parts, sample, len(frames), parameters), batches, callbacks


def straightforward_batches(parts, frames, parameters):
    """The same in the straightforward form."""
    images, clip = tf.constant(frames[:][:, None]), parameters.model.clip_windows

    def gather(first):
        return {
            "clip": tf.gather(images, first[:, None] + tf.range(clip)),
            "top": tf.gather(images, first[:, None] + tf.constant([clip - 1, clip])),
        }

    n_samples = Sample(1, before=clip - 1, after=1).of_song(len(frames)).size
    order = tf.data.Dataset.range(n_samples, output_type=tf.int32).shuffle(n_samples, seed=parameters.training.seed)
    batches = order.batch(parameters.training.batch_samples, drop_remainder=True).map(gather).prefetch(1)
    return build_straightforward_autoencoder(*parts.values()), batches, []


def step_ms(parameters, batches_of):
    """Processor milliseconds of a training step on frames of the paper's size."""
    frames = np.random.default_rng(0).uniform(size=(100, *PAPERS_SIZE)).astype(np.float32)
    model, batches, _ = batches_of(build_parts((1, *PAPERS_SIZE), parameters), frames, parameters)
    model.compile(keras.optimizers.Adam(parameters.training.learning_rate))
    milliseconds, _ = time_steps(model, next(iter(batches)), N_STEPS)
    return milliseconds


if __name__ == "__main__":
    main()
