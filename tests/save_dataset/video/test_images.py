import numpy as np
import pytest
from PIL import Image

from pipeline.sections.film import Film
from save_dataset.video import images
from save_dataset.video.decoding import Reading
from save_dataset.video.film import open_film
from save_dataset.video.images import list_images

LEFT_BRIGHT = np.repeat(np.array([[200, 40, 40]], np.uint8), 2, axis=0)  # (2, 3)
IS_BRIGHT = LEFT_BRIGHT > 100
OF_16_BITS = LEFT_BRIGHT.astype(np.uint16) * 257
TRANSPARENT = np.stack([*[np.full((2, 3), 200)] * 3, 255 * IS_BRIGHT], axis=2).astype(np.uint8)


def write(folder, name, picture=7, size=(2, 3), turned=1):
    folder.mkdir(exist_ok=True)
    exif = Image.Exif()
    exif[0x0112] = turned
    image = Image.fromarray(np.full(size, picture, np.uint8) if np.ndim(picture) == 0 else picture)
    image.save(folder / name, **({"exif": exif} if turned > 1 else {}))


def read(folder, *shown, reading=None, **settings):
    return list(open_film(Film(file=str(folder), **settings)).pictures(*shown, reading=reading))


def test_an_image_of_too_many_pixels_is_refused_before_it_is_decoded(tmp_path, monkeypatch):
    write(tmp_path, "1.png", size=(20, 20))
    monkeypatch.setattr(images, "MAX_PIXELS", 399)
    with pytest.raises(
        ValueError, match=r"1\.png: cannot be read as an image \(it is said to have more than 399 pixels"
    ):
        read(tmp_path)


@pytest.mark.parametrize(
    "names",
    [
        ["frame_2.png", "frame_10.png", "frame_100.png"],
        ["2.PNG", "3.bmp", "004.tif"],
        ["shot_1_640x480.png", "shot_2_640x480.png", "shot_10_640x480.png"],  # what is the same in all is no number
        ["a9.pgm", "b10.jpg", "a11.webp"],
    ],
)
def test_images_come_in_natural_order(tmp_path, names):
    for name in [*reversed(names), ".frame_0.png"]:
        write(tmp_path, name)
    (tmp_path / "notes_1.txt").write_text("no image")
    assert [path.name for path in list_images(tmp_path)[0]] == names


@pytest.mark.parametrize(
    ("name", "picture", "turned", "shown"),
    [
        ("1.png", LEFT_BRIGHT, 1, LEFT_BRIGHT),
        ("1.png", OF_16_BITS, 1, LEFT_BRIGHT),
        ("1.pgm", OF_16_BITS, 1, LEFT_BRIGHT),
        ("1.tif", OF_16_BITS, 1, LEFT_BRIGHT),
        ("1.png", IS_BRIGHT, 1, 255 * IS_BRIGHT),
        ("1.png", TRANSPARENT, 1, 200 * IS_BRIGHT),
        ("1.tif", LEFT_BRIGHT, 6, np.rot90(LEFT_BRIGHT, -1)),
        ("1.tif", LEFT_BRIGHT, 3, np.rot90(LEFT_BRIGHT, 2)),
    ],
)
def test_images_are_read_as_shown(tmp_path, name, picture, turned, shown):
    write(tmp_path, name, picture, turned=turned)
    np.testing.assert_array_equal(read(tmp_path)[0], shown)
    np.testing.assert_array_equal(read(tmp_path, None, "rgb24")[0], np.stack([shown] * 3, axis=2))
    assert read(tmp_path, (5, 4))[0].shape == (5, 4)


def test_a_part_is_read_and_a_gap_is_noted(tmp_path):
    for number in (1, 2, 3, 5, 6, 9, 10, 11):
        write(tmp_path, f"{number}.png", 10 * number)
    reading = Reading()
    pictures = read(tmp_path, start_s=0.04, duration_s=0.24, decimation=2, reading=reading)
    assert [picture[0, 0] for picture in pictures] == [20, 50, 90]
    assert reading == Reading(6, ["numbers that are missing: 3, the first is 4"])


def cut(folder):
    write(folder, "1.png")
    write(folder, "2.png", np.arange(9999, dtype=np.uint8).reshape(99, 101))
    content = (folder / "2.png").read_bytes()
    (folder / "2.png").write_bytes(content[: len(content) // 2])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: write(folder, ".1.png"), "/images: contains no images"),
        (lambda folder: (write(folder, "1.png"), write(folder, "cover.png")), "/images: cover.png has no number"),
        (
            lambda folder: (write(folder, "f_1.png"), write(folder, "f_01.jpg")),
            "/images: f_01.jpg and f_1.png have the same number 1",
        ),
        (
            lambda folder: [write(folder, f"{k}.png", size=(2, 3 + k // 3)) for k in range(1, 5)],
            "/images: 3.png is 4 x 2, those before 3 x 2: all must have one size",
        ),
        (cut, "/images/2.png: cannot be read as an image"),
        (lambda folder: (write(folder, "1.png"), (folder / "2.png").write_text("x")), "/images/2.png: cannot be read"),
        (lambda folder: (write(folder, "1.png"), (folder / "2.png").touch()), "/images/2.png: cannot be read as an"),
        (lambda folder: write(folder, "1.tif", np.ones((2, 3), np.float32)), "/images/1.tif: must have whole values"),
    ],
)
def test_images_that_are_no_film(tmp_path, make, message):
    make(tmp_path / "images")
    with pytest.raises(ValueError, match=f"^{tmp_path}{message}"):
        read(tmp_path / "images")
