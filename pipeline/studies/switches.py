"""Parameters, results and steps of the study `switches`: music from a row of switches, one for each clip.

The idea is that of "Music Creation Neural Network" and of CodeParade's Composer; what the source did otherwise stands
in the descriptions and in docs/switches.md.
"""

from typing import Literal, Self

from pydantic import model_validator

from pipeline.parameters import StudyParameters
from pipeline.results import Result
from pipeline.sections import switches
from pipeline.sections.sound import Composition

STEPS = (
    "save_dataset.step0_make_song",
    "save_dataset.step1_save_switches",
    "train_model.step2_train_switches",
    "embed.step3_embed_switches",
    "embed.step4_play_switches",
    "forecast.step6_generate_switches",
    "evaluate.step7_measure_inversion",
    "evaluate.step7_measure_upscaling",
    "evaluate.step8_draw_switches",
)
_, SAVE, TRAIN, EMBED, PLAY, GENERATE, MEASURE_INVERSION, MEASURE_UPSCALING, _ = STEPS

RESULTS = {
    "clips": Result("clips.npz", SAVE, ("composition", "clips", "mel")),
    "generator": Result("{run}/generator.keras", TRAIN, ("generator", "training"), ("clips",)),
    "history": Result("{run}/history.npz", TRAIN, ("generator", "training"), ("clips",)),
    "embedding": Result("{run}/embedding.npz", EMBED, (), ("generator", "clips")),
    "generated": Result("{run}/generated.npz", GENERATE, ("inversion", "generate"), ("embedding",)),
    "inversion": Result(
        "inversion.npz", MEASURE_INVERSION, ("composition", "clips", "mel", "inversion", "inversion_study")
    ),
    "upscaling": Result("{run}/upscaling.npz", MEASURE_UPSCALING, (), ("generator", "clips")),
    "peaks": Result("peaks.npz", MEASURE_UPSCALING, ("composition", "clips", "mel", "peaks")),
}
OF_CODES = ("embedding", "generated")


class Parameters(StudyParameters):
    """All sections of the study `switches`."""

    STEPS, RESULTS = STEPS, RESULTS
    SERVED = (PLAY,)
    RUN_SECTIONS = ("generator", "training")

    study: Literal["switches"]
    composition: Composition | None = None
    clips: switches.Clips
    mel: switches.Mel = switches.Mel()
    generator: switches.Generator = switches.Generator()
    training: switches.SwitchTraining = switches.SwitchTraining()
    inversion: switches.Inversion = switches.Inversion()
    generate: switches.Generate = switches.Generate()
    page: switches.Page = switches.Page()
    inversion_study: switches.InversionStudy = switches.InversionStudy()
    peaks: switches.Peaks = switches.Peaks()
    figures: switches.SwitchFigures = switches.SwitchFigures()

    def has(self, kind: str) -> bool:
        """An autoencoder has no switches, so that it is only trained and measured."""
        return kind not in OF_CODES or self.generator.kind != "autoencoder"

    @property
    def is_composed(self) -> bool:
        """Whether the recording is made by step 0."""
        return self.composition is not None and self.clips.files == self.composition.file

    @property
    def composed_rate_hz(self) -> int:
        """Sample rate of what step 0 makes: that of the study `song`, so that both have one file."""
        return 44100

    @model_validator(mode="after")
    def check_that_r_divides_the_grid(self) -> Self:
        """The full grid is a whole number of blocks."""
        if self.generator.kind in ("pixel_shuffle", "upsample"):
            grid, r = (self.mel.n_frames, self.mel.n_mels), self.generator.r
            if any(size % r for size in grid):
                there = [str(other) for other in (2, 4, 8, 16, 32, 64) if not any(size % other for size in grid)]
                raise ValueError(
                    f"generator.r={r}: must divide mel.n_frames={grid[0]} and mel.n_mels={grid[1]}; "
                    f"these do: {', '.join(there) or 'none'}"
                )
        return self

    @model_validator(mode="after")
    def check_that_figures_are_of_runs(self) -> Self:
        """Runs that are drawn or grouped exist, and the path that is drawn."""
        named = {"figures.run": [self.figures.run]} if self.figures.run else {}
        named |= {f"figures.groups.{group}": [*runs] for group, runs in self.figures.groups.items()}
        for key, runs in named.items():
            if unknown := [run for run in runs if run not in self.runs]:
                raise ValueError(f"{key}={unknown[0]!r}: is none of the runs {', '.join(self.runs)}")
        if self.figures.path is not None and self.figures.path not in self.generate.paths:
            raise ValueError(f"figures.path={self.figures.path!r}: is none of generate.paths")
        return self
