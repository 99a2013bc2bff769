import csv

import pytest

from evaluate.timbre.tables import save_tables
from pipeline.parameters import load
from pipeline.results import figure_path
from tests.small_measures import small_measures
from tests.small_transfers import TEXT
from tests.stored_results import store

FIGURES = """
[figures]
groups = { mosaic = ["pieces", "runs"] }
compare = [["mosaic", "same"], ["pieces", "runs"], ["hybrid", "same"]]
"""
MEASURED = {
    "same": small_measures(12.0, [False] * 4, 1.0),
    "pieces": small_measures(5.0),
    "runs": small_measures(7.0, [True, True, False, True]),
}


def rows_of(parameters, name, root):
    with figure_path(parameters, name, root).with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def measured(write_parameters):
    root = write_parameters(TEXT + FIGURES, "small")
    parameters = load("small", root)
    for run, measures in MEASURED.items():
        store(parameters.for_run(run), "measures", root, **measures.to_arrays())
    names = {path.name for path in save_tables(parameters, root)}
    assert names == {f"{name}.{end}" for name in ("methods", "differences", "targets") for end in ("csv", "tex")}
    return parameters, root


def test_methods_have_a_row_each_with_seeds_averaged(measured):
    same, mosaic = rows_of(measured[0], "methods", measured[1])
    assert (same["method"], same["notes lost (%)"], same["pitch kept (%)"]) == ("same", "0.0", "100.0")
    assert (mosaic["method"], mosaic["runs"], mosaic["notes"]) == ("mosaic", "2", "4")
    lost = {name: mosaic[f"lost {name}"] for name in ("within learned pitches (%)", "beyond (%)")}
    assert (mosaic["notes lost (%)"], *lost.values()) == ("50.0", "25.0", "75.0")
    assert (mosaic["distance (dB)"], mosaic["distance of sources (dB)"]) == ("6.00", "12.00")
    assert (mosaic["reconstruction (dB)"], mosaic["bandwidth (Hz)"]) == ("3.00", "3000")
    assert "notes lost (%), 95 %" not in mosaic  # notes are of one source only
    assert "chords kept (%)" not in mosaic


def test_differences_are_of_runs_and_groups_that_are_measured(measured):
    rows = {(row["first"], row["measure"]): row for row in rows_of(measured[0], "differences", measured[1])}
    assert {first for first, _ in rows} == {"mosaic", "pieces"}
    assert rows["mosaic", "notes lost (%)"]["difference"] == "+50.0"
    assert (rows["mosaic", "distance (dB)"]["difference"], rows["mosaic", "distance (dB)"]["95 %"]) == (
        "-6.00",
        "-6.00 to -6.00",
    )
    assert rows["pieces", "pitch kept (%)"]["difference"] == "+0.0"
    assert not {"distance of sources (dB)", "chords kept (%)"} & {measure for _, measure in rows}


def test_targets_have_a_row_for_each_method(measured):
    rows = rows_of(measured[0], "targets", measured[1])
    assert [(row["target"], row["method"]) for row in rows] == [
        (target, method) for target in ("reed", "bell") for method in ("same", "mosaic")
    ]
    assert [row["notes lost (%)"] for row in rows] == ["0.0", "50.0", "0.0", "50.0"]
    assert {row["notes"] for row in rows} == {"2"}


def test_nothing_is_written_of_nothing(write_parameters):
    root = write_parameters(TEXT, "small")
    assert save_tables(load("small", root), root) == []
