"""Parameters, results and steps of the study `song`: a piece of audio as a trajectory in a small latent space.

Defaults are those of the paper (M-Lin-DM, "Deep Audio Embedding", 2021) unless the description says otherwise.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from pipeline.results import Result
from pipeline.sections import forecasting, trajectory_study
from pipeline.sections.autoencoder import WindowModel
from pipeline.sections.sound import Composition, Music, Sound, Spectrogram, Window
from pipeline.sections.trajectory_study import TrajectoryParameters, results_of
from pipeline.windows import count_window_frames

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
RUN_SECTIONS = ("window", "model", "loss", "training")
SERIES = "spectrogram"
RESULTS = {
    SERIES: Result("spectrogram.npz", STEPS[1], ("composition", "sound", "spectrogram")),
    **results_of(STEPS, SERIES, RUN_SECTIONS),
}


class Forecast(forecasting.Forecast):
    """Which forecasts are made, from where, how far, and which are rendered."""

    sound: tuple[forecasting.Method, ...] = Field(
        ("knn",), max_length=len(forecasting.METHODS), description="methods whose long forecast is rendered"
    )


class Figures(trajectory_study.Figures):
    """What is drawn next to what."""

    songs: tuple[str, ...] = Field(
        (), description="parameter files whose songs are put together in the figures `songs_*`"
    )


class Parameters(TrajectoryParameters):
    """All sections of the study `song`."""

    STEPS, RESULTS, RUN_SECTIONS, SERIES = STEPS, RESULTS, RUN_SECTIONS, SERIES
    PERIOD_KEY = "music.period_s"

    study: Literal["song"]
    composition: Composition | None = None
    sound: Sound
    music: Music = Music()
    spectrogram: Spectrogram = Spectrogram()
    window: Window = Window()
    model: WindowModel = WindowModel()
    forecast: Forecast = Forecast()
    figures: Figures = Figures()

    @property
    def composed_rate_hz(self) -> int:
        """Sample rate of what step 0 makes."""
        return self.sound.sample_rate_hz

    @property
    def is_composed(self) -> bool:
        """Whether the sound is made by step 0."""
        return self.composition is not None and self.composition.file == self.sound.file

    @property
    def period_s(self) -> float | None:
        """Length of the loop or bar, where it is known."""
        return self.music.period_s

    @property
    def bpm(self) -> float | None:
        """The tempo, in beats per minute, where it is known."""
        return self.music.bpm

    def rendered_methods(self) -> list[str]:
        """Return the forecasters of the run whose long forecast is rendered as sound."""
        return [method for method in self.methods_of_run() if method in self.forecast.sound]

    def check_sections(self, duration_s: float, path: Path) -> None:
        """Raise a ValueError if the sound of this file ends before one of the sections begins."""
        for start_s, name in self.music.sections:
            if start_s >= duration_s:
                raise ValueError(
                    f"{path}: {duration_s:.2f} s of sound: music.sections: {name!r} begins at {start_s:g} s"
                )

    def count_window_frames(self, series: Mapping[str, Any]) -> int:
        """Return the frames of a window in the stored spectrogram."""
        return count_window_frames(self.window.length_s, hop_s=float(series["hop_s"]), frame_s=float(series["frame_s"]))
