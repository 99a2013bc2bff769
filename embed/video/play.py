"""The player page, videos and exports of a film, from stored results and the film."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from embed.pages.html import WITH_CLOCK, fill_page
from embed.song.play import load_shown, video_settings, write_moving_point
from embed.song.player import page
from embed.video.point_beside_film import PointBesideFilm
from embed.video.small_film import SmallFilm, make_small_film
from embed.video.sound import read_film_sound
from pipeline import results
from pipeline.atomic_write import write_text
from pipeline.parameters import ROOT
from pipeline.studies.video import Parameters
from save_dataset.video.film import OpenFilm, open_film

WEB = Path(__file__).with_name("web")
SCRIPTS = f"{WITH_CLOCK} data camera box panel timeline controls page film start"
WORDS = {"medium": "video", "subject": "film"}


class Footage(NamedTuple):
    """The part of a film that is used: to be read, as it lies in the page, and its sound, samples and their rate."""

    film: OpenFilm
    small: SmallFilm
    sound: tuple[np.ndarray, int] | None


def read_footage(parameters: Parameters, root: Path = ROOT, *, show_progress: bool = False) -> Footage:
    """Return the film that is embedded; ValueError if it has changed since step 1."""
    results.check_fresh(parameters, "film", root)
    film = open_film(parameters.film, root)
    sound = read_film_sound(film, root)
    return Footage(film, make_small_film(film, sound, show_progress=show_progress), sound)


def read_sections(parameters: Parameters, root: Path = ROOT) -> list[tuple[float, str]]:
    """Return when each section begins, in s, and its name; ValueError if the film ends before."""
    film = results.load(parameters, "film", root)
    starts_s = film["times_s"] - film["frame_s"] / 2
    return [(float(starts_s[first]), name) for first, name in parameters.sections_of(len(starts_s))]


def write_page(parameters: Parameters, film: SmallFilm, root: Path = ROOT) -> Path:
    """Write ``player.html`` with the runs of the page that are embedded, and their forecasts where there are any."""
    embeddings, forecasts = load_shown(parameters, root)
    described = page.describe_trajectories(embeddings, film.duration_s, read_sections(parameters, root), forecasts)
    height, width = film.size
    described["film"] = {"frame_rate_hz": float(film.rate_hz), "width": width, "height": height}
    described["strip"] = film.strip.describe()
    title = parameters.name.replace("_", " ")
    text = fill_page(WEB, "player", SCRIPTS, title=title, data=described, sound=film.mp4, words=WORDS, base=page.WEB)
    return write_text(results.folder_of(parameters, root) / "player.html", text)


def write_run_video(parameters: Parameters, footage: Footage, root: Path = ROOT, *, show_progress: bool) -> Path:
    """Write ``<run>/trajectory.mp4``, and its frames to ``<run>/frames/`` if they are to be kept."""
    embedding = results.load(parameters, "embedding", root)
    point = PointBesideFilm(embedding, footage.film, footage.small.duration_s, **video_settings(parameters))
    return write_moving_point(parameters, point, footage.sound, root, show_progress=show_progress)


def draw_page(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Write ``player.html`` again; returns its path in a list, as the other drawing functions do."""
    return [write_page(parameters, read_footage(parameters, root).small, root)]
