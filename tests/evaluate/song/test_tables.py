import numpy as np
import pytest

from evaluate.song.tables import (
    consistency_rows,
    control_rows,
    divergence_rows,
    one_step_rows,
    paper_rows,
    recurrence_rows,
)
from pipeline.tables import latex
from tests.trajectories import HOP_S, measures_of_astray

COMPARED = 40


@pytest.fixture
def measure(rng):
    def measure_it(n_steps, starts=None, size=1.0):
        starts = np.arange(0, 200 - n_steps, 2) if starts is None else starts
        return measures_of_astray(rng, starts, n_steps, COMPARED, size)

    return measure_it


def test_divergence_has_the_numbers_of_the_arrays(measure):
    measures = measure(12)
    (row,) = divergence_rows({"R": {"knn": measures}}, bpm=90.0)
    assert (row["run"], row["method"]) == ("R", "KNN")
    assert row["starts"] == str(np.sum(measures["starts"] >= COMPARED))
    assert float(row["valid time (s)"]) == pytest.approx(HOP_S * np.median(measures["compared_valid_steps"]), abs=5e-4)
    assert float(row["valid time (beats)"]) == pytest.approx(1.5 * measures["compared_valid_time_s"], abs=5e-3)
    for step in (1, 5, 10):
        assert float(row[f"NRMSE at {step}"]) == pytest.approx(measures["compared_nrmse"][step], abs=5e-4)
    assert row["NRMSE at 30"] == ""
    assert float(row["skill at 10"]) == pytest.approx(measures["compared_skill"][10], abs=5e-3)
    assert float(row["one-step MSE"]) == pytest.approx(measures["compared_mean_squared_error"], abs=5e-6)
    assert float(row["one-step cos"]) == pytest.approx(measures["compared_mean_cosine"], abs=5e-4)
    assert row["censored"] == f"{100 * np.mean(measures['compared_is_censored']):.0f}%"
    for end, text in zip(("low", "high"), row["95 % interval (s)"].split(" to "), strict=True):
        assert float(text) == pytest.approx(measures[f"compared_valid_time_{end}_s"], abs=5e-4)


def test_one_step_has_scores_with_their_intervals(measure):
    measures = measure(12)
    (row,) = one_step_rows({"R": {"knn": measures}})
    assert list(row) == ["run", "method", "starts", "MSE", "cos"]
    for text, name in (("MSE", "mean_squared_error"), ("cos", "mean_cosine")):
        value, low, high = (float(part.strip("[,]")) for part in row[text].split())
        assert value == pytest.approx(measures[f"compared_{name}"], abs=5e-4)
        assert (low, high) == pytest.approx(tuple(measures[f"compared_{name}_interval"]), abs=5e-4)
        assert low < value < high
    (short,) = one_step_rows({"R": {"knn": measure(6, starts=np.array([50]))}})
    assert "[" not in short["MSE"]


def test_what_is_not_known_stays_empty(measure):
    (row,) = divergence_rows({"R": {"knn": measure(6, starts=np.array([50, 60, 70]))}})
    assert (row["95 % interval (s)"], row["NRMSE at 10"], row["skill at 10"]) == ("", "", "")
    assert row["NRMSE at 5"]
    assert "valid time (beats)" not in row


def test_methods_without_initial_conditions_to_compare_have_no_row_and_all_rows_the_same_columns(measure):
    none_compared = measure(6, starts=np.arange(10))
    assert divergence_rows({"R": {"knn": none_compared}}) == []
    (row,) = divergence_rows({"R": {"knn": none_compared, "joint": measure(6)}})
    assert row["method"] == "joint"
    rows = divergence_rows({"R": {"knn": measure(6), "var": measure(35)}})
    assert len({tuple(row) for row in rows}) == 1
    assert latex(rows).count(r"\\") == 3


def test_paper_is_in_its_units_over_all_initial_conditions(measure):
    leaking, honest = measure(10, size=0.1), measure(10)
    (row,) = paper_rows({"R": {"knn_paper": leaking, "knn": honest, "var": honest}})
    assert row["starts"] == str(len(honest["starts"]))
    for name, measures in {"KNN (paper's)": leaking, "KNN": honest}.items():
        mean, error = (float(text) for text in row[f"{name} 5"].split(" +- "))
        assert mean == pytest.approx(measures["axes_mean"][5], abs=5e-5)
        assert error == pytest.approx(measures["axes_standard_error"][5], abs=5e-5)
        assert row[f"{name} 30"] == ""


def test_controls_have_a_row_for_each_run_and_trajectory():
    controls = {
        "controls": np.array(["song", "exact loop"]),
        "methods": np.array(["knn", "persistence"]),
        "valid_steps": np.array([[3.0, 1.5], [30.0, 2.0]]),
    }
    assert control_rows({"R": controls, "RF": controls}) == [
        {"run": run, "trajectory": name, "KNN": knn, "persistence": persistence}
        for run in ("R", "RF")
        for name, knn, persistence in (("song", "3", "1.5"), ("exact loop", "30", "2"))
    ]


RECURRENCE = {
    "score": np.array(0.75),
    "period_s": np.array(2.5),
    "shuffled_scores": np.array([0.25, 0.5]),
    "shuffled_p": np.array(1 / 3),
    "randomised_scores": np.array([0.5, 0.75]),
    "randomised_p": np.array(2 / 3),
}


def test_recurrence_is_compared_with_surrogates_in_beats_if_there_is_a_tempo():
    assert recurrence_rows({"R": RECURRENCE}, bpm=120.0) == [
        {
            "run": "R",
            "loop score": "0.750",
            "shuffled": "0.375",
            "p": "0.333",
            "phase-randomised": "0.625",
            "p (randomised)": "0.667",
            "period (s)": "2.5000",
            "period (beats)": "5.00",
        }
    ]
    (row,) = recurrence_rows({"R": RECURRENCE | {"period_s": np.array(np.nan)}})
    assert row["period (s)"] == ""
    assert "period (beats)" not in row


def test_consistency_of_a_run_with_itself_with_a_rotated_copy_and_with_another(rng):
    z = rng.normal(size=(50, 3))
    rotated = 3 * z @ np.linalg.qr(rng.normal(size=(3, 3)))[0] + 7
    in_more_dimensions = np.concatenate([rotated, np.zeros((50, 2))], axis=1)
    other, shorter = rng.normal(size=(50, 3)), rng.normal(size=(40, 3))
    runs = {"R": z, "R_s1": rotated, "R_5d": in_more_dimensions, "RF": other, "RF_2s": shorter}
    rows = consistency_rows({run: {"z": points} for run, points in runs.items()})
    assert [row["run"] for row in rows] == list(runs)
    assert [rows[0][run] for run in ("R", "R_s1", "R_5d", "RF_2s")] == ["0.000", "0.000", "0.000", ""]
    assert 0.5 < float(rows[0]["RF"]) < 1
    table = [[row[run] for run in runs] for row in rows]
    assert table == [list(column) for column in zip(*table, strict=True)]  # as far from each other either way
