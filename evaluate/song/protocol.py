"""What the protocol itself does: forecasts of reference systems with known behaviour, and of the song with leaks."""

from functools import cache

import numpy as np

from embed.song.spread import spread
from evaluate.song import surrogates
from evaluate.song.divergence import distances, root_mean_square, valid_steps
from forecast.song.exclusion import ExclusionRule
from forecast.song.forecasts import forecast_from, initial_conditions
from forecast.song.knn import KNN
from forecast.song.methods import forecaster_of, protocol_of
from forecast.song.roll_out import roll_out
from forecast.song.scaling import scaling_of
from pipeline.figures import describe_thinning, thinning
from pipeline.sections.trajectory_study import TrajectoryParameters

METHODS = ("knn", "knn_paper", "analog", "var", "persistence")
LOOPS_PER_SONG = 6
N_SURROGATES = 5
N_LONG_SURROGATES = 2  # of a song of `MAX_STARTS`, together as many starts as five of half a minute have
MAX_STARTS = 300  # of a trajectory; of the more that songs of above a minute have, evenly spread ones stand for all
MAX_LORENZ_POINTS = 20_000  # about a thousand times as long as it takes an error to grow e-fold


_lorenz63 = cache(surrogates.lorenz63)  # the same for each run of a song


def forecast_controls(z: np.ndarray, overlap: int, parameters: TrajectoryParameters) -> dict[str, np.ndarray]:
    """Measure valid prediction times of reference systems by the methods that need no training.

    `z` is the trajectory of the song, whose windows share sound over `overlap` points.

    Returns
    -------
    dict of str to np.ndarray
        ``controls`` (n_controls,) and ``methods`` (n_methods,), names; ``valid_steps`` (n_controls, n_methods), the
        median over `spread_starts` (and surrogates); ``nrmse`` (n_controls, n_methods, horizon_steps + 1).
    """
    rng, n_points = np.random.default_rng(parameters.evaluation.seed), len(z)
    n_surrogates = N_LONG_SURROGATES if spread_starts(n_points, parameters)[1] else N_SURROGATES
    randomised = [surrogates.phase_randomised(z, rng) for _ in range(n_surrogates)]
    trajectories = {
        parameters.study: [z],
        "exact loop": [surrogates.exact_loop(z, n_points // LOOPS_PER_SONG)],
        "Lorenz-63": [_lorenz63(min(n_points, MAX_LORENZ_POINTS))],
        f"phase-randomised {parameters.study}": randomised,
    }
    n_steps = parameters.forecast.horizon_steps
    steps, nrmse = [], []
    for kind in trajectories.values():
        starts, _ = spread_starts(len(kind[0]), parameters)
        for name in METHODS:
            forecaster, protocol = forecaster_of(name, parameters), protocol_of(name, parameters)
            forecasts = [forecast_from(one, starts, n_steps, forecaster, overlap, **protocol) for one in kind]
            errors = np.concatenate(
                [distances(one, starts, forecast) / spread(one) for one, forecast in zip(kind, forecasts, strict=True)]
            )
            steps.append(np.median(valid_steps(errors, parameters.evaluation.threshold)[0]))
            nrmse.append(root_mean_square(errors))
    shape = len(trajectories), len(METHODS)
    return {
        "controls": np.array(list(trajectories)),
        "methods": np.array(METHODS),
        "valid_steps": np.reshape(steps, shape),
        "nrmse": np.reshape(nrmse, (*shape, n_steps + 1)),
    }


def spread_starts(n_points: int, parameters: TrajectoryParameters) -> tuple[np.ndarray, str]:
    """Return the initial conditions of a trajectory, 300 at most, and in words which of them if not all."""
    starts = initial_conditions(n_points, parameters)
    every = thinning(len(starts), MAX_STARTS)
    return starts[::every], describe_thinning(every, len(starts), "starts")


def sweep_exclusion(z: np.ndarray, overlap: int, parameters: TrajectoryParameters) -> dict[str, np.ndarray]:
    """Measure how long KNN forecasts are valid that may learn from all but a block around the start, by its size.

    Returns
    -------
    dict of str to np.ndarray
        ``exclusion_points`` (n_sizes,), half widths of the block, those that leave enough neighbours;
        ``exclusion_valid_steps`` (n_sizes,), medians over `spread_starts`; ``overlap_points``, where
        windows cease to share sound; ``thinned``, in words which starts these are.
    """
    scaled = scaling_of(z, parameters.fit.scale).apply(z)
    (starts, thinned), n_steps = spread_starts(len(z), parameters), parameters.forecast.horizon_steps
    medians = []
    forecaster = KNN(parameters.knn.n_neighbours)
    max_radius = (len(z) - 3 - forecaster.n_neighbours) // 2  # a larger block may leave fewer neighbours
    sizes = [radius for radius in parameters.evaluation.exclusion_points if radius <= max_radius]
    for radius in sizes:
        forecaster.fit(scaled, starts, ExclusionRule("block", radius), n_steps)
        delta = distances(scaled, starts, roll_out(scaled, starts, n_steps, forecaster))
        medians.append(np.median(valid_steps(delta / spread(scaled), parameters.evaluation.threshold)[0]))
    return {
        "exclusion_points": np.array(sizes),
        "exclusion_valid_steps": np.array(medians),
        "overlap_points": np.array(overlap),
        "thinned": np.array(thinned),
    }
