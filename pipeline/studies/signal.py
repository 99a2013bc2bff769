"""Parameters, results and steps of the study `signal`: complex bases of sound, invariant to a shift in time."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from pipeline.memory import check_memory
from pipeline.parameters import Section, StudyParameters
from pipeline.results import Result
from pipeline.sections.complex import TRAIN, TRAINED, SignalBases, SignalTraining, SwapLoss, check_size, trained_from
from pipeline.sections.sound import Channel


class Sounds(Section):
    """The recordings."""

    folder: str = Field(min_length=1, description="folder in music/, or a full path")
    files: str | tuple[str, ...] = Field("*.*", description="which of its files, a glob pattern or a list")
    sample_rate_hz: int = Field(22050, ge=1000, le=96000, description="the sound is resampled to this if it differs")
    channel: Channel = None
    validation_fraction: float = Field(0.2, gt=0, lt=1, description="last part of each file, held out from learning")


class ShiftMeasure(Section):
    """How invariance to a shift is measured."""

    n_windows: int = Field(
        500, ge=10, le=10_000, description="windows held out, each of which is shifted by every shift"
    )
    shifts_samples: tuple[Annotated[int, Field(ge=-100_000, le=100_000)], ...] = Field(
        (1, 2, 4, 8, 16, 32, 64), min_length=1, max_length=100, description="by how much"
    )
    seed: int = Field(0, ge=0, lt=2**32, description="draws the windows")


class Parameters(StudyParameters):
    """All sections of the study `signal`."""

    DATA: ClassVar[str] = "samples"  # the result that the autoencoder learns from
    STEPS = (
        "save_dataset.step1_save_signal",
        TRAIN,
        "evaluate.step7_measure_signal",
        "evaluate.step8_draw_signal",
    )
    RESULTS = {
        "samples": Result("samples.npz", STEPS[0], ("sound",)),
        **trained_from("samples"),
        "measures": Result("{run}/measures.npz", STEPS[2], ("evaluation",), ("samples", "complex_autoencoder")),
    }
    RUN_SECTIONS = TRAINED

    study: Literal["signal"]
    sound: Sounds
    model: SignalBases = SignalBases()
    loss: SwapLoss = SwapLoss()
    training: SignalTraining = SignalTraining()
    evaluation: ShiftMeasure = ShiftMeasure()

    @model_validator(mode="after")
    def check_that_shifts_leave_something(self) -> Self:
        """The two windows of a pair share something."""
        shift, window = self.training.shift_samples, self.model.window_samples
        if shift >= window:
            raise ValueError(f"training.shift_samples={shift}: must be less than model.window_samples={window}")
        return self

    @model_validator(mode="after")
    def check_that_training_fits_into_memory(self) -> Self:
        """Bases, and batches of pairs, are no larger than memory."""
        check_size(self.model, self.training, self.model.window_samples)
        return self

    @model_validator(mode="after")
    def check_that_measures_fit_into_memory(self) -> Self:
        """Windows, their magnitudes in three kinds of bases, and the cosines of any two, are no larger than memory."""
        n, n_bases = self.evaluation.n_windows, self.model.n_bases
        n_bytes = 4 * n * (8 * self.model.window_samples + 12 * n_bases + 3 * n)
        check_memory(f"evaluation.n_windows={n}", n_bytes, "take fewer, or shorter ones, or fewer bases")
        return self
