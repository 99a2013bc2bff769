"""Sections of the parameters for music from switches: clips, generators of spectrograms, inversion to sound."""

from typing import Annotated, Literal

from pydantic import Field, PositiveFloat, PositiveInt, StringConstraints

from pipeline.parameters import Section

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
Files = str | tuple[str, ...]
Kind = Literal["pixel_shuffle", "upsample", "alexnet", "flatten", "autoencoder", "table"]
Switch = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]*$")]  # TOML has no other keys
MAX_VALUE = 1000  # of a switch
Setting = dict[Switch, Annotated[float, Field(ge=0, le=MAX_VALUE)]]
Way = Annotated[tuple[Annotated[int, Field(ge=1, le=4096)], ...], Field(min_length=1, max_length=100)]

HOPS_PER_WINDOW = 4


class Clips(Section):
    """The clips of music, one for each switch, cut from recordings."""

    folder: str = Field(".", min_length=1, description="folder in music/, or a full path")
    files: Files = Field(description="which of its files, a glob pattern or a list")
    clips_per_file: PositiveInt = Field(1, le=1000, description="clips that are cut from each file, at most")
    start_s: float = Field(0.0, ge=0, le=1e6, description="where the first clip of each file begins")
    step_s: float | None = Field(
        None,
        ge=0.01,
        le=1e6,
        description="from the beginning of a clip to that of the next; left out: the length of a clip",
    )
    max_clips: int = Field(512, ge=2, le=4096, description="clips that are used, at most; of each file alike many")
    loudness: bool = Field(True, description="whether all clips are made equally loud (A-weighted)")


class Mel(Section):
    """The mel spectrogram of a clip; a hop is a quarter of the window."""

    sample_rate_hz: int = Field(22050, ge=8000, le=48000, description="sounds are resampled to this")
    window_samples: Literal[256, 512, 1024, 2048, 4096] = Field(1024, description="length of the window")
    window: Literal["hann", "hamming"] = Field("hann", description="its shape")
    n_mels: int = Field(128, ge=8, le=512, description="mel bands")
    n_frames: int = Field(512, ge=32, le=2048, description="frames of a clip")
    scale: Literal["db", "power"] = Field(
        "db", description="db: decibels below the loudest of all clips, scaled to [0, 1]; power: as it is, the source's"
    )
    range_db: float = Field(80.0, ge=20, le=120, description="db: what is softer than this below the loudest is cut")

    @property
    def hop_samples(self) -> int:
        """From one frame to the next."""
        return self.window_samples // HOPS_PER_WINDOW

    @property
    def clip_samples(self) -> int:
        """Length of a clip."""
        return self.n_frames * self.hop_samples

    @property
    def clip_s(self) -> float:
        """Length of a clip."""
        return self.clip_samples / self.sample_rate_hz


class Generator(Section):
    """The network from switches to a mel spectrogram."""

    kind: Kind = Field(
        "pixel_shuffle",
        description="pixel_shuffle, upsample: convolutions on a small grid, then shuffled or repeated to the full one; "
        "alexnet, flatten, autoencoder: as in the source; table: the clips themselves, blended, nothing learned",
    )
    r: Literal[2, 4, 8, 16, 32, 64] = Field(8, description="pixel_shuffle, upsample: how much larger the full grid is")
    icnr: bool = Field(True, description="pixel_shuffle: whether the pixels of a block begin alike")
    units: int = Field(
        64, ge=2, le=1024, description="size of the code that switches become; of a table it is the number of switches"
    )
    channels: int = Field(32, ge=4, le=512, description="of the convolutions on the small grid")


class SwitchTraining(Section):
    """How the generator is trained; the loss is the mean absolute difference of spectrograms."""

    epochs: PositiveInt = Field(20, le=10_000, description="epochs")
    batches_per_epoch: PositiveInt = Field(100, le=10_000, description="batches drawn in an epoch")
    batch_clips: PositiveInt = Field(16, le=1024, description="settings of switches in a batch")
    blended_fraction: float = Field(
        0.5, ge=0, le=1, description="of them are two switches at once, whose target is that mean of both clips (mixup)"
    )
    learning_rate: PositiveFloat = Field(5e-3, le=1, description="of Adam")
    decay: bool = Field(True, description="whether the learning rate falls to zero along a cosine")
    seed: int = Field(0, ge=0, lt=2**31, description="draws first weights and settings")


class Inversion(Section):
    """How a mel spectrogram becomes sound."""

    mel_updates: int = Field(20, ge=1, le=1000, description="multiplicative updates from mel bands to frequencies")
    n_iterations: int = Field(32, ge=1, le=1000, description="of Griffin-Lim")
    momentum: float = Field(0.99, ge=0, lt=1.5, description="of Griffin-Lim; 0: its first, plain form")
    start: Literal["random", "pghi"] = Field(
        "random", description="phases to begin with; pghi (heap integration) helps where mel bands are fine"
    )
    seed: int = Field(0, ge=0, lt=2**32, description="draws random phases")


class Generate(Section):
    """What is generated by step 6."""

    settings: dict[Name, Setting] = Field(
        {}, description='switches by number, from 1 on, and how far each is on: both = { "1" = 0.5, "2" = 0.5 }'
    )
    alone: bool = Field(True, description="whether also each switch is turned on alone, the first 16")
    paths: dict[Name, Way] = Field(
        {}, description="switches that a sound leads through one after the other: way = [1, 8]"
    )
    path_steps: int = Field(10, ge=1, le=100, description="steps from one switch of a path to the next")
    loop: bool = Field(False, description="whether sounds are seamless loops: their ends are blended")
    own: Files = Field((), description="sounds of one's own that the code is searched for, the network left as it is")
    own_start_s: float = Field(0.0, ge=0, le=1e6, description="where the clip of each begins")
    search_steps: int = Field(200, ge=1, le=10_000, description="steps of Adam of the search")


class Page(Section):
    """The page with switches and sliders."""

    port: int = Field(8765, ge=1024, le=65535, description="of this machine, where the page is served")
    n_sliders: int = Field(16, ge=1, le=128, description="principal components that get a slider, at most")
    quick_iterations: int = Field(8, ge=1, le=100, description="of Griffin-Lim, for what is heard at once")


class InversionStudy(Section):
    """The study of inversion: windows and iterations, on the recordings of the clips, one after the other."""

    duration_s: float = Field(60.0, ge=2, le=600, description="seconds of the recordings that are used, at most")
    windows_samples: tuple[Literal[64, 128, 256, 512, 1024, 2048, 4096], ...] = Field(
        (64, 128, 256, 512, 1024, 2048, 4096),
        min_length=1,
        max_length=7,
        description="lengths of the window; a hop is a quarter",
    )
    n_iterations: tuple[Annotated[int, Field(ge=1, le=1000)], ...] = Field(
        (1, 2, 4, 8, 16, 32, 64, 128), min_length=1, max_length=20, description="of Griffin-Lim"
    )
    n_mels: int = Field(128, ge=8, le=512, description="mel bands")
    reference_samples: tuple[Literal[64, 128, 256, 512, 1024, 2048, 4096], ...] = Field(
        (1024, 2048), max_length=7, description="windows at which librosa's mel_to_audio is measured too"
    )


class Peaks(Section):
    """The source's estimate of r from the distance of peaks in mel spectra, and white noise beside it."""

    n_mels: tuple[Annotated[int, Field(ge=32, le=512)], ...] = Field(
        (128, 256, 376), min_length=1, max_length=20, description="mel bands, as in the source"
    )
    seed: int = Field(0, ge=0, lt=2**32, description="draws the noise")


class SwitchFigures(Section):
    """What is drawn and compared."""

    run: Name | None = Field(None, description="the run that is drawn; left out: the first")
    clip: int = Field(1, ge=1, le=4096, description="the switch whose clip is drawn beside what is generated")
    path: Name | None = Field(None, description="the path that is drawn; left out: the first")
    groups: dict[Name, tuple[Name, ...]] = Field(
        {}, description="runs that differ only in training.seed, under one name: tables give their mean"
    )
