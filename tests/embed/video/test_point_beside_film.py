import math
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from embed.song.film.film import write_video
from embed.video.point_beside_film import PointBesideFilm
from embed.video.small_film import MAX_STRIP_IMAGES, Strip, fit_size, make_small_film
from pipeline.sections.film import Film
from save_dataset.video.film import open_film
from tests.embed.song.film.test_film import embed, read_frames, white_disc
from tests.embed.video.conftest import grey_of, write_film

SIZE = {"width": 320, "height": 180}
RED = (200, 40, 40)


@pytest.fixture
def images(tmp_path):
    """Opens a folder of images of one size, each grey but for its left half, which is red."""

    def write(height, width, n_images=6, rate_hz=10.0):
        (tmp_path / "music" / "images").mkdir(parents=True)
        for index in range(n_images):
            image = np.full((height, width, 3), grey_of(index), np.uint8)
            image[:, : width // 2] = RED
            Image.fromarray(image).save(tmp_path / "music" / "images" / f"image_{index}.png")
        return open_film(Film(file="images", image_rate_hz=rate_hz), tmp_path)

    return write


@pytest.mark.parametrize("frame_rate_hz", [5.0, 12.0, 30.0])
def test_the_video_shows_the_frame_of_the_film_at_each_time_next_to_the_moving_point(tmp_path, frame_rate_hz):
    write_film(tmp_path / "music" / "film.mp4", n_frames=18)
    film = open_film(Film(file="film.mp4", decimation=3), tmp_path)
    point = PointBesideFilm(embed(1.5), film, 1.5, **SIZE)
    write_video(tmp_path / "video.mp4", point, frame_rate_hz=frame_rate_hz)
    times_s, frames, _ = read_frames(tmp_path / "video.mp4")
    assert len(times_s) == math.ceil(1.5 * frame_rate_hz)
    for time_s, frame in zip(times_s, frames, strict=True):
        shown = frame[point.place]
        assert np.abs(shown[4:-4, 4:-4].mean() - grey_of(int(time_s * 12))) < 2
        frame[point.place] = 0
        (expected,) = point.pixels_at(np.array([float(time_s)]), 0)
        assert white_disc(frame) == pytest.approx(expected, abs=1.5)


@pytest.mark.parametrize(("height", "width"), [(51, 69), (151, 269), (96, 40), (20, 200), (480, 480)])
def test_films_of_any_size_fit_with_their_proportions_and_leave_room_for_the_trajectory(images, height, width):
    film = images(height, width)
    point = PointBesideFilm(embed(0.6), film, 0.6)
    frame = point.frame_at(0.25)[point.place]
    shown_height, shown_width = frame.shape[:2]
    assert abs(shown_width / shown_height / (width / height) - 1) < 0.02
    assert max(shown_height / 552, shown_width / 660) == pytest.approx(1, abs=0.01)
    left, _, view_width, _ = point.layout.view
    assert point.place[1].stop + 30 < left
    assert view_width > 480
    assert frame[5, 5] == pytest.approx(RED, abs=2)
    assert frame[5, -5] == pytest.approx(grey_of(2), abs=2)


@pytest.mark.parametrize(
    ("size", "small"),
    [((51, 69), (52, 68)), ((151, 269), (150, 268)), ((1080, 1920), (270, 480)), ((1920, 1080), (480, 270))],
)
def test_the_film_in_the_page_is_small_and_even_and_has_all_frames(images, tmp_path, size, small):
    assert fit_size(size, (480, 480)) == pytest.approx(small, abs=2)
    film = make_small_film(images(*size, n_images=3, rate_hz=2.5), None)
    path = tmp_path / "small.mp4"
    path.write_bytes(film.mp4)
    times_s, pictures, _ = read_frames(path)
    assert pictures.shape[1:3] == film.size == fit_size(size, (480, 480))
    assert times_s == [Fraction(index, 1) / Fraction(5, 2) for index in range(3)]
    assert film.duration_s == 1.2
    assert path.read_bytes().index(b"moov") < path.read_bytes().index(b"mdat")
    assert pictures[2, 9, 9] == pytest.approx(RED, abs=12)


@pytest.mark.parametrize("n_frames", [1, MAX_STRIP_IMAGES, 1000])
def test_the_strip_has_frames_from_all_of_the_film(n_frames):
    strip = Strip((6, 8))
    for index in range(n_frames):
        strip.add(np.full((12, 16, 3), index % 250, np.uint8))
    n_images = len(strip.images)
    assert n_images == -(-n_frames // strip.frames_per_image) <= MAX_STRIP_IMAGES
    assert n_images >= min(n_frames, MAX_STRIP_IMAGES // 2)
    greys = [image.getpixel((0, 0))[0] for image in strip.images]
    assert greys == [index * strip.frames_per_image % 250 for index in range(n_images)]
    assert strip.describe()["n_images"] == n_images
