"""Every kind of file that is written: where the disk is full, or no file can be there, the error names the file."""

import os
import re
from fractions import Fraction

import numpy as np
import pytest
from matplotlib.figure import Figure

from embed.dictionary.render import Rendering, write_rendering
from embed.song.exports import write_csv, write_webvtt
from pipeline import figures, tables
from pipeline.atomic_write import atomic_write, write_text
from pipeline.cache import cached
from pipeline.command_line import one_line
from pipeline.stored_frames import write_frames
from save_dataset.midi.files import make_midi
from save_dataset.sound.files import write_sound
from save_dataset.video.mp4 import open_mp4

NOISE = np.random.default_rng(1).uniform(-1, 1, 200_000)
IMAGE = np.random.default_rng(2).integers(0, 255, (240, 320, 3), dtype=np.uint8)


def write_film(path):
    with atomic_write(path) as temporary, open_mp4(temporary, (320, 240), Fraction(25), NOISE, 44100) as film:
        for _ in range(50):
            film.add(IMAGE)


def write_stored_frames(path):
    with write_frames(path) as writer:
        for _ in range(50):
            writer.add(IMAGE[..., 0])


def write_trajectory(path):
    times_s = NOISE[:1000]
    write_csv({"z": NOISE[:3000].reshape(-1, 3), "starts_s": times_s, "times_s": times_s, "ends_s": times_s}, path)


def write_midi(path):
    notes = [(80, 60, time_s, time_s + 0.1) for time_s in range(2000)]
    write_rendering(Rendering(make_midi(notes, bpm=120), NOISE[:0]), path.with_suffix(""), 22050)


def write_model(path):
    import keras  # what reads arrays only needs no TensorFlow

    with atomic_write(path) as temporary:
        keras.Sequential([keras.Input((100,)), keras.layers.Dense(100)]).save(temporary)


WRITERS = {
    "a.npz": lambda path: cached(path.parent.parent, "a" * 64, lambda: {"noise": NOISE}),
    "a.png": lambda path: figures.save(Figure(), path.with_suffix("")),
    "a.csv": write_trajectory,
    "b.csv": lambda path: tables.save([{"name": "a" * 9000}], path.with_suffix("")),
    "a.vtt": lambda path: write_webvtt([(0.0, "a" * 9000)], 1.0, path),
    "a.html": lambda path: write_text(path, "a" * 9000),
    "a.mp4": write_film,
    "a.wav": lambda path: write_sound(NOISE, path, 44100),
    "a.flac": lambda path: write_sound(NOISE, path, 44100),
    "a.npy": write_stored_frames,
    "a.mid": write_midi,
    "a.keras": write_model,
}


@pytest.fixture(params=WRITERS)
def writer(request, tmp_path):
    """What writes a file, and its path."""
    name = f"{'a' * 64}.npz" if request.param == "a.npz" else request.param
    return WRITERS[request.param], tmp_path / "aa" / name


def line_of(write, path):
    with pytest.raises(OSError, match=re.escape(str(path))) as raised:
        write(path)
    return one_line(raised.value)


def test_a_file_too_large_is_named(writer, full_disk):
    write, path = writer
    with full_disk(1000):
        assert line_of(write, path) == f"{path}: File too large"
    assert not list(path.parent.iterdir())


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")  # noqa: PTH110
def test_a_full_disk_is_named(writer):
    write, path = writer
    path.parent.mkdir()
    path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}").symlink_to("/dev/full")
    assert line_of(write, path) == f"{path}: No space left on device"
    assert not list(path.parent.iterdir())


def test_a_file_where_the_folder_should_be_is_named(writer):
    write, path = writer
    path.parent.write_text("")
    assert line_of(write, path).startswith(f"{path}: ")
