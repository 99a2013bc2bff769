"""Fitting networks to a trajectory, and forecasting with them."""

from functools import partial
from pathlib import Path

import keras
import numpy as np

from forecast.song.methods import MakeOfNetwork
from forecast.song.roll_out import Forecaster
from forecast.song.split import clips_and_velocities
from models.latent_forecasters import build_lstm, build_mlp
from pipeline import results
from pipeline.sections.forecasting import LSTM, MLP
from pipeline.studies.song import Parameters


def fit_network(z: np.ndarray, settings: MLP | LSTM, *, verbose: int = 0) -> tuple[keras.Model, np.ndarray]:
    """A network fitted to the velocities of a trajectory by mean squared error, and its loss per epoch.

    Parameters
    ----------
    z : np.ndarray (n_points, latent_dim)
        What it is fitted on, in the forecasters' units.
    settings : MLP or LSTM
        Section of the parameters.
    verbose : int
        Keras's: 1 for its progress bar.
    """
    keras.utils.set_random_seed(settings.seed)
    if isinstance(settings, LSTM):
        network = build_lstm(z.shape[1], points=settings.points, units=settings.units, dropout=settings.dropout)
    else:
        network = build_mlp(z.shape[1], units=settings.units, dropout=settings.dropout)
    clips, velocities = clips_and_velocities(z.astype(np.float32), network.input_shape[1])
    n_steps = -(-len(clips) // settings.batch_points)
    network.compile(keras.optimizers.Adam(settings.learning_rate), loss="mse", steps_per_execution=min(n_steps, 32))
    history = network.fit(clips, velocities, batch_size=settings.batch_points, epochs=settings.epochs, verbose=verbose)
    return network, np.array(history.history["loss"])


def load_networks(parameters: Parameters, root: Path) -> dict[str, MakeOfNetwork]:
    """The networks of a run that are among its methods, each as a function from a trajectory to the forecaster."""
    makes: dict[str, MakeOfNetwork] = {}
    for method, kind in {"mlp": "mlp", "lstm": "lstm", "joint": "joint_forecaster"}.items():
        if method in parameters.methods_of_run():
            network = keras.saving.load_model(results.usable_path(parameters, kind, root))
            in_direction = method == "joint" and not parameters.loss.roll_out_steps
            makes[method] = partial(directed_forecaster if in_direction else network_forecaster, network)
    return makes


def network_forecaster(network: keras.Model, z: np.ndarray) -> Forecaster:
    """Forecaster by a network from clips ``(batch, n_seen, latent_dim)`` to velocities, in the network's own units."""
    return Forecaster(network.input_shape[1], lambda seen, step: network.predict_on_batch(seen.astype(np.float32)))


def directed_forecaster(network: keras.Model, z: np.ndarray) -> Forecaster:
    """Forecaster by the direction alone that a network gives, at the root-mean-square speed of the trajectory.

    For the network trained inside the autoencoder by the cosine of its velocity, whose length nothing taught it.

    Parameters
    ----------
    network : keras.Model
        From clips to velocities.
    z : np.ndarray (n_points, latent_dim)
        The trajectory.
    """
    speed = np.sqrt(np.mean(np.sum(np.square(np.diff(z, axis=0)), axis=1)))

    def velocity(seen: np.ndarray, step: int) -> np.ndarray:
        v_hat = network.predict_on_batch(seen.astype(np.float32))
        lengths = np.linalg.norm(v_hat, axis=1, keepdims=True)
        return speed * v_hat / np.where(lengths > 0, lengths, 1)

    return Forecaster(network.input_shape[1], velocity)
