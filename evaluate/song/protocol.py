"""What the protocol itself does: forecasts of trajectories with known behaviour, and of the song with leaks."""

import numpy as np

from embed.song.spread import spread
from evaluate.song import surrogates
from evaluate.song.divergence import distances, root_mean_square, valid_steps
from forecast.song.exclusion import ExclusionRule
from forecast.song.forecasts import forecast_from, initial_conditions
from forecast.song.knn import knn
from forecast.song.methods import method_of
from forecast.song.roll_out import roll_out
from forecast.song.scaling import scaling_of
from pipeline.studies.song import Parameters

METHODS = ("knn", "knn_paper", "analog", "var", "persistence")
LOOPS_PER_SONG = 6
N_SURROGATES = 5


def forecast_controls(z: np.ndarray, overlap: int, parameters: Parameters) -> dict[str, np.ndarray]:
    """Valid prediction times of trajectories with known behaviour, by the methods that need no training.

    Parameters
    ----------
    z : np.ndarray (n_points, latent_dim)
        The song's trajectory.
    overlap : int
        Points over which its windows share sound.
    parameters : Parameters
        Of the run.

    Returns
    -------
    dict of str to np.ndarray
        ``controls`` (n_controls,) and ``methods`` (n_methods,), names; ``valid_steps`` (n_controls, n_methods), the
        median over initial conditions (and surrogates); ``nrmse`` (n_controls, n_methods, horizon_steps + 1).
    """
    rng, n_points = np.random.default_rng(parameters.evaluation.seed), len(z)
    randomised = [surrogates.phase_randomised(z, rng) for _ in range(N_SURROGATES)]
    trajectories = {
        "song": [z],
        "exact loop": [surrogates.exact_loop(z, n_points // LOOPS_PER_SONG)],
        "Lorenz-63": [surrogates.lorenz63(n_points)],
        "phase-randomised song": randomised,
    }
    starts, n_steps = initial_conditions(n_points, parameters), parameters.forecast.horizon_steps
    steps, nrmse = [], []
    for kind in trajectories.values():
        for name in METHODS:
            method = method_of(name, parameters)
            errors = [
                distances(one, starts, forecast_from(one, starts, n_steps, method, overlap)) / spread(one)
                for one in kind
            ]
            together = np.concatenate(errors)
            steps.append(np.median(valid_steps(together, parameters.evaluation.threshold)[0]))
            nrmse.append(root_mean_square(together))
    shape = len(trajectories), len(METHODS)
    return {
        "controls": np.array(list(trajectories)),
        "methods": np.array(METHODS),
        "valid_steps": np.reshape(steps, shape),
        "nrmse": np.reshape(nrmse, (*shape, n_steps + 1)),
    }


def sweep_exclusion(z: np.ndarray, overlap: int, parameters: Parameters) -> dict[str, np.ndarray]:
    """How far KNN forecasts are valid when it may learn from all but a block of each size around the start.

    Returns
    -------
    dict of str to np.ndarray
        ``exclusion_points`` (n_sizes,), half widths of the block, those that leave neighbours;
        ``exclusion_valid_steps`` (n_sizes,), medians over initial conditions; ``overlap_points``, where windows cease
        to share sound.
    """
    scaled = scaling_of(z, parameters.fit.scale).apply(z)
    starts, n_steps = initial_conditions(len(z), parameters), parameters.forecast.horizon_steps
    medians = []
    n_neighbours = parameters.knn.n_neighbours
    most = (len(z) - 3 - n_neighbours) // 2  # a larger block may leave fewer neighbours
    sizes = [radius for radius in parameters.evaluation.exclusion_points if radius <= most]
    for radius in sizes:
        forecaster = knn(scaled, starts, ExclusionRule("block", radius), n_neighbours=n_neighbours)
        delta = distances(scaled, starts, roll_out(scaled, starts, n_steps, forecaster))
        medians.append(np.median(valid_steps(delta / spread(scaled), parameters.evaluation.threshold)[0]))
    return {
        "exclusion_points": np.array(sizes),
        "exclusion_valid_steps": np.array(medians),
        "overlap_points": np.array(overlap),
    }
