"""The theme pages of a run: from what was stored and the recordings to ``<run>/pages/<piece>.html``.

In the JSON of a page a theme is its strength, and the spans of its occurrences in seconds of the recording.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

from embed.pages.html import WITH_CLOCK, fill_page
from embed.pages.image import image_uri
from embed.themes.page.sound import read_piece
from embed.themes.self_similarity import contrast_limits
from embed.themes.theme import EXTRACTORS, reference_spans_s, spans_of, strengths_of, to_seconds
from pipeline import results
from pipeline.atomic_write import write_text
from pipeline.parameters import ROOT
from pipeline.studies.themes import FIND, Parameters
from save_dataset.themes.recordings import Pattern, Recordings

WEB = Path(__file__).with_name("web")
SCRIPTS = f"{WITH_CLOCK} themes layout background marks table playback controls page"
INDEX_SCRIPTS = "elements canvas times index"
THUMBNAIL_PX = 240  # side of the images in the index


def write_pages(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Write the pages of a run, of several pieces also ``<run>/themes.html``, the index of them; returns the paths.

    Without themes, or with stale ones, pages show the matrix and say which step finds themes.
    """
    recordings = Recordings.from_arrays(results.load(parameters, "recordings", root))
    matrices = results.load(parameters, "matrices", root)
    themes = results.load_if_fresh(parameters, "themes", root) or {}
    folder = results.path_of(parameters, "matrices", root).with_name("pages")
    title = f"{parameters.name.replace('_', ' ')}, {parameters.run}"
    paths, links = [], []
    for piece, name in enumerate(map(str, recordings.names[: recordings.n_searched])):
        sound = read_piece(root / str(recordings.paths[piece]), parameters.pieces.channel)
        data = {
            "run": title,
            "duration_s": sound.duration_s,
            "waveform": sound.waveform,
            "estimated": describe_estimated(themes, piece),
            **_describe_piece(parameters, recordings, matrices[f"ours_{piece}"], piece),
        }
        page = fill_page(WEB, "themes", SCRIPTS, title=name, data=data, sound=sound.mp3)
        paths.append(write_text(folder / f"{name}.html", page))
        links.append(_describe_link(name, data, matrices[f"ours_{piece}"]))
    if len(paths) > 1:
        index = fill_page(WEB, "index", INDEX_SCRIPTS, title=title, data={"pieces": links})
        paths.append(write_text(folder.with_name("themes.html"), index))
    return paths


def _describe_piece(parameters: Parameters, recordings: Recordings, matrix: np.ndarray, piece: int) -> dict[str, Any]:
    """Return what the page of a piece shows, but its sound and themes."""
    span_s = to_seconds(np.array([0, len(matrix)]), parameters.model.patch_frames, recordings.hop_s)
    return {
        "matrix": {"image": matrix_uri(matrix, parameters.page.max_side_px), "span_s": span_s.tolist()},
        "reference": describe_reference(recordings.patterns(piece), recordings.score(piece)),
        "index": "../themes.html" if recordings.n_searched > 1 else None,
        "shown": parameters.page.extractor,
        "hint": f"python -m {FIND} {parameters.name}",
    }


def _describe_link(name: str, page: Mapping[str, Any], matrix: np.ndarray) -> dict[str, Any]:
    """Return what the index shows of a page: name, address, duration, numbers of themes and a small image."""
    return {
        "name": name,
        "page": f"pages/{quote(name)}.html",
        "duration_s": page["duration_s"],
        "n_themes": {extractor: len(themes) for extractor, themes in page["estimated"].items()},
        "image": matrix_uri(matrix, THUMBNAIL_PX),
    }


def describe_estimated(themes: Mapping[str, np.ndarray], piece: int) -> dict[str, list[dict[str, Any]]]:
    """Return the themes of a piece by extractor, in order; `themes` is as stored by step 6, or empty."""
    return {
        extractor: [
            {"strength": round(float(strength), 4), "spans_s": _round_spans(spans_s)}
            for strength, spans_s in zip(
                strengths_of(themes, extractor, piece), spans_of(themes, extractor, piece), strict=True
            )
        ]
        for extractor in EXTRACTORS
        if f"{extractor}_piece" in themes
    }


def describe_reference(patterns: Sequence[Pattern], score: np.ndarray) -> list[dict[str, Any]]:
    """Return the reference patterns of a piece, ``score`` (n_notes, 3) as `Recordings.score` gives it."""
    return [{"strength": None, "spans_s": _round_spans(spans_s)} for spans_s in reference_spans_s(patterns, score)]


def _round_spans(spans_s: np.ndarray) -> list[list[float]]:
    """Return spans to the millisecond, in order of time."""
    return sorted(spans_s.round(3).tolist())


def matrix_uri(matrix: np.ndarray, max_px: int) -> str:
    """Return the ``data:`` URI of a matrix ``(n_patches, n_patches)`` as a square of at most `max_px` pixels.

    Time goes from left to right and from bottom to top.
    """
    dark, bright = contrast_limits(matrix)
    return image_uri(np.clip((shrink(matrix, max_px) - dark) / (bright - dark), 0, 1)[::-1])


def shrink(matrix: np.ndarray, max_px: int) -> np.ndarray:
    """Return a square of at most `max_px` pixels, float32, each the mean of those it stands for."""
    side_px = min(len(matrix), max_px)
    firsts = np.arange(side_px) * len(matrix) // side_px
    lengths = np.diff(firsts, append=len(matrix))
    rows = np.add.reduceat(matrix.astype(np.float32), firsts, axis=0)
    return np.add.reduceat(rows, firsts, axis=1) / np.outer(lengths, lengths)
