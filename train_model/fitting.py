"""What every training of step 2 does around Keras's `fit`, and where an unfinished one keeps its state."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import keras
import numpy as np
import tensorflow as tf

from pipeline import results
from pipeline.lock import lock
from pipeline.parameters import ROOT, StudyParameters
from pipeline.results import Arrays
from pipeline.sections.autoencoder import Training as SongTraining
from pipeline.sections.complex import PairTraining
from pipeline.sections.dictionary import DictionaryTraining
from pipeline.sections.instruments import InstrumentTraining
from pipeline.sections.switches import SwitchTraining
from pipeline.sections.timbre import TimbreTraining
from train_model.callbacks import SeedByEpoch
from train_model.state import KeptState

Trained = tuple[keras.Model, Arrays, str]  # model, history, a line about it
Training: TypeAlias = (
    SongTraining | PairTraining | DictionaryTraining | InstrumentTraining | TimbreTraining | SwitchTraining
)


def train_runs(
    parameters: StudyParameters, kind: str, train_run: Callable[[Any, Path], Trained], root: Path = ROOT, *,
    runs: list[str] | None = None, force: bool = False,
) -> list[Path]:  # fmt: skip
    """Train each run whose model and history are not up to date, and save both.

    Parameters
    ----------
    kind : str
        The kind of result that the model is; a run that has no such result has nothing to train.
    train_run : callable
        From the parameters of a run and the root to the trained model, its history and a line about it.
    runs, force
        Only these runs; also those that are up to date.

    Returns
    -------
    list of Path
        Of the models, also of those that were up to date.
    """
    paths = []
    for run in parameters.for_runs(runs):
        if not run.has(kind):
            print(f"{run.run}: nothing to train")
            continue
        path = results.path_of(run, kind, root)
        paths.append(path)
        with lock(path.parent):
            if not force and all(results.is_fresh(run, made, root) for made in (kind, "history")):
                remove_unfinished(path.parent)  # where the one that saved the model was stopped after it
                print(f"{run.run}: {results.display_path(path, root)} is up to date")
                continue
            if force:
                remove_unfinished(path.parent)
            model, history, line = train_run(run, root)
            spent = f"; {sum(history['cpu_s']):.1f} s of processor time" if "cpu_s" in history else ""
            print(f"{run.run}: {line}{spent}")
            results.save(run, "history", history, root)
            results.save_model(run, kind, model, root)
            remove_unfinished(path.parent)
            print(f"wrote {results.display_path(path, root)}")
    return paths


def compile_with_adam(
    model: keras.Model, training: Training, steps_per_epoch: int, loss: Any = None, metrics: list[str] | None = None,
    **adam: Any,
) -> None:  # fmt: skip
    """Compile a model as its section `training` says: the learning rate is constant, or falls to 0 as half a cosine.

    Loss and metrics are Keras's of these names; without a loss it is that which the layers of the model add.
    """
    rate: Any = training.learning_rate
    if training.decay:
        rate = keras.optimizers.schedules.CosineDecay(rate, training.epochs * steps_per_epoch)
    jit_compile = getattr(training, "jit_compile", False)  # song has none: it would compile for longer than it trains
    model.compile(keras.optimizers.Adam(rate, **adam), loss=loss, metrics=metrics, jit_compile=jit_compile)


def fit_resumably(
    model: keras.Model,
    batches: tf.data.Dataset,
    training: Training,
    epoch: tf.Variable,
    unfinished: Path,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    watchers: Sequence[keras.callbacks.Callback] = (),
    *,
    validation: tf.data.Dataset | None = None,
    verbose: int = 0,
    hint: str = "a lower learning_rate",
) -> dict[str, np.ndarray]:
    """Train a compiled model, resuming a training that was stopped in the same folder; returns its whole history.

    Parameters
    ----------
    epoch : tf.Variable
        Number of the epoch, from which `batches` draws its order.
    unfinished : Path
        From `unfinished_folder`.
    callbacks, watchers : sequence of keras.callbacks.Callback
        Called before state and logs are kept, and after.
    validation : tf.data.Dataset
        Batches that the model is validated on after each epoch; it gets the weights of the epoch of the lowest loss.
    hint : str
        What to train with if the loss is no longer finite.

    Raises
    ------
    ValueError
        If the loss is no longer finite; then nothing is left to resume from.
    """
    model.optimizer.build(model.trainable_variables)  # built while the first step is traced, it is traced twice
    state = KeptState(unfinished, model, None if validation is None else "val_loss")
    before = [SeedByEpoch(training.seed, epoch), *callbacks, keras.callbacks.TerminateOnNaN()]
    model.fit(
        batches,
        epochs=training.epochs,
        initial_epoch=state.resume(int(batches.cardinality())),
        validation_data=validation,
        callbacks=[*before, state, *watchers],
        shuffle=False,
        verbose=verbose,
    )
    history = {name: np.array(values) for name, values in state.history.items()}
    if not np.isfinite(history["loss"]).all():
        remove_unfinished(unfinished.parent)
        raise ValueError(f"the loss is no longer finite: train with {hint}")
    if validation is not None:
        model.set_weights(state.best)
    return history


def unfinished_folder(folder: Path, parameters: StudyParameters, data: Iterable[np.ndarray]) -> Path:
    """Return where a training of just these data and parameters keeps its state; what others left is removed."""
    sections = parameters.model_dump(mode="json", include={*parameters.RESULTS["history"].sections})
    digest = hashlib.sha256(json.dumps(sections).encode())
    for array in data:
        digest.update(np.ascontiguousarray(array).data)
    mine = folder / f"unfinished_{digest.hexdigest()[:12]}"
    remove_unfinished(folder, but=mine)
    return mine


def remove_unfinished(folder: Path, but: Path | None = None) -> None:
    """Remove the state of trainings in a run's folder: the result is saved, or is to be made from something else."""
    for unfinished in folder.glob(results.UNFINISHED):
        if unfinished != but:
            shutil.rmtree(unfinished)
