import csv

import numpy as np
import pytest

from evaluate.digits.draw_measures import draw_digit_measures, draw_errors, draw_errors_by_angle, error_rows
from pipeline.parameters import load
from tests.stored_results import store


def measures():
    return {
        "features": np.array(["pixels", "random", "learned"]),
        "errors": np.arange(36).reshape(3, 2, 2, 3) / 100,
        "angles_deg": np.array([0, 90, 180]),
        "errors_by_angle": np.array([[0.1, 0.6, 0.5], [0.1, 0.5, 0.4], [0.1, 0.2, 0.1]]),
        "angle_errors_deg": np.array([85.0, 12.25]),
        "n_train": np.array(100),
        "n_test": np.array(50),
    }


def test_bars_are_the_errors_in_percent_and_lines_those_at_each_angle():
    figure = draw_errors({"LEARNED": measures()})
    neighbours, regression = figure.axes
    assert [bar.get_height() for bar in neighbours.containers[2]] == pytest.approx([24, 25, 28])
    assert [bar.get_height() for bar in regression.containers[0]] == pytest.approx([6, 7, 10])
    assert neighbours.get_title() == "LEARNED: neighbours"
    figure = draw_errors_by_angle({"A": measures(), "B": measures()})
    first, second = figure.axes
    assert (first.get_title(), second.get_title()) == ("A", "B")
    assert first.get_lines()[2].get_ydata() == pytest.approx([10, 20, 10])


def test_a_row_for_each_classifier_and_training():
    rows = error_rows({"LEARNED": measures()})
    assert len(rows) == 3 * 2 * 2
    assert rows[-1] == {
        "run": "LEARNED",
        "features": "magnitudes, learned bases",
        "classifier": "logistic regression",
        "trained": "rotated",
        "tested upright (%)": "33.0",
        "tested rotated (%)": "34.0",
        "tested rotated, no 9 (%)": "35.0",
        "error of angle (degrees)": "12.2",
    }
    assert rows[0]["error of angle (degrees)"] == ""


def test_figures_and_table_are_written_for_what_is_measured(write_parameters):
    root = write_parameters('study = "digits"\n[runs.A]\n[runs.B]\n', name="digits")
    parameters = load("digits", root)
    assert draw_digit_measures(parameters, root) == []
    store(parameters.for_run("A"), "measures", root, **measures())
    paths = draw_digit_measures(parameters, root)
    names = ["errors.png", "errors.pdf", "errors_by_angle.png", "errors_by_angle.pdf", "errors.csv", "errors.tex"]
    assert [path.name for path in paths] == names
    with paths[4].open() as file:
        assert {row["run"] for row in csv.DictReader(file)} == {"A"}
