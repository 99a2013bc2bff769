from fractions import Fraction
from types import SimpleNamespace

import av
import numpy as np
import pytest
import soundfile
from PIL import Image

from save_dataset.video.decoding import Reading, describe_film, find_start_of_sound, read_film
from save_dataset.video.grid import find_rate
from tests.small_films import LEVELS, SIZE, write_film

MJPEG = {"codec": "mjpeg", "pixels": "yuvj420p"}


def read(path, **chosen):
    """Levels of the pictures, and what was noted."""
    reading = Reading()
    pictures = list(read_film(path, reading=reading, **chosen))
    return [int(np.median(picture)) for picture in pictures], reading.notes


def cut(path, fraction):
    path.write_bytes(path.read_bytes()[: int(fraction * path.stat().st_size)])
    return path


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("a.mp4", {}),
        ("a.mp4", {"sound_from_s": 0.0}),
        ("a.mp4", {"movflags": "frag_keyframe+empty_moov"}),
        ("a.mp4", {"pixels": "yuv420p10le"}),
        ("a.mov", {"pixels": "yuv444p", "size": (37, 51)}),
        ("a.mkv", {"rate_hz": Fraction(30000, 1001)}),
        ("a.mkv", {"sound_from_s": 0.0}),
        ("a.mkv", {"is_piped": True}),
        ("a.avi", {"codec": "mpeg4", "options": {"bf": "2", "qmax": "2"}}),
        ("a.avi", MJPEG),
        ("a.avi", MJPEG | {"is_piped": True}),
        ("a.ivf", {"codec": "libvpx", "is_piped": True}),
        ("a.flv", {"codec": "flv1"}),
        ("a.gif", {"codec": "gif", "pixels": "gray"}),
        ("a.ts", {}),
        ("a.h264", {}),
        ("a.m1v", {"codec": "mpeg1video"}),
        ("a.mjpeg", MJPEG),
        ("a.nut", {"rate_hz": 60}),
    ],
)
def test_a_film_of_constant_rate_comes_out_one_to_one(tmp_path, name, how):
    path = write_film(tmp_path / name, **how)
    renamed = path.rename(tmp_path / "film.txt")  # what the ending says does not count
    levels, notes = read(renamed)
    np.testing.assert_allclose(levels, LEVELS, atol=3)
    assert notes == []
    rate_hz, size = describe_film(renamed)
    assert (rate_hz, size) == (how.get("rate_hz", 25), how.get("size", SIZE))


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
@pytest.mark.parametrize(
    ("times", "places", "note"),
    [
        ([0, 1, 2, 5, 6, 7], [0, 1, 2, 2, 2, 3, 4, 5], "frames repeated: 2, left out: 0"),
        ([7, 8, 9, 20, 21, 22, 23, 24], [0, 1, 2, *[2] * 10, 3, 4, 5, 6, 7], "frames repeated: 10, left out: 0"),
    ],
)
def test_a_frame_counts_until_the_next(tmp_path, name, times, places, note):
    levels, notes = read(write_film(tmp_path / name, LEVELS[: len(times)], times=times))
    np.testing.assert_allclose(levels, [LEVELS[place] for place in places], atol=3)
    assert notes == [f"variable frame rate: {note}"]


def test_of_several_frames_the_last_counts(tmp_path):
    path = write_film(tmp_path / "a.mkv", LEVELS[:7], ticks_hz=1000, times=[0, 5, 40, 80, 85, 90, 120])
    levels, notes = read(path)
    np.testing.assert_allclose(levels, [LEVELS[k] for k in (1, 2, 5, 6)], atol=3)
    assert notes == ["variable frame rate: frames repeated: 0, left out: 3"]


class Stream(SimpleNamespace):
    """A film that declares two rates, with frames at these times in ms."""

    time_base = Fraction(1, 1000)

    def demux(self, _):
        return [SimpleNamespace(pts=time) for time in self.times]


@pytest.mark.parametrize(
    ("nominal_hz", "mean_hz", "times", "rate_hz"),
    [
        (25, 25, [], 25),
        (30, Fraction(2983, 100), [], 30),  # one frame in 180 is missing
        (Fraction(30000, 1001), Fraction(1000, 33), [], Fraction(30000, 1001)),  # of times rounded to ms
        (25, 2, [0, 80, 40, 120, 9000, 9040], 25),  # a long pause
        (1000, None, [0, 125, 249, 374], 8),
        (25, None, [0, 125, 250, 375], 8),  # what FFmpeg says if it knows nothing
        (25, 60000, [0, 40, 80], 25),
        (25, None, [], 25),
        (None, None, [], None),
    ],
)
def test_the_rate_is_nominal_where_it_fits(nominal_hz, mean_hz, times, rate_hz):
    film = Stream(guessed_rate=nominal_hz, average_rate=mean_hz, times=times)
    assert find_rate(film, film) == (rate_hz and pytest.approx(float(rate_hz), rel=0.01))


def test_a_rate_that_is_not_declared_is_measured(tmp_path):
    path = write_film(
        tmp_path / "a.mkv", LEVELS[:7], codec="ffv1", ticks_hz=1000, times=[0, 63, 125, 187, 251, 999, 1063]
    )
    content = bytearray(path.read_bytes())
    at = content.find(b"\x23\xe3\x83")  # DefaultDuration
    n_bytes = content[at + 3] & 0x7F
    content[at : at + 4 + n_bytes] = bytes([0xEC, 0x80 | (n_bytes + 2)]) + bytes(n_bytes + 2)  # Void
    path.write_bytes(content)
    assert float(describe_film(path)[0]) == pytest.approx(16, abs=0.2)
    levels, _ = read(path)
    np.testing.assert_allclose(levels, [LEVELS[k] for k in (0, 1, 2, 3, *[4] * 12, 5, 6)], atol=3)


@pytest.mark.parametrize("rotation_deg", [0, 90, 180, 270])
@pytest.mark.parametrize("is_mirrored", [False, True])
def test_a_film_is_rotated_and_mirrored_as_it_says(tmp_path, rotation_deg, is_mirrored):
    picture = np.full(SIZE, 40, np.uint8)
    picture[:16, :16], picture[:16, 16:48] = 220, 120
    how = {"rotation_deg": rotation_deg, "is_mirrored": is_mirrored}
    path = write_film(tmp_path / "a.mp4", [picture] * 2, options={"crf": "1"}, **how)
    shown = np.rot90(picture, rotation_deg // 90)
    shown = shown[:, ::-1] if is_mirrored else shown
    np.testing.assert_allclose(next(read_film(path)), shown, atol=8)
    assert describe_film(path)[1] == shown.shape
    assert next(read_film(path, size=(30, 20), pixel_format="rgb24")).shape == (30, 20, 3)


@pytest.mark.parametrize(("rotation_deg", "size"), [(0, (48, 85)), (90, (85, 48))])
def test_pixels_are_square_as_shown(tmp_path, rotation_deg, size):
    path = write_film(tmp_path / "a.mp4", LEVELS[:2], aspect=Fraction(4, 3), rotation_deg=rotation_deg)
    assert describe_film(path)[1] == next(read_film(path)).shape == size


@pytest.mark.parametrize(
    ("codec", "pixels"), [("ffv1", "yuv420p"), ("ffv1", "yuv420p10le"), ("ffv1", "gray"), ("mjpeg", "yuvj420p")]
)
@pytest.mark.parametrize("size", [None, (24, 32), (51, 33)])
def test_black_is_0_and_white_is_255(tmp_path, codec, pixels, size):
    path = write_film(tmp_path / "a.mkv", [0, 255], codec=codec, pixels=pixels)
    for pixel_format in ("gray", "rgb24"):
        black, white = read_film(path, size=size, pixel_format=pixel_format)
        assert black.max() <= 1
        assert white.min() >= 254


def test_frames_of_another_size_are_scaled_to_the_first(tmp_path):
    small, large = write_film(tmp_path / "a.h264"), write_film(tmp_path / "b.h264", size=(96, 128))
    small.write_bytes(small.read_bytes() + large.read_bytes())
    pictures = list(read_film(small))
    assert {picture.shape for picture in pictures} == {SIZE}
    assert len(pictures) == 2 * len(LEVELS)


def test_a_part_is_read(tmp_path):
    path, reading = write_film(tmp_path / "a.mp4"), Reading()
    levels, _ = read(path, start_s=0.2, duration_s=0.4, decimation=3)
    np.testing.assert_allclose(levels, LEVELS[5:15:3], atol=3)
    list(read_film(path, start_s=0.2, duration_s=0.4, decimation=3, reading=reading))
    assert reading.n_frames == 10
    with pytest.raises(ValueError, match=r"a.mp4: film.start_s=1: must be less than its length, 1.00 s"):
        read(path, start_s=1.0)


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
    assert notes == ["variable frame rate: frames repeated: 1, left out: 0", "damaged packets left out: 1"]


@pytest.mark.parametrize(("sound_from_s", "offset_s"), [(None, None), (0.0, 0.0), (0.5, 0.5)])
def test_the_sound_may_begin_later(tmp_path, sound_from_s, offset_s):
    path = write_film(tmp_path / "a.mp4", sound_from_s=sound_from_s)
    assert find_start_of_sound(path) == (None if offset_s is None else pytest.approx(offset_s, abs=0.03))


def write_cover(path):
    with av.open(str(path), "w", format="mp3") as container:
        sound, cover = container.add_stream("libmp3lame", rate=48000, layout="mono"), container.add_stream("mjpeg")
        cover.height, cover.width, cover.pix_fmt = *SIZE, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        container.mux(cover.encode(av.VideoFrame(SIZE[1], SIZE[0], "yuvj420p")) + cover.encode())
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1152), np.float32), "fltp", "mono")
        frame.sample_rate = 48000
        container.mux(sound.encode(frame) + sound.encode())


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda path: path.touch(), r"cannot be read as a film \(it is empty\)"),
        (lambda path: path.write_text("no film\n" * 99), r"cannot be read as a film \(Invalid data"),
        (lambda path: path.write_bytes(bytes(9999)), r"cannot be read as a film \(Invalid data"),
        (
            lambda path: path.write_text("ffconcat version 1.0\nfile a.mp4\n"),
            r"cannot be read as a film \(it is of another format\)",
        ),
        (
            lambda path: Image.new("L", (64, 48)).save(path, "png"),
            r"cannot be read as a film \(it is of another format\)",
        ),
        (lambda path: soundfile.write(path, np.zeros(999), 8000, format="WAV"), "contains no video"),
        (write_cover, "contains no video"),
    ],
)
def test_what_is_no_film(tmp_path, write, message):
    write(tmp_path / "film.mp4")
    with pytest.raises(ValueError, match=f"^{tmp_path}/film.mp4: {message}"):
        list(read_film(tmp_path / "film.mp4"))


@pytest.mark.parametrize(
    ("name", "how", "fraction", "message"),
    [
        ("a.mp4", {}, 0.9, r"is truncated: its table of frames \(moov\) is missing or incomplete"),
        ("a.mp4", {"movflags": "faststart"}, 0.9, r"is truncated: \d+ of 25 frames are there"),
        ("a.mp4", {"movflags": "faststart"}, 0.99, r"is truncated: 2[34] of 25 frames are there"),
        ("a.mp4", {"movflags": "frag_keyframe+empty_moov"}, 0.9, r"is truncated: \d+ of 25 frames are there"),
        ("a.mp4", {"movflags": "faststart"}, 0.1, r"is truncated: its table"),
        ("a.mkv", {}, 0.8, r"is truncated: \d+ of 25 frames are there"),
        ("a.mkv", {"sound_from_s": 0.0}, 0.8, r"is truncated: \d+ of 25 frames are there"),
        ("a.avi", MJPEG, 0.8, r"is truncated: \d+ of 25 frames are there"),
        ("a.mkv", {}, 0.05, "cannot be read as a film"),
    ],
)
def test_a_truncated_film_is_refused(tmp_path, name, how, fraction, message):
    path = cut(write_film(tmp_path / name, **how), fraction)
    with pytest.raises(ValueError, match=f"^{path}: {message}"):
        list(read_film(path))


def test_a_film_whose_end_is_zeros_is_refused(tmp_path):
    path = write_film(tmp_path / "a.mov", codec="mjpeg", pixels="yuvj420p", movflags="faststart")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2].ljust(len(content), b"\0"))
    with pytest.raises(ValueError, match=r"is truncated or damaged: nothing can be decoded beyond frame 1\d"):
        list(read_film(path))


@pytest.mark.parametrize(("name", "how"), [("a.ts", {}), ("a.mkv", {"is_piped": True}), ("a.mjpeg", MJPEG)])
def test_a_film_without_a_length_is_read_to_its_end(tmp_path, name, how):
    levels, _ = read(cut(write_film(tmp_path / name, **how), 0.9))
    assert 5 < len(levels) <= len(LEVELS)


def test_a_film_of_which_a_part_is_shown_is_complete(tmp_path):
    path = write_film(tmp_path / "a.mp4", movflags="faststart")
    content = bytearray(path.read_bytes())
    edit = content.find(b"elst") + 12
    content[edit : edit + 4] = (400).to_bytes(4, "big")  # ms that are shown
    path.write_bytes(content)
    np.testing.assert_allclose(read(path)[0], LEVELS[:10], atol=3)
