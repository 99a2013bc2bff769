import csv

import numpy as np
import pytest

from embed.song.exports import clock, write_csv, write_webvtt
from tests.webvtt import read_webvtt


@pytest.fixture
def embedding(rng):
    starts_s = np.arange(40) * 1024 / 44100
    z = rng.normal(size=(40, 5)).astype(np.float32)
    return {"z": z, "starts_s": starts_s, "times_s": starts_s + 0.25, "ends_s": starts_s + 0.5}


def test_csv_has_a_row_for_each_window_with_the_stored_times_and_points(tmp_path, embedding):
    path = tmp_path / "R" / "trajectory.csv"
    write_csv({name: values[:3] for name, values in embedding.items()}, path)  # which is replaced
    write_csv(embedding, path)
    assert list(path.parent.iterdir()) == [path]
    header, *rows = csv.reader(path.open(newline=""))
    assert header == ["start_s", "centre_s", "end_s", "z1", "z2", "z3", "z4", "z5"]
    times_s = np.stack([embedding["starts_s"], embedding["times_s"], embedding["ends_s"]], axis=1)
    values = np.array(rows, float)
    np.testing.assert_allclose(values[:, :3], times_s, rtol=0, atol=0.5e-6)
    np.testing.assert_allclose(values[:, 3:], embedding["z"], rtol=1e-7)


def test_chapters_follow_each_other_to_the_end_of_the_song_with_names_on_one_line(tmp_path):
    sections = ((0.0, "A"), (8.0, "A'"), (3600.25, "Böse\n\n Buben"))
    path = write_webvtt(sections, 3723.5, tmp_path / "sections.vtt")
    assert read_webvtt(path) == [(0.0, 8.0, "A"), (8.0, 3600.25, "A'"), (3600.25, 3723.5, "Böse Buben")]


def test_clock_carries_over_what_is_rounded_up():
    times = [clock(time_s) for time_s in (0, 0.0004, 59.9996, 3599.9999, 360000)]
    assert times == ["00:00:00.000", "00:00:00.000", "00:01:00.000", "01:00:00.000", "100:00:00.000"]
