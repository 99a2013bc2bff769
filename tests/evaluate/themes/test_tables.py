import csv

import numpy as np

from evaluate.themes.pattern_scores import METRICS
from evaluate.themes.tables import (
    choice_rows,
    extractions,
    percent,
    phase_rows,
    piece_rows,
    repeat_rows,
    save_tables,
    score_rows,
)
from pipeline.parameters import load
from tests.small_recordings import TEXT, small_recordings
from tests.small_scores import PIECES, SCORES, UPPER_BOUND, scores_of
from tests.stored_results import store


def test_a_row_for_each_run_and_extractor_with_the_mean_over_pieces():
    rows = score_rows(SCORES, UPPER_BOUND)
    assert [(row["features"], row["extractor"], row["three-layer F"]) for row in rows] == [
        ("RAW", "nieto_farbood", "12.5"),
        ("RAW", "lag", "25.0"),
        ("RAW", "lag, chosen leave-one-out", "6.7"),  # B and C take what only A is good for, A what they are good for
        ("OTHER", "nieto_farbood", "12.5"),
        ("OTHER", "lag", "25.0"),
        ("OTHER", "lag, chosen leave-one-out", "43.3"),
        ("all runs", "lag, chosen leave-one-out", "3.3"),
        ("upper bound", "true spans, all notes", "90.0"),
    ]


def test_parameters_of_each_run_are_chosen_and_run_and_parameters_together():
    rows = [row for row in choice_rows(SCORES) if row["chosen among"] == "all runs"]
    assert [(row["piece"], row["features"], row["high"]) for row in rows] == [
        ("A", "OTHER", "0.5"), ("B", "RAW", "0.5"), ("C", "RAW", "0.5"),
    ]  # fmt: skip
    rows = [row for row in choice_rows(SCORES) if row["chosen among"] == "RAW"]
    assert [row["high"] for row in rows] == ["0.6", "0.5", "0.5"]
    assert {(row["low"], row["shortest (beats)"]) for row in rows} == {("0.3", "8")}


def test_pieces_have_all_metrics():
    rows = piece_rows(SCORES, UPPER_BOUND)
    assert len(rows) == 8 * len(PIECES)
    assert len(rows[0]) == 3 + len(METRICS)
    assert [row["establishment F"] for row in rows[6:9]] == ["20.0", "0.0", "0.0"]


def test_each_metric_stands_in_its_column_in_percent():
    scores = scores_of([[0.5, 0.5, 0.5]])
    scores["lag"] = np.tile(np.arange(len(METRICS)) / 100, (3, 1))
    (row,) = [row for row in score_rows({"RAW": scores}, None) if row["extractor"] == "lag"]
    assert [*row.values()][2:] == ["0.0", "3.0", "6.0", "9.0"]
    assert [percent(fraction) for fraction in (0, 1, 0.62345)] == ["0.0", "100.0", "62.3"]


def test_one_configuration_or_one_piece_leaves_nothing_to_choose():
    assert [how for _, how, _ in extractions({"RAW": scores_of([[0.5, 0.4, 0.3]])}, None)] == ["nieto_farbood", "lag"]
    scores = {"RAW": scores_of([[0.5], [0.4]]), "OTHER": scores_of([[0.5], [0.4]])}
    assert [how for _, how, _ in extractions(scores, None)] == ["nieto_farbood", "lag"] * 2
    assert choice_rows(scores) == []


def test_phases_are_those_of_runs_that_have_them_and_repeats_of_the_kinds_that_occur():
    (row,) = phase_rows({"RAW": {}, "LEARNED": {"shift_r2": np.array([0.9876, 0.5])}})
    assert row == {"features": "LEARNED", "R2 of the shift in pitch": "0.988", "R2 of the shift in time": "0.500"}
    rows = repeat_rows({"RAW": SCORES["RAW"]})
    assert {tuple(row) for row in rows} == {("features", "extractor", "alike (4 pairs)", "at another tempo (7 pairs)")}
    assert [tuple(row.values()) for row in rows] == [
        ("RAW", "nieto_farbood", "25.0", "0.0"),
        ("RAW", "lag", "75.0", "50.0"),
    ]


def test_tables_are_written_of_what_is_stored(write_parameters):
    root = write_parameters(TEXT, "small")
    parameters = load("small", root)
    assert save_tables(parameters, root) == []
    store(parameters, "recordings", root, **small_recordings().to_arrays())
    store(parameters.for_run("RAW"), "scores", root, **SCORES["RAW"])
    store(parameters, "upper_bound", root, **UPPER_BOUND)
    paths = save_tables(parameters, root)
    names = ("scores", "scores_pieces", "choice", "repeats")
    assert [path.name for path in paths] == [f"{name}.{ending}" for name in names for ending in ("csv", "tex")]
    with paths[0].open(encoding="utf-8") as file:
        assert [row["features"] for row in csv.DictReader(file)] == ["RAW", "RAW", "RAW", "upper bound"]
