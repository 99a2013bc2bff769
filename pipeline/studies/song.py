"""Parameters, results and steps of the study `song`: a piece of audio as a trajectory in a small latent space.

Defaults are those of the article (M-Lin-DM, "Deep Audio Embedding", 2021) unless the description says otherwise.
"""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, PositiveInt, model_validator

from pipeline.parameters import Section, StudyParameters
from pipeline.results import Result
from pipeline.windows import Stretch, count_window_frames

STEPS = (
    "save_dataset.step0_make_song",
    "save_dataset.step1_save_song",
    "train_model.step2_train_song",
    "embed.step3_embed_song",
)

RESULTS = {
    "spectrogram": Result("spectrogram.npz", STEPS[1], ("composition", "sound", "spectrogram")),
    "autoencoder": Result(
        "{run}/autoencoder.keras", STEPS[2], ("window", "model", "loss", "training"), ("spectrogram",)
    ),
    "history": Result("{run}/history.npz", STEPS[2], ("window", "model", "loss", "training"), ("spectrogram",)),
    "embedding": Result("{run}/embedding.npz", STEPS[3], ("music",), ("spectrogram", "autoencoder")),
    "joint_forecaster": Result("{run}/joint_forecaster.keras", STEPS[3], (), ("autoencoder",)),
}


class Composition(Section):
    """A sound that is made, not found: drums, bass and chords in sections of four bars."""

    file: str = Field(
        pattern=r"^[^/\\]+\.(wav|flac)$",
        description="where it is written in music/, with its MIDI beside it; made only if sound.file is this",
    )
    form: str = Field(
        "AABA",
        pattern="^[A-D]{1,16}$",
        description="sections in order, letters A to D; the same letter sounds the same",
    )
    bpm: float = Field(120.0, ge=40, le=240, description="tempo in beats per minute")
    seed: int = Field(0, ge=0, description="draws how hard each note is struck")


class Sound(Section):
    """The recording and the part of it that is used."""

    file: str = Field(description="sound file in music/, or a full path: WAV, FLAC, OGG, MP3")
    sample_rate_hz: int = Field(44100, ge=1000, le=192000, description="the sound is resampled to this if it differs")
    start_s: float = Field(0.0, ge=0, description="where the part that is used begins")
    duration_s: float | None = Field(None, gt=0, description="length of the part that is used; left out: to the end")


class Music(Section):
    """What is known of the piece."""

    period_s: float | None = Field(
        None, gt=0, description="length of its loop or bar: step 3 tells whether the trajectory closes after it"
    )


class Spectrogram(Section):
    """From sound to spectrogram frames in [0, 1]."""

    window_samples: int = Field(1024, ge=64, le=65536, description="length of the sound behind one frame")
    overlap: float = Field(0.0, ge=0, lt=1, description="share of a frame's sound that the next frame has too")
    tukey_alpha: float = Field(0.4, ge=0, le=1, description="tapered share of the Tukey window; 0 rectangular, 1 Hann")
    max_frequency_hz: float = Field(4000.0, gt=0, description="bins up to the one nearest to this are kept")
    scale: Literal["magnitude", "db", "log_mel"] = Field(
        "magnitude", description="what a pixel is: linear magnitude, its decibels, or decibels in mel bands"
    )
    range_db: float = Field(
        80.0, gt=0, le=200, description="db and log_mel: quieter than this below the loudest is cut"
    )
    n_mels: int = Field(64, ge=4, le=512, description="log_mel: number of mel bands up to max_frequency_hz")


class Window(Section):
    """The piece of the spectrogram that becomes one point."""

    length_s: float = Field(0.5, gt=0, le=30, description="length of a window; rounded to an even number of frames")


class Model(Section):
    """The autoencoder conditioned on forecasting, or the linear one that PCA gives."""

    method: Literal["autoencoder", "pca"] = Field(
        "autoencoder", description="train a network, or fit PCA as its baseline"
    )
    preset: Literal["half_second", "two_seconds"] = Field(
        "half_second", description="the article's layers for windows of 0.5 s or of 2 s; either takes any length"
    )
    latent_dim: int = Field(3, ge=1, le=256, description="number of coordinates of a point")
    clip_windows: int = Field(45, ge=3, le=1000, description="points the forecaster sees before it forecasts the next")
    lstm_units: PositiveInt = Field(16, description="size of the forecaster's recurrent layer")
    lstm_dropout: float = Field(0.1, ge=0, lt=1, description="share of the forecaster's inputs dropped in training")


class Loss(Section):
    """Weights of the terms of the loss; a term of weight 0 is not computed."""

    alpha: float = Field(0.001, ge=0, description="F: one minus the cosine between forecast and true velocity")
    beta: float = Field(1.0, gt=0, description="R: cross-entropy of the reconstruction")
    gamma: float = Field(0.0, ge=0, description="O: mean square of the points, which draws them to the origin")
    delta: float = Field(0.0, ge=0, description="C: curvature of the clip, minus the cosine of consecutive velocities")
    stop_gradient: bool = Field(False, description="whether the true velocity is a fixed target of the forecast")

    def letters(self) -> set[str]:
        """Letters of the terms that are on."""
        weights = {"R": self.beta, "F": self.alpha, "O": self.gamma, "C": self.delta}
        return {letter for letter, weight in weights.items() if weight > 0}


class Training(Section):
    """How long, how fast, and from which samples at a time."""

    epochs: PositiveInt = Field(12, description="passes over all samples; the article: 6")
    stretches_per_batch: PositiveInt = Field(2, description="pieces of the song, from anywhere, that make up a batch")
    samples_per_stretch: PositiveInt = Field(4, description="consecutive samples in a piece: they share their windows")
    learning_rate: float = Field(1e-3, gt=0, le=1, description="of Adam, at the beginning")
    decay: bool = Field(True, description="whether the learning rate falls to 0, as a cosine; the article's stays")
    seed: int = Field(0, ge=0, lt=2**32, description="draws the first weights, the order of samples, and dropout")
    jit_compile: bool = Field(True, description="compile with XLA: costs seconds once, pays from about 1000 steps")
    tensorboard: bool = Field(False, description="write logs for TensorBoard into the run's folder")


class Figures(Section):
    """What is drawn beside what."""

    compare: tuple[tuple[str, ...], ...] = Field((), description="lists of runs whose trajectories share a figure")


class Parameters(StudyParameters):
    """All sections of the study `song`."""

    STEPS: ClassVar[tuple[str, ...]] = STEPS
    RESULTS: ClassVar[dict[str, Result]] = RESULTS
    RUN_SECTIONS: ClassVar[tuple[str, ...]] = ("window", "model", "loss", "training")

    study: Literal["song"]
    composition: Composition | None = None
    sound: Sound
    music: Music = Music()
    spectrogram: Spectrogram = Spectrogram()
    window: Window = Window()
    model: Model = Model()
    loss: Loss = Loss()
    training: Training = Training()
    figures: Figures = Figures()

    @property
    def is_composed(self) -> bool:
        """Whether the sound is made by step 0."""
        return self.composition is not None and self.composition.file == self.sound.file

    def count_window_frames(self, spectrogram: Mapping[str, Any]) -> int:
        """Frames of a window in the stored spectrogram."""
        return count_window_frames(
            self.window.length_s, hop_s=float(spectrogram["hop_s"]), frame_s=float(spectrogram["frame_s"])
        )

    def stretch(self, window_frames: int) -> Stretch:
        """What a stretch of training data holds: only what the terms of the loss, or PCA, need."""
        if self.model.method == "pca":
            return Stretch(window_frames, n_samples=self.model.latent_dim)
        return Stretch(
            window_frames,
            history=self.model.clip_windows if self.loss.alpha or self.loss.delta else 1,
            future=1 if self.loss.alpha else 0,
            n_samples=self.training.samples_per_stretch,
        )

    @model_validator(mode="after")
    def check_that_names_of_runs_tell_their_loss(self) -> Self:
        """A run called by letters of loss terms (R, RF, RF_2s ...) has just those terms on."""
        letters = re.match(r"([RFOC]+)\d*(_|$)", self.run or "")
        if letters and self.model.method == "autoencoder" and set(letters[1]) != self.loss.letters():
            on = "".join(letter for letter in "RFOC" if letter in self.loss.letters())
            raise ValueError(
                f"the name says that the terms {letters[1]} are on, the weights in loss say {on}: change one of them"
            )
        return self

    @model_validator(mode="after")
    def check_that_compared_runs_exist(self) -> Self:
        """Each run in `figures.compare` is one of the file."""
        unknown = [run for group in self.figures.compare for run in group if run not in self.runs]
        if unknown:
            raise ValueError(f"figures.compare: no run is called {unknown[0]!r}; runs: {', '.join(self.runs)}")
        return self
