"""The forecasters of the study `song` by name, made from its parameters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from forecast.song.baselines import climatology, constant_velocity, persistence
from forecast.song.exclusion import ExclusionRule
from forecast.song.knn import analog, knn
from forecast.song.linear import var
from forecast.song.roll_out import Forecaster
from pipeline.studies.song import Parameters

Make: TypeAlias = Callable[[np.ndarray, np.ndarray, ExclusionRule, int], Forecaster]
MakeOfNetwork: TypeAlias = Callable[[np.ndarray], Forecaster]


@dataclass(frozen=True)
class Method:
    """A way to forecast.

    Attributes
    ----------
    make : callable
        From a trajectory, initial conditions, what may be learned from, and the number of steps, to the forecaster.
    scale : str
        Units that it works in, as `forecast.song.scaling.scaling_of` knows them.
    learn_from : str
        What it may learn from, as `forecast.song.exclusion.ExclusionRule` knows it.
    """

    make: Make
    scale: str
    learn_from: str


def method_of(name: str, parameters: Parameters, networks: Mapping[str, MakeOfNetwork] | None = None) -> Method:
    """The method of this name; those that are networks are among `networks`, from a trajectory to the forecaster."""
    k = parameters.knn.n_neighbours
    makes: dict[str, Make] = {
        "knn": lambda z, starts, rule, n_steps: knn(z, starts, rule, n_neighbours=k),
        "knn_paper": lambda z, starts, rule, n_steps: knn(z, starts, rule, n_neighbours=k),
        "analog": lambda z, starts, rule, n_steps: analog(
            z, starts, rule, n_steps=n_steps, **parameters.analog.model_dump()
        ),
        "var": lambda z, starts, rule, n_steps: var(z, starts, rule, points=parameters.var.points),
        "persistence": lambda *_: persistence(),
        "constant_velocity": lambda *_: constant_velocity(),
        "climatology": lambda z, *_: climatology(z),
    }
    for network, make in (networks or {}).items():
        makes[network] = lambda z, *_, make=make: make(z)
    scale, learn_from = {"knn_paper": ("axes", "all"), "joint": ("own", "all")}.get(
        name, (parameters.fit.scale, parameters.fit.learn_from)
    )
    return Method(makes[name], scale, learn_from)
