"""Themes as files: what the MIREX task "Discovery of repeated themes and sections" asks for, and a table to read."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from embed.themes.theme import EXTRACTORS, spans_of
from forecast.themes.notes import notes_of, patterns_of, to_whole_beats
from pipeline.atomic_write import atomic_write
from save_dataset.themes.recordings import Recordings
from save_dataset.themes.score import write_patterns

COLUMNS = ("piece", "theme", "occurrence", "start_s", "end_s", "start_beats", "end_beats", "n_notes")


def write_files(arrays: Mapping[str, np.ndarray], recordings: Recordings, folder: Path) -> list[Path]:
    """Write the table of each extractor, and the notes of each piece that has a score; return the paths.

    Files of pieces that are no longer searched are removed.
    """
    written = []
    for extractor in EXTRACTORS:
        written.append(write_table(arrays, extractor, recordings, folder / f"{extractor}.csv"))
        for piece in range(recordings.n_searched):
            score = recordings.score(piece)
            if len(score):
                path = folder / f"{recordings.names[piece]}_{extractor}.txt"
                written.append(write_patterns(patterns_of(spans_of(arrays, extractor, piece), score), path))
    for old in {*folder.glob("*.txt")} - {*written}:
        old.unlink(missing_ok=True)
    return written


def write_table(arrays: Mapping[str, np.ndarray], extractor: str, recordings: Recordings, path: Path) -> Path:
    """Write every occurrence that an extractor found as CSV; return the path.

    Themes and occurrences count from 1. Beats and the number of notes are empty where there is no score.
    """
    with atomic_write(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for piece in range(recordings.n_searched):
            score = recordings.score(piece)
            for theme, spans_s in enumerate(spans_of(arrays, extractor, piece), start=1):
                writer.writerows([recordings.names[piece], theme, *row] for row in _rows_of(spans_s, score))
    return path


def _rows_of(spans_s: np.ndarray, score: np.ndarray) -> Iterator[list[str]]:
    """The cells of each occurrence of a theme, from its index on."""
    for occurrence, span_s in enumerate(spans_s, start=1):
        of_score = ["", "", ""]
        if len(score):
            first, last = to_whole_beats(span_s, score)
            of_score = [str(int(first)), str(int(last)), str(len(notes_of(span_s, score)))]
        yield [str(occurrence), *(f"{time_s:.2f}" for time_s in span_s), *of_score]
