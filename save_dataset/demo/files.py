"""A folder of music that is synthetic, not recorded, and that nothing else is mixed with.

A marker in the folder says what was composed, and lists the files: only those are ever replaced or removed. It is
written before them, so that a step that was interrupted can be run again.
"""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from pipeline.atomic_write import atomic_write
from pipeline.notes import MIDI_ENDINGS
from pipeline.parameters import Section, StudyParameters

MARKER = "made_by_step0.json"


def check_folder(parameters: StudyParameters, made: Any, section: str, root: Path) -> None:
    """Refuse a folder that does not hold what a section of the parameters, `made`, makes.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or a file is missing.
    ValueError
        If its marker is of other files, or it has none.
    """
    folder = root / "music" / made.folder
    hint = f"run: python -m {parameters.STEPS[0]} {parameters.name}"
    if not folder.is_dir():
        raise FileNotFoundError(f"music/{folder.name}: does not exist; {hint}")
    marker = _read_marker(folder)
    if missing := [name for name in marker.get("files", ()) if not (folder / name).is_file()]:
        raise FileNotFoundError(f"music/{folder.name}: {missing[0]} does not exist; {hint}")
    if marker.get("composition") != made.model_dump(mode="json"):
        raise ValueError(f"music/{folder.name}: is not what [{section}] says; {hint}")


def write_files(
    folder: Path, composition: Section, files: Mapping[str, bytes], *, endings: tuple[str, ...] = MIDI_ENDINGS,
    what: str = "MIDI", sections: str = "[composition] and [collection]",
) -> list[Path]:  # fmt: skip
    """Replace what was made in a folder before; returns the paths.

    `files` are their contents by name from the folder on, made by `composition`; messages call such files, which are
    not mixed with others of these `endings`, `what`, and the sections that name the folder `sections`.

    Raises
    ------
    ValueError
        If the folder holds such files, or a file to be written, that the marker does not list.
    """
    shown = (path for path in folder.rglob("[!.]*") if path.is_file())  # others are of a write that was interrupted
    there = {path.relative_to(folder).as_posix(): path for path in shown}
    listed = set(_read_marker(folder).get("files", ()))
    if any(Path(name).suffix.lower() in endings or name in files for name in there.keys() - listed):
        raise ValueError(
            f"music/{folder.name}: holds {what} that was not made here: name another folder under {sections}"
        )
    for name in there.keys() & listed - files.keys():
        there[name].unlink(missing_ok=True)
    marker = {"composition": composition.model_dump(mode="json"), "files": list(files)}
    contents = {MARKER: json.dumps(marker, indent=1).encode()} | dict(files)
    for name, content in contents.items():
        with atomic_write(folder / name) as temporary:
            temporary.write_bytes(content)
    return [folder / name for name in files]


def to_flac(samples: np.ndarray, sample_rate_hz: int) -> bytes:
    """Return what a FLAC file of mono samples in [-1, 1] holds, 16 bit."""
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, sample_rate_hz, format="FLAC", subtype="PCM_16")
    return buffer.getvalue()


def _read_marker(folder: Path) -> dict[str, Any]:
    """Return what was composed, and the files that were made here, from the folder on; empty unless it can be read."""
    try:
        marker = json.loads((folder / MARKER).read_bytes())
        return {"composition": marker["composition"], "files": [*map(str, marker["files"])]}
    except (FileNotFoundError, json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError):
        return {}
