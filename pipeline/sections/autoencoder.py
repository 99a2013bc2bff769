"""Sections of the parameters that say what is trained, and how.

Defaults are those of the paper (M-Lin-DM, "Deep Audio Embedding", 2021) unless the description says otherwise.
"""

from typing import Literal, Self

from pydantic import Field, PositiveInt, model_validator

from pipeline.parameters import Section


class Model(Section):
    """The autoencoder conditioned on forecasting, or a linear one as its baseline."""

    method: Literal["autoencoder", "pca", "sfa", "dca"] = Field(
        "autoencoder",
        description="train a network, or fit a linear baseline: principal components, slow features, or the components "
        "of most predictive information",
    )
    preset: Literal["half_second", "two_seconds"] = Field(
        "half_second", description="the paper's layers for windows of 0.5 s or of 2 s; either takes any length"
    )
    latent_dim: int = Field(3, ge=1, le=256, description="number of coordinates of a point")
    clip_windows: int = Field(45, ge=3, le=1000, description="points the forecaster sees before it forecasts the next")
    lstm_units: PositiveInt = Field(16, description="size of the forecaster's recurrent layer")
    lstm_dropout: float = Field(0.1, ge=0, lt=1, description="fraction of the forecaster's inputs dropped in training")

    @property
    def is_linear(self) -> bool:
        """Whether it is fitted, not trained."""
        return self.method != "autoencoder"


class Loss(Section):
    """Weights of the terms of the loss; a term of weight 0 is not computed."""

    alpha: float = Field(0.001, ge=0, description="F: one minus the cosine between forecast and true velocity")
    beta: float = Field(1.0, gt=0, description="R: cross-entropy of the reconstruction")
    gamma: float = Field(0.0, ge=0, description="O: mean square of the points, which draws them to the origin")
    delta: float = Field(0.0, ge=0, description="C: curvature of the clip, minus the cosine of consecutive velocities")
    stop_gradient: bool = Field(False, description="whether true velocity and points are fixed targets of forecasts")
    roll_out_steps: int = Field(0, ge=0, le=1000, description="H: points the forecast goes on for in the loss; 0: none")
    roll_out_weight: float = Field(
        0.003, gt=0, description="H: mean distance of these points from the true ones, over the spread of all points"
    )
    roll_out_warmup_epochs: int = Field(2, ge=0, description="epochs over which roll_out_weight rises from 0")

    def letters(self) -> set[str]:
        """Letters of the terms that are on."""
        weights = {"R": self.beta, "F": self.alpha, "O": self.gamma, "C": self.delta}
        return {letter for letter, weight in weights.items() if weight > 0}

    @model_validator(mode="after")
    def check_that_there_is_a_forecaster_to_roll_out(self) -> Self:
        """Only a forecast that is trained for its first step goes on for more."""
        if self.roll_out_steps and not self.alpha:
            raise ValueError(f"roll_out_steps={self.roll_out_steps}: must be 0 where alpha is, there is no forecaster")
        return self


class Training(Section):
    """How long, how fast, and from which samples at a time."""

    epochs: PositiveInt = Field(12, description="passes over all samples; the paper: 6")
    stretches_per_batch: PositiveInt = Field(2, description="pieces of the song, from anywhere, that make up a batch")
    samples_per_stretch: PositiveInt = Field(4, description="consecutive samples in a piece: they share their windows")
    learning_rate: float = Field(1e-3, gt=0, le=1, description="of Adam, at the beginning")
    decay: bool = Field(True, description="whether the learning rate falls to 0, as a cosine; the paper's stays")
    seed: int = Field(0, ge=0, lt=2**32, description="draws the first weights, the order of samples, and dropout")
    jit_compile: bool = Field(True, description="compile with XLA: costs seconds once, pays from about 1000 steps")
    tensorboard: bool = Field(False, description="write logs for TensorBoard into the run's folder")
