"""Parameters, results and steps of the study `timbre`: what one sound becomes through a network trained on another.

The idea is that of the lecture "Neural Networks for Music Applications" (C.-E. Cella); the sizes of its network are not
known, those here are ours.
"""

from typing import Literal, Self

from pydantic import model_validator

from pipeline.parameters import StudyParameters
from pipeline.results import Result
from pipeline.sections import timbre

STEPS = (
    "save_dataset.step0_make_timbre",
    "save_dataset.step1_save_timbre",
    "train_model.step2_train_timbre",
    "forecast.step6_transfer_timbre",
    "evaluate.step7_measure_timbre",
    "evaluate.step8_draw_timbre",
)
_, SAVE, TRAIN, TRANSFER, MEASURE, _ = STEPS

RESULTS = {
    "targets": Result("targets.npz", SAVE, ("synthesis", "targets", "stft")),
    "sources": Result("sources.npz", SAVE, ("synthesis", "sources", "stft")),
    "autoencoder": Result("{run}/autoencoder.keras", TRAIN, ("method", "model", "training"), ("targets",)),
    "history": Result("{run}/history.npz", TRAIN, ("method", "model", "training"), ("targets",)),
    "transfers": Result("{run}/transfers.npz", TRANSFER, ("method", "transfer"), ("targets", "sources", "autoencoder")),
    "measures": Result("{run}/measures.npz", MEASURE, ("measures",), ("transfers",)),
}


class Parameters(StudyParameters):
    """All sections of the study `timbre`."""

    STEPS, RESULTS = STEPS, RESULTS
    RUN_SECTIONS = ("method", "model", "training", "transfer")

    study: Literal["timbre"]
    synthesis: timbre.SynthesisedSounds | None = None
    targets: timbre.Targets
    sources: timbre.Sources
    stft: timbre.ShortTimeFourier = timbre.ShortTimeFourier()
    method: timbre.Method = timbre.Method()
    model: timbre.TimbreModel = timbre.TimbreModel()
    training: timbre.TimbreTraining = timbre.TimbreTraining()
    transfer: timbre.Transfer = timbre.Transfer()
    measures: timbre.TimbreMeasures = timbre.TimbreMeasures()
    figures: timbre.TimbreFigures = timbre.TimbreFigures()

    def has(self, kind: str) -> bool:
        """Only networks are trained."""
        return kind not in ("autoencoder", "history") or self.method.kind == "network"

    @property
    def is_made(self) -> bool:
        """Whether the sounds are made by step 0."""
        return self.synthesis is not None and self.synthesis.folder == self.targets.folder

    @model_validator(mode="after")
    def check_that_frames_overlap(self) -> Self:
        """Frames overlap enough for the sound to come back from them."""
        window, hop = self.stft.window_samples, self.stft.hop_samples
        if hop * 4 > window or window % hop:
            raise ValueError(f"stft.hop_samples={hop}: must divide stft.window_samples={window}, four times or more")
        return self

    @model_validator(mode="after")
    def check_that_targets_are_known(self) -> Self:
        """Targets that are blended or drawn are among those learned."""
        named = {"transfer.blend": [*self.transfer.blend]}
        if self.figures.target is not None:
            named["figures.target"] = [self.figures.target]
        for key, names in named.items():
            if unknown := [name for name in names if name not in self.targets.files]:
                there = ", ".join(self.targets.files)
                raise ValueError(f"{key}={unknown[0]!r}: is none of targets.files; there are {there}")
        return self

    @model_validator(mode="after")
    def check_that_figures_are_of_runs(self) -> Self:
        """Runs that are grouped or compared exist."""
        for group, runs in self.figures.groups.items():
            if unknown := [run for run in runs if run not in self.runs]:
                raise ValueError(f"figures.groups.{group}={unknown[0]!r}: is none of the runs {', '.join(self.runs)}")
        known = [*self.runs, *self.figures.groups]
        if unknown := [name for pair in self.figures.compare for name in pair if name not in known]:
            raise ValueError(f"figures.compare={unknown[0]!r}: is none of {', '.join(known)}")
        return self
