"""Parameters, results and steps of the study `song`: a piece of audio as a trajectory in a small latent space.

Defaults are those of the article (M-Lin-DM, "Deep Audio Embedding", 2021) unless the description says otherwise.
"""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias

from pydantic import Field, NonNegativeFloat, PositiveInt, StringConstraints, field_validator, model_validator

from pipeline.parameters import Section, StudyParameters
from pipeline.results import Result
from pipeline.sections.forecasting import KNN, LSTM, METHODS, MLP, VAR, Analog, Evaluation, Fit, Forecast, Method
from pipeline.windows import Stretch, count_window_frames

STEPS = (
    "save_dataset.step0_make_song",
    "save_dataset.step1_save_song",
    "train_model.step2_train_song",
    "embed.step3_embed_song",
    "embed.step4_play_song",
    "forecast.step5_train_forecasters_song",
    "forecast.step6_forecast_song",
    "evaluate.step7_measure_song",
    "evaluate.step8_draw_song",
)

RESULTS = {
    "spectrogram": Result("spectrogram.npz", STEPS[1], ("composition", "sound", "spectrogram")),
    "autoencoder": Result(
        "{run}/autoencoder.keras", STEPS[2], ("window", "model", "loss", "training"), ("spectrogram",)
    ),
    "history": Result("{run}/history.npz", STEPS[2], ("window", "model", "loss", "training"), ("spectrogram",)),
    "embedding": Result("{run}/embedding.npz", STEPS[3], (), ("spectrogram", "autoencoder")),
    "joint_forecaster": Result("{run}/joint_forecaster.keras", STEPS[3], (), ("autoencoder",)),
    "mlp": Result("{run}/mlp.keras", STEPS[5], ("fit", "mlp"), ("embedding",)),
    "lstm": Result("{run}/lstm.keras", STEPS[5], ("fit", "lstm"), ("embedding",)),
    **{
        f"forecast_{method}": Result(
            f"{{run}}/forecast_{method}.npz", STEPS[6], ("fit", "forecast", *sections), ("embedding", *models)
        )
        for method, (sections, models) in METHODS.items()
    },
    **{
        f"divergence_{method}": Result(
            f"{{run}}/divergence_{method}.npz", STEPS[7], ("lstm", "evaluation"), (f"forecast_{method}",)
        )
        for method in METHODS
    },
    "recurrence": Result("{run}/recurrence.npz", STEPS[7], ("evaluation",), ("embedding",)),
    "controls": Result(
        "{run}/controls.npz", STEPS[7], ("fit", "forecast", "knn", "analog", "var", "evaluation"), ("embedding",)
    ),
}


Name: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


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
        None, gt=0, description="length of its loop or bar: tables tell whether the trajectory closes after it"
    )
    bpm: float | None = Field(None, gt=0, le=1000, description="tempo in beats per minute: times are told in beats too")
    sections: tuple[tuple[NonNegativeFloat, Name], ...] = Field(
        (), description="its sections in order, each [start in s, name]: shown by the player page and in WebVTT"
    )

    @field_validator("sections")
    @classmethod
    def check_that_sections_are_in_order(cls, sections: tuple[tuple[float, str], ...]) -> tuple[tuple[float, str], ...]:
        """Each section starts after the one before."""
        starts_s = [start_s for start_s, _ in sections]
        if any(later <= start for start, later in pairwise(starts_s)):
            raise ValueError(f"must start one after the other, they start at {', '.join(f'{s:g}' for s in starts_s)} s")
        return sections


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

    epochs: PositiveInt = Field(12, description="passes over all samples; the article: 6")
    stretches_per_batch: PositiveInt = Field(2, description="pieces of the song, from anywhere, that make up a batch")
    samples_per_stretch: PositiveInt = Field(4, description="consecutive samples in a piece: they share their windows")
    learning_rate: float = Field(1e-3, gt=0, le=1, description="of Adam, at the beginning")
    decay: bool = Field(True, description="whether the learning rate falls to 0, as a cosine; the article's stays")
    seed: int = Field(0, ge=0, lt=2**32, description="draws the first weights, the order of samples, and dropout")
    jit_compile: bool = Field(True, description="compile with XLA: costs seconds once, pays from about 1000 steps")
    tensorboard: bool = Field(False, description="write logs for TensorBoard into the run's folder")


class Play(Section):
    """The player page and the video."""

    page: tuple[str, ...] = Field((), description="runs that the page shows side by side; left out: all")
    forecasts: tuple[Method, ...] = Field(
        ("knn", "analog", "var", "lstm"), description="methods whose forecasts the page shows, where there are any"
    )
    video: tuple[str, ...] | None = Field(
        None, description="runs of which a video is made; left out: the first; []: none"
    )
    frame_rate_hz: float = Field(30.0, gt=0, le=120, description="pictures per second of the video")
    tail_s: float = Field(0.5, gt=0, le=60, description="length of the bright tail behind the point")
    turn_deg_per_s: float = Field(0.0, ge=-360, le=360, description="how fast the video's camera turns; 0: it stands")
    keep_frames: bool = Field(False, description="whether the video's pictures are also written as PNG files")


class Figures(Section):
    """What is drawn beside what."""

    compare: tuple[tuple[str, ...], ...] = Field((), description="lists of runs whose trajectories share a figure")
    songs: tuple[str, ...] = Field(
        (), description="parameter files whose songs are put together in the figures `songs_*`"
    )


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
    play: Play = Play()
    fit: Fit = Fit()
    knn: KNN = KNN()
    analog: Analog = Analog()
    var: VAR = VAR()
    mlp: MLP = MLP()
    lstm: LSTM = LSTM()
    forecast: Forecast = Forecast()
    evaluation: Evaluation = Evaluation()
    figures: Figures = Figures()

    @property
    def is_composed(self) -> bool:
        """Whether the sound is made by step 0."""
        return self.composition is not None and self.composition.file == self.sound.file

    def runs_of_video(self) -> list[str]:
        """The runs of which a video is made."""
        return [*self.runs][:1] if self.play.video is None else list(self.play.video)

    def methods_of_run(self) -> list[str]:
        """The forecasters of the run: those of the file, `joint` only where the run trains one."""
        has_joint = self.model.method == "autoencoder" and self.loss.alpha > 0
        return [method for method in self.forecast.methods if method != "joint" or has_joint]

    def heard_of_run(self) -> list[str]:
        """The forecasters of the run whose long forecast is made audible."""
        return [method for method in self.methods_of_run() if method in self.forecast.sound]

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
            future=max(self.loss.roll_out_steps, 1 if self.loss.alpha else 0),
            n_samples=self.training.samples_per_stretch,
        )

    @model_validator(mode="after")
    def check_that_names_of_runs_tell_their_loss(self) -> Self:
        """A run called by letters of loss terms (R, RF_2s, RF30 ...) has just those on, rolled out as many steps."""
        name = re.match(r"([RFOC]+)(\d*)(_|$)", self.run or "")
        if not name or self.model.method == "pca":
            return self
        letters, told_steps, steps = name[1], int(name[2] or 0), self.loss.roll_out_steps
        if set(letters) != self.loss.letters():
            on = "".join(letter for letter in "RFOC" if letter in self.loss.letters())
            raise ValueError(
                f"the name says that the terms {letters} are on, the weights in loss say {on}: change one of them"
            )
        if told_steps != steps:
            raise ValueError(
                f"the name says that loss.roll_out_steps is {told_steps}, it is {steps}: change one of them"
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
