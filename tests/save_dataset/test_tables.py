import codecs

import pytest

from save_dataset import tables
from save_dataset.tables import fold, read_cells, read_table, read_text, to_number

ROWS = [(2, {"path": "a/1.mid", "style": "rock, hard"}), (3, {"path": "2.mid", "style": ""})]
QUOTED = 'path,style\na/1.mid,"rock, hard"\n2.mid,\n'
PLAIN = "path\tstyle\na/1.mid\trock, hard\n2.mid\t\n"


@pytest.fixture
def write(tmp_path):
    def write_it(content):
        path = tmp_path / "t.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_it


@pytest.mark.parametrize(
    ("content", "n_lines_before"),
    [
        (QUOTED, 0),
        (QUOTED.replace("\n", "\r\n"), 0),
        (QUOTED.replace("\n", "\r"), 0),
        ("\ufeff" + QUOTED, 0),
        (QUOTED + "\n,\n\r\n\x1a", 0),
        (QUOTED + "\x1a\x1a\x1a", 0),
        ("\n \n" + QUOTED, 2),
        ('Path , STYLE\n a/1.mid, "rock, hard"\n2.mid\n', 0),
        (PLAIN, 0),
        (PLAIN.encode("utf-16"), 0),
        (codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be"), 0),
        (PLAIN.replace("\t", ";"), 0),
        (PLAIN.replace("\t", " | "), 0),
        ("sep=;\n" + PLAIN.replace("\t", ";"), 1),
        ("\n" + '"SEP=\t"\r\n\n' + PLAIN, 3),
        ("sep=,,\n" + QUOTED, 1),
        ("# songs, of path\n\n# 2020\n" + QUOTED, 3),
        ("# " + QUOTED, 0),  # as numpy writes it
        ("#," + QUOTED.replace("\n", "\n,").rstrip(","), 0),
        (",path,style\n0,a/1.mid,'rock\n".replace("'rock", '"rock, hard"') + "1,2.mid,\n", 0),
    ],
)
def test_tables_of_many_programs_are_the_same_table(write, content, n_lines_before):
    table = read_table(write(content), ["PATH", "style", "other"])
    for row, (line, cells) in zip(table.rows, ROWS, strict=True):
        assert row.place.endswith(f"t.csv: line {line + n_lines_before}")
        assert cells.items() <= row.cells.items()
    assert [fold(column) for column in table.columns] == ["path", "style"]


def test_a_row_in_several_lines_has_the_number_of_its_first(write):
    table = read_table(write('a,b\n1,"x\ny"\n2,z\n'), ["a"])
    assert [row.place.rpartition(": ")[2] for row in table.rows] == ["line 2", "line 4"]
    table = read_table(write('"file\nname",path\n1,#2.mid\n'), ["path"])
    assert [row.cells for row in table.rows] == [{"file\nname": "1", "path": "#2.mid"}]
    assert [row.cells for row in read_table(write('"a\nb"\n"x, y"\n'), ["a\nb"]).rows] == [{"a\nb": "x, y"}]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("path,style,Path\n", r"t.csv: line 1: two columns are called 'path'"),
        ("path,bpm\na,120\nb,120,5\n", r"t.csv: line 3: has 3 cells for 2 columns; write decimals with a point"),
        ('path,style\n\na,"rock\nb,jazz\n', r"t.csv: line 3: cannot be read as CSV \(unexpected end of data\)"),
        ("path,style\na,jäzz\n".encode("cp1252"), r"t.csv: line 2: is not text in UTF-8; save it as UTF-8"),
        ("path\na\n".encode("utf-16-le"), r"t.csv: line 1: contains the character NUL"),
        ("path\na\n\x1ab\n", r"t.csv: line 3: contains the character Ctrl-Z"),
        (
            "\nsep=:\npath:style\n",
            r"t.csv: line 2: sep=:: must be a table with commas, semicolons, tabs or bars between",
        ),
        ("path,style\na," + "x" * 200_000, r"t.csv: line 2: cannot be read as CSV \(field larger than"),
    ],
)
def test_what_cannot_be_understood_is_named_with_its_line(write, content, message):
    with pytest.raises(ValueError, match=message):
        read_table(write(content), ["path"])


def test_a_missing_column_is_named_with_those_that_are_there(write):
    table = read_table(write("File; Style\n"), ["path"])
    table.check_columns(["style", "FILE"])
    with pytest.raises(ValueError, match=r"t.csv: has no column 'path'; there are File, Style; rename it$"):
        table.check_columns(["style", "path"], "rename it")
    for title in ("My songs\npath,style\n", "path style\na, rock\n"):
        message = r"has no column 'path'; there are .*; rename it; the first line must name the columns, with commas, "
        with pytest.raises(ValueError, match=message):
            read_table(write(title), ["path"]).check_columns(["path"], "rename it")
    with pytest.raises(ValueError, match=r"t.csv: has no column 'path'; there are none$"):
        read_table(write("\n"), ["path"]).check_columns(["path"])


def test_cells_of_a_table_without_names(write):
    assert read_cells(write("0,5;60\n\n1;62\n"), []) == [(1, ["0,5", "60"]), (3, ["1", "62"])]
    assert read_cells(write("0, 60\n"), ["onset"]) == [(1, ["0", "60"])]
    assert read_cells(write(""), []) == []
    assert read_text(write("a \x1a\r\n")) == "a"


@pytest.mark.parametrize("text", ["", "x", "nan", "inf", "1_0", "0x1", "1.2,3", "1 2", "٣"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match=rf"^'{text}': must be a number$"):
        to_number(text)


@pytest.mark.parametrize("text", ["1e999", "-1e300", 5000 * "1"])
def test_a_number_beyond_all_music_is_refused(text):
    with pytest.raises(ValueError, match=rf"^'{text}': must be a number of at most 1e\+09$"):
        to_number(text)


def test_a_text_too_large_is_refused_before_it_is_read(write, monkeypatch):
    monkeypatch.setattr(tables, "MAX_BYTES", 3 * 2**20)
    with pytest.raises(ValueError, match=r": 4 MB: must be a text of 3 MB at most$"):
        read_text(write(4 * 2**20 * "1"))


@pytest.mark.parametrize("text", ["0,5", "-1,25", ",5", "1,200"])
def test_a_comma_in_a_number_is_refused(text):
    with pytest.raises(
        ValueError, match=rf"^'{text}': has a comma; write decimals with a point, and thousands without"
    ):
        to_number(text)
