"""The sound track of a film, of the part that is used."""

from pathlib import Path

import numpy as np

from pipeline.parameters import ROOT
from pipeline.results import display_path
from save_dataset.sound.files import read_sound
from save_dataset.video.decoding import Part
from save_dataset.video.film import OpenFilm

SAMPLE_RATE_HZ = 48_000  # the usual one of films


def read_film_sound(film: OpenFilm, root: Path = ROOT) -> tuple[np.ndarray, int] | None:
    """Return the samples ``(n_samples,)`` from the beginning of the part on, and their rate; None if there is no sound.

    A sound that cannot be used, as one that is silent, is left out, which is printed.
    """
    offset_s = film.find_start_of_sound()
    if offset_s is None:
        return None
    part = Part.of(film.rate_hz, film.settings.start_s, film.settings.duration_s)
    begin_s = float(part.first / film.rate_hz) - offset_s
    lead_s = max(-begin_s, 0.0)
    length_s = None if part.end is None else max(float((part.end - part.first) / film.rate_hz) - lead_s, 0.0)
    try:
        samples = read_sound(film.path, sample_rate_hz=SAMPLE_RATE_HZ, start_s=max(begin_s, 0.0), duration_s=length_s)
    except ValueError as error:
        reason = str(error).removeprefix(f"{film.path}: ")
        print(f"{display_path(film.path, root)}: page and video are without its sound: {reason}")
        return None
    samples = np.pad(samples / max(1.0, np.abs(samples).max()), (round(lead_s * SAMPLE_RATE_HZ), 0))
    return samples, SAMPLE_RATE_HZ
