import csv

import mir_eval
import numpy as np

from forecast.themes.files import COLUMNS, write_files, write_table
from tests.themes_of_scale import PATTERN, scale_recordings, scale_themes


def read_rows(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_files_of_every_extractor_and_piece_with_a_score_and_none_of_pieces_that_went(tmp_path):
    (tmp_path / "gone_lag.txt").touch()
    (tmp_path / "notes.md").touch()  # which is not ours
    paths = write_files(scale_themes(), scale_recordings(), tmp_path)
    names = {"lag.csv", "nieto_farbood.csv", "scale_lag.txt", "scale_nieto_farbood.txt"}
    assert {path.name for path in paths} == names == {path.name for path in tmp_path.iterdir()} - {"notes.md"}
    assert (tmp_path / "notes.md").exists()


def test_pattern_files_are_read_by_mir_eval(tmp_path):
    write_files(scale_themes(), scale_recordings(), tmp_path)
    first, second = mir_eval.io.load_patterns(str(tmp_path / "scale_lag.txt"))
    assert first == PATTERN == scale_recordings().patterns(0)[0]
    assert second == [[(4.0, 67.0), (5.0, 69.0)], [(14.0, 71.0), (15.0, 72.0)]]
    assert mir_eval.io.load_patterns(str(tmp_path / "scale_nieto_farbood.txt")) == []


def test_the_table_says_when_and_on_which_beats(tmp_path):
    rows = read_rows(write_table(scale_themes(), "lag", scale_recordings(), tmp_path / "lag.csv"))
    assert tuple(rows[0]) == COLUMNS
    assert [*rows[1].values()] == ["scale", "1", "2", "5.00", "6.50", "8", "11", "3"]
    numbers = [(row["piece"], row["theme"], row["occurrence"]) for row in rows]
    themes = [("scale", "1"), ("scale", "2"), ("noise", "1")]
    assert numbers == [(*theme, occurrence) for theme in themes for occurrence in "12"]


def test_beats_are_empty_without_a_score_and_never_minus_zero(tmp_path):
    rows = read_rows(write_table(scale_themes(), "nieto_farbood", scale_recordings(), tmp_path / "nieto_farbood.csv"))
    assert [*rows[0].values()] == ["noise", "1", "1", "1.00", "3.00", "", "", ""]
    assert [*rows[1].values()] == ["noise", "1", "2", "6.00", "8.00", "", "", ""]
    themes = scale_themes() | {"lag_starts_s": np.full(6, 0.9)}
    assert read_rows(write_table(themes, "lag", scale_recordings(), tmp_path / "lag.csv"))[0]["start_beats"] == "0"


def test_a_table_of_nothing_has_its_columns(tmp_path):
    nothing = {name: array[:0] for name, array in scale_themes().items()}
    path = write_table(nothing, "lag", scale_recordings(), tmp_path / "lag.csv")
    assert path.read_text(encoding="utf-8").splitlines() == [",".join(COLUMNS)]
