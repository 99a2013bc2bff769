"""What the studies `song` and `video` share: results and parameters of frames in time that become a trajectory.

Frames are what a point is made of: spectra of a sound, a window of which is one point, or the images of a film, each
of which is one.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from pipeline.parameters import Section, StudyParameters
from pipeline.results import Result
from pipeline.sections import forecasting
from pipeline.sections.autoencoder import Loss, Model, Training
from pipeline.windows import Sample


def results_of(steps: tuple[str, ...], series: str, trained: tuple[str, ...]) -> dict[str, Result]:
    """Return the results of a study of trajectories but its `series`, the frames, which it has besides.

    `trained` are the sections that a trained model depends on.
    """
    _, _, train, embed, _, train_forecasters, forecast, measure, _ = steps
    controls = ("fit", "forecast", "knn", "analog", "var", "evaluation")
    return {
        "autoencoder": Result("{run}/autoencoder.keras", train, trained, (series,)),
        "history": Result("{run}/history.npz", train, trained, (series,)),
        "embedding": Result("{run}/embedding.npz", embed, (), (series, "autoencoder")),
        "joint_forecaster": Result("{run}/joint_forecaster.keras", embed, (), ("autoencoder",)),
        "mlp": Result("{run}/mlp.keras", train_forecasters, ("fit", "mlp"), ("embedding",)),
        "lstm": Result("{run}/lstm.keras", train_forecasters, ("fit", "lstm"), ("embedding",)),
        **{
            f"forecast_{method}": Result(
                f"{{run}}/forecast_{method}.npz", forecast, ("fit", "forecast", *sections), ("embedding", *models)
            )
            for method, (sections, models) in forecasting.METHODS.items()
        },
        **{
            f"divergence_{method}": Result(
                f"{{run}}/divergence_{method}.npz", measure, ("lstm", "evaluation"), (f"forecast_{method}",)
            )
            for method in forecasting.METHODS
        },
        "recurrence": Result("{run}/recurrence.npz", measure, ("evaluation",), ("embedding",)),
        "controls": Result("{run}/controls.npz", measure, controls, ("embedding",)),
    }


class Play(Section):
    """The player page and the video of the moving point."""

    page: tuple[str, ...] = Field((), description="runs that the page shows side by side; left out: all")
    forecasts: tuple[forecasting.Method, ...] = Field(
        ("knn", "analog", "var", "lstm"),
        max_length=len(forecasting.METHODS),
        description="methods whose forecasts the page shows, where there are any",
    )
    video: tuple[str, ...] | None = Field(
        None, description="runs of which a video is made; left out: the first; []: none"
    )
    frame_rate_hz: float = Field(30.0, ge=1, le=120, description="frames per second of the video")
    tail_s: float = Field(0.5, gt=0, le=60, description="length of the bright tail behind the point")
    rotation_deg_per_s: float = Field(
        0.0, ge=-360, le=360, description="how fast the video's camera rotates; 0: it is fixed"
    )
    keep_frames: bool = Field(False, description="whether the video's frames are also written as PNG files")


class Figures(Section):
    """What is drawn next to what."""

    compare: tuple[Annotated[tuple[str, ...], Field(min_length=1)], ...] = Field(
        (), description="lists of runs whose trajectories share a figure"
    )


class TrajectoryParameters(StudyParameters):
    """The sections that both studies have, and what follows from them."""

    SERIES: ClassVar[str]  # the kind of result that the frames are
    PERIOD_KEY: ClassVar[str]  # of `period_s` in the parameter file

    model: Model
    loss: Loss = Loss()
    training: Training = Training()
    play: Play = Play()
    fit: forecasting.Fit = forecasting.Fit()
    knn: forecasting.KNN = forecasting.KNN()
    analog: forecasting.Analog = forecasting.Analog()
    var: forecasting.VAR = forecasting.VAR()
    mlp: forecasting.MLP = forecasting.MLP()
    lstm: forecasting.LSTM = forecasting.LSTM()
    forecast: forecasting.Forecast = forecasting.Forecast()
    evaluation: forecasting.Evaluation = forecasting.Evaluation()
    figures: Figures = Figures()

    @property
    def period_s(self) -> float | None:
        """After what time the music or film is known to repeat."""
        return None

    @property
    def bpm(self) -> float | None:
        """The tempo, in beats per minute, where it is known."""
        return None

    def sections_of(self, n_points: int) -> tuple[tuple[int, str], ...]:
        """Return the sections in whose colours figures draw a trajectory, (first point, name); none: by time."""
        return ()

    def count_window_frames(self, series: Mapping[str, Any]) -> int:
        """Return how many of the stored frames make a point."""
        return 1

    def count_parts(self, n_frames: int) -> tuple[int, int]:
        """Return how many frames to train and to validate on, from the first; the rest are to test on."""
        return n_frames, 0

    def count_fitted(self, n_points: int) -> tuple[int, int, str]:
        """Return on how many points networks that forecast are fitted, from which they are scored, and the key for it.

        Points between the two, if there are any, validate a fit.
        """
        n_fitted = int(n_points * self.fit.fraction)
        return n_fitted, n_fitted, f"fit.fraction={self.fit.fraction}"

    def has(self, kind: str) -> bool:
        """Whether the run has such a result: a network only if it is among the methods."""
        return super().has(kind) and (kind not in forecasting.NETWORKS or kind in self.forecast.methods)

    def runs_of_video(self) -> list[str]:
        """Return the runs of which a video is made."""
        return [*self.runs][:1] if self.play.video is None else list(self.play.video)

    def methods_of_run(self) -> list[str]:
        """Return the forecasters of the run: those of the file, `joint` only where the run trains one."""
        has_joint = self.loss.alpha > 0 and not self.model.is_linear
        return [method for method in self.forecast.methods if method != "joint" or has_joint]

    def rendered_methods(self) -> list[str]:
        """Return the forecasters of the run whose long forecast is rendered as sound."""
        return []

    def sample(self, window_frames: int) -> Sample:
        """Return what a sample of the training has: what the terms of the loss, or a linear fit, need."""
        if self.model.is_linear:  # as many windows as coordinates, or as many differences between them
            return Sample(window_frames, after=self.model.latent_dim - (self.model.method == "pca"))
        loss, clip = self.loss, self.model.clip_windows - 1
        before = 2 if loss.delta or loss.constant_velocity else 0
        if self.training.clip == "encoded" and (loss.alpha or loss.delta):
            before = clip
        return Sample(
            window_frames,
            before=before,
            after=1 if loss.alpha else 0,
            max_lag=loss.max_lag if loss.persistence else 0,
            remembered=clip - before if loss.alpha else 0,
        )

    @model_validator(mode="after")
    def check_that_names_of_runs_match_their_loss(self) -> Self:
        """A run called by letters of loss terms (R, RF_2s, RPV ...) has just those on."""
        name = re.match(r"([RFOCPVW]+)\d*(_|$)", self.run or "")
        if name and not self.model.is_linear and set(name[1]) != set(self.loss.letters()):
            raise ValueError(
                f"the name says that the terms {name[1]} are on, the weights in loss say {self.loss.letters()}: change "
                "one of them"
            )
        return self

    @model_validator(mode="after")
    def check_that_a_batch_has_a_covariance(self) -> Self:
        """What is whitened by the points of a batch, two of a sample at least, needs more of them than dimensions."""
        loss, n = self.loss, self.training.batch_samples
        if (loss.persistence or loss.constant_velocity or loss.whiteness) and 2 * n <= self.model.latent_dim:
            raise ValueError(
                f"training.batch_samples={n}: must be more than half of model.latent_dim={self.model.latent_dim} "
                "where P, V or W is on"
            )
        return self

    @model_validator(mode="after")
    def check_that_named_runs_exist(self) -> Self:
        """Each run in `figures.compare`, `play.page` and `play.video` is one of the file."""
        named = {"play.page": self.play.page, "play.video": self.play.video or ()}
        named["figures.compare"] = tuple(run for group in self.figures.compare for run in group)
        for where, runs in named.items():
            if unknown := [run for run in runs if run not in self.runs]:
                raise ValueError(f"{where}: no run is called {unknown[0]!r}; runs: {', '.join(self.runs)}")
        return self
