"""Parameters, results and steps of the study `video`: a film as a trajectory in a small latent space.

It is the study `song` with images in place of windows of a spectrogram. Defaults are those of the code that goes with
the paper of that study (M-Lin-DM, "Deep Video Embedding", 2021) unless the description says otherwise.
"""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, PositiveInt, field_validator, model_validator

from pipeline.results import Result
from pipeline.sections import autoencoder, forecasting, trajectory_study
from pipeline.sections.film import Course, Film, Split
from pipeline.sections.sound import Name
from pipeline.sections.trajectory_study import TrajectoryParameters, results_of

STEPS = (
    "save_dataset.step0_make_video",
    "save_dataset.step1_save_video",
    "train_model.step2_train_song",
    "embed.step3_embed_song",
    "embed.step4_play_video",
    "forecast.step5_train_forecasters_song",
    "forecast.step6_forecast_song",
    "evaluate.step7_measure_song",
    "evaluate.step8_draw_video",
)
RUN_SECTIONS = ("model", "loss", "training")
SERIES = "film"
RESULTS = {
    SERIES: Result("film.npz", STEPS[1], ("course", "film")),
    **results_of(STEPS, SERIES, ("split", *RUN_SECTIONS)),
}


class Model(autoencoder.Model):
    """The autoencoder of images conditioned on forecasting, or a linear one as its baseline."""

    method: Literal["autoencoder", "pca"] = Field(
        "autoencoder", description="train a network, or fit principal components as its baseline"
    )
    clip_windows: int = Field(75, ge=3, le=1000, description="points the forecaster sees before it forecasts the next")
    lstm_units: PositiveInt = Field(32, le=1024, description="size of the forecaster's recurrent layer")


class Training(autoencoder.Training):
    """How long, how fast, and from which samples at a time."""

    epochs: PositiveInt = Field(12, le=10_000, description="passes over all samples")
    batch_samples: PositiveInt = Field(4, le=4096, description="samples in a batch, from anywhere in the film")
    pixel_stride: int = Field(
        2,
        ge=1,
        le=8,
        description="R: of every so many-th row and column, others each step; 1: of all, as in the paper",
    )


class LSTM(forecasting.LSTM):
    """Forecast by a recurrent layer from the last points."""

    points: PositiveInt = Field(75, le=1000, description="last points it sees")


class Forecast(forecasting.Forecast):
    """Which forecasts are made, from where, how far."""

    first_point: int = Field(
        74,
        ge=0,
        le=10_000_000,
        description="first initial condition: a method must not see more points than there are up to it",
    )


class Figures(trajectory_study.Figures):
    """What is drawn next to what."""

    period_s: float | None = Field(
        None,
        gt=0,
        le=1e6,
        description="length of a round or loop: tables report whether the trajectory closes after it",
    )
    sections: tuple[tuple[Annotated[int, Field(ge=0, le=10_000_000)], Name], ...] = Field(
        (),
        max_length=1000,
        description="rounds or scenes of the film in order, each [first of the stored frames, name]: trajectories are "
        "drawn in their colours",
    )

    @field_validator("sections")
    @classmethod
    def check_that_sections_are_in_order(cls, sections: tuple[tuple[int, str], ...]) -> tuple[tuple[int, str], ...]:
        """Each section begins after the one before."""
        firsts = [first for first, _ in sections]
        if any(later <= first for first, later in pairwise(firsts)):
            raise ValueError(f"must begin one after the other, they begin at {', '.join(map(str, firsts))}")
        return sections


class Parameters(TrajectoryParameters):
    """All sections of the study `video`."""

    STEPS, RESULTS, RUN_SECTIONS, SERIES = STEPS, RESULTS, RUN_SECTIONS, SERIES
    PERIOD_KEY = "figures.period_s"

    study: Literal["video"]
    course: Course | None = None
    film: Film
    split: Split = Split()
    model: Model = Model()
    training: Training = Training()
    lstm: LSTM = LSTM()
    forecast: Forecast = Forecast()
    figures: Figures = Figures()

    @property
    def is_made(self) -> bool:
        """Whether the film is made by step 0."""
        return self.course is not None and self.course.file == self.film.file

    @property
    def period_s(self) -> float | None:
        """Length of a round, where it is known."""
        return self.figures.period_s

    def sections_of(self, n_points: int) -> tuple[tuple[int, str], ...]:
        """Return the rounds or scenes of the film, whose frames are the points; ValueError if it ends before one."""
        for first, name in self.figures.sections:
            if first >= n_points:
                raise ValueError(
                    f"figures.sections: {name!r} begins at frame {first}: the last of the film is {n_points - 1}"
                )
        return self.figures.sections

    def count_parts(self, n_frames: int) -> tuple[int, int]:
        """Return how many frames to train and to validate on, from the first; the rest are to test on."""
        n_validation, n_test = (int(n_frames * fraction) for _, fraction in self.split)
        return n_frames - n_validation - n_test, n_validation

    def count_fitted(self, n_points: int) -> tuple[int, int, str]:
        """Return the same; where there is a part to test on, networks have the parts that the film has."""
        if not self.split.test_fraction:
            return super().count_fitted(n_points)
        n_train, n_validation = self.count_parts(n_points)
        return n_train, n_train + n_validation, f"split.test_fraction={self.split.test_fraction}"

    @model_validator(mode="after")
    def check_that_something_is_left_to_train_on(self) -> Self:
        """The fractions of the split do not add up to all of the film."""
        fractions = dict(self.split)
        if sum(fractions.values()) >= 1:
            named = ", ".join(f"split.{name}={fraction:g}" for name, fraction in fractions.items())
            raise ValueError(f"{named}: must add up to less than 1, or nothing is left to train on")
        return self
