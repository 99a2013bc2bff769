"""Sections of the parameters for cross-synthesis: what timbres are learned, what is passed through them, and how."""

from typing import Annotated, Literal, Self

from pydantic import Field, PositiveFloat, PositiveInt, StringConstraints, model_validator

from pipeline.parameters import Section

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
Files = str | tuple[str, ...]
Kind = Literal["network", "envelope", "mosaic", "identity"]


class SynthesisedSounds(Section):
    """Two sounds that are synthesised: a target, notes of a reed, and a voice that glides; and melodies and chords."""

    folder: str = Field(
        pattern=r"^[a-z0-9_]+$", description="where they are written in music/; made only if targets.folder is this"
    )
    target_s: float = Field(45.0, ge=10, le=600, description="length of the target")
    source_s: float = Field(8.0, ge=2, le=120, description="length of the voice")
    seed: int = Field(0, ge=0, lt=2**32, description="draws pitches, lengths and levels")


class Targets(Section):
    """The sounds whose timbre is learned: each one recording, or notes of one instrument."""

    folder: str = Field(min_length=1, description="folder in music/, or a full path")
    files: dict[Name, Files] = Field(
        min_length=1, description="files of each target by its name: a glob pattern or a list"
    )
    max_s: float = Field(60.0, ge=5, le=600, description="seconds of each target that are used, at most")
    holdout_fraction: float = Field(
        0.1,
        gt=0,
        le=0.5,
        description="of them held out from learning: the end of a recording, or the last of the notes",
    )
    seed: int = Field(0, ge=0, lt=2**32, description="draws which notes are used where there are more")


class Sources(Section):
    """The sounds that are passed through: recordings, and MIDI files, which are rendered."""

    folder: str = Field(min_length=1, description="folder in music/, or a full path")
    files: Files = Field("*.*", description="which of its files, a glob pattern or a list")
    max_s: float = Field(60.0, ge=1, le=600, description="seconds of each that are used, at most")
    max_notes: int = Field(20, ge=1, le=1000, description="notes of each MIDI file that are rendered, at most")
    melody: bool = Field(False, description="whether of each MIDI file only the highest notes are rendered")
    midi_program: int = Field(
        73, ge=0, le=127, description="General MIDI program they are rendered with, from 0 on; 73: a flute"
    )


class ShortTimeFourier(Section):
    """The short-time Fourier transform; the window is Hann's."""

    sample_rate_hz: int = Field(22050, ge=8000, le=48000, description="sounds are resampled to this")
    window_samples: int = Field(2048, ge=256, le=8192, description="length of a frame")
    hop_samples: int = Field(512, ge=64, le=2048, description="from one frame to the next")

    @property
    def framing(self) -> dict[str, int]:
        """Length of frames and hop, as `save_dataset.sound.stft.stft` takes them."""
        return {"window_samples": self.window_samples, "hop_samples": self.hop_samples}


class Method(Section):
    """What the sources become a target by."""

    kind: Kind = Field(
        "network",
        description="network: an autoencoder of the target; envelope: cepstral spectral envelopes; mosaic: frames of "
        "the target; identity: the source itself, which shows how far measures can be trusted",
    )
    lifter_ms: float = Field(
        1.0, gt=0, le=10, description="envelope: quefrencies up to this, less than a period of the highest pitch"
    )
    flattened: Literal["source", "target"] = Field(
        "source", description="envelope: which of the two sounds loses its own envelope and gets that of the other"
    )
    n_mfcc: int = Field(20, ge=2, le=40, description="mosaic: coefficients in which frames are compared")
    continuity: float = Field(
        0.0,
        ge=0,
        le=100,
        description="mosaic: cost of a step from one frame to another than its next; 0: nearest frames",
    )


class TimbreModel(Section):
    """The autoencoder; its sizes are ours, those of the lecture are not known."""

    context_frames: int = Field(4, ge=0, le=32, description="frames on either side that it sees with each frame")
    hidden: Literal["dense", "lstm"] = Field("lstm", description="hidden layer: of each frame alone, or recurrent")
    wide_units: int = Field(512, ge=8, le=4096, description="units of the first and last layer inside")
    units: int = Field(256, ge=4, le=2048, description="units of the layers between them")


class TimbreTraining(Section):
    """How the autoencoder is trained."""

    epochs: PositiveInt = Field(10, le=10_000, description="epochs")
    batches_per_epoch: PositiveInt = Field(50, le=10_000, description="batches drawn in an epoch")
    batch_sequences: PositiveInt = Field(16, le=1024, description="sequences in a batch, targets drawn alike")
    sequence_frames: int = Field(32, ge=2, le=1024, description="frames of a sequence")
    learning_rate: PositiveFloat = Field(1e-3, le=1, description="of Adam")
    decay: bool = Field(True, description="whether the learning rate falls to zero along a cosine")
    copies_semitones: tuple[Annotated[float, Field(ge=-12, le=12)], ...] = Field(
        (-7.0, -4.0, -2.0, 2.0, 4.0, 7.0),
        max_length=24,
        description="the target is learned from copies too that are resampled to sound so much higher; empty: none",
    )
    colour_db: float = Field(
        8.0, ge=0, le=24, description="inputs get spectral envelopes drawn at random, of this deviation; 0: none"
    )
    chord_fraction: float = Field(
        0.3, ge=0, le=1, description="fraction of sequences that are two at once, so that chords are learned"
    )
    seed: int = Field(0, ge=0, lt=2**31, description="draws first weights and sequences")


class Transfer(Section):
    """How the result is made into sound."""

    phase: Literal["source", "griffin_lim"] = Field(
        "source", description="phase of the result: the source's, or Griffin-Lim started from it"
    )
    n_iterations: int = Field(16, ge=1, le=200, description="of Griffin-Lim")
    weight: float = Field(1.0, ge=0, le=1, description="0: the source, 1: the result, between: magnitudes between them")
    blend: dict[Name, Annotated[float, Field(gt=0, le=1000)]] = Field(
        {}, description="network: weights of targets that are blended into one; empty: each target for itself"
    )


class TimbreMeasures(Section):
    """How results are measured."""

    max_deviation_cents: float = Field(50.0, gt=0, le=600, description="a note that is farther off has lost its pitch")
    min_pitch_hz: float = Field(60.0, ge=20, le=500, description="lowest pitch that is looked for")
    max_pitch_hz: float = Field(2000.0, ge=200, le=8000, description="highest pitch that is looked for")
    n_bootstrap: int = Field(2000, ge=100, le=100_000, description="resamples for intervals")
    seed: int = Field(0, ge=0, lt=2**32, description="draws the resamples")

    @model_validator(mode="after")
    def check_that_pitches_are_ordered(self) -> Self:
        """There are pitches to look for, an octave at least."""
        if self.min_pitch_hz * 2 > self.max_pitch_hz:
            raise ValueError(
                f"min_pitch_hz={self.min_pitch_hz}: must be at most half of max_pitch_hz={self.max_pitch_hz}"
            )
        return self


class TimbreFigures(Section):
    """What is drawn and compared."""

    source: str | None = Field(
        None, description="the source that is drawn, file name without ending; left out: the first"
    )
    target: Name | None = Field(None, description="the target that is drawn; left out: the first")
    start_s: float = Field(0.0, ge=0, le=1e6, description="where the excerpt of spectrograms begins")
    duration_s: float = Field(5.0, gt=0, le=60, description="its length")
    spectrum_s: float | None = Field(
        None, ge=0, le=1e6, description="when the 4096-point spectra are taken; left out: where the source is loudest"
    )
    compare: tuple[tuple[Name, Name], ...] = Field(
        (), description="pairs of runs, or of groups of runs: the first minus the second, with an interval"
    )
    groups: dict[Name, tuple[Name, ...]] = Field(
        {}, description="runs that differ only in training.seed, under one name: tables give their mean"
    )
