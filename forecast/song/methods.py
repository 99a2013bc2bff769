"""The forecasters of the study `song` by name, made from its parameters."""

from forecast.song.knn import KNN, Analog
from forecast.song.linear import VAR
from forecast.song.roll_out import Climatology, ConstantVelocity, Forecaster, Persistence
from pipeline.sections.trajectory_study import TrajectoryParameters


def forecaster_of(name: str, parameters: TrajectoryParameters) -> Forecaster:
    """Return a forecaster that is no network, not yet fitted."""
    forecasters: dict[str, Forecaster] = {
        "knn": KNN(**dict(parameters.knn)),
        "knn_paper": KNN(**dict(parameters.knn)),
        "analog": Analog(**dict(parameters.analog)),
        "var": VAR(**dict(parameters.var)),
        "persistence": Persistence(),
        "constant_velocity": ConstantVelocity(),
        "climatology": Climatology(),
    }
    return forecasters[name]


def protocol_of(name: str, parameters: TrajectoryParameters) -> dict[str, str]:
    """Return how a method is used: `scale` as `scaling_of` knows it, `learn_from` as `ExclusionRule` does."""
    if name == "knn_paper":
        return {"scale": "axes", "learn_from": "all"}
    if name == "joint":
        return {"scale": "own", "learn_from": "all"}
    return {"scale": parameters.fit.scale, "learn_from": parameters.fit.learn_from}
