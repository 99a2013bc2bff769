"""One entrance to films and folders of images: what the section `film` of the parameters names, and its part."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from pipeline.parameters import ROOT
from pipeline.sections.film import Film
from save_dataset.files import music_path
from save_dataset.video.decoding import Part, Reading, describe_film, find_start_of_sound, read_film
from save_dataset.video.display import PixelFormat, Size
from save_dataset.video.images import list_images, open_image, read_images


@dataclass(frozen=True)
class OpenFilm:
    """A film, or a folder of images, and the part of it that is used."""

    path: Path
    settings: Film
    rate_hz: Fraction
    size: Size  # height and width, as shown
    raw_paths: tuple[Path, ...]

    def find_start_of_sound(self) -> float | None:
        """Return when its first sample is heard, in s from its first frame on; None if there is no sound."""
        return None if self.path.is_dir() else find_start_of_sound(self.path)

    def pictures(
        self, size: Size | None = None, pixel_format: PixelFormat = "gray", *, decimation: int | None = None,
        reading: Reading | None = None,
    ) -> Iterator[np.ndarray]:  # fmt: skip
        """Yield the pictures of the part, as `read_film`; as shown, and decimated as the parameters say, by default."""
        settings = self.settings
        part = Part.of(self.rate_hz, settings.start_s, settings.duration_s)
        read = read_images if self.path.is_dir() else read_film
        decimation = decimation or settings.decimation
        return read(self.path, self.rate_hz, part, decimation, size or self.size, pixel_format, reading or Reading())


def open_film(settings: Film, root: Path = ROOT) -> OpenFilm:
    """Return the film, or folder of images, that the parameters name.

    FileNotFoundError if there is neither; ValueError if it cannot be read.
    """
    path = music_path(settings.file, root)
    if path.is_dir():
        images, _ = list_images(path)
        width, height = open_image(images[0]).size
        return OpenFilm(path, settings, Fraction(str(settings.image_rate_hz)), (height, width), tuple(images))
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such film or folder of images")
    return OpenFilm(path, settings, *describe_film(path), (path,))
