"""A synthetic film: writing it with what it was made from, and checking that it is what the parameters say."""

from fractions import Fraction
from pathlib import Path

import numpy as np
from tqdm import tqdm

from pipeline.atomic_write import atomic_write, write_text
from pipeline.sections.film import Course
from save_dataset.demo.course import HEIGHT, SAMPLE_RATE_HZ, WIDTH, draw_frames, frame_times_s, render_engine
from save_dataset.video.mp4 import open_mp4


def write_course(course: Course, film: Path, *, show_progress: bool = False) -> Path:
    """Draw, render and write a film, then its section of the parameters next to it; returns the path of the latter.

    ValueError if there is a film that was not made here: one without it.
    """
    made_from = film.with_suffix(".json")
    if film.exists() and not made_from.exists():
        raise ValueError(f"{film}: is a recording, not made here: name another file under [course] and [film]")
    if not film.exists():  # stopped after the film, it would be taken for a recording
        write_text(made_from, course.model_dump_json(indent=1))
    rate_hz, n_frames = Fraction(course.frame_rate_hz), len(frame_times_s(course))
    with (
        atomic_write(film) as temporary,
        open_mp4(temporary, (WIDTH, HEIGHT), rate_hz, render_engine(course), SAMPLE_RATE_HZ) as mp4,
    ):
        for frame in tqdm(draw_frames(course), "film", n_frames, unit="frame", disable=not show_progress):
            mp4.add(np.dstack([frame, np.full((HEIGHT, WIDTH), 255, np.uint8)]))
    return write_text(made_from, course.model_dump_json(indent=1))


def check_course(course: Course, film: Path, hint: str) -> None:
    """Raise a ValueError, with the hint, unless a film has the parameters of today's course next to it."""
    made_from = film.with_suffix(".json")
    if not made_from.is_file() or made_from.read_text(encoding="utf-8") != course.model_dump_json(indent=1):
        raise ValueError(f"{film}: is not what [course] says; {hint}")
