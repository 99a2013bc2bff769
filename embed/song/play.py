"""The player page, videos and exports of a song, from stored results and its sound."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from embed.song.exports import write_csv, write_webvtt
from embed.song.film.draw_moving_point import MovingPoint
from embed.song.film.film import write_video
from embed.song.player.page import build_page
from embed.song.player.trajectories import Embedding, Forecasts
from pipeline import results
from pipeline.atomic_write import write_text
from pipeline.parameters import ROOT
from pipeline.sections.trajectory_study import TrajectoryParameters
from pipeline.studies.song import Parameters
from save_dataset.files import music_path
from save_dataset.sound.files import read_sound

Sections: TypeAlias = Sequence[tuple[float, str]]  # start in s and name of each


def write_page(parameters: Parameters, samples: np.ndarray, root: Path = ROOT) -> Path:
    """Write ``player.html`` with the runs of the page that are embedded, and their forecasts where there are any."""
    embeddings, forecasts = load_shown(parameters, root)
    page = build_page(
        parameters.name.replace("_", " "),
        embeddings,
        results.load(parameters, "spectrogram", root),
        samples,
        parameters.sound.sample_rate_hz,
        sections=parameters.music.sections,
        forecasts=forecasts,
    )
    return write_text(results.folder_of(parameters, root) / "player.html", page)


def load_shown(
    parameters: TrajectoryParameters, root: Path = ROOT
) -> tuple[Mapping[str, Embedding], Mapping[str, Forecasts]]:
    """Return what the page shows, by run: the embeddings there are, and their forecasts by method."""
    runs = parameters.for_runs(list(parameters.play.page))
    embeddings = results.load_fresh(runs, "embedding", root)
    if not embeddings:
        results.check_fresh(runs[0], "embedding", root)
    forecasts: dict[str, Forecasts] = {}
    for run in runs:
        if run.run in embeddings:
            methods = [method for method in run.methods_of_run() if method in parameters.play.forecasts]
            kinds = {str(method): f"forecast_{method}" for method in methods}
            forecasts[str(run.run)] = results.load_fresh_kinds(run, kinds, root)
    return embeddings, forecasts


def write_run_video(parameters: Parameters, samples: np.ndarray, root: Path = ROOT, *, show_progress: bool) -> Path:
    """Write ``<run>/trajectory.mp4``, and its frames to ``<run>/frames/`` if they are to be kept."""
    moving_point = MovingPoint(
        results.load(parameters, "embedding", root),
        len(samples) / parameters.sound.sample_rate_hz,
        spectrogram=results.load(parameters, "spectrogram", root),
        **video_settings(parameters),
    )
    sound = (samples, parameters.sound.sample_rate_hz)
    return write_moving_point(parameters, moving_point, sound, root, show_progress=show_progress)


def video_settings(parameters: TrajectoryParameters) -> dict[str, Any]:
    """Return what the parameters say of the moving point of a run."""
    return {
        "title": f"{parameters.name.replace('_', ' ')}, {parameters.run}",
        "tail_s": parameters.play.tail_s,
        "rotation_deg_per_s": parameters.play.rotation_deg_per_s,
    }


def write_moving_point(
    parameters: TrajectoryParameters,
    moving_point: MovingPoint,
    sound: tuple[np.ndarray, int] | None,
    root: Path = ROOT,
    *,
    show_progress: bool,
) -> Path:
    """Write the video of a moving point; `sound` are samples and their rate, None for a video without."""
    folder = results.path_of(parameters, "embedding", root).parent
    return write_video(
        folder / "trajectory.mp4",
        moving_point,
        *(sound or ()),
        frame_rate_hz=parameters.play.frame_rate_hz,
        frames_folder=folder / "frames" if parameters.play.keep_frames else None,
        show_progress=show_progress,
    )


def write_exports(
    parameters: TrajectoryParameters, sections: Sections, duration_s: float, root: Path = ROOT
) -> list[Path]:
    """Write ``<run>/trajectory.csv`` for each run that is embedded, and ``sections.vtt`` if sections are given."""
    paths = []
    for run, embedding in results.load_fresh(parameters.for_runs(), "embedding", root).items():
        csv_path = results.path_of(parameters.for_run(run), "embedding", root).with_name("trajectory.csv")
        paths.append(write_csv(embedding, csv_path))
    if sections:
        vtt_path = results.folder_of(parameters, root) / "sections.vtt"
        paths.append(write_webvtt(sections, duration_s, vtt_path))
    return paths


def draw_page(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Write ``player.html`` again; returns its path in a list, as the other drawing functions do."""
    return [write_page(parameters, read_song(parameters, root), root)]


def read_song(parameters: Parameters, root: Path = ROOT) -> np.ndarray:
    """Return the part of the sound that is embedded, mono, ``(n_samples,)`` in [-1, 1].

    Page and film cannot hold samples beyond 1: then all are scaled down, which is printed. ValueError if the sound has
    changed, or ends before a section begins.
    """
    results.check_fresh(parameters, "spectrogram", root)
    path = music_path(parameters.sound.file, root)
    samples = read_sound(path, **parameters.sound.model_dump(exclude={"file"}))
    parameters.check_sections(len(samples) / parameters.sound.sample_rate_hz, path)
    peak = max(samples.max(), -samples.min())
    if peak > 1:
        print(f"{results.display_path(path, root)}: its samples reach {peak:.4g}: scaled to 1 in page and film")
        samples = samples / peak
    return samples
