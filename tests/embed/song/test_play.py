import csv
import functools
import shutil

import numpy as np
import pytest
import soundfile

from embed.song import play
from embed.song.film.draw_moving_point import MovingPoint
from embed.song.play import read_song, write_exports, write_page, write_run_video
from forecast.song.forecasts import forecast_song
from pipeline import results
from pipeline.parameters import load
from tests.stored_results import SONG, store_embedding, store_spectrogram, write_tones
from tests.webvtt import read_webvtt

SECTIONS = '[music]\nsections = [[0.0, "A"], [1.0, "B"]]\n'


@pytest.fixture
def root(write_parameters):
    """A root with a song of which both runs are embedded."""
    root = write_parameters(SONG)
    write_tones(root / "music" / "tones.wav")
    parameters = load("song", root)
    spectrogram = store_spectrogram(parameters, root)
    for seed, run in enumerate(parameters.for_runs()):
        store_embedding(run, spectrogram, root, seed)
    return root


@pytest.fixture
def song(root):
    return load("song", root)


@pytest.fixture
def edited(write_parameters):
    """The parameters after an edit of their file."""

    def edit(*replacements, more=""):
        text = SONG
        for before, after in replacements:
            assert before in text
            text = text.replace(before, after)
        return load("song", write_parameters(text + more))

    return edit


def forecast(run, root, methods=("knn", "persistence")):
    embedding = results.load(run, "embedding", root)
    forecasts = {method: forecast_song(embedding, method, run) for method in methods}
    for method, arrays in forecasts.items():
        results.save(run, f"forecast_{method}", arrays, root)
    return forecasts


@pytest.fixture
def page_of(root, script_of):
    """The data of the page that is written with parameters."""

    def write(parameters):
        path = write_page(parameters, read_song(parameters, root), root)
        assert path == root / "output" / "song" / "player.html"
        return script_of(path.read_text(encoding="utf-8"), "data")

    return write


def test_page_is_written_without_forecasts_and_again_with_those_that_are_wanted_and_fresh(song, root, edited, page_of):
    def forecasts_on_page(parameters):
        return {run["name"]: list(run["forecasts"]) for run in page_of(parameters)["runs"]}

    assert forecasts_on_page(song) == {"R": [], "PCA": []}
    stored = forecast(song.for_run("R"), root)["knn"]
    assert forecasts_on_page(song) == {"R": ["knn"], "PCA": []}
    on_page = page_of(song)["runs"][0]["forecasts"]["knn"]
    np.testing.assert_allclose(on_page["starts_s"], stored["starts_s"], atol=1e-5)
    assert on_page["n_points"] == 1 + song.forecast.horizon_steps
    with_persistence = edited(('video = ["R"]', 'video = ["R"]\nforecasts = ["persistence"]'))
    assert forecasts_on_page(with_persistence) == {"R": ["persistence"], "PCA": []}
    assert forecasts_on_page(edited(("horizon_steps = 8", "horizon_steps = 9"))) == {"R": [], "PCA": []}  # stale
    results.path_of(song.for_run("R"), "embedding", root).unlink()
    assert list(forecasts_on_page(song)) == ["PCA"]


def test_page_shows_the_runs_and_sections_of_the_file_in_their_order(edited, page_of):
    shown = page_of(edited(('video = ["R"]', 'page = ["PCA", "R"]'), more=SECTIONS))
    assert [run["name"] for run in shown["runs"]] == ["PCA", "R"]
    assert shown["sections"] == [[0.0, "A"], [1.0, "B"]]
    assert shown["duration_s"] == pytest.approx(3.0)
    for where in ("page", "video"):
        with pytest.raises(ValueError, match=rf"play\.{where}: no run is called 'RF'; runs: R, PCA"):
            edited(('video = ["R"]', f'{where} = ["RF"]'))


def test_only_what_was_embedded_is_played(song, root, edited):
    part = edited(('file = "tones.wav"', 'file = "tones.wav"\nstart_s = 0.5\nduration_s = 2.0'))
    with pytest.raises(ValueError, match=r"sound.start_s=0.0, parameters/song.toml now says 0.5"):
        read_song(part, root)
    store_spectrogram(part, root)
    assert len(read_song(part, root)) == 2 * 44100
    write_tones(root / "music" / "tones.wav", seconds=3.5)
    with pytest.raises(ValueError, match=r"was made from another music/tones.wav; run: python -m save_dataset.step1"):
        read_song(part, root)


def test_a_section_that_begins_after_the_end_is_refused_also_if_it_was_given_after_step_1(root, edited):
    with pytest.raises(ValueError, match=r"tones\.wav: 3\.00 s of sound: music\.sections: 'A' begins at 3\.5 s$"):
        read_song(edited(more='[music]\nsections = [[3.5, "A"]]\n'), root)


def test_samples_beyond_one_are_scaled_for_page_and_film_with_a_line(song, root, capsys):
    path = root / "music" / "tones.wav"
    tones, rate_hz = soundfile.read(path)
    soundfile.write(path, 8 * tones, rate_hz, subtype="FLOAT")
    store_spectrogram(song, root)
    assert np.abs(read_song(song, root)).max() == pytest.approx(1)
    assert capsys.readouterr().out == "music/tones.wav: its samples reach 4: scaled to 1 in page and film\n"


def test_a_table_for_each_embedded_run_and_chapters_where_sections_are_given(song, root, edited):
    results.path_of(song.for_run("PCA"), "embedding", root).unlink()
    assert [path.name for path in write_exports(song, (), 3.0, root)] == ["trajectory.csv"]
    with_sections = edited(more=SECTIONS)
    table, chapters = write_exports(with_sections, with_sections.music.sections, 3.0, root)
    assert chapters == root / "output" / "song" / "sections.vtt"
    assert read_webvtt(chapters) == [(0.0, 1.0, "A"), (1.0, 3.0, "B")]
    embedding = results.load(song.for_run("R"), "embedding", root)
    rows = list(csv.DictReader(table.open(newline="")))
    np.testing.assert_allclose([float(row["centre_s"]) for row in rows], embedding["times_s"], rtol=0, atol=1e-6)
    np.testing.assert_allclose([float(row["z3"]) for row in rows], embedding["z"][:, 2], rtol=1e-7)


@pytest.fixture
def small_frames(monkeypatch):
    """Videos of a size that is soon drawn."""
    monkeypatch.setattr(play, "MovingPoint", functools.partial(MovingPoint, width=128, height=96))


def test_video_is_written_to_its_run_and_its_frames_if_they_are_to_be_kept(root, edited, small_frames):
    section = 'video = ["R"]\nframe_rate_hz = 2.0'
    with_frames = edited(('video = ["R"]', section + "\nkeep_frames = true")).for_run("R")
    samples = read_song(with_frames, root)
    path = write_run_video(with_frames, samples, root, show_progress=False)
    assert path == root / "output" / "song" / "R" / "trajectory.mp4"
    frames = path.parent / "frames"
    assert sorted(frame.name for frame in frames.iterdir()) == [f"frame_{index}.png" for index in range(6)]
    assert write_run_video(with_frames, samples[:44100], root, show_progress=False) == path
    assert len(list(frames.iterdir())) == 2  # none of the longer video before
    assert not list(path.parent.glob(".*"))
    shutil.rmtree(frames)
    without = edited(('video = ["R"]', section)).for_run("R")
    assert write_run_video(without, samples[:44100], root, show_progress=False).is_file()
    assert not frames.exists()
