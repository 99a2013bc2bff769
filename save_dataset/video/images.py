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
from save_dataset.video.decoding import Part, Reading
from save_dataset.video.display import PixelFormat, Size

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".pgm", ".ppm", ".pnm")
MODES_OF_16_BITS = ("I", "I;16", "I;16L", "I;16B", "I;16N")
UNREADABLE = (
    OSError, SyntaxError, ValueError, EOFError, TypeError, IndexError, struct.error, Image.DecompressionBombError
)  # fmt: skip
HIGHEST_OF_16_BITS = 2**16 - 1
MAX_GAPS = 5  # that are named


def list_images(folder: Path) -> tuple[list[Path], list[int]]:
    """Return the images of a folder in the order of their numbers, and these.

    An image's number is the last in its name that is not the same in all. Hidden files, and others than images, are
    left out.

    ValueError if there is no image, one has no number, or two have the same.
    """
    paths = find_by_pattern(folder, "*", ENDINGS)
    if not paths:
        raise ValueError(f"{folder}: contains no images ({', '.join(ENDINGS)})")
    found = [[int(digits) for digits in re.findall(r"\d+", path.stem)] for path in paths]
    for path, numbers in zip(paths, found, strict=True):
        if not numbers:
            raise ValueError(f"{folder}: {path.name} has no number: rename it or move it elsewhere")
    columns = list(zip(*found, strict=True)) if len({*map(len, found)}) == 1 else []
    counting = [column for column in columns if len({*column}) > 1]
    chosen = counting[-1] if counting else [numbers[-1] for numbers in found]
    ordered = sorted(zip(chosen, paths, strict=True))
    for (number, path), (next_number, next_path) in pairwise(ordered):
        if number == next_number:
            raise ValueError(f"{folder}: {path.name} and {next_path.name} have the same number {number}")
    return [path for _, path in ordered], [number for number, _ in ordered]


def read_images(
    folder: Path, rate_hz: Fraction, *, start_s: float = 0.0, duration_s: float | None = None, decimation: int = 1,
    size: Size | None = None, pixel_format: PixelFormat = "gray", reading: Reading | None = None,
) -> Iterator[np.ndarray]:  # fmt: skip
    """Yield the images of a folder as `save_dataset.video.decoding.read_film` yields those of a film.

    ValueError, that begins with the folder, as `list_images`; also if an image cannot be read, or has another size than
    the first.
    """
    paths, numbers = list_images(folder)
    part = Part.of(rate_hz, start_s, duration_s)
    part.check_start(folder, len(paths), rate_hz)
    used = slice(part.first, part.end)
    first, first_size = paths[part.first], None
    for path in paths[used][::decimation]:
        image = open_image(path)
        first_size = first_size or image.size
        if image.size != first_size:
            there, expected = (f"{width} x {height}" for width, height in (image.size, first_size))
            raise ValueError(f"{folder}: {path.name} is {there} and {first.name} {expected}: all must have one size")
        yield _to_picture(image, path, size, pixel_format)
    if reading:
        reading.n_frames = len(paths[used])
        reading.notes += _note_gaps(numbers[used])


def open_image(path: Path) -> Image.Image:
    """Return an image as its camera says it is to be shown; ValueError if it cannot be read."""
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(BytesIO(path.read_bytes())) as image:
            image.load()  # not by its name: Pillow maps a rotated TIFF wrongly
            return ImageOps.exif_transpose(image)
    except UNREADABLE as error:
        reason = getattr(error, "strerror", None) or "it is damaged, or none"
        raise ValueError(f"{path}: cannot be read as an image ({reason})") from error


def _to_picture(image: Image.Image, path: Path, size: Size | None, pixel_format: PixelFormat) -> np.ndarray:
    """Return an image, transparency on black, as `save_dataset.video.display.to_picture` does a frame."""
    if image.mode in MODES_OF_16_BITS:
        values = np.asarray(image).astype(np.int64)
        if values.min() < 0 or values.max() > HIGHEST_OF_16_BITS:
            raise ValueError(f"{path}: has values beyond {HIGHEST_OF_16_BITS}: must be of 8 or 16 bits")
        image = Image.fromarray(np.round(values * (255 / HIGHEST_OF_16_BITS)).astype(np.uint8))
    elif image.mode == "F":
        raise ValueError(f"{path}: has floating-point values: must be of 8 or 16 bits")
    elif image.has_transparency_data:
        image = Image.alpha_composite(Image.new("RGBA", image.size, "black"), image.convert("RGBA"))
    image = image.convert("L" if pixel_format == "gray" else "RGB")
    return np.array(image if size is None else image.resize(size[::-1], Image.Resampling.BILINEAR))


def _note_gaps(numbers: list[int]) -> list[str]:
    """Return a line that names the numbers that are missing, if there are any."""
    gaps = [(before + 1, after - 1) for before, after in pairwise(numbers) if after > before + 1]
    if not gaps:
        return []
    n_missing = sum(last - first + 1 for first, last in gaps)
    named = ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in gaps[:MAX_GAPS])
    return [f"numbers that are missing: {named}{' ...' if len(gaps) > MAX_GAPS else ''} ({n_missing} in all)"]
