"""Sections of the parameters that say how trajectories are forecast, and how forecasts are evaluated."""

from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from pipeline.parameters import Section

Method = Literal[
    "knn",
    "knn_paper",
    "analog",
    "var",
    "mlp",
    "lstm",
    "joint",
    "persistence",
    "constant_velocity",
    "climatology",
]

# What else than the trajectory a forecaster depends on: sections, and kinds of results.
METHODS: dict[Method, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "knn": (("knn",), ()),
    "knn_paper": (("knn",), ()),
    "analog": (("analog",), ()),
    "var": (("var",), ()),
    "mlp": ((), ("mlp",)),
    "lstm": ((), ("lstm",)),
    "joint": ((), ("joint_forecaster",)),
    "persistence": ((), ()),
    "constant_velocity": ((), ()),
    "climatology": ((), ()),
}
NETWORKS = ("mlp", "lstm")


class Fit(Section):
    """What forecasters work on, and what they may be fitted on."""

    scale: Literal["rms", "axes"] = Field(
        "rms",
        description="rms: all axes divided by the root mean square distance to the mean; axes: each scaled to "
        "[0, 1], as in the paper",
    )
    learn_from: Literal["block", "past", "all"] = Field(
        "block",
        description="knn, analog, var: what a forecast may use of the song: all but the points within window plus "
        "horizon of its start; what lies before it; or all but itself, its own future included",
    )
    fraction: float = Field(
        0.5, gt=0, lt=1, description="mlp, lstm: part of the song, from its beginning, that they are fitted on"
    )


class KNN(Section):
    """Forecast by the mean velocity of the nearest points."""

    n_neighbours: PositiveInt = Field(5, le=1000, description="number of nearest points, weighted by 1 / distance")


class Analog(Section):
    """Forecast by what followed the nearest delay vectors."""

    n_neighbours: PositiveInt = Field(5, le=1000, description="number of nearest vectors, weighted by 1 / distance")
    delay_points: PositiveInt = Field(10, le=1000, description="points of a delay vector")
    delay_step_points: PositiveInt = Field(2, le=1000, description="from one point of a delay vector to the next")


class VAR(Section):
    """Forecast by linear least squares."""

    points: PositiveInt = Field(20, le=1000, description="last points that the next is a linear function of")


class Network(Section):
    """A network that forecasts the velocity: how it is trained."""

    dropout: float = Field(ge=0, lt=1, description="fraction of values dropped in training")
    epochs: PositiveInt = Field(le=10_000, description="passes over the part of the song it is fitted on")
    batch_points: PositiveInt = Field(4, le=100_000, description="points in a batch")
    learning_rate: float = Field(1e-3, gt=0, le=1, description="of Adam")
    seed: int = Field(0, ge=0, lt=2**32, description="draws the first weights, the order of points, and dropout")


class MLP(Network):
    """Forecast by two hidden layers from the last point."""

    units: PositiveInt = Field(12, le=1024, description="size of each hidden layer")
    dropout: float = Field(0.05, ge=0, lt=1, description="fraction of values dropped in training")
    epochs: PositiveInt = Field(8, le=10_000, description="passes over the part of the song it is fitted on")


class LSTM(Network):
    """Forecast by a recurrent layer from the last points."""

    units: PositiveInt = Field(32, le=1024, description="size of the recurrent layer")
    points: PositiveInt = Field(20, le=1000, description="last points it sees")
    dropout: float = Field(0.1, ge=0, lt=1, description="fraction of values dropped in training")
    epochs: PositiveInt = Field(10, le=10_000, description="passes over the part of the song it is fitted on")


class Forecast(Section):
    """Which forecasts are made, from where, how far."""

    methods: tuple[Method, ...] = Field(
        tuple(METHODS),
        min_length=1,
        max_length=len(METHODS),
        description="forecasters, explained in docs/song.md; joint only for runs that have one",
    )
    horizon_steps: PositiveInt = Field(30, le=10_000, description="steps of each forecast")
    first_point: int = Field(
        44,
        ge=0,
        le=10_000_000,
        description="first initial condition: a method must not see more points than there are up to it",
    )
    every_points: PositiveInt = Field(
        10, le=10_000_000, description="from one initial condition to the next; 1: every point"
    )
    long_steps: PositiveInt = Field(200, le=100_000, description="steps of the one long forecast that is drawn")
    long_start_s: float | None = Field(
        None,
        ge=0,
        le=1e6,
        description="where the long forecast starts; left out: first point unseen by mlp and lstm, or the middle",
    )


class Evaluation(Section):
    """How forecasts are evaluated."""

    threshold: float = Field(0.5, gt=0, le=1000, description="normalised RMSE at which a forecast is no longer valid")
    exclusion_points: tuple[Annotated[int, Field(ge=0, le=10_000_000)], ...] = Field(
        (0, 2, 5, 10, 15, 22, 30, 45, 60, 90),
        max_length=100,
        description="half widths of the block around a start that knn is not fitted on, for the sweep",
    )
    max_period_s: float = Field(60.0, gt=0, le=1e5, description="longest period that a trajectory is searched for")
    n_surrogates: PositiveInt = Field(
        39,
        le=1000,
        description="trajectories with shuffled pieces or random phases that the loop score is held against",
    )
    seed: int = Field(0, ge=0, lt=2**32, description="draws surrogates and bootstrap samples")
