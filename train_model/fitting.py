"""What every training of step 2 does around Keras's `fit`, and where one that is not finished keeps its state."""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from pipeline import results
from pipeline.parameters import ROOT, StudyParameters
from train_model.callbacks import can_resume, read_history, resumable

Trained = tuple[keras.Model, Mapping[str, np.ndarray], str]  # model, history, a line about it


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
        Of the models, those too that were up to date.
    """
    paths = []
    for each in parameters.for_runs(runs):
        if not each.has(kind):
            print(f"{each.run}: nothing to train")
            continue
        path = results.path_of(each, kind, root)
        paths.append(path)
        if not force and all(results.is_fresh(each, made, root) for made in (kind, "history")):
            print(f"{each.run}: {results.display_path(path, root)} is up to date")
            continue
        if force:
            remove_unfinished(path.parent)
        model, history, line = train_run(each, root)
        spent = f"; {sum(history['cpu_s']):.1f} s of processor time" if "cpu_s" in history else ""
        print(f"{each.run}: {line}{spent}")
        results.save(each, "history", history, root)
        results.save_model(each, kind, model, root)
        remove_unfinished(path.parent)
        print(f"wrote {results.display_path(path, root)}")
    return paths


def learning_rate(training: Any, n_steps: int) -> Any:
    """The learning rate of a section `training`: constant, or it falls to 0 in so many steps, as half a cosine."""
    rate = training.learning_rate
    return keras.optimizers.schedules.CosineDecay(rate, n_steps) if training.decay else rate


def fit_resumably(
    model: keras.Model,
    batches: tf.data.Dataset,
    epochs: int,
    unfinished: Path,
    callbacks: Sequence[keras.callbacks.Callback],
    watchers: Sequence[keras.callbacks.Callback] = (),
    *,
    verbose: int = 0,
    hint: str = "a lower learning_rate",
) -> dict[str, np.ndarray]:
    """Train a compiled model, on from where a training in the same folder was stopped; returns its whole history.

    Parameters
    ----------
    model, batches, epochs, verbose
        Of Keras's `fit`.
    unfinished : Path
        From `unfinished_folder`.
    callbacks, watchers : sequence of keras.callbacks.Callback
        Called before state and logs are kept, and after.
    hint : str
        What to train with if the loss is no longer finite.

    Raises
    ------
    ValueError
        If the loss is no longer finite; then nothing is left to go on from.
    """
    callbacks = [*callbacks, keras.callbacks.TerminateOnNaN(), *resumable(unfinished), *watchers]
    model.fit(batches, epochs=epochs, callbacks=callbacks, shuffle=False, verbose=verbose)
    history = read_history(unfinished)
    if not np.isfinite(history["loss"]).all():
        remove_unfinished(unfinished.parent)
        raise ValueError(f"the loss is no longer finite: train with {hint}")
    return history


def unfinished_folder(folder: Path, data: np.ndarray, sections: Mapping[str, Any], *more_data: np.ndarray) -> Path:
    """Where a training of just these data and sections of parameters keeps its state; what others left is removed."""
    fingerprint = hashlib.sha256(json.dumps(sections).encode())
    for array in (data, *more_data):
        fingerprint.update(array.tobytes())
    mine = folder / f"unfinished_{fingerprint.hexdigest()[:12]}"
    remove_unfinished(folder, but=mine if can_resume(mine) else None)
    return mine


def remove_unfinished(folder: Path, but: Path | None = None) -> None:
    """Remove the state of trainings in a run's folder: the result is saved, or is to be made from something else."""
    for unfinished in folder.glob("unfinished_*"):
        if unfinished != but:
            shutil.rmtree(unfinished)
