"""The theme pages of a run: from what was stored and the recordings to ``<run>/pages/<piece>.html``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

from embed.themes.page.build import build_index, build_page
from embed.themes.page.describe import describe_found, describe_known
from embed.themes.page.matrix_picture import describe_matrix
from embed.themes.page.sound import read_piece
from pipeline import results
from pipeline.atomic_write import atomic_write
from pipeline.parameters import ROOT
from pipeline.studies.themes import FIND, Parameters
from save_dataset.themes.recordings import Recordings

SMALL_PX = 240  # side of the pictures that lead to the pages


def write_pages(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Write the pages of a run, of several pieces also ``<run>/themes.html``, which leads to them; returns the paths.

    Without themes, or with such as are out of date, pages show the matrix and say which step finds themes.
    """
    recordings = Recordings.from_arrays(results.load(parameters, "recordings", root))
    matrices = results.load(parameters, "matrices", root)
    themes = results.load_fresh_kinds(parameters, {"themes": "themes"}, root).get("themes", {})
    folder = results.path_of(parameters, "matrices", root).with_name("pages")
    pieces = range(recordings.n_searched)
    paths = []
    for piece in pieces:
        sound = read_piece(root / str(recordings.paths[piece]))
        described = describe(parameters, recordings, matrices, themes, piece)
        described |= {"duration_s": sound.duration_s, "waveform": sound.waveform}
        page = build_page(str(recordings.names[piece]), described, sound.mp3)
        paths.append(write(page, folder / f"{recordings.names[piece]}.html"))
    if len(pieces) > 1:
        index = _describe_index(parameters, recordings, matrices, themes)
        paths.append(write(build_index(_name_of(parameters), index), folder.with_name("themes.html")))
    return paths


def describe(
    parameters: Parameters,
    recordings: Recordings,
    matrices: Mapping[str, np.ndarray],
    themes: Mapping[str, np.ndarray],
    piece: int,
) -> dict[str, Any]:
    """What the page of a piece shows, but its sound."""
    return {
        "run": _name_of(parameters),
        "index": "../themes.html" if recordings.n_searched > 1 else None,
        "matrix": _picture_of(parameters, recordings, matrices, piece, parameters.page.max_side_px),
        "found": describe_found(themes, piece),
        "shown": parameters.page.extractor,
        "known": describe_known(recordings.patterns(piece), recordings.score(piece)),
        "hint": f"python -m {FIND} {parameters.name}",
    }


def _describe_index(
    parameters: Parameters,
    recordings: Recordings,
    matrices: Mapping[str, np.ndarray],
    themes: Mapping[str, np.ndarray],
) -> dict[str, Any]:
    """Name, page, length, number of themes and a small picture of each piece."""
    pieces = [
        {
            "name": str(name),
            "page": f"pages/{quote(str(name))}.html",
            "duration_s": float(recordings.durations_s[piece]),
            "n_themes": {extractor: len(found) for extractor, found in describe_found(themes, piece).items()},
            "image": _picture_of(parameters, recordings, matrices, piece, SMALL_PX)["image"],
        }
        for piece, name in enumerate(recordings.names[: recordings.n_searched])
    ]
    return {"pieces": pieces}


def _picture_of(
    parameters: Parameters, recordings: Recordings, matrices: Mapping[str, np.ndarray], piece: int, most_px: int
) -> dict[str, Any]:
    """The matrix of a piece as its page shows it."""
    return describe_matrix(
        matrices[f"ours_{piece}"],
        patch_frames=parameters.model.patch_frames,
        hop_s=recordings.hop_s,
        most_px=most_px,
    )


def _name_of(parameters: Parameters) -> str:
    """The name of the run as a reader wants it."""
    return f"{parameters.name.replace('_', ' ')}, {parameters.run}"


def write(page: str, path: Path) -> Path:
    """Write a page whole."""
    with atomic_write(path) as temporary:
        temporary.write_text(page, encoding="utf-8")
    return path
