import numpy as np
import pytest

from embed.step4_play_video import run
from embed.video.play import draw_page, read_footage, read_sections
from tests.embed.song.film.test_film import bursts, read_frames, read_sound, shift_of
from tests.embed.video.conftest import N_FRAMES, RATE_HZ, grey_of, write_film
from tests.webvtt import read_webvtt

FAST = "frame_rate_hz = 6.0"
SECTIONS = '[figures]\nsections = [[0, "first"], [10, "second"]]\n'


@pytest.mark.slow
def test_step_4_writes_page_tables_chapters_and_videos_of_the_runs_that_are_to_have_one(stored, capsys, script_of):
    parameters, root = stored(film="start_s = 1.0\ndecimation = 2", more=SECTIONS)
    paths = run("song", root)
    folder = root / "output" / "song"
    names = ["player.html", "R/trajectory.csv", "PCA/trajectory.csv", "sections.vtt", "R/trajectory.mp4"]
    assert paths == [folder / name for name in names]
    out = capsys.readouterr().out
    assert out.startswith("3.00 s of film; the page has 0.")
    assert out.endswith("wrote output/song/R/trajectory.mp4\n")
    data = script_of(paths[0].read_text(encoding="utf-8"), "data")
    assert [each["name"] for each in data["runs"]] == ["R", "PCA"]
    assert data["duration_s"] == 3.0
    begins_s = 10 * 2 / RATE_HZ  # the tenth that is stored is the twentieth of the part
    assert data["sections"] == [[0, "first"], [pytest.approx(begins_s), "second"]]
    assert read_webvtt(paths[3]) == [
        (0, pytest.approx(begins_s, abs=1e-3), "first"),
        (pytest.approx(begins_s, abs=1e-3), 3, "second"),
    ]
    before = paths[0].read_bytes()
    assert draw_page(parameters, root) == paths[:1]
    assert paths[0].read_bytes() == before


def test_a_film_that_has_changed_is_refused(stored):
    parameters, root = stored()
    write_film(root / "music" / "greys.mp4", n_frames=20)
    with pytest.raises(ValueError, match=r"another music/greys.mp4; run: python -m save_dataset.step1_save_video"):
        read_footage(parameters, root)
    with pytest.raises(ValueError, match="another music/greys.mp4"):
        draw_page(parameters, root)


def test_sections_begin_with_their_first_frame_and_one_beyond_the_film_is_refused(stored):
    parameters, root = stored(more=SECTIONS)
    assert read_sections(parameters, root) == [(0.0, "first"), (pytest.approx(10 / RATE_HZ), "second")]
    parameters, root = stored(more=SECTIONS.replace("10", "48"))
    with pytest.raises(ValueError, match="figures.sections: 'second' begins at frame 48: the last of the film is 47"):
        read_sections(parameters, root)


@pytest.mark.parametrize(("start_s", "part"), [(0.0, slice(None)), (1.0, slice(48000, None))])
def test_the_sound_track_of_the_part_is_kept_and_begins_with_its_first_frame(stored, tmp_path, rng, start_s, part):
    samples = bursts(rng, N_FRAMES * 4000, 48000)[:, 0]
    parameters, root = stored(film=f"start_s = {start_s}", more="", samples=samples)
    footage = read_footage(parameters, root)
    path = tmp_path / "small.mp4"
    path.write_bytes(footage.small.mp4)
    decoded, rate_hz, duration_s = read_sound(path)
    assert (rate_hz, duration_s) == (48000, pytest.approx(4 - start_s, abs=1e-3))
    assert shift_of(decoded[0], samples[part]) == 0
    times_s, images, _ = read_frames(path)
    assert times_s[0] == 0
    assert images[0].mean() == pytest.approx(grey_of(RATE_HZ * start_s), abs=2)


@pytest.mark.parametrize(
    ("is_silent", "line"), [(False, ""), (True, "page and video are without its sound: is silent")]
)
def test_a_film_without_sound_or_a_silent_one_has_none(stored, tmp_path, capsys, is_silent, line):
    samples = np.zeros(N_FRAMES * 4000, np.float32) if is_silent else None
    parameters, root = stored(samples=samples)
    footage = read_footage(parameters, root)
    assert footage.sound is None
    assert line in capsys.readouterr().out
    (tmp_path / "small.mp4").write_bytes(footage.small.mp4)
    with pytest.raises(IndexError):
        read_sound(tmp_path / "small.mp4")
