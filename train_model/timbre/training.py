"""Training of the autoencoder of a run on all targets together."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from models.timbre_autoencoder import build_timbre_autoencoder, build_trainer
from pipeline import results
from pipeline.memory import half_of_machine_gb
from pipeline.parameters import ROOT
from pipeline.studies.timbre import Parameters
from save_dataset.timbre.sounds import Targets
from train_model.callbacks import ProcessorTime
from train_model.fitting import compile_with_adam, fit_resumably, unfinished_folder
from train_model.memory import check_training
from train_model.timbre.batches import draw_batches, read_learned


def train_autoencoder(
    parameters: Parameters,
    targets: Targets,
    folder: Path,
    *,
    verbose: int = 0,
    watchers: Sequence[keras.callbacks.Callback] = (),
) -> tuple[keras.Model, dict[str, np.ndarray]]:
    """Train the autoencoder of a run; one that was stopped resumes after its last complete epoch.

    The folder of the run has the state of an unfinished training; watchers are called after all other callbacks.

    Returns
    -------
    keras.Model, dict of str to np.ndarray
        The autoencoder; ``loss``, its terms ``log_magnitude`` and ``spectral_convergence``, and ``cpu_s``, each
        ``(epochs,)``.

    Raises
    ------
    ValueError
        If a target, or its highest copy, is shorter than a sequence.
    """
    training = parameters.training
    learned = read_learned(targets, parameters.stft, training.copies_semitones)
    if (shortest := learned.part_frames.min()) < training.sequence_frames:
        raise ValueError(
            f"training.sequence_frames={training.sequence_frames}: must be at most {shortest}, the frames of the "
            "shortest target or copy"
        )
    n_bins, n_targets = learned.magnitudes.shape[1], len(targets.names)
    build = partial(build_timbre_autoencoder, n_bins, n_targets, **parameters.model.model_dump())
    batch = ("training.batch_sequences", training.batch_sequences)
    n_frames, max_gb = training.sequence_frames, half_of_machine_gb()
    check_training(lambda: build_trainer(build()), "model", batch, n_frames=n_frames, max_gb=max_gb)
    keras.utils.set_random_seed(training.seed)
    autoencoder = build()
    trainer = build_trainer(autoencoder)
    epoch = tf.Variable(0, trainable=False, dtype=tf.int32)
    drawn = {"batch_sequences", "sequence_frames", "colour_db", "chord_fraction", "seed"}
    batches = draw_batches(
        learned, n_batches=training.batches_per_epoch, epoch=epoch, **training.model_dump(include=drawn)
    )
    compile_with_adam(trainer, training, training.batches_per_epoch)
    unfinished = unfinished_folder(folder, parameters, (targets.samples, targets.piece_ends, targets.piece_held_out))
    history = fit_resumably(trainer, batches, training, epoch, unfinished, [ProcessorTime()], watchers, verbose=verbose)
    return autoencoder, history


def find_twin(parameters: Parameters, root: Path = ROOT) -> Parameters | None:
    """Return another run of the file whose network is up to date and trained just so, if there is one."""
    others = [run for run in parameters.for_runs() if run.run != parameters.run and run.has("autoencoder")]
    alike = [run for run in others if (run.model, run.training) == (parameters.model, parameters.training)]
    made = (run for run in alike if all(results.is_fresh(run, kind, root) for kind in ("autoencoder", "history")))
    return next(made, None)
