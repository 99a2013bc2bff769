"""Parameters, results and steps of the study `themes`: repeated themes in audio, by invariant features."""

from typing import ClassVar, Literal, Self

from pydantic import model_validator

from pipeline.parameters import StudyParameters
from pipeline.results import Result
from pipeline.sections import recordings
from pipeline.sections.complex import TRAIN, TRAINED, PatchBases, PatchSwapLoss, PatchTraining, check_size, trained_from

STEPS = (
    "save_dataset.step0_make_themes",
    "save_dataset.step1_save_themes",
    TRAIN,
    "embed.step3_embed_themes",
    "embed.step4_hear_themes",
    "forecast.step6_find_themes",
    "evaluate.step7_measure_themes",
    "evaluate.step8_draw_themes",
)
_, SAVE, _, EMBED, _, FIND, MEASURE, _ = STEPS

RESULTS = {
    "recordings": Result("recordings.npz", SAVE, ("composition", "altered", "pieces", "cqt")),
    **trained_from("recordings"),
    "features": Result("{run}/features.npz", EMBED, ("model",), ("recordings", "complex_autoencoder")),
    "matrices": Result("{run}/matrices.npz", EMBED, ("similarity",), ("features",)),
    "themes": Result("{run}/themes.npz", FIND, ("lag", "nieto_farbood"), ("matrices",)),
    "scores": Result("{run}/scores.npz", MEASURE, ("choice",), ("themes",)),
    "invariance": Result("{run}/invariance.npz", MEASURE, ("invariance",), ("features",)),
    "upper_bound": Result("upper_bound.npz", MEASURE, (), ("recordings",)),
}


class Parameters(StudyParameters):
    """All sections of the study `themes`."""

    DATA: ClassVar[str] = "recordings"  # the result that the autoencoder learns from
    STEPS, RESULTS = STEPS, RESULTS
    RUN_SECTIONS = (*TRAINED, "similarity", "lag", "nieto_farbood", "choice")

    study: Literal["themes"]
    composition: recordings.ComposedThemes | None = None
    altered: recordings.Altered | None = None
    pieces: recordings.Recordings
    cqt: recordings.CQT = recordings.CQT()
    model: PatchBases = PatchBases()
    loss: PatchSwapLoss = PatchSwapLoss()
    training: PatchTraining = PatchTraining()
    similarity: recordings.Similarity = recordings.Similarity()
    lag: recordings.Lag = recordings.Lag()
    nieto_farbood: recordings.NietoFarbood = recordings.NietoFarbood()
    choice: recordings.Choice = recordings.Choice()
    invariance: recordings.Invariance = recordings.Invariance()
    page: recordings.ThemePage = recordings.ThemePage()

    def has(self, kind: str) -> bool:
        """Features that are not learned have no model."""
        return kind not in ("complex_autoencoder", "history") or self.model.features in ("learned", "random")

    @property
    def made(self) -> recordings.ComposedThemes | recordings.Altered | None:
        """The section by which step 0 makes the pieces; None: they are recorded."""
        sections = (self.composition, self.altered)
        return next((made for made in sections if made and made.folder == self.pieces.folder), None)

    @model_validator(mode="after")
    def check_that_only_patches_are_transposed(self) -> Self:
        """The largest similarity over transpositions is that of patches."""
        if self.similarity.transpositions and self.model.features != "cqt":
            raise ValueError(
                f"similarity.transpositions={self.similarity.transpositions}: must be 0 unless model.features is cqt"
            )
        return self

    @model_validator(mode="after")
    def check_that_shifts_leave_something(self) -> Self:
        """No patch is shifted out of the transform."""
        shift, n_bins = self.training.pitch_shift_bins, self.cqt.n_bins
        semitones = self.similarity.transpositions
        if shift >= n_bins:
            raise ValueError(f"training.pitch_shift_bins={shift}: must be less than cqt.n_bins={n_bins}")
        if semitones * self.cqt.bins_per_semitone >= n_bins:
            raise ValueError(f"similarity.transpositions={semitones}: must leave some of cqt.n_bins={n_bins}")
        return self

    @model_validator(mode="after")
    def check_that_training_fits_into_memory(self) -> Self:
        """Bases, and batches of pairs, are no larger than memory."""
        if self.run is not None and self.has("complex_autoencoder"):
            check_size(self.model, self.training, self.model.patch_frames * self.cqt.n_bins)
        return self
