"""Storing a film: its frames, grey and of the size that the parameters say, and their times."""

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np
from tqdm import tqdm

from pipeline import results
from pipeline.parameters import ROOT
from pipeline.provenance import digest_file
from pipeline.sections.film import MIN_SIDE_PX
from pipeline.stored_frames import FrameWriter, write_frames
from pipeline.studies.video import Parameters
from save_dataset.clip_length import check_clip_length
from save_dataset.series import frames_path
from save_dataset.video.decoding import Reading
from save_dataset.video.display import Size
from save_dataset.video.film import OpenFilm

MAX_STRETCH = 1.05
SYNC_FRAMES = 64


def stored_size(film: OpenFilm) -> Size:
    """Return height and width of the frames that are stored; ValueError if the film's proportions leave no width."""
    settings = film.settings
    if settings.width_px is not None:
        return settings.height_px, settings.width_px
    height, width = film.size
    width_px = round(settings.height_px * width / height)
    if width_px < MIN_SIDE_PX:
        raise ValueError(
            f"{film.path}: film.height_px={settings.height_px}: makes frames {width_px} wide, must be at least "
            f"{MIN_SIDE_PX}: raise it, or set film.width_px"
        )
    return settings.height_px, width_px


def describe_stretch(film: OpenFilm) -> str | None:
    """Return a line if frames are stored in other proportions than they are shown in."""
    (height, width), (stored_height, stored_width) = film.size, stored_size(film)
    stretch = stored_width / stored_height * height / width
    if 1 / MAX_STRETCH <= stretch <= MAX_STRETCH:
        return None
    return f"frames are stretched to {stretch:.2f} of their width: the film is {width} x {height}"


def save_film(
    parameters: Parameters, film: OpenFilm, root: Path = ROOT, *, show_progress: bool = False
) -> tuple[Path, Reading]:
    """Write frames.npy and, next to it, film.npz; returns the path of this and what was read.

    ValueError if the film cannot be read to its end, or is too short for a run or a section; then nothing is written.
    """
    path, reading = frames_path(parameters, root), Reading()
    pictures = tqdm(
        film.pictures(stored_size(film), reading=reading), "frames", unit="frame", disable=not show_progress
    )
    try:
        with write_frames(path) as writer:
            write_pictures(writer, pictures)
            if writer.n_frames == 1 and reading.n_frames > 1:
                leaves = f"leaves 1 of {reading.n_frames} frames"
                raise ValueError(f"{film.path}: film.decimation={film.settings.decimation}: {leaves}")
            parameters.sections_of(writer.n_frames)
            for run_parameters in parameters.for_runs():
                check_clip_length({"frames": range(writer.n_frames)}, run_parameters, film.path)
    finally:
        with suppress(OSError):  # they are not empty
            os.removedirs(path.parent)
    decimation, rate_hz = film.settings.decimation, float(film.rate_hz)
    arrays = {
        "frames_digest": digest_file(path),
        "times_s": (np.arange(writer.n_frames) * decimation + 0.5) / rate_hz,
        "frame_s": 1 / rate_hz,
        "hop_s": decimation / rate_hz,
    }
    return results.save(parameters, parameters.SERIES, arrays, root, raw=film.raw_paths), reading


def write_pictures(writer: FrameWriter, pictures: Iterable[np.ndarray]) -> None:
    """Write pictures, while the disk stores those before them: at the end it would take as long as to decode them."""
    with ThreadPoolExecutor(1) as disk:
        for picture in pictures:
            writer.add(picture)
            if writer.n_frames % SYNC_FRAMES == 0:
                disk.submit(os.fsync, writer.file.fileno())
