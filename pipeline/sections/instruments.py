"""Sections of the parameters for sounds of instruments, what they are represented by, and what classifies them."""

from typing import Annotated, Literal, Self, TypeVar, get_args

from pydantic import AfterValidator, Field, PositiveFloat, PositiveInt, StringConstraints, model_validator

from pipeline.parameters import Section

Item = TypeVar("Item")


def _check_distinct(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Nothing is named twice."""
    if twice := [item for index, item in enumerate(items) if item in items[:index]]:
        raise ValueError(f"{twice[0]!r} is in it twice")
    return items


Distinct = Annotated[tuple[Item, ...], AfterValidator(_check_distinct)]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
Branch = Literal["2d", "1d", "spiral"]
Scattering = Literal["time", "joint", "spiral"]
SCATTERINGS: tuple[Scattering, ...] = get_args(Scattering)
Features = Literal["cqt", "mfcc", "bag", "time", "joint", "spiral"]

MIN_NETWORK_FRAMES = 49  # that two convolutions of 5 frames, each pooled by 5, leave something of
MIN_SCATTERING_RATE_HZ = 14_080  # its seven octaves begin at 55 Hz
BYTES_SCATTERED = 10_700  # for each sample of a clip: measured, eight are filtered at once
SPIRAL_OCTAVES = 5  # three inputs of two octaves, an octave apart, above the lowest


class Notes(Section):
    """Notes that are synthesised: eight kinds of instruments in collections that are recorded differently."""

    folder: str = Field(
        pattern=r"^[^/\\]+$", description="where they are written in music/; made only if sounds.folder is this"
    )
    notes_per_kind: int = Field(24, ge=4, le=200, description="notes of each kind in each collection")
    seed: int = Field(0, ge=0, lt=2**32, description="draws pitches, lengths, levels and rooms")


class Sounds(Section):
    """The sounds, and which collection each belongs to."""

    folder: str = Field(min_length=1, description="folder in music/, or a full path")
    manifest: str | None = Field(
        None,
        description="CSV in the folder with the columns path, source, class, group and perhaps pitch (MIDI); left out: "
        "files lie in <source>/<class>/, each a group; a file named after a note, as violin_As3.wav, has its pitch",
    )
    mirdata: Literal["medley_solos_db", "tinysol"] | None = Field(
        None, description="a data set of mirdata, where that is installed; folder is then its data_home"
    )
    classes: Distinct[str] = Field((), description="instruments that are told apart; empty: all there are")
    collections: dict[Name, tuple[str, ...]] = Field(
        {}, description="sources that make a collection, by its name; empty: each source is one"
    )
    sample_rate_hz: int = Field(22050, ge=8000, le=96000, description="sounds are resampled to this")
    clip_frames: int = Field(128, ge=16, le=1024, description="length of a clip, in frames of the constant-Q transform")
    hop_samples: int = Field(512, ge=128, le=4096, description="from one frame to the next")
    max_clips: int = Field(
        8, ge=1, le=1000, description="clips, half-overlapping, that are taken of a longer sound, at most"
    )

    @property
    def clip_samples(self) -> int:
        """Length of a clip."""
        return self.clip_frames * self.hop_samples

    @model_validator(mode="after")
    def check_that_no_source_is_in_two_collections(self) -> Self:
        """Each source belongs to one collection."""
        sources = [source for collection in self.collections.values() for source in collection]
        if twice := {source for source in sources if sources.count(source) > 1}:
            raise ValueError(f"sounds.collections: {min(twice)} is in two of them")
        return self


class ConstantQ(Section):
    """The constant-Q transform: log(1 + 1000 x) of its A-weighted magnitudes."""

    min_frequency_hz: float = Field(55.0, ge=8, le=20_000, description="frequency of the first bin")
    octaves: int = Field(7, ge=4, le=10, description="octaves above it; 8 of 44100 Hz are the paper's")
    bins_per_octave: Literal[12] = Field(12, description="filters per octave")

    @property
    def n_bins(self) -> int:
        """Number of bins."""
        return self.octaves * self.bins_per_octave


class ScatteringTransform(Section):
    """Which scattering transforms are computed."""

    kinds: Distinct[Scattering] = Field(SCATTERINGS, description="which; empty: none")


class Phrases(Section):
    """Phrases made of the notes of one class and source: what isolated notes lack of music that is played."""

    per_class: int = Field(0, ge=0, le=10_000, description="phrases of each class and collection; 0: none")
    collections: Distinct[Name] = Field((), description="collections they are made of")
    seed: int = Field(0, ge=0, lt=2**32, description="draws notes, lengths, pitches, rooms")

    @model_validator(mode="after")
    def check_that_they_are_made_of_something(self) -> Self:
        """Phrases have collections that they are made of."""
        if self.per_class and not self.collections:
            raise ValueError("collections must name what phrases are made of, where per_class is not 0")
        return self


class Split(Section):
    """Which collections are learned from, and which tests."""

    train: Distinct[Name] = Field(("A",), min_length=1, description="collections that are learned from")
    test: Distinct[Name] = Field(("B",), min_length=1, description="collections that test")
    phrases: bool = Field(True, description="whether phrases made of the former, where there are any, are learned too")

    @model_validator(mode="after")
    def check_that_nothing_is_both(self) -> Self:
        """No collection is learned from and tested on."""
        if both := set(self.train) & set(self.test):
            raise ValueError(f"split.test={min(both)!r}: is also in split.train")
        return self


class Classifier(Section):
    """What classifies: a network of the constant-Q transform, or a linear support vector machine of other features."""

    features: Features = Field("cqt", description="cqt: a network learns from it; others: the linear machine")
    branches: Distinct[Branch] = Field(("2d",), min_length=1, description="of the network, side by side")
    kernels: int = Field(32, ge=1, le=512, description="kernels of each convolution")
    dense_units: int = Field(64, ge=1, le=4096, description="units of the layer before the last")
    head: Literal["flatten", "mean"] = Field(
        "flatten", description="what the dense layers see: flatten, the paper; mean: normalised batches, mean over time"
    )
    log: bool = Field(True, description="whether scattering is compressed by a logarithm")
    penalty: float = Field(1.0, ge=1e-6, le=1e6, description="C of the linear machine")
    average: Distinct[Name] = Field(
        (), description="nothing is trained: probabilities are the mean of those of these runs"
    )

    @property
    def is_network(self) -> bool:
        """Whether networks are trained."""
        return self.features == "cqt" and not self.average

    def describe(self) -> str:
        """Return what classifies, in words."""
        if self.features != "cqt":
            return f"linear machine on {self.features}"
        return f"network {' & '.join(self.branches)}, {self.kernels} kernels, head {self.head}"


class InstrumentTraining(Section):
    """How networks are trained."""

    epochs: PositiveInt = Field(8, le=1000, description="epochs")
    batches_per_epoch: PositiveInt = Field(64, le=10_000, description="batches drawn in an epoch")
    batch_clips: PositiveInt = Field(32, le=4096, description="clips in a batch, classes drawn alike")
    learning_rate: PositiveFloat = Field(1e-3, le=1, description="of Adam")
    decay: bool = Field(False, description="whether the learning rate falls to zero along a cosine")
    shift_bins: int = Field(0, ge=0, le=6, description="clips are transposed by up to this, either way")
    tilt_db: float = Field(0.0, ge=0, le=24, description="and their spectrum tilted by up to this from end to end")
    n_seeds: int = Field(1, ge=1, le=20, description="trainings, from seed on")
    seed: int = Field(0, ge=0, lt=2**31 - 20, description="draws first weights and clips")  # 32 bits with n_seeds


class Listing(Section):
    """The lecture's classical listing, and what scores have intervals from."""

    features: Distinct[Literal["mfcc", "bag"]] = Field(
        ("mfcc", "bag"), description="what is classified; empty: no listing"
    )
    folds: int = Field(5, ge=2, le=20, description="parts of the cross-validation")
    n_forests: int = Field(
        5, ge=1, le=50, description="random forests, each of its own seed, that scores are the mean of"
    )
    n_bootstrap: int = Field(2000, ge=100, le=100_000, description="draws of groups for the intervals")
    seed: int = Field(5, ge=0, lt=2**32, description="of the folds: the lecture's 5")


class InstrumentFigures(Section):
    """Which runs are compared."""

    compare: tuple[tuple[Name, Name], ...] = Field(
        (), description="pairs of runs: the recall of the first minus that of the second, with an interval"
    )
    confusion: Distinct[Name] = Field((), description="runs whose confusions are drawn")
