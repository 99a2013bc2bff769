"""Sections of the parameters that say which MIDI is used, what array it becomes, and how it is rendered."""

from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeInt, PositiveInt, StringConstraints, model_validator

from pipeline.parameters import Section

FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$")]


class Collection(Section):
    """The MIDI files, and what is known of each: its label (style, composer), its group, and its part of the split."""

    folder: str = Field(min_length=1, description="folder of MIDI files in music/, or a full path")
    files: str = Field(
        "**/*", description="which files below it, as a glob pattern; one without an ending finds all endings of MIDI"
    )
    table: str | None = Field(
        None,
        description="CSV in the folder, a row per file; left out: Groove's info.csv or MAESTRO's maestro-v*.csv, if "
        "there, with its own columns or these; without a table the label is the first folder, the group the file",
    )
    path_column: str = Field("path", description="column of the table: the file, from the folder on")
    label_column: str | None = Field(None, description="column: style or composer; of a/b counts a")
    group_column: str | None = Field(None, description="column: what must not be torn apart by a split (work, session)")
    split_column: str | None = Field(None, description="column: train, validation or test")
    group_pattern: str | None = Field(
        None, description="regular expression: what it finds in the file's name is the group, together with the label"
    )
    mirdata: Literal["groove_midi", "maestro"] | None = Field(
        None, description="a data set of mirdata, where that is installed; folder is then its data_home"
    )
    validation_fraction: float = Field(0.1, ge=0, lt=1, description="part of the groups held out, where no column says")
    test_fraction: float = Field(0.15, ge=0, lt=1, description="part of the groups for the test, where no column says")
    seed: NonNegativeInt = Field(0, lt=2**32, description="draws which groups are held out")

    @model_validator(mode="after")
    def check_that_something_is_left_to_train_on(self) -> Self:
        """Validation and test together are not everything."""
        held_out = self.validation_fraction + self.test_fraction
        if held_out >= 1:
            raise ValueError(f"validation_fraction + test_fraction={held_out:g}: must be below 1")
        return self


class Grid(Section):
    """From drum MIDI to a grid: for each class of drums whether it is hit in a step, how hard, how early or late."""

    steps_per_bar: Literal[16, 24, 32] = Field(16, description="16: sixteenths; 24: their triplets; 32: thirty-seconds")
    drums: dict[FileName, tuple[Annotated[int, Field(ge=0, le=127)], ...]] = Field(
        {
            "kick": (36,),
            "snare": (38, 37, 40),
            "closed_hat": (42, 22, 44),
            "open_hat": (46, 26),
            "low_tom": (43, 58),
            "mid_tom": (47, 45),
            "high_tom": (50, 48),
            "crash": (49, 52, 55, 57),
            "ride": (51, 53, 59),
        },
        min_length=1,
        description="classes of drums and their MIDI pitches; the first pitch is the one that is played back",
    )

    @model_validator(mode="after")
    def check_that_a_pitch_has_one_class(self) -> Self:
        """No pitch stands in two classes, no class is empty."""
        pitches = [pitch for drum in self.drums.values() for pitch in drum]
        if twice := next((pitch for pitch in pitches if pitches.count(pitch) > 1), None):
            raise ValueError(f"drums: pitch {twice} stands in more than one class")
        if empty := next((name for name, drum in self.drums.items() if not drum), None):
            raise ValueError(f"drums.{empty}: must have at least one pitch")
        return self


class Roll(Section):
    """From piano MIDI to an array of steps."""

    kind: Literal["onsets", "frames", "onsets_frames", "above_bass", "tokens"] = Field(
        "onsets_frames",
        description="channels: onsets of 88 keys, keys that sound, both; above_bass: both in semitones above the "
        "lowest key that sounds, and that key; tokens: the paper's 388 events as a number",
    )
    steps_per_beat: int = Field(4, ge=1, le=96, description="steps of a quarter note, where beats are known")
    step_s: float | None = Field(
        None, ge=0.001, le=10, description="length of a step for performances without beats; left out: beats are known"
    )
    relative_to: Literal["keys", "tonic"] = Field(
        "keys", description="pitches as they are; or each piece transposed so that its likely tonic is C"
    )

    @model_validator(mode="after")
    def check_that_tokens_stand_alone(self) -> Self:
        """Tokens have steps and pitches of their own."""
        if self.kind == "tokens" and (self.step_s is not None or self.relative_to != "keys"):
            raise ValueError("kind='tokens': has no step_s, and relative_to='keys'")
        return self


class Rendering(Section):
    """How music and atoms become sound."""

    sound_font: str | None = Field(
        None, description="SF2 file in music/, or a full path, for FluidSynth; left out: the project's own synthesiser"
    )
    bpm: float = Field(120.0, ge=30, le=300, description="tempo of atoms and of what has none")
    sample_rate_hz: int = Field(22050, ge=8000, le=96000, description="of the WAV files")
    n_atoms: PositiveInt = Field(100, le=10_000, description="most active atoms that the page shows and plays")


class Pieces(Section):
    """Music that is made, not found: several patterns, several composers with habits of their own."""

    folder: str = Field(
        pattern=r"^[a-z0-9_]+$", description="where it is written in music/; made only if collection.folder is this"
    )
    pieces_per_composer: PositiveInt = Field(24, le=200, description="pieces of each of the composers")
    bars: int = Field(16, ge=4, le=64, description="length of a piece")
    seed: NonNegativeInt = Field(0, lt=2**32, description="draws what is played of each composer's habits")
