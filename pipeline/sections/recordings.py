"""Sections of the parameters that say which recordings are searched for themes, and how themes are evaluated."""

from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt, model_validator

from pipeline.memory import check_memory, cqt_filter_samples
from pipeline.notes import HIGHEST_BPM, LOWEST_BPM
from pipeline.parameters import Section
from pipeline.sections.sound import Channel

FOLDER = r"^[a-z0-9_]+$"
Threshold = Annotated[float, Field(gt=0, lt=1)]


class ComposedThemes(Section):
    """Synthetic pieces: themes that come again, some of them transposed, with their reference patterns."""

    folder: str = Field(
        pattern=FOLDER, description="where they are written in music/; made only if pieces.folder is this"
    )
    n_pieces: int = Field(5, ge=1, le=26, description="number of pieces")
    transpositions: tuple[Annotated[int, Field(ge=-24, le=24)], ...] = Field(
        (0, 0, 3, -4, 5),
        min_length=1,
        max_length=100,
        description="semitones by which a theme may be transposed when it comes again",
    )
    bpm: float = Field(120.0, ge=40, le=240, description="tempo in beats per minute")
    seed: NonNegativeInt = Field(0, lt=2**32, description="draws the pieces")


class Altered(Section):
    """Pieces whose second half is changed, rendered anew: a test that pieces without transposed repeats do not give."""

    folder: str = Field(
        pattern=FOLDER, description="where they are written in music/; made only if pieces.folder is this"
    )
    original: str = Field(min_length=1, description="folder in music/, or a full path, of MIDI files with patterns")
    transpose_semitones: int = Field(0, ge=-24, le=24, description="transposition of the second half, in semitones")
    tempo: float = Field(1.0, ge=0.5, le=2, description="the second half is so much faster")


class Recordings(Section):
    """The recordings, and what is known of them; scores and patterns are optional."""

    folder: str = Field(min_length=1, description="folder in music/, or a full path")
    files: str | tuple[str, ...] = Field(
        "*.*", description="which of its files, a glob pattern or a list: sound, and MIDI where no sound is"
    )
    patterns: str = Field(
        "groundtruth", description="folder in it with the reference patterns, <piece>.txt in the MIREX format; optional"
    )
    bpm: dict[str, Annotated[float, Field(ge=LOWEST_BPM, le=HIGHEST_BPM)]] = Field(
        {}, description="tempo of a piece in beats per minute, by name; left out: of the MIDI file next to it"
    )
    channel: Channel = None
    training_pieces: str | None = Field(
        None, description="folder of other recordings or MIDI to learn from, below it too; left out: the pieces"
    )
    training_files: str | tuple[str, ...] = Field("**/*.*", description="which of them")
    max_training_piece_s: PositiveFloat = Field(
        116.0, le=1e5, description="a training piece longer than this is cut to its middle"
    )
    validation_fraction: float = Field(0.2, gt=0, lt=1, description="part of the files held out from learning")


class CQT(Section):
    """The constant-Q transform: magnitudes, each frame standardised over its bins."""

    sample_rate_hz: int = Field(22050, ge=8000, le=96000, description="the sound is resampled to this if it differs")
    hop_samples: int = Field(1984, ge=64, le=65_536, description="from one frame to the next: 90 ms")
    min_frequency_hz: float = Field(65.4, ge=1, le=20_000, description="centre of the lowest bin: C2")
    n_bins: int = Field(120, ge=12, le=1000, description="bins: 5 octaves")
    bins_per_octave: int = Field(24, ge=12, le=120, multiple_of=12, description="24: quarter tones")
    scale: Literal["linear", "log"] = Field(
        "linear", description="magnitudes as they are (the paper), or log(1 + 100 times their fraction of the largest)"
    )

    @model_validator(mode="after")
    def check_that_filters_fit_into_memory(self) -> Self:
        """Filters are not too long."""
        periods = 1 / (2 ** (1 / self.bins_per_octave) - 1)
        n_samples = cqt_filter_samples(periods * self.sample_rate_hz / self.min_frequency_hz, self.hop_samples)
        n_bytes = 60 * self.bins_per_octave * n_samples  # measured
        hint = "raise it, or choose hop_samples that can be halved more often"
        check_memory(f"min_frequency_hz={self.min_frequency_hz:g}", n_bytes, hint)
        return self

    @property
    def bins_per_semitone(self) -> int:
        """Bins of a semitone."""
        return self.bins_per_octave // 12


class Similarity(Section):
    """How similar two frames of a piece are."""

    centre: bool = Field(True, description="whether the piece's mean is taken from its features first")
    transpositions: int = Field(
        0,
        ge=0,
        le=24,
        description="features cqt: largest transposition, either way, in which two patches are compared, in semitones",
    )
    smooth_frames: PositiveInt = Field(
        5, le=10_000, description="length of the average of similarity along a diagonal, in frames"
    )


class Lag(Section):
    """Our extractor: runs of high similarity at one lag, all their occurrences, ranked."""

    high: float = Field(
        0.75, gt=0, lt=1, description="mean similarity of a run, at least: 0 is the piece's median, 1 is identity"
    )
    low: float = Field(0.7, gt=0, lt=1, description="similarity at which a run ends, on the same scale")
    min_beats: PositiveFloat = Field(
        10.0,
        le=10_000,
        description="shortest theme, unless fewer than three are found; a beat of unknown tempo is half a second",
    )
    max_themes: PositiveInt = Field(20, le=1000, description="themes of a piece, at most")

    @model_validator(mode="after")
    def check_that_runs_can_begin(self) -> Self:
        """The end of a run is no higher than its mean."""
        if self.low > self.high:
            raise ValueError(f"low={self.low}: must not be above high={self.high}")
        return self


class NietoFarbood(Section):
    """Nieto and Farbood's extractor."""

    threshold: NonNegativeFloat = Field(0.01, le=1, description="similarity above the median at which a segment ends")
    min_beats: PositiveFloat = Field(16.0, le=10_000, description="shortest segment")
    max_difference_beats: PositiveFloat = Field(
        5.0, le=10_000, description="how far the ends of two occurrences may differ"
    )


class Choice(Section):
    """What is chosen leave-one-piece-out: for each piece what is best on the others."""

    high: tuple[Threshold, ...] = Field(
        (), max_length=20, description="values of lag.high to choose from; left out: as it is"
    )
    low: tuple[Threshold, ...] = Field((), max_length=20, description="of lag.low")
    min_beats: tuple[Annotated[float, Field(gt=0, le=10_000)], ...] = Field(
        (), max_length=20, description="of lag.min_beats"
    )


class Invariance(Section):
    """How invariance is measured: patches are retrieved after a shift."""

    n_patches: int = Field(500, ge=2, le=10_000, description="patches, among which a shifted one looks for itself")
    seed: NonNegativeInt = Field(0, lt=2**32, description="draws them")


class ThemePage(Section):
    """The page of a piece."""

    extractor: Literal["lag", "nieto_farbood"] = Field("lag", description="whose themes the page shows")
    max_side_px: int = Field(900, ge=200, le=4000, description="side of the image of the matrix, at most")
