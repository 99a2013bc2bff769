"""What every training of step 2 does around Keras's `fit`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from train_model.callbacks import read_history, resumable
from train_model.unfinished import remove_unfinished


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
    remedy: str = "a lower learning_rate",
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
    remedy : str
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
        raise ValueError(f"the loss is no longer finite: train with {remedy}")
    return history
