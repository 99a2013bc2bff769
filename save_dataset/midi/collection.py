"""The files of a collection, and what is known of each: label, group, part of the split.

A table (CSV, a row per file) says it, in the columns that the parameters name, else in those of Groove or MAESTRO.
Without a column the label is the first folder, the group is what `group_pattern` finds or the file, and groups are
drawn for the split.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.notes import HIGHEST_BPM, LOWEST_BPM, MIDI_ENDINGS
from pipeline.parameters import ROOT
from pipeline.sections.symbolic import Collection
from save_dataset.files import find_files, music_path, names_below, nfc
from save_dataset.midi.collection_table import Rows, automatic_columns, read_mirdata, read_rows, table_of
from save_dataset.midi.corpus import SPLITS
from save_dataset.tables import Row, fold, to_number

SPLIT_WORDS = {split: split for split in SPLITS} | {"val": "validation", "valid": "validation"}


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
    endings = () if Path(collection.files).suffix else MIDI_ENDINGS
    found = find_files(folder, collection.files, endings, **keys)
    table = table_of(collection, root)
    if not found:
        raise ValueError(f"{folder}: contains no MIDI that {collection.files} finds")
    paths = names_below(folder, found)
    rows: Rows = dict.fromkeys(paths, Row(str(folder), {}))
    if collection.mirdata:
        rows = read_mirdata(collection.mirdata, folder)
    elif table:
        rows = read_rows(table, collection, folder, paths.keys())
    if not (names := sorted(paths.keys() & rows.keys())):
        names_differ = f"the first row is for {next(iter(rows), 'none')!r}, the first file is {min(paths)!r}"
        raise ValueError(
            f"{table or folder}: no row is for a file that {collection.files} finds in {folder}: {names_differ}"
        )
    _print_missing(paths.keys() - rows.keys(), "files without a row in the table")
    _print_missing(rows.keys() - paths.keys(), "rows of the table without a file")
    return describe({name: paths[name] for name in names}, rows, collection)


def describe(paths: Mapping[str, Path], rows: Rows, collection: Collection) -> list[Entry]:
    """Return the entries of files that have a row; ValueError if a cell cannot be."""
    there = next(iter(rows.values())).cells.keys()
    automatic = automatic_columns(there)
    for key, column in collection.model_dump(include={"label_column", "group_column", "split_column"}).items():
        if column and fold(column) not in there:
            raise ValueError(f"collection.{key}={column!r}: there is no table with it; see collection.table")
    labels, groups, words = {}, {}, {}
    for name in paths:
        cells = rows[name].cells
        label = _read_columns(cells, collection.label_column, automatic.get("label"))
        labels[name] = (name.rpartition("/")[0] if label is None else label).split("/")[0]
        own_columns = None if collection.group_pattern else automatic.get("group")
        group = _read_columns(cells, collection.group_column, own_columns)
        groups[name] = group or _group_by_name(name, labels[name], collection.group_pattern)
        word = _read_columns(cells, collection.split_column, automatic.get("split"))
        words[name] = word and word.lower()
        _check_cells(name, rows[name], words[name])
    drawn = draw_splits(set(groups.values()), collection)
    splits = {name: drawn[groups[name]] if word is None else SPLIT_WORDS[word] for name, word in words.items()}
    return [
        Entry(path, name, labels[name], groups[name], splits[name], rows[name].cells) for name, path in paths.items()
    ]


def _read_columns(cells: Mapping[str, str], column: str | None, automatic: Iterable[str] | None) -> str | None:
    """Return what a row says in the column that the parameters name, else in those of its kind of table."""
    columns = [fold(column)] if column else automatic
    return None if columns is None else nfc(": ".join(cells[name] for name in columns))


def _check_cells(name: str, row: Row, word: str | None) -> None:
    """Raise a ValueError if the part of the split is none, or the tempo cannot be; an empty tempo is none."""
    if word is not None and word not in SPLIT_WORDS:
        raise ValueError(f"{row.place}: {name}: split={word!r}: must be one of {', '.join(SPLIT_WORDS)}")
    bpm = row.cells.get("bpm", "")
    try:
        is_tempo = not bpm or LOWEST_BPM <= to_number(bpm) <= HIGHEST_BPM
    except ValueError as error:
        raise ValueError(f"{row.place}: {name}: bpm: {error}") from error
    if not is_tempo:
        must = f"must be from {LOWEST_BPM} to {HIGHEST_BPM}, or empty: then the file's own"
        raise ValueError(f"{row.place}: {name}: bpm={bpm}: {must}")


def _group_by_name(name: str, label: str, pattern: str | None) -> str:
    if pattern is None:
        return name
    try:
        found = re.search(nfc(pattern), Path(name).stem)
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
