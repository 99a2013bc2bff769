"""Tables and texts of the user, as Excel, LibreOffice, pandas and old programs write them.

Read are UTF-8, and UTF-16 with its mark; cells between commas, semicolons, tabs or bars, with spaces around them; a
first line ``sep=;``; blank lines; above the names of the columns, lines that begin with ``#``; at the end Ctrl-Z, which
DOS puts there. Names of columns are compared without capitals. Whatever cannot be understood is a ValueError that names
file and line.
"""

import codecs
import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path

from save_dataset.files import nfc

DELIMITERS = (",", "\t", ";", "|")
BETWEEN = "with commas, semicolons, tabs or bars between cells"
ONE_COLUMN = f"the first line must name the columns, {BETWEEN}"
COMMENT = "#"
SEPARATOR_LINE = re.compile(r'"?sep=(.?)"?\W*', re.IGNORECASE)  # of Excel
CTRL_Z, NUL = "\x1a", "\0"
MAX_BYTES = 2**22  # a table of thirty thousand files; as lines and cells in memory it is two hundred times as much
MAX_NUMBER = 1e9  # no beat, second, pitch or tempo is beyond it
NUMBER = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Row:
    """A row of a table: its cells by `fold` of the column; `place` names file and line in messages."""

    place: str
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """A table whose first line names its columns, as they are written there."""

    path: Path
    columns: Sequence[str]
    rows: Sequence[Row]

    @property
    def keys(self) -> set[str]:
        """The columns by `fold`."""
        return set(map(fold, self.columns))

    def has(self, column: str) -> bool:
        """Whether a column is there."""
        return fold(column) in self.keys

    def check_columns(self, needed: Iterable[str], hint: str = "") -> None:
        """Raise a ValueError that names the first of these columns that is missing, and those that are there."""
        if missing := [column for column in needed if not self.has(column)]:
            there = ", ".join(self.columns) or "none"
            hints = [hint] * bool(hint) + [ONE_COLUMN] * (len(self.columns) == 1)
            raise ValueError("; ".join([f"{self.path}: has no column {missing[0]!r}", f"there are {there}", *hints]))


def fold(name: str) -> str:
    """Return the name of a column as it is compared: accents composed, without capitals and spaces around it."""
    return nfc(name.strip()).casefold()


def read_text(path: Path) -> str:
    """Return what a text file holds, without Ctrl-Z and blank lines at its end."""
    if (n_bytes := path.stat().st_size) > MAX_BYTES:
        raise ValueError(f"{path}: {n_bytes / 2**20:.0f} MB: must be a text of {MAX_BYTES // 2**20} MB at most")
    content = path.read_bytes()
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if is_utf16 else "utf-8-sig").rstrip(f"{CTRL_Z} \r\n")
    except UnicodeDecodeError as error:
        line = 1 + content[: error.start].count(b"\n")
        raise ValueError(f"{path}: line {line}: is not text in UTF-8; save it as UTF-8") from error
    for mark, name in ((NUL, "NUL"), (CTRL_Z, "Ctrl-Z")):
        if mark in text:
            line = 1 + text[: text.index(mark)].count("\n")
            raise ValueError(f"{path}: line {line}: contains the character {name}; save it as text in UTF-8")
    return text


def read_lines(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the lines of a text that are neither blank nor comments: file and number for messages, and the line."""
    for line, text in enumerate(read_text(path).splitlines(), start=1):
        if text.strip() and not text.startswith(COMMENT):
            yield f"{path}: line {line}", text.strip()


def read_table(path: Path, names: Collection[str]) -> Table:
    """Return a table with its columns named in the first line; what a row lacks at its end is empty.

    `names` are columns that it may have: of the delimiters counts the one that finds most of them. No rows are read if
    it has none: `Table.check_columns` then says what is missing.
    """
    lines = read_cells(path, names)
    line, columns = lines[0] if lines else (1, [])
    keys = [fold(column) for column in columns]
    check_names(f"{path}: line {line}", columns)
    table = Table(path, [column for column in columns if column], [])
    if not any(map(table.has, names)):
        return table
    rows = []
    for line, cells in lines[1:]:
        place = f"{path}: line {line}"
        if any(cells[len(keys) :]):
            hint = "write decimals with a point, and texts with a comma in quotes"
            raise ValueError(f"{place}: has {len(cells)} cells for {len(keys)} columns; {hint}")
        rows.append(Row(place, dict(zip_longest(keys, cells[: len(keys)], fillvalue=""))))
    return replace(table, rows=rows)


def check_names(place: str, columns: Sequence[str]) -> None:
    """Raise a ValueError if two columns have one name; `place` begins the message."""
    keys = [fold(column) for column in columns]
    if twice := [column for column, key in zip(columns, keys, strict=True) if key and keys.count(key) > 1]:
        raise ValueError(f"{place}: two columns are called {twice[0]!r}")


def read_cells(path: Path, names: Iterable[str]) -> list[tuple[int, list[str]]]:
    """Return the lines of a table that are not blank: their numbers, and their cells without spaces around them."""
    lines, known = list(io.StringIO(read_text(path), newline="")), {fold(name) for name in names}
    rows, line = [], 1  # of a row that fills several lines, the first
    try:
        _blank_comments(lines, known)
        first = next((index for index, line in enumerate(lines) if line.strip()), 0)
        if match := SEPARATOR_LINE.fullmatch("".join(lines[first : first + 1]).strip(" \r\n")):
            delimiter, lines[first] = match[1], "\n"
            if delimiter not in DELIMITERS:
                raise ValueError(f"{path}: line {first + 1}: sep={delimiter}: must be a table {BETWEEN}")
        else:
            delimiter = _find_delimiter(lines[first:], known)
        reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise ValueError(f"{path}: line {line}: cannot be read as CSV ({error})") from error
    return rows


def _blank_comments(lines: list[str], names: set[str]) -> None:
    """Blank the comments above the columns; where one names the columns, as numpy writes them, only its mark goes."""
    for index, line in enumerate(lines):
        text = line.lstrip(COMMENT)
        if line.strip() and text == line:
            return
        if any(names.intersection(_first_row([text], delimiter)) for delimiter in DELIMITERS):
            lines[index] = text
            return
        lines[index] = "\n"


def _first_row(lines: Iterable[str], delimiter: str) -> list[str]:
    return [fold(cell) for cell in next(csv.reader(lines, delimiter=delimiter, skipinitialspace=True), [])]


def _find_delimiter(lines: Sequence[str], names: set[str]) -> str:
    """Return what finds most of these names in the first row, then what is there, before the comma."""

    def fit(delimiter: str) -> tuple[int, bool, int]:
        cells = _first_row(lines, delimiter)
        return len(names.intersection(cells)), delimiter != "," and len(cells) > 1, len(cells)

    return max(DELIMITERS, key=fit)


def to_number(text: str) -> float:
    """Return a number; ValueError if it is none, beyond a billion, or has a comma.

    >>> to_number("-0.5"), to_number("6e1")
    (-0.5, 60.0)
    """
    if looks_like_number(text) and "," in text:
        raise ValueError(f"{text!r}: has a comma; write decimals with a point, and thousands without a mark")
    if not looks_like_number(text):
        raise ValueError(f"{text!r}: must be a number")
    if abs(float(text)) > MAX_NUMBER:
        raise ValueError(f"{text!r}: must be a number of at most {MAX_NUMBER:g}")
    return float(text)


def looks_like_number(text: str) -> bool:
    """Whether a text is a number, with a point or a comma."""
    return bool(NUMBER.fullmatch(text))
