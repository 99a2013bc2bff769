"""A trajectory and the sections of its song for other programs: CSV and WebVTT."""

import html
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from pipeline.atomic_write import write_text


def write_csv(embedding: Mapping[str, np.ndarray], path: Path) -> Path:
    """Write a row for each window: its start, centre and end in s, and the coordinates of its point."""
    z = embedding["z"]
    columns = ["start_s", "centre_s", "end_s", *(f"z{axis}" for axis in range(1, z.shape[1] + 1))]
    times_s = np.stack([embedding[name] for name in ("starts_s", "times_s", "ends_s")], axis=1)
    rows = [
        [*(f"{time_s:.6f}" for time_s in times), *(f"{value:.8g}" for value in point)]
        for times, point in zip(times_s, z, strict=True)
    ]
    return write_text(path, "\n".join(",".join(row) for row in [columns, *rows]) + "\n")


def write_webvtt(sections: Sequence[tuple[float, str]], duration_s: float, path: Path) -> Path:
    """Write the sections of a song, ``(start in s, name)`` in order, as chapters for media players."""
    ends_s = [*(start_s for start_s, _ in sections[1:]), duration_s]
    cues = [
        f"{clock(start_s)} --> {clock(end_s)}\n{html.escape(' '.join(name.split()), quote=False)}\n"
        for (start_s, name), end_s in zip(sections, ends_s, strict=True)
    ]
    return write_text(path, "\n".join(["WEBVTT\n", *cues]))


def clock(time_s: float) -> str:
    """Return a time as WebVTT writes it.

    >>> clock(3661.5)
    '01:01:01.500'
    """
    milliseconds = round(1000 * time_s)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"
