import gc
import struct
from fractions import Fraction
from types import SimpleNamespace

import av
import numpy as np
import pytest
import soundfile
from av.video.reformatter import VideoReformatter
from PIL import Image

from pipeline.sections.film import Film
from save_dataset.video.container import open_video
from save_dataset.video.decoding import Reading
from save_dataset.video.display import to_picture
from save_dataset.video.film import open_film
from save_dataset.video.grid import find_rate
from tests.small_films import LEVELS, SIZE, write_film

MJPEG = {"codec": "mjpeg", "pixels": "yuvj420p"}
FASTSTART = {"movflags": "faststart"}


def read(path, **settings):
    """Levels of the pictures, and what was noted."""
    reading = Reading()
    pictures = list(open_film(Film(file=str(path), **settings)).pictures(reading=reading))
    return [int(np.median(picture)) for picture in pictures], reading.notes


def first_picture(path, *shown):
    return next(open_film(Film(file=str(path))).pictures(*shown))


def cut(path, fraction):
    path.write_bytes(path.read_bytes()[: int(fraction * path.stat().st_size)])
    return path


def test_nothing_keeps_a_frame_once_it_is_a_picture(tmp_path):
    with open_video(write_film(tmp_path / "a.mkv")) as video:
        frame = next(video.decode())
        to_picture(frame, VideoReformatter(), SIZE, "gray")
        assert not [other for other in gc.get_referrers(frame) if "SideData" in type(other).__name__]


def test_a_frame_said_to_be_huge_is_refused(tmp_path):
    path = write_film(tmp_path / "a.gif", codec="gif", pixels="rgb8")
    content = path.read_bytes()
    path.write_bytes(content[:6] + struct.pack("<HH", 9000, 9000) + content[10:])
    with pytest.raises(ValueError, match=r"a\.gif: cannot be read as a film: it is of another format, or larger than"):
        read(path)


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("a.mp4", {}),
        ("a.mp4", {"sound_from_s": 0.0}),
        ("a.mp4", {"movflags": "frag_keyframe+empty_moov"}),
        ("a.mov", {"pixels": "yuv444p10le", "size": (37, 51)}),
        ("a.mkv", {"rate_hz": Fraction(30000, 1001)}),
        ("a.mkv", {"sound_from_s": 0.0}),
        ("a.mkv", {"is_piped": True}),
        ("a.avi", {"codec": "mpeg4", "options": {"bf": "2", "qmax": "2"}}),
        ("a.avi", MJPEG | {"is_piped": True}),
        ("a.flv", {"codec": "flv1"}),
        ("a.gif", {"codec": "gif", "pixels": "gray"}),
        ("a.ts", {}),
        ("a.h264", {}),
        ("a.mjpeg", MJPEG),
    ],
)
def test_a_film_of_constant_rate_comes_out_one_to_one(tmp_path, name, how):
    path = write_film(tmp_path / name, **how)
    renamed = path.rename(tmp_path / "film.txt")  # what the ending says does not count
    levels, notes = read(renamed)
    np.testing.assert_allclose(levels, LEVELS, atol=3)
    assert notes == []
    film = open_film(Film(file=str(renamed)))
    assert (film.rate_hz, film.size) == (how.get("rate_hz", 25), how.get("size", SIZE))


@pytest.mark.parametrize(
    ("name", "ticks_hz", "times", "places", "note"),
    [
        ("a.mp4", None, [0, 1, 2, 5, 6, 7], [0, 1, 2, 2, 2, 3, 4, 5], "frames repeated, at a variable rate: 2"),
        (
            "a.mkv",
            None,
            [7, 8, 9, 20, 21, 22],
            [0, 1, 2, *[2] * 10, 3, 4, 5],
            "frames repeated, at a variable rate: 10",
        ),
        ("a.mkv", 1000, [0, 5, 40, 80, 85, 90, 120], [1, 2, 5, 6], "frames left out, at a variable rate: 3"),
    ],
)
def test_a_frame_counts_until_the_next_and_of_several_the_last(tmp_path, name, ticks_hz, times, places, note):
    levels, notes = read(write_film(tmp_path / name, LEVELS[: len(times)], ticks_hz=ticks_hz, times=times))
    np.testing.assert_allclose(levels, [LEVELS[place] for place in places], atol=3)
    assert notes == [note]


class Stream(SimpleNamespace):
    """A film that declares two rates, with frames at these times in ms."""

    time_base = Fraction(1, 1000)

    def demux(self, _):
        return [SimpleNamespace(pts=time) for time in self.times]


@pytest.mark.parametrize(
    ("nominal_hz", "mean_hz", "times", "rate_hz"),
    [
        (30, Fraction(2983, 100), [], 30),  # one frame in 180 is missing
        (Fraction(30000, 1001), Fraction(1000, 33), [], Fraction(30000, 1001)),  # of times rounded to ms
        (25, 2, [0, 80, 40, 120, 9000, 9040], 25),  # a long pause
        (1000, None, [0, 63, 125, 187, 250], 16),  # not declared
        (25, None, [0, 125, 250, 375], 8),  # what FFmpeg says if it knows nothing
        (None, None, [], None),
    ],
)
def test_the_rate_is_nominal_where_it_fits(nominal_hz, mean_hz, times, rate_hz):
    film = Stream(guessed_rate=nominal_hz, average_rate=mean_hz, times=times)
    assert find_rate(film, film) == (rate_hz and pytest.approx(float(rate_hz), rel=0.01))


@pytest.mark.parametrize("rotation_deg", [0, 90, 180, 270])
@pytest.mark.parametrize("is_mirrored", [False, True])
def test_a_film_is_rotated_and_mirrored_as_it_says(tmp_path, rotation_deg, is_mirrored):
    picture = np.full(SIZE, 40, np.uint8)
    picture[:16, :16], picture[:16, 16:48] = 220, 120
    how = {"rotation_deg": rotation_deg, "is_mirrored": is_mirrored}
    path = write_film(tmp_path / "a.mp4", [picture] * 2, options={"crf": "1"}, **how)
    shown = np.rot90(picture, rotation_deg // 90)
    shown = shown[:, ::-1] if is_mirrored else shown
    np.testing.assert_allclose(first_picture(path), shown, atol=8)
    assert first_picture(path, (30, 20), "rgb24").shape == (30, 20, 3)


@pytest.mark.parametrize(("rotation_deg", "size"), [(0, (48, 85)), (90, (85, 48))])
def test_pixels_are_square_as_shown(tmp_path, rotation_deg, size):
    path = write_film(tmp_path / "a.mp4", LEVELS[:2], aspect=Fraction(4, 3), rotation_deg=rotation_deg)
    assert first_picture(path).shape == size


@pytest.mark.parametrize(
    ("codec", "pixels"), [("ffv1", "yuv420p"), ("ffv1", "yuv420p10le"), ("ffv1", "gray"), ("mjpeg", "yuvj420p")]
)
@pytest.mark.parametrize("size", [None, (24, 32), (51, 33)])
def test_black_is_0_and_white_is_255(tmp_path, codec, pixels, size):
    film = open_film(Film(file=str(write_film(tmp_path / "a.mkv", [0, 255], codec=codec, pixels=pixels))))
    for pixel_format in ("gray", "rgb24"):
        black, white = film.pictures(size, pixel_format)
        assert black.max() <= 1
        assert white.min() >= 254


def test_frames_of_another_size_are_scaled_to_the_first(tmp_path):
    small, large = write_film(tmp_path / "a.h264"), write_film(tmp_path / "b.h264", size=(96, 128))
    small.write_bytes(small.read_bytes() + large.read_bytes())
    pictures = list(open_film(Film(file=str(small))).pictures())
    assert [picture.shape for picture in pictures] == [SIZE] * 2 * len(LEVELS)


def test_a_part_is_read(tmp_path):
    levels, _ = read(write_film(tmp_path / "a.mp4"), start_s=0.2, duration_s=0.4, decimation=3)
    np.testing.assert_allclose(levels, LEVELS[5:15:3], atol=3)


def test_films_that_were_joined_follow_one_another(tmp_path):
    path = write_film(tmp_path / "a.ts")
    path.write_bytes(2 * path.read_bytes())
    levels, notes = read(path)
    np.testing.assert_allclose(levels, 2 * LEVELS, atol=3)
    assert notes == ["jumps in time, as where films are joined, left out: 1"]


def test_damaged_packets_are_left_out(tmp_path):
    path = write_film(tmp_path / "a.avi", **MJPEG)
    content = bytearray(path.read_bytes())
    third = [at for at in range(len(content)) if content[at : at + 3] == b"\xff\xd8\xff"][2]
    content[third : third + 600] = bytes(600)
    path.write_bytes(content)
    levels, notes = read(path)
    np.testing.assert_allclose(levels, [*LEVELS[:2], LEVELS[1], *LEVELS[3:]], atol=3)
    assert sorted(notes) == ["damaged packets left out: 1", "frames repeated, at a variable rate: 1"]


@pytest.mark.parametrize(("sound_from_s", "offset_s"), [(None, None), (0.0, 0.0), (0.5, 0.5)])
def test_the_sound_may_begin_later(tmp_path, sound_from_s, offset_s):
    film = open_film(Film(file=str(write_film(tmp_path / "a.mp4", sound_from_s=sound_from_s))))
    assert film.find_start_of_sound() == (None if offset_s is None else pytest.approx(offset_s, abs=0.03))


def write_cover(path):
    with av.open(str(path), "w", format="mp3") as container:
        sound, cover = container.add_stream("libmp3lame", rate=48000, layout="mono"), container.add_stream("mjpeg")
        cover.height, cover.width, cover.pix_fmt = *SIZE, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        container.mux(cover.encode(av.VideoFrame(SIZE[1], SIZE[0], "yuvj420p")) + cover.encode())
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1152), np.float32), "fltp", "mono")
        frame.sample_rate = 48000
        container.mux(sound.encode(frame) + sound.encode())


def write_zeros(path):
    content = write_film(path, **FASTSTART).read_bytes()
    path.write_bytes(content[: content.find(b"mdat") + 4].ljust(len(content), b"\0"))


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda path: path.touch(), "cannot be read as a film: it is empty"),
        (lambda path: path.write_text("no film\n" * 99), "cannot be read as a film: it is truncated, damaged or none"),
        (lambda path: path.write_text("ffconcat version 1.0\nfile a.mp4\n"), "cannot be .*: it is of another format"),
        (lambda path: Image.new("L", (64, 48)).save(path, "png"), "cannot be .*: it is of another format"),
        (lambda path: soundfile.write(path, np.zeros(999), 8000, format="WAV"), "contains no video"),
        (write_cover, "contains no video"),
        (write_zeros, "contains no frames that can be decoded"),
    ],
)
def test_what_is_no_film(tmp_path, write, message):
    write(tmp_path / "film.mp4")
    with pytest.raises(ValueError, match=f"^{tmp_path}/film.mp4: {message}"):
        read(tmp_path / "film.mp4")


@pytest.mark.parametrize(
    ("name", "how", "fraction", "message"),
    [
        ("a.mp4", {}, 0.9, "cannot be read as a film: it is truncated, damaged or none"),
        ("a.mp4", FASTSTART, 0.99, r"is truncated: 2[34] of 25 frames are there"),
        ("a.mp4", {"movflags": "frag_keyframe+empty_moov"}, 0.9, r"is truncated: \d+ of 25 frames are there"),
        ("a.mkv", {}, 0.8, r"is truncated: \d+ of 25 frames are there"),
        ("a.mkv", {"sound_from_s": 0.0}, 0.8, r"is truncated: \d+ of 25 frames are there"),
        ("a.avi", MJPEG, 0.8, r"is truncated: \d+ of 25 frames are there"),
        ("a.flv", {"codec": "flv1"}, 0.8, r"is truncated: \d+ of 25 frames are there"),
    ],
)
def test_a_truncated_film_is_refused(tmp_path, name, how, fraction, message):
    path = cut(write_film(tmp_path / name, **how), fraction)
    with pytest.raises(ValueError, match=f"^{path}: {message}"):
        read(path)


@pytest.mark.parametrize(("name", "how"), [("a.ts", {}), ("a.mkv", {"is_piped": True}), ("a.mjpeg", MJPEG)])
def test_a_film_without_a_length_is_read_to_its_end(tmp_path, name, how):
    levels, _ = read(cut(write_film(tmp_path / name, **how), 0.9))
    assert 5 < len(levels) <= len(LEVELS)


def test_a_film_of_which_a_part_is_shown_is_complete(tmp_path):
    path = write_film(tmp_path / "a.mp4", **FASTSTART)
    content = bytearray(path.read_bytes())
    edit = content.find(b"elst") + 12
    content[edit : edit + 4] = (400).to_bytes(4, "big")  # ms that are shown
    path.write_bytes(content)
    np.testing.assert_allclose(read(path)[0], LEVELS[:10], atol=3)
