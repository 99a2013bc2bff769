"""Fitting networks to a trajectory, and forecasting with them."""

from functools import cache
from pathlib import Path
from typing import Any, Self

import keras
import numpy as np

from forecast.song.exclusion import ExclusionRule
from forecast.song.roll_out import Forecaster, clips_and_velocities
from models.latent_forecasters import build_lstm, build_mlp
from pipeline import results
from pipeline.memory import check_memory
from pipeline.sections.forecasting import LSTM, MLP
from pipeline.sections.trajectory_study import TrajectoryParameters
from train_model.memory import BYTES, check_training


class NetworkForecaster(Forecaster):
    """Forecast by a fitted network from clips ``(batch, n_seen, latent_dim)`` to velocities, in the network's units."""

    def __init__(self, network: keras.Model):
        self.network, self.n_seen = network, network.input_shape[1]

    def velocity(self, seen: np.ndarray, step: int) -> np.ndarray:
        """Return what the network predicts."""
        return self.network.predict_on_batch(seen.astype(np.float32))


class DirectedForecaster(NetworkForecaster):
    """Forecast by the direction alone that a network gives, at the root-mean-square speed of the trajectory.

    For the network trained inside the autoencoder by the cosine of its velocity, whose norm nothing taught it.
    """

    def fit(self, z: np.ndarray, starts: np.ndarray, rule: ExclusionRule, n_steps: int) -> Self:
        """Keep the speed of the trajectory."""
        self.speed = np.sqrt(np.mean(np.sum(np.square(np.diff(z, axis=0)), axis=1)))
        return self

    def velocity(self, seen: np.ndarray, step: int) -> np.ndarray:
        """Return velocities at the speed of the trajectory; 0 where the network gives no direction."""
        v_hat = super().velocity(seen, step)
        norms = np.linalg.norm(v_hat, axis=1, keepdims=True)
        return self.speed * v_hat / np.where(norms > 0, norms, 1)


def fit_network(
    z: np.ndarray, settings: MLP | LSTM, *, validation: np.ndarray | None = None, verbose: int = 0
) -> tuple[keras.Model, np.ndarray]:
    """Fit a network to the velocities of a trajectory by mean squared error; return it, and its loss per epoch.

    The trajectory ``(n_points, latent_dim)`` is in the forecasters' units. Where points follow it for validation, the
    weights are those of the epoch that forecasts these best. `verbose` is Keras's.
    """
    n_seen = settings.points if isinstance(settings, LSTM) else 1
    _check_memory(z, settings, n_seen)
    clips, velocities = clips_and_velocities(z.astype(np.float32), n_seen)
    n_steps = min(-(-len(clips) // settings.batch_points), 32)
    fitted = _shared_network(z.shape[1], settings, n_steps)
    keras.utils.set_random_seed(settings.seed)
    network = _new_network(z.shape[1], settings, n_steps)
    _copy_state(network, fitted)
    settings_of_fit: dict[str, Any] = {"batch_size": settings.batch_points, "epochs": settings.epochs}
    if validation is not None and len(validation):
        unseen = np.concatenate([z[-n_seen:], validation]).astype(np.float32)
        settings_of_fit["validation_data"] = clips_and_velocities(unseen, n_seen)
        settings_of_fit["callbacks"] = [
            keras.callbacks.EarlyStopping(patience=settings.epochs, restore_best_weights=True)
        ]
    history = fitted.fit(clips, velocities, verbose=verbose, **settings_of_fit)
    _copy_state(fitted, network)
    return network, np.array(history.history["loss"])


def _check_memory(z: np.ndarray, settings: MLP | LSTM, n_seen: int) -> None:
    """Raise a ValueError if the clips of a trajectory, or training on a batch of them, would take too much memory."""
    section, n_clips = type(settings).__name__.lower(), len(z) - n_seen
    check_memory(f"{section}.points={n_seen}", 2 * BYTES * n_clips * n_seen * z.shape[1], "take fewer")
    batch = (f"{section}.batch_points", min(settings.batch_points, n_clips))
    check_training(lambda: _build(z.shape[1], settings), section, batch)


def _build(latent_dim: int, settings: MLP | LSTM) -> keras.Model:
    if isinstance(settings, LSTM):
        return build_lstm(latent_dim, points=settings.points, units=settings.units, dropout=settings.dropout)
    return build_mlp(latent_dim, units=settings.units, dropout=settings.dropout)


def _new_network(latent_dim: int, settings: MLP | LSTM, steps_per_execution: int) -> keras.Model:
    """A network that is ready to be fitted; its first weights are drawn."""
    network = _build(latent_dim, settings)
    network.compile(keras.optimizers.Adam(settings.learning_rate), loss="mse", steps_per_execution=steps_per_execution)
    network.optimizer.build(network.trainable_variables)  # as in `train_model.fitting`
    return network


_shared_network = cache(_new_network)  # compiled once, which takes longer than to fit it to one trajectory more


def _copy_state(source: keras.Model, target: keras.Model) -> None:
    """Copy weights, the state of dropout and that of the optimiser."""
    for from_, to in ((source, target), (source.optimizer, target.optimizer)):
        for variable, other in zip(from_.variables, to.variables, strict=True):
            other.assign(variable)


def load_networks(parameters: TrajectoryParameters, root: Path) -> dict[str, Forecaster]:
    """Return the networks of a run that are among its methods, by method."""
    forecasters: dict[str, Forecaster] = {}
    for method, kind in {"mlp": "mlp", "lstm": "lstm", "joint": "joint_forecaster"}.items():
        if method in parameters.methods_of_run():
            network = results.load_model(parameters, kind, root)
            gives_direction = method == "joint"
            forecasters[method] = DirectedForecaster(network) if gives_direction else NetworkForecaster(network)
    return forecasters
