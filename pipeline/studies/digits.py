"""Parameters, results and steps of the study `digits`: complex bases of images, invariant to rotation."""

from typing import ClassVar, Literal, Self

from pydantic import Field, PositiveInt, model_validator

from pipeline.parameters import Section, StudyParameters
from pipeline.results import Result
from pipeline.sections.complex import TRAIN, TRAINED, DigitBases, DigitTraining, SwapLoss, check_size, trained_from


class Images(Section):
    """The images."""

    source: str = Field(
        "digits",
        description="digits: 1797 of 8 x 8 pixels, which come with scikit-learn; mnist: 70000 of 28 x 28, "
        "downloaded if keras.datasets has not yet done so; or an .npz file in music/, or a full path, with its arrays",
    )
    side_pixels: int = Field(28, ge=8, le=64, description="images are resized to this where they differ")
    validation_fraction: float = Field(0.1, gt=0, lt=1, description="part held out from learning")
    test_fraction: float = Field(0.2, gt=0, lt=1, description="part for the test, where the source has none of its own")
    seed: int = Field(0, ge=0, lt=2**32, description="draws which are held out")


class Classify(Section):
    """How features are evaluated: by classifiers of digits at any angle."""

    n_neighbours: PositiveInt = Field(10, le=1000, description="neighbours that vote, by cosine")
    max_train: PositiveInt = Field(10_000, le=10_000_000, description="training images, at most")
    max_test: PositiveInt = Field(10_000, le=10_000_000, description="test images, at most")
    seed: int = Field(0, ge=0, lt=2**32, description="draws images and angles")


class Parameters(StudyParameters):
    """All sections of the study `digits`."""

    DATA: ClassVar[str] = "images"  # the result that the autoencoder learns from
    STEPS = (
        "save_dataset.step1_save_digits",
        TRAIN,
        "evaluate.step7_measure_digits",
        "evaluate.step8_draw_digits",
    )
    RESULTS = {
        "images": Result("images.npz", STEPS[0], ("images",)),
        **trained_from("images"),
        "measures": Result("{run}/measures.npz", STEPS[2], ("classify",), ("images", "complex_autoencoder")),
    }
    RUN_SECTIONS = TRAINED

    study: Literal["digits"]
    images: Images = Images()
    model: DigitBases = DigitBases()
    loss: SwapLoss = SwapLoss()
    training: DigitTraining = DigitTraining()
    classify: Classify = Classify()

    @model_validator(mode="after")
    def check_that_training_fits_into_memory(self) -> Self:
        """Bases, and batches of pairs, are no larger than memory."""
        check_size(self.model, self.training, self.images.side_pixels**2)
        return self
