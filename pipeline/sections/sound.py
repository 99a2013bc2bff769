"""Sections of the parameters that say which sound is used and how it becomes a spectrogram.

Defaults are those of the paper (M-Lin-DM, "Deep Audio Embedding", 2021) unless the description says otherwise.
"""

from itertools import pairwise
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StringConstraints, field_validator

from pipeline.parameters import Section

Channel: TypeAlias = Annotated[
    int | None, Field(ge=1, le=64, description="the only channel that is used, from 1 on; left out: the mean of all")
]
Name: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Composition(Section):
    """A sound that is made, not found: drums, bass and chords in sections of four bars."""

    file: str = Field(
        pattern=r"^[^/\\]+\.(wav|flac)$",
        description="where it is written in music/, with its MIDI next to it; made only if sound.file is this",
    )
    form: str = Field(
        "AABA",
        pattern="^[A-D]{1,16}$",
        description="sections in order, letters A to D; the same letter sounds the same",
    )
    bpm: float = Field(120.0, ge=40, le=240, description="tempo in beats per minute")
    seed: int = Field(0, ge=0, lt=2**32, description="draws how hard each note is struck")


class Sound(Section):
    """The recording and the part of it that is used."""

    file: str = Field(
        description="sound file in music/, or a full path: WAV, FLAC, OGG, Opus, MP3, AAC, M4A, a film ..."
    )
    sample_rate_hz: int = Field(44100, ge=1000, le=192000, description="the sound is resampled to this if it differs")
    start_s: float = Field(0.0, ge=0, le=1e6, description="where the part that is used begins")
    duration_s: float | None = Field(
        None, gt=0, le=1e6, description="length of the part that is used; left out: to the end"
    )
    channel: Channel = None


class Music(Section):
    """What is known of the piece."""

    period_s: float | None = Field(
        None,
        gt=0,
        le=1e6,
        description="length of its loop or bar: tables report whether the trajectory closes after it",
    )
    bpm: float | None = Field(
        None, gt=0, le=1000, description="tempo in beats per minute: times are reported in beats too"
    )
    sections: tuple[tuple[Annotated[float, Field(ge=0, le=1e6)], Name], ...] = Field(
        (),
        max_length=1000,
        description="its sections in order, each [start in s, name]: shown by the player page and in WebVTT",
    )

    @field_validator("sections")
    @classmethod
    def check_that_sections_are_in_order(cls, sections: tuple[tuple[float, str], ...]) -> tuple[tuple[float, str], ...]:
        """Each section starts after the one before."""
        starts_s = [start_s for start_s, _ in sections]
        if any(later <= start for start, later in pairwise(starts_s)):
            raise ValueError(f"must start one after the other, they start at {', '.join(f'{s:g}' for s in starts_s)} s")
        return sections


class Spectrogram(Section):
    """From sound to spectrogram frames in [0, 1]."""

    window_samples: int = Field(1024, ge=64, le=65536, description="length of the sound behind one frame")
    overlap: float = Field(0.0, ge=0, lt=1, description="fraction of a frame's sound that the next frame has too")
    tukey_alpha: float = Field(
        0.4, ge=0, le=1, description="tapered fraction of the Tukey window; 0 rectangular, 1 Hann"
    )
    max_frequency_hz: float = Field(4000.0, gt=0, le=96_000, description="bins up to the one nearest to this are kept")
    scale: Literal["magnitude", "db", "log_mel"] = Field(
        "magnitude", description="what a pixel is: linear magnitude, its decibels, or decibels in mel bands"
    )
    range_db: float = Field(
        80.0, ge=1, le=200, description="db and log_mel: quieter than this below the loudest is cut"
    )
    n_mels: int = Field(64, ge=4, le=512, description="log_mel: number of mel bands up to max_frequency_hz")


class Window(Section):
    """The piece of the spectrogram that becomes one point."""

    length_s: float = Field(0.5, gt=0, le=30, description="length of a window; rounded to an even number of frames")
