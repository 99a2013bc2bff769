"""The state of a training after its last complete epoch: what a training that was stopped resumes from.

All of it is one file, written beside the last one and renamed, so that whatever stops a training, and wherever, there
is one whole state of one epoch.
"""

from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np

from pipeline import provenance
from pipeline.atomic_write import atomic_write

FILE = "state.npz"
BEST, VARIABLE, HISTORY = "best_", "variable_", "history_"


class KeptState(keras.callbacks.Callback):
    """Keeps weights, optimiser and history of a model after each epoch, in a folder.

    Parameters
    ----------
    monitor : str
        A value of the logs: the weights of the epoch in which it is lowest are kept too.
    """

    def __init__(self, folder: Path, model: keras.Model, monitor: str | None = None):
        super().__init__()
        self.path = folder / FILE
        self.variables = [*model.weights, *model.optimizer.variables]
        self.steps, self.weights = model.optimizer.iterations, model.weights
        self.monitor = monitor
        self.history: dict[str, list[float]] = {}
        self.best: list[np.ndarray] = []

    def resume(self, n_batches: int) -> int:
        """Give the model the state in the folder; returns how many epochs of so many batches it has done.

        One that is broken, or not of this model, is removed, and that is said.
        """
        if not self.path.is_file():
            return 0
        try:
            state = provenance.read_arrays(self.path)
            digest = str(state.pop("digest", None))
            if digest != provenance.digest_arrays(state):
                raise ValueError("is not what was written")
            return self._take(state, n_batches)
        except ValueError as error:
            print(f"{self.path.name} of a training that was stopped {error}: it begins anew")
            self.path.unlink()
            return 0

    def _take(self, state: Mapping[str, np.ndarray], n_batches: int) -> int:
        history = {name: state[f"{HISTORY}{name}"].tolist() for name in _names(state, HISTORY)}
        n_epochs = {len(values) for values in history.values()}
        kept = [state[f"{VARIABLE}{name}"] for name in sorted(_names(state, VARIABLE), key=int)]
        best = [state[f"{BEST}{name}"] for name in sorted(_names(state, BEST), key=int)]
        fits = [array.shape for array in kept] == [tuple(variable.shape) for variable in self.variables]
        if not fits or len(n_epochs) != 1 or len(best) != (len(self.weights) if self.monitor else 0):
            raise ValueError("is not of this model")
        (done,) = n_epochs
        steps = next(int(array) for variable, array in zip(self.variables, kept, strict=True) if variable is self.steps)
        if steps != done * n_batches:
            raise ValueError(f"has {steps} steps for {done} epochs of {n_batches}")
        for variable, array in zip(self.variables, kept, strict=True):
            variable.assign(array)
        self.history, self.best = history, best
        return done

    def on_epoch_end(self, epoch, logs=None):
        for name, value in logs.items():
            self.history.setdefault(name, []).append(float(value))
        kept = [np.array(variable) for variable in self.variables]  # weights first
        if self.monitor and logs[self.monitor] <= np.nanmin(self.history[self.monitor]):
            self.best = kept[: len(self.weights)]
        state = {f"{VARIABLE}{index}": array for index, array in enumerate(kept)}
        state |= {f"{BEST}{index}": array for index, array in enumerate(self.best)}
        state |= {f"{HISTORY}{name}": np.array(values) for name, values in self.history.items()}
        with atomic_write(self.path) as temporary:
            np.savez(temporary, allow_pickle=False, digest=provenance.digest_arrays(state), **state)


def _names(state: Mapping[str, np.ndarray], kind: str) -> list[str]:
    return [name.removeprefix(kind) for name in state if name.startswith(kind)]
