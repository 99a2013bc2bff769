import numpy as np
import pytest
from PIL import Image

from pipeline.parameters import load
from save_dataset import step1_save_video
from save_dataset.series import frames_path, load_series
from save_dataset.video.draw_frames import draw_sheet
from save_dataset.video.film import open_film
from save_dataset.video.save import describe_stretch, save_film, stored_size
from tests.small_films import LEVELS, TEXT, write_film


@pytest.fixture
def save(write_parameters, tmp_path):
    """Writes parameters and, unless there is one, a film, and saves it; returns the parameters and what was read."""

    def save(changes="", **how):
        root = write_parameters(TEXT + changes, "film")
        (root / "music").mkdir(exist_ok=True)
        if not (root / "music" / "film.mp4").exists():
            write_film(root / "music" / "film.mp4", **how)
        parameters = load("film", root)
        return parameters, save_film(parameters, open_film(parameters.film, root), root)[1]

    return save


def test_frames_and_times_are_stored(save, tmp_path):
    parameters, reading = save("film.start_s = 0.08\nfilm.decimation = 4\nfilm.width_px = 46")
    series = load_series(parameters, tmp_path)
    frames = series["frames"].read(np.arange(6))
    assert frames.shape == (6, 48, 46)
    np.testing.assert_allclose(frames[:, 5, 5], LEVELS[2::4], atol=3)
    np.testing.assert_allclose(series["times_s"], (np.arange(6) * 4 + 0.5) / 25)
    assert (series["frame_s"], series["hop_s"], reading.n_frames) == (1 / 25, 4 / 25, 23)


def test_a_folder_of_images_is_a_film(save, tmp_path):
    folder = tmp_path / "music" / "film.mp4"
    folder.mkdir(parents=True)
    for number, level in enumerate(LEVELS):
        Image.new("L", (64, 48), level).save(folder / f"{number}.png")
    parameters, _ = save("film.image_rate_hz = 12.5")
    series = load_series(parameters, tmp_path)
    assert series["frames"].read(np.arange(len(LEVELS)))[:, 0, 0].tolist() == list(LEVELS)
    assert series["frame_s"] == 0.08


@pytest.mark.parametrize(
    ("changes", "how", "message"),
    [
        ("film.start_s = 1.0", {}, "film.mp4: film.start_s=1: must be less than its length, 1.00 s"),
        ("film.decimation = 25", {}, "film.mp4: film.decimation=25: leaves 1 of 25 frames"),
        ("split.test_fraction = 0.02", {}, "split.test_fraction=0.02: leaves no frame of 25 for this part"),
        ("runs.RF.loss.alpha = 0.1", {}, "25 of 25 frames to train on: run RF needs at least 76"),
        ('figures.sections = [[25, "b"]]', {}, "sections: 'b' begins at frame 25: the last of the film is 24"),
        ("", {"size": (120, 48)}, "film.height_px=48: makes frames 19 wide, must be at least 46"),
    ],
)
def test_a_film_that_is_refused_leaves_nothing(save, tmp_path, changes, how, message):
    with pytest.raises(ValueError, match=message):
        save(changes, **how)
    assert not (tmp_path / "output").exists()


def test_a_truncated_film_leaves_what_was_stored_before(save, tmp_path):
    parameters, _ = save(movflags="faststart")
    path, film = frames_path(parameters, tmp_path), tmp_path / "music" / "film.mp4"
    before = {other: other.read_bytes() for other in path.parent.iterdir()}
    film.write_bytes(film.read_bytes()[:-200])
    with pytest.raises(ValueError, match=r"film.mp4: is truncated: \d+ of 25 frames are there"):
        save()
    assert {other: other.read_bytes() for other in path.parent.iterdir()} == before


@pytest.mark.parametrize(("width", "line"), [("", None), ("62", None), ("96", "frames are stretched to 1.50 of their")])
def test_a_film_may_be_stretched(save, tmp_path, width, line):
    parameters, _ = save(f"film.width_px = {width}" if width else "")
    film = open_film(parameters.film, tmp_path)
    assert stored_size(film) == (48, int(width or 64))
    assert line == describe_stretch(film) or describe_stretch(film).startswith(line)


def test_a_missing_film_is_named(write_parameters):
    root = write_parameters(TEXT, "film")
    with pytest.raises(FileNotFoundError, match=f"^{root}/music/film.mp4: no such film or folder of images"):
        open_film(load("film", root).film, root)


def test_parts_are_marked(rng):
    frames = rng.integers(0, 255, (3, 48, 64)).astype(np.uint8)
    titles = [axes.get_title() for axes in draw_sheet(frames, np.array([0.02, 1, 2]), ["train", "train", "test"]).axes]
    assert titles[:4] == ["0.02 s, train", "1.00 s, train", "2.00 s, test", ""]


@pytest.mark.slow
def test_the_step_says_what_it_read(write_parameters, tmp_path, capsys):
    root = write_parameters(TEXT + "film.decimation = 2", "film")
    (root / "music").mkdir()
    write_film(root / "music" / "film.mp4", times=[*range(20), *range(22, 27)])
    assert step1_save_video.run("film", root) == root / "output" / "film" / "film.npz"
    assert capsys.readouterr().out.splitlines() == [
        "music/film.mp4: 27 frames at 25 Hz, 64 x 48",
        "music/film.mp4: frames repeated, at a variable rate: 2",
        "14 frames of 64 x 48",
        "wrote output/film/film.npz",
    ]
    assert (root / "output" / "film" / "figures" / "frames.png").is_file()
