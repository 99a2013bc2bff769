"""What is known of the files of a collection: the rows of its table, or the tracks of a data set of mirdata."""

import posixpath
from collections.abc import Collection as Names
from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from pipeline.parameters import ROOT
from pipeline.sections.symbolic import Collection
from save_dataset.files import music_path, nfc, path_below
from save_dataset.mirdata_tracks import read_tracks
from save_dataset.tables import Row, Table, fold, read_table

PATH_COLUMN = "midi_filename"  # of both tables
Columns = Mapping[str, tuple[str, ...]]
GROOVE: Columns = {"label": ("style",), "group": ("session",), "split": ("split",)}
MAESTRO: Columns = {**GROOVE, "label": ("canonical_composer",), "group": ("canonical_composer", "canonical_title")}
TABLE_FILES = ("info.csv", "maestro-v*.csv")  # of the two
NO_TABLE = "if it is no table of these files, rename it or name another under collection.table"
Rows = Mapping[str, Row]


def table_of(collection: Collection, root: Path = ROOT) -> Path | None:
    """Return the table of a collection: the one named, else Groove's or the latest of MAESTRO's if one is there.

    FileNotFoundError if there is none of that name. A data set of mirdata has no need of one.
    """
    if collection.mirdata:
        return None
    folder = music_path(collection.folder, root)
    if collection.table:
        if (table := path_below(folder, collection.table)).is_file():
            return table
        raise FileNotFoundError(f"collection.table={collection.table!r}: is not in {folder}")
    files = sorted((path for path in folder.iterdir() if path.is_file()), reverse=True)
    there = (path for pattern in TABLE_FILES for path in files if fnmatch(path.name.lower(), pattern))
    return next(there, None)


def read_rows(table: Path, collection: Collection, folder: Path, names: Names[str]) -> Rows:
    """Return the rows of a table by the file they are for: by its name in `names`, else as the table has it.

    ValueError if a column or all rows are missing, a row names no file, or two rows of a file differ.
    """
    columns = (collection.label_column, collection.group_column, collection.split_column)
    named = [column for column in columns if column]
    content = read_table(table, [collection.path_column, *named, *_columns_of(GROOVE), *_columns_of(MAESTRO)])
    asked = _path_column(content, collection)
    content.check_columns([asked, *named])
    path_column = fold(asked)
    by_capitals: dict[str, list[str]] = {}
    for name in names:
        by_capitals.setdefault(name.casefold(), []).append(name)
    rows: dict[str, Row] = {}
    for row in content.rows:
        if not row.cells[path_column]:
            raise ValueError(f"{row.place}: {path_column} is empty: must be a file, from {folder} on")
        name = _as_in_folder(row.cells[path_column], folder)
        same = [name] if name in names else by_capitals.get(name.casefold(), [])
        name = same[0] if len(same) == 1 else name
        _check_that_rows_agree(row, rows.setdefault(name, row), path_column)
    if not rows:
        raise ValueError(f"{table}: contains no rows")
    return rows


def _path_column(content: Table, collection: Collection) -> str:
    """Return the column with the files: as the parameters name it, else that of a table of Groove or MAESTRO."""
    is_automatic = automatic_columns(content.keys) or not collection.table
    if content.has(collection.path_column) or not is_automatic:
        return collection.path_column
    known = max(GROOVE, MAESTRO, key=lambda columns: len(_columns_of(columns) & content.keys))
    content.check_columns(sorted(_columns_of(known)), NO_TABLE)
    return PATH_COLUMN


def _as_in_folder(cell: str, folder: Path) -> str:
    """Return the name of a file from the folder on, whatever slashes a table has."""
    name = posixpath.normpath(nfc(cell).replace("\\", "/"))
    return name.removeprefix(nfc(f"{folder.as_posix()}/")).lstrip("/")


def _check_that_rows_agree(row: Row, first: Row, path_column: str) -> None:
    if {**row.cells, path_column: ""} != {**first.cells, path_column: ""}:
        line = first.place.rpartition(": ")[2]
        raise ValueError(f"{row.place}: {row.cells[path_column]}: is also in {line}, with other cells; leave out one")


def automatic_columns(there: Names[str]) -> Columns:
    """Return which columns say what in a table of Groove or MAESTRO; nothing for another."""
    return next((known for known in (GROOVE, MAESTRO) if _columns_of(known) <= {*there}), {})


def _columns_of(known: Columns) -> set[str]:
    return {PATH_COLUMN, *sum(known.values(), ())}


def read_mirdata(name: str, folder: Path) -> Rows:
    """Return the tracks of a data set of mirdata as rows, with the columns of the data set's own table."""
    facts = ("style", "session", "canonical_composer", "canonical_title", "split")

    def row_of(track: Any) -> tuple[str, Row]:
        cells = {PATH_COLUMN: track.midi_path, "bpm": str(getattr(track, "tempo", None) or "")}
        cells |= {fact: str(getattr(track, fact)) for fact in facts if hasattr(track, fact)}
        return nfc(Path(track.midi_path).relative_to(folder).as_posix()), Row(str(folder), cells)

    return dict(read_tracks(name, folder, "collection.mirdata", row_of))
