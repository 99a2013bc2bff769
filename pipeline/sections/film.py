"""Sections of the parameters that say which film is used, how it becomes frames, and into which parts it is split."""

from pydantic import Field, PositiveInt

from pipeline.parameters import Section

MIN_SIDE_PX = 46  # four convolutions and poolings leave one pixel of it


class Course(Section):
    """A film that is made, not found: a car that goes round a course, by day, with an engine to be heard."""

    file: str = Field(
        pattern=r"^[^/\\]+\.mp4$", description="where it is written in music/; made only if film.file is this"
    )
    rounds: int = Field(2, ge=1, le=100, description="how often the car goes round")
    round_s: float = Field(7.3, ge=1, le=60, description="time of a round")
    frame_rate_hz: int = Field(15, ge=5, le=60, description="frames per second")
    seed: int = Field(0, ge=0, lt=2**32, description="draws the grain of the frames and the clouds")


class Film(Section):
    """The film and the part of it that is used."""

    file: str = Field(
        description="film in music/, or a full path: MP4, MOV, MKV, WebM, AVI ...; or a folder of numbered images"
    )
    height_px: int = Field(150, ge=MIN_SIDE_PX, le=2160, description="height of the frames that are stored")
    width_px: int | None = Field(
        None, ge=MIN_SIDE_PX, le=3840, description="their width; left out: what keeps the film's proportions"
    )
    decimation: PositiveInt = Field(1, le=10_000, description="every so many-th frame is used")
    start_s: float = Field(0.0, ge=0, le=1e6, description="where the part that is used begins")
    duration_s: float | None = Field(
        None, gt=0, le=1e6, description="length of the part that is used; left out: to the end"
    )
    image_rate_hz: float = Field(25.0, ge=0.001, le=1000, description="frames per second of a folder of images")


class Split(Section):
    """Parts of the film, in time: first what is trained on, then what validates, then what tests."""

    validation_fraction: float = Field(
        0.0,
        ge=0,
        lt=1,
        description="says which epoch has the best weights, which are kept; 0: the last are",
    )
    test_fraction: float = Field(0.0, ge=0, lt=1, description="last part, on which forecasters are scored")
