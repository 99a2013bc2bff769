"""A film as its page carries it: a small MP4 that every browser plays, and some of its frames in a row."""

import base64
import io
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image
from tqdm import tqdm

from save_dataset.video.display import Size
from save_dataset.video.film import OpenFilm
from save_dataset.video.mp4 import TIMESCALE_HZ, open_mp4

MAX_SIDE_PX = 480
KEY_FRAMES_S = 0.5  # a browser decodes from the last key frame to the one it is to show
CODING = {"crf": "24", "bf": "0"}  # no frame refers to a later one: the first is shown at 0
SOUND_BITS_PER_S = 96_000
STRIP_IMAGE_PX = 96, 170  # height and width: all of them in a row are no wider than a browser can draw
MAX_STRIP_IMAGES, JPEG_QUALITY = 80, 70


class SmallFilm(NamedTuple):
    """An MP4, frames in a row, and what is known once all of it was read; the size is height and width."""

    mp4: bytes
    strip: "Strip"
    rate_hz: Fraction
    size: Size

    @property
    def duration_s(self) -> float:
        """Until the last frame ends."""
        return float(self.strip.n_frames / self.rate_hz)


def fit_size(size: Size, most: tuple[float, float]) -> Size:
    """Return the even height and width nearest to a size in which it fits into another; it is not made larger."""
    scale = min(1, *(limit / side for limit, side in zip(most, size, strict=True)))
    height, width = (max(2 * round(scale * side / 2), 2) for side in size)
    return height, width


def make_small_film(film: OpenFilm, sound: tuple[np.ndarray, int] | None, *, show_progress: bool = False) -> SmallFilm:
    """Return a film small enough to lie in a page; `sound` are samples and their rate, None for a film without."""
    size = fit_size(film.size, (MAX_SIDE_PX, MAX_SIDE_PX))
    strip = Strip(fit_size(size, STRIP_IMAGE_PX))
    samples, rate_hz = sound or (None, TIMESCALE_HZ)
    coding = CODING | {"g": str(max(round(KEY_FRAMES_S * film.rate_hz), 1))}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"  # a file, because what is played while it loads is written twice
        with open_mp4(path, size[::-1], film.rate_hz, samples, rate_hz, coding=coding) as mp4:
            if mp4.sound:
                mp4.sound.stream.bit_rate = SOUND_BITS_PER_S
            pictures = film.pictures(size, "rgb24", decimation=1)
            for picture in tqdm(pictures, "film", unit="frame", disable=not show_progress):
                mp4.add(picture)
                strip.add(picture)
        return SmallFilm(path.read_bytes(), strip, film.rate_hz, size)


class Strip:
    """Frames of a film next to one another, evenly spread over it, however long it is."""

    def __init__(self, size: Size):
        self.size, self.n_frames, self.frames_per_image = size, 0, 1
        self.images: list[Image.Image] = []

    def add(self, picture: np.ndarray) -> None:
        """Take the next frame, ``(height, width, 3)``; of a longer film only every second, fourth ... is kept."""
        if self.n_frames % self.frames_per_image == 0:
            self.images.append(Image.fromarray(picture).resize(self.size[::-1], Image.Resampling.BOX))
        self.n_frames += 1
        if len(self.images) > MAX_STRIP_IMAGES:
            self.images = self.images[::2]
            self.frames_per_image *= 2

    def describe(self) -> dict[str, Any]:
        """Return what the timeline of a page shows, for JSON."""
        height, width = self.size
        strip = Image.new("RGB", (width * len(self.images), height))
        for index, image in enumerate(self.images):
            strip.paste(image, (width * index, 0))
        file = io.BytesIO()
        strip.save(file, "JPEG", quality=JPEG_QUALITY)
        return {
            "image": f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode()}",
            "n_images": len(self.images),
            "frames_per_image": self.frames_per_image,
            "ticks": [],
            "label": "",
        }
