"""Sections of the parameters that say what is trained, and how.

Defaults are those of the paper (M-Lin-DM, "Deep Audio Embedding", 2021) unless the description says otherwise.
"""

from typing import Literal

from pydantic import Field, PositiveInt

from pipeline.parameters import Section


class Model(Section):
    """The autoencoder conditioned on forecasting, or a linear one as its baseline."""

    method: Literal["autoencoder", "pca", "sfa", "dca"] = Field(
        "autoencoder",
        description="train a network, or fit a linear baseline: principal components, slow features, or the components "
        "of most predictive information",
    )
    latent_dim: int = Field(3, ge=1, le=256, description="number of coordinates of a point")
    clip_windows: int = Field(45, ge=3, le=1000, description="points the forecaster sees before it forecasts the next")
    lstm_units: PositiveInt = Field(16, le=1024, description="size of the forecaster's recurrent layer")
    lstm_dropout: float = Field(0.1, ge=0, lt=1, description="fraction of the forecaster's inputs dropped in training")

    @property
    def is_linear(self) -> bool:
        """Whether it is fitted, not trained."""
        return self.method != "autoencoder"


class WindowModel(Model):
    """The autoencoder of windows of a spectrogram."""

    preset: Literal["half_second", "two_seconds"] = Field(
        "half_second", description="the paper's layers for windows of 0.5 s or of 2 s; either takes any length"
    )


class Loss(Section):
    """Weights of the terms of the loss; a term of weight 0 is not computed."""

    alpha: float = Field(0.001, ge=0, le=1e6, description="F: one minus the cosine between forecast and true velocity")
    beta: float = Field(1.0, gt=0, le=1e6, description="R: cross-entropy of the reconstruction")
    gamma: float = Field(0.0, ge=0, le=1e6, description="O: mean square of the points, which draws them to the origin")
    delta: float = Field(0.0, ge=0, le=1e6, description="C: curvature, minus the cosine of consecutive velocities")
    persistence: float = Field(
        0.0, ge=0, le=1e6, description="P: whitened square of how far points move, over up to max_lag"
    )
    max_lag: int = Field(
        10, ge=1, le=1000, description="P: points over which it is taken, from 1 to so many, at random"
    )
    constant_velocity: float = Field(0.0, ge=0, le=1e6, description="V: whitened square of how much velocities change")
    whiteness: float = Field(0.0, ge=0, le=1e6, description="W: how far points are from spread alike in all directions")
    stop_gradient: bool = Field(False, description="F: whether the true velocity is a fixed target")

    def letters(self) -> str:
        """Letters of the terms that are on."""
        weights = {
            "R": self.beta,
            "F": self.alpha,
            "O": self.gamma,
            "C": self.delta,
            "P": self.persistence,
            "V": self.constant_velocity,
            "W": self.whiteness,
        }
        return "".join(letter for letter, weight in weights.items() if weight > 0)


class Training(Section):
    """How long, how fast, and from which samples at a time."""

    epochs: PositiveInt = Field(6, le=10_000, description="passes over all samples")
    batch_samples: PositiveInt = Field(8, le=4096, description="samples in a batch, from anywhere in the song")
    clip: Literal["remembered", "encoded"] = Field(
        "remembered",
        description="F: points of a clip are what a memory has of its windows, but for the last few; or all windows "
        "are encoded for each sample, with their gradient, as in the paper, in twice the time; then C is of the whole "
        "clip, else of its last three points",
    )
    learning_rate: float = Field(1e-3, gt=0, le=1, description="of Adam, at the beginning")
    decay: bool = Field(False, description="whether the learning rate falls to 0, as a cosine")
    seed: int = Field(0, ge=0, lt=2**32, description="draws the first weights, the order of samples, and dropout")
    tensorboard: bool = Field(False, description="write logs for TensorBoard into the run's folder")
