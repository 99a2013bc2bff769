"""The files of a collection, and what is known of each: label, group, part of the split.

A table (CSV, a row per file) says it, in the columns that the parameters name, else in those of Groove or MAESTRO if
the table has them. Without a column the label is the first folder, the group is what `group_pattern` finds or the file,
and groups are drawn for the split.
"""

import csv
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.parameters import ROOT
from pipeline.sections.symbolic import Collection
from save_dataset.files import find_files, music_path
from save_dataset.midi.corpus import SPLITS

PATH_COLUMN = "midi_filename"  # of both tables
Columns = Mapping[str, tuple[str, ...]]
GROOVE: Columns = {"label": ("style",), "group": ("session",), "split": ("split",)}
MAESTRO: Columns = {**GROOVE, "label": ("canonical_composer",), "group": ("canonical_composer", "canonical_title")}
SPLIT_WORDS = {split: split for split in SPLITS} | {"val": "validation", "valid": "validation"}
Rows = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Entry:
    """One file: `name` is its path from the folder on, `row` its row of the table."""

    path: Path
    name: str
    label: str
    group: str
    split: str
    row: Mapping[str, str]


def read_collection(collection: Collection, root: Path = ROOT) -> list[Entry]:
    """Return the files of a collection by name; print and leave out rows without a file and files without a row.

    Raises
    ------
    FileNotFoundError
        If there is no such folder or table, or mirdata's data set does not exist.
    ValueError
        If the folder contains no MIDI, the table lacks a column or has a wrong word, or mirdata is not installed.
    """
    folder = music_path(collection.folder, root)
    keys = {"folder_key": f"collection.folder={collection.folder!r}", "files_key": "collection.files"}
    found = find_files(folder, collection.files, (), **keys)
    table = table_of(collection, root)
    if not found:
        raise ValueError(f"{folder}: contains no MIDI that {collection.files} finds")
    paths = {path.relative_to(folder).as_posix(): path for path in found}
    rows: Rows = read_table(table, collection) if table else {name: {} for name in paths}
    if collection.mirdata:
        rows = _read_mirdata(collection.mirdata, folder)
    if not (names := sorted(paths.keys() & rows.keys())):
        raise ValueError(f"{table or folder}: no row is for a file that {collection.files} finds in {folder}")
    _print_missing(paths.keys() - rows.keys(), "files without a row in the table")
    _print_missing(rows.keys() - paths.keys(), "rows of the table without a file")
    return describe({name: paths[name] for name in names}, rows, collection, str(table or folder))


def table_of(collection: Collection, root: Path = ROOT) -> Path | None:
    """Return the table of a collection: the one named, else Groove's or the latest of MAESTRO's if one is there."""
    folder = music_path(collection.folder, root)
    if collection.table:
        if (table := folder / collection.table).is_file():
            return table
        raise FileNotFoundError(f"collection.table={collection.table!r}: is not in {folder}")
    there = [folder / "info.csv", *sorted(folder.glob("maestro-v*.csv"), reverse=True)]
    return next((path for path in there if path.is_file() and _automatic_columns(_read_rows(path))), None)


def _read_rows(table: Path) -> list[dict[str, str]]:
    """Return the rows of a table; what a row lacks is empty."""
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            return [{key: value or "" for key, value in row.items() if key} for row in csv.DictReader(file)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{table}: is not a CSV file: {error}") from error


def read_table(table: Path, collection: Collection) -> Rows:
    """Return the rows of a table by the file they are for."""
    rows = _read_rows(table)
    there = rows[0] if rows else {}
    column = collection.path_column
    if column not in there and _automatic_columns(rows):
        column = PATH_COLUMN
    asked = {column, collection.label_column, collection.group_column, collection.split_column} - {None}
    if missing := sorted(map(str, asked - there.keys())):
        raise ValueError(f"{table}: has no column {missing[0]!r}; there are {', '.join(there) or 'no rows'}")
    return {Path(row[column].replace("\\", "/")).as_posix(): row for row in rows}


def _automatic_columns(rows: Iterable[Mapping[str, str]]) -> Columns:
    """Return which columns say what in a table of Groove or MAESTRO; nothing for another."""
    there = set(next(iter(rows), {}))
    return next((known for known in (GROOVE, MAESTRO) if {PATH_COLUMN, *sum(known.values(), ())} <= there), {})


def _read_mirdata(name: str, folder: Path) -> Rows:
    """Return the tracks of a data set of mirdata as rows, with the columns of the data set's own table."""
    try:
        import mirdata
    except ModuleNotFoundError as error:
        way = "run: pip install mirdata, or leave it out"
        raise ValueError(f"collection.mirdata={name!r}: is not installed; {way}") from error
    facts = ("style", "session", "canonical_composer", "canonical_title", "split")
    try:
        tracks = mirdata.initialize(name, data_home=str(folder)).load_tracks().values()
        return {
            Path(track.midi_path).relative_to(folder).as_posix(): {PATH_COLUMN: track.midi_path}
            | {fact: str(getattr(track, fact)) for fact in facts if hasattr(track, fact)}
            | {"bpm": str(getattr(track, "tempo", ""))}
            for track in tracks
        }
    except FileNotFoundError as error:
        run = f"mirdata.initialize({name!r}, data_home={str(folder)!r}).download()"
        raise FileNotFoundError(f"{folder}: is not the complete {name} of mirdata; run in Python: {run}") from error


def describe(paths: Mapping[str, Path], rows: Rows, collection: Collection, where: str) -> list[Entry]:
    """Return the entries of files that have a row."""
    automatic = _automatic_columns(rows.values())
    for key, column in collection.model_dump(include={"label_column", "group_column", "split_column"}).items():
        if column and not all(column in row for row in rows.values()):
            raise ValueError(f"collection.{key}={column!r}: there is no table with it; see collection.table")
    labels, groups, words = {}, {}, {}
    for name in paths:
        label = _read_columns(rows[name], collection.label_column, automatic.get("label"))
        labels[name] = (name.rpartition("/")[0] if label is None else label).split("/")[0]
        own_columns = None if collection.group_pattern else automatic.get("group")
        group = _read_columns(rows[name], collection.group_column, own_columns)
        groups[name] = group or _group_by_name(name, labels[name], collection.group_pattern)
        word = _read_columns(rows[name], collection.split_column, automatic.get("split"))
        words[name] = word and word.lower()
    if wrong := next((name for name, word in words.items() if word is not None and word not in SPLIT_WORDS), None):
        raise ValueError(f"{where}: {wrong}: split={words[wrong]!r}: must be one of {', '.join(SPLIT_WORDS)}")
    drawn = draw_splits(set(groups.values()), collection)
    splits = {name: drawn[groups[name]] if word is None else SPLIT_WORDS[word] for name, word in words.items()}
    return [Entry(path, name, labels[name], groups[name], splits[name], rows[name]) for name, path in paths.items()]


def _read_columns(row: Mapping[str, str], column: str | None, automatic: Iterable[str] | None) -> str | None:
    """Return what a row says in the column that the parameters name, else in those of its kind of table."""
    columns = [column] if column else automatic
    return None if columns is None else ": ".join(row[name].strip() for name in columns)


def _group_by_name(name: str, label: str, pattern: str | None) -> str:
    if pattern is None:
        return name
    try:
        found = re.search(pattern, Path(name).stem)
    except re.error as error:
        raise ValueError(f"collection.group_pattern={pattern!r}: is not a regular expression: {error}") from error
    return f"{label}:{found.group() if found else Path(name).stem}"


def draw_splits(groups: set[str], collection: Collection) -> dict[str, str]:
    """Return the part of each group: by a number from seed and name, so that other groups hardly matter.

    Neither the training nor a part with a fraction is left empty if there are groups enough.
    """
    digests = {group: hashlib.sha256(f"{collection.seed}:{group}".encode()).digest() for group in groups}
    chances = {group: int.from_bytes(digest[:8]) / 2**64 for group, digest in digests.items()}
    order = sorted(groups, key=lambda group: (chances[group], group))
    n_test, n_held_out = (
        sum(chance < limit for chance in chances.values())
        for limit in (collection.test_fraction, collection.test_fraction + collection.validation_fraction)
    )
    needs_validation = collection.validation_fraction > 0 and len(groups) > 2
    n_test = max(min(max(n_test, collection.test_fraction > 0), len(groups) - 1 - needs_validation), 0)
    n_held_out = max(min(max(n_held_out, n_test + needs_validation), len(groups) - 1), 0)
    return {g: "test" if i < n_test else "validation" if i < n_held_out else "train" for i, g in enumerate(order)}


def _print_missing(names: Iterable[str], what: str) -> None:
    if missing := sorted(names):
        print(f"left out: {len(missing)} {what} ({', '.join(missing[:2])}{', ...' * (len(missing) > 2)})")
