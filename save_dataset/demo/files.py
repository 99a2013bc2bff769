"""A folder of music that is made, not found, and that nothing else is mixed with.

A marker in the folder tells what was composed, and lists the files: only those are ever replaced or removed. It is
written before them, so that a step that was interrupted can be run again.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.atomic_write import atomic_write
from pipeline.parameters import Section

MARKER = "made_by_step0.json"
MIDI_ENDINGS = (".mid", ".midi")


def check_folder(folder: Path, composition: Section, section: str, hint: str) -> None:
    """Refuse a folder that does not hold what a section of the parameters makes.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or a file is missing.
    ValueError
        If its marker tells of other files, or it has none.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"music/{folder.name}: does not exist; {hint}")
    marker = _read_marker(folder)
    if missing := [name for name in marker.get("files", ()) if not (folder / name).is_file()]:
        raise FileNotFoundError(f"music/{folder.name}: {missing[0]} does not exist; {hint}")
    if marker.get("composition") != composition.model_dump(mode="json"):
        raise ValueError(f"music/{folder.name}: is not what [{section}] says; {hint}")


def write_files(
    folder: Path, composition: Section, files: Mapping[str, bytes], *, endings: tuple[str, ...] = MIDI_ENDINGS,
    what: str = "MIDI", sections: str = "[composition] and [collection]",
) -> list[Path]:  # fmt: skip
    """Replace what was made in a folder before; returns the paths.

    Parameters
    ----------
    composition : Section
        What the files are made by, which the marker tells.
    files : mapping of str to bytes
        What they hold, by name from the folder on.
    endings, what, sections
        Files that nothing else of is mixed with, and what messages call them and the sections that name the folder.

    Raises
    ------
    ValueError
        If the folder holds such files, or a file to be written, that the marker does not list.
    """
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    listed = set(_read_marker(folder).get("files", ()))
    if any(Path(name).suffix.lower() in endings or name in files for name in there.keys() - listed):
        raise ValueError(
            f"music/{folder.name}: holds {what} that was not made here: name another folder under {sections}"
        )
    for name in there.keys() & listed - files.keys():
        there[name].unlink()
    marker = {"composition": composition.model_dump(mode="json"), "files": list(files)}
    contents = {MARKER: json.dumps(marker, indent=1).encode()} | dict(files)
    for name, content in contents.items():
        with atomic_write(folder / name) as temporary:
            temporary.write_bytes(content)
    return [folder / name for name in files]


def _read_marker(folder: Path) -> dict[str, Any]:
    """What was composed, and the files that were made here, from the folder on; empty unless it can be read."""
    try:
        marker = json.loads((folder / MARKER).read_bytes())
        return {"composition": marker["composition"], "files": [*map(str, marker["files"])]}
    except (FileNotFoundError, json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError):
        return {}
