"""A folder of numbered images as a film, in natural order: frame_2 before frame_10."""

import re
import struct
import warnings
from collections.abc import Iterator
from fractions import Fraction
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from save_dataset.files import find_by_pattern
from save_dataset.video.container import MAX_PIXELS
from save_dataset.video.decoding import Part, Reading
from save_dataset.video.display import PixelFormat, Size

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".pgm", ".ppm", ".pnm")
BOMB = Image.DecompressionBombError
UNREADABLE = (BOMB, OSError, SyntaxError, ValueError, EOFError, TypeError, IndexError, struct.error)  # says Pillow
HIGHEST_OF_16_BITS = 2**16 - 1


def list_images(folder: Path) -> tuple[list[Path], list[int]]:
    """Return the images of a folder in the order of their numbers, and these.

    An image's number is the last in its name that is not the same in all. Hidden files, and others than images, are
    left out. ValueError if there is no image, one has no number, or two have the same.
    """
    paths = find_by_pattern(folder, "*", ENDINGS)
    if not paths:
        raise ValueError(f"{folder}: contains no images ({', '.join(ENDINGS)})")
    found = [[int(digits) for digits in re.findall(r"\d+", path.stem)] for path in paths]
    for path, numbers in zip(paths, found, strict=True):
        if not numbers:
            raise ValueError(f"{folder}: {path.name} has no number: rename it or move it elsewhere")
    counting = [column for column in zip(*found, strict=False) if len(set(column)) > 1]
    chosen = counting[-1] if counting else [numbers[-1] for numbers in found]
    ordered = sorted(zip(chosen, paths, strict=True))
    for (number, path), (next_number, next_path) in pairwise(ordered):
        if number == next_number:
            raise ValueError(f"{folder}: {path.name} and {next_path.name} have the same number {number}")
    return [path for _, path in ordered], [number for number, _ in ordered]


def read_images(
    folder: Path, rate_hz: Fraction, part: Part, decimation: int, size: Size, pixel_format: PixelFormat,
    reading: Reading,
) -> Iterator[np.ndarray]:  # fmt: skip
    """Yield the images of a folder as `save_dataset.video.decoding.read_film` yields the pictures of a film.

    ValueError, as `list_images`; also if an image cannot be read, or has another size than the first.
    """
    paths, numbers = list_images(folder)
    reading.n_frames = part.count_frames(folder, len(paths), rate_hz)
    used = slice(part.first, part.end)
    first_size = open_image(paths[part.first]).size
    for path in paths[used][::decimation]:
        image = open_image(path)
        if image.size != first_size:
            there, expected = (f"{width} x {height}" for width, height in (image.size, first_size))
            raise ValueError(f"{folder}: {path.name} is {there}, those before {expected}: all must have one size")
        yield _to_picture(image, path, size, pixel_format)
    missing = [range(before + 1, after) for before, after in pairwise(numbers[used]) if after > before + 1]
    if missing:
        reading.notes.append(f"numbers that are missing: {sum(map(len, missing))}, the first is {missing[0].start}")


def open_image(path: Path) -> Image.Image:
    """Return an image as its camera says it is to be shown; ValueError if it cannot be read."""
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(BytesIO(path.read_bytes())) as image:
            if image.width * image.height > MAX_PIXELS:
                raise BOMB
            image.load()  # not by its name: Pillow maps a rotated TIFF wrongly
            return ImageOps.exif_transpose(image)
    except UNREADABLE as error:
        what = (
            f"it is said to have more than {MAX_PIXELS} pixels" if isinstance(error, BOMB) else "it is damaged, or none"
        )
        reason = getattr(error, "strerror", None) or what
        raise ValueError(f"{path}: cannot be read as an image ({reason})") from error


def _to_picture(image: Image.Image, path: Path, size: Size, pixel_format: PixelFormat) -> np.ndarray:
    """Return an image, transparency on black, as `save_dataset.video.display.to_picture` does a frame."""
    if image.mode[0] in "IF":  # more than 8 bits: I, I;16, I;16B ... or F
        values = np.asarray(image)
        if image.mode == "F" or values.min() < 0 or values.max() > HIGHEST_OF_16_BITS:
            raise ValueError(f"{path}: must have whole values of 8 or 16 bits")
        image = Image.fromarray(np.round(values * (255 / HIGHEST_OF_16_BITS)).astype(np.uint8))
    elif image.has_transparency_data:
        image = Image.alpha_composite(Image.new("RGBA", image.size, "black"), image.convert("RGBA"))
    image = image.convert("L" if pixel_format == "gray" else "RGB")
    return np.array(image.resize(size[::-1], Image.Resampling.BILINEAR))
