"""Parameters, results and steps of the study `instruments`: which instrument is playing.

Defaults are those of Lostanlen and Cella (2016), "Deep convolutional networks on the pitch spiral for musical
instrument recognition", at 22050 Hz, unless the description says otherwise.
"""

from collections.abc import Sequence
from typing import Any, Literal, Self

from pydantic import model_validator

from pipeline.memory import check_memory, half_of_machine_gb
from pipeline.parameters import StudyParameters
from pipeline.results import Result
from pipeline.sections import instruments

STEPS = (
    "save_dataset.step0_make_instruments",
    "save_dataset.step1_save_instruments",
    "train_model.step2_train_instruments",
    "embed.step3_embed_instruments",
    "evaluate.step7_measure_instruments",
    "evaluate.step8_draw_instruments",
)
_, SAVE, TRAIN, EMBED, MEASURE, _ = STEPS

OF_CLIPS = ("notes", "sounds", "cqt", "scattering")
RESULTS = {
    "clips": Result("clips.npz", SAVE, OF_CLIPS),
    "phrases": Result("phrases.npz", SAVE, (*OF_CLIPS, "phrases")),
    "classifier": Result("{run}/classifier.keras", TRAIN, ("split", "classifier", "training"), ("clips", "phrases")),
    "history": Result("{run}/history.npz", TRAIN, ("split", "classifier", "training"), ("clips", "phrases")),
    "predictions": Result("{run}/predictions.npz", EMBED, ("split", "classifier"), ("clips", "classifier")),
    "spaces": Result("spaces.npz", EMBED, (), ("clips",)),
    "recall": Result("{run}/recall.npz", MEASURE, ("listing",), ("predictions",)),
    "listing": Result("listing.npz", MEASURE, ("listing",), ("clips", "phrases")),
    "properties": Result("properties.npz", MEASURE, (), ("clips",)),
    "pitch_shift": Result("pitch_shift.npz", MEASURE, (), ("clips",)),
}


class Parameters(StudyParameters):
    """All sections of the study `instruments`."""

    STEPS, RESULTS = STEPS, RESULTS
    RUN_SECTIONS = ("split", "classifier", "training")

    study: Literal["instruments"]
    notes: instruments.Notes | None = None
    sounds: instruments.Sounds
    cqt: instruments.ConstantQ = instruments.ConstantQ()
    scattering: instruments.ScatteringTransform = instruments.ScatteringTransform()
    phrases: instruments.Phrases = instruments.Phrases()
    split: instruments.Split = instruments.Split()
    classifier: instruments.Classifier = instruments.Classifier()
    training: instruments.InstrumentTraining = instruments.InstrumentTraining()
    listing: instruments.Listing = instruments.Listing()
    figures: instruments.InstrumentFigures = instruments.InstrumentFigures()

    def has(self, kind: str) -> bool:
        """There are phrases only where some are to be made; an average of runs is not trained."""
        if kind == "phrases":
            return self.phrases.per_class > 0
        return kind not in ("classifier", "history") or not self.classifier.average

    @property
    def is_made(self) -> bool:
        """Whether the sounds are made by step 0."""
        return self.notes is not None and self.notes.folder == self.sounds.folder

    @model_validator(mode="after")
    def check_that_averages_are_of_trained_runs(self) -> Self:
        """What is averaged is another run, and no average."""
        if self.run is None:
            return self
        trained = [run for run in self.runs if run != self.run and not self._is_average(run)]
        if wrong := [run for run in self.classifier.average if run not in trained]:
            known = ", ".join(trained) or "none"
            raise ValueError(
                f"classifier.average={wrong[0]!r}: must be another run that is trained; there are: {known}"
            )
        return self

    def _is_average(self, run: str) -> bool:
        return bool(self._changed_by(run, "classifier", "average"))

    @model_validator(mode="after")
    def check_that_collections_are_known(self) -> Self:
        """Collections are among those that the sounds are sorted into, if they are."""
        named = {"phrases.collections": self.phrases.collections}
        if self.run is not None:
            named |= {"split.train": self.split.train, "split.test": self.split.test}
        known = self.sounds.collections
        for key, names in named.items():
            if unknown := [name for name in names if known and name not in known]:
                raise ValueError(f"{key}={unknown[0]!r}: is none of sounds.collections; there are {', '.join(known)}")
        return self

    @model_validator(mode="after")
    def check_that_networks_see_enough(self) -> Self:
        """Clips are long enough for what networks pool, and have the octaves of the spiral."""
        if self.run is None or not self.classifier.is_network:
            return self
        if self.sounds.clip_frames < instruments.MIN_NETWORK_FRAMES:
            raise ValueError(
                f"sounds.clip_frames={self.sounds.clip_frames}: must be at least {instruments.MIN_NETWORK_FRAMES} for "
                "a network; make clips longer, or choose other classifier.features"
            )
        if "spiral" in self.classifier.branches and self.cqt.octaves < instruments.SPIRAL_OCTAVES:
            raise ValueError(
                f"cqt.octaves={self.cqt.octaves}: must be at least {instruments.SPIRAL_OCTAVES} for the branch "
                "'spiral'; choose more, or other classifier.branches"
            )
        return self

    @model_validator(mode="after")
    def check_that_scattering_can_be_computed(self) -> Self:
        """What is scattered is sampled often enough, and no longer than memory."""
        rate_hz = self.sounds.sample_rate_hz
        if self.scattering.kinds and rate_hz < instruments.MIN_SCATTERING_RATE_HZ:
            raise ValueError(
                f"sounds.sample_rate_hz={rate_hz}: must be at least {instruments.MIN_SCATTERING_RATE_HZ} for "
                "scattering; raise it, or set scattering.kinds = []"
            )
        if self.scattering.kinds:
            n_bytes = instruments.BYTES_SCATTERED * self.sounds.clip_samples
            clip = f"sounds.clip_frames={self.sounds.clip_frames}"
            check_memory(clip, n_bytes, "take shorter clips, or set scattering.kinds = []", half_of_machine_gb())
        return self

    @model_validator(mode="after")
    def check_that_features_are_computed(self) -> Self:
        """What is classified by scattering is computed."""
        features = self.classifier.features
        if features in instruments.SCATTERINGS and features not in self.scattering.kinds:
            raise ValueError(
                f"classifier.features={features!r}: is not one of scattering.kinds={self.scattering.kinds}"
            )
        return self

    @model_validator(mode="after")
    def check_that_figures_are_of_runs(self) -> Self:
        """Runs that are compared or drawn exist; those compared are tested on the same clips."""
        pairs = [("compare", run) for pair in self.figures.compare for run in pair]
        for key, run in pairs + [("confusion", run) for run in self.figures.confusion]:
            if run not in self.runs:
                raise ValueError(f"figures.{key}: {run!r} is not a run; runs are {', '.join(self.runs)}")
        if self.run is None:
            for first, second in self.figures.compare:
                if set(self._test_of(first)) != set(self._test_of(second)):
                    raise ValueError(f"figures.compare: {first} and {second} have a different split.test")
        return self

    def _test_of(self, run: str) -> Sequence[str]:
        """Return what a run of the file as a whole tests on."""
        test = self._changed_by(run, "split", "test")
        return [str(name) for name in test] if isinstance(test, list) else self.split.test

    def _changed_by(self, run: str, section: str, key: str) -> Any:
        """Return the value that a run changes a key to, None if it does not; it may not have been checked yet."""
        changes = self.runs[run].get(section)
        return changes.get(key) if isinstance(changes, dict) else None
