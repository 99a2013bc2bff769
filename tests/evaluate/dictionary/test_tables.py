import csv

import numpy as np
import pytest

from evaluate.dictionary.measures import named
from evaluate.dictionary.tables import (
    BASELINE_NAMES,
    chord_rows,
    denoising_rows,
    over_no_shift,
    reconstruction_rows,
    save_tables,
    shift_rows,
)
from pipeline.parameters import load
from pipeline.sections.dictionary import Baselines
from tests.small_dictionary import TEXT
from tests.stored_results import store

RUNS = f"{TEXT}model.k = 2\n[runs.pitches]\n"  # a run may have the name of a statistic
MEASURES = {
    "mse": 0.01236,
    "precision": 0.5,
    "recall": 0.25,
    "f1": 1 / 3,
    "exact": 0.125,
    "exact_tokens": np.nan,
    "velocity_rmse": np.nan,
    "atoms_used": 12,
    "perplexity": 7.25,
    "nonzeros_per_bar": 3.94,
}
SHIFTS = {"shifts": np.array([0, 1]), "shift_mse": np.array([0.02, 0.03]), "shift_f1": np.array([0.75, np.nan])}
NOISE = {f"{what}_{score}": 0.5 for what in ("noisy", "denoised") for score in ("precision", "recall", "f1")}
STYLE = {
    "accuracy": 0.8,
    "accuracy_low": 0.7,
    "accuracy_high": 0.9,
    "macro_f1": 0.75,
    "accuracy_ungrouped": 0.85,
    "majority": 0.4,
    "silhouette": -0.01,
    "silhouette_pca": 0.05,
}
CHORDS = {"clean": 0.6, "reconstructed": 0.5, "majority": 0.1, "template": 0.4, "n_beats": 10}
BASELINES = {
    "methods": np.array(["mean", "pca_largest"]),
    "k": np.array([0, 4]),
    "cpu_s": np.array([0.01, 2.5]),
    "names": np.array(["mse", "f1", "exact"]),
    "values": np.array([[0.05, 0.0, 0.5], [0.01, 0.9, np.nan]]),
}


@pytest.fixture
def parameters(write_parameters):
    return load("beats", write_parameters(RUNS, "beats"))


def read(path):
    return list(csv.DictReader(path.open(newline="")))


def test_runs_stand_above_baselines(parameters):
    history = {"A": {"cpu_s": np.array([1.0, 2.0])}}
    run, mean, pca = reconstruction_rows(parameters, {"A": named(MEASURES)}, history, BASELINES)
    head = "dictionary,winners (k),MSE,precision,recall,F1,exact windows,atoms used,perplexity,atoms a bar"
    assert ",".join(run) == f"{head},training CPU (s)"
    assert ",".join(run.values()) == "A,2,0.0124,0.500,0.250,0.333,0.125,12,7.2,3.9,3.0"
    shown = ("dictionary", "winners (k)", "MSE", "F1", "precision", "training CPU (s)")
    assert [mean[column] for column in shown] == ["mean", "", "0.0500", "0.000", "", "0.0"]
    assert [pca[column] for column in shown] == ["PCA (k largest)", "4", "0.0100", "0.900", "", "2.5"]
    assert [*run] == [*mean] == [*pca]


def test_what_no_row_measures_has_no_column(parameters):
    of_tokens = MEASURES | dict.fromkeys(("precision", "recall", "f1"), np.nan) | {"exact_tokens": 0.5}
    (row,) = reconstruction_rows(parameters, {"A": named(of_tokens)}, {}, None)
    assert not {"precision", "recall", "F1"} & {*row}
    assert row["exact tokens"] == "0.500"
    assert row["training CPU (s)"] == ""


def test_baselines_alone_are_a_table_and_nothing_is_none_and_every_method_has_a_name(parameters):
    names = [row["dictionary"] for row in reconstruction_rows(parameters, {}, {}, BASELINES)]
    assert names == ["mean", "PCA (k largest)"]
    assert reconstruction_rows(parameters, {}, {}, None) == []
    assert tuple(BASELINE_NAMES) == Baselines().methods


def test_shifts_are_compared_with_none_and_those_of_an_exact_dictionary_have_no_ratio():
    first, second = shift_rows({"A": SHIFTS, "without": named(MEASURES)})
    assert first == {"run": "A", "shift (steps)": "0", "MSE": "0.0200", "over no shift": "1.000", "F1": "0.750"}
    assert second == {"run": "A", "shift (steps)": "1", "MSE": "0.0300", "over no shift": "1.500", "F1": ""}
    exact = SHIFTS | {"shift_mse": np.array([0.0, 0.03])}
    assert np.isnan(over_no_shift(exact)).all()
    assert [row["over no shift"] for row in shift_rows({"A": exact})] == ["", ""]


def test_denoising_has_a_row_for_each_run_that_was_tested_and_chords_stand_next_to_clean_music(parameters):
    (row,) = denoising_rows({"A": NOISE, "B": {}})
    scores = ("precision", "recall", "F1")
    assert row == {"run": "A"} | {f"{what} {score}": "0.500" for what in ("noisy", "denoised") for score in scores}
    (row,) = chord_rows(parameters, {"A": CHORDS})
    assert ",".join(row) == "run,winners (k),reconstructed,clean music,clean, by triads,most frequent chord"
    assert ",".join(row.values()) == "A,2,0.500,0.600,0.400,0.100"


def test_tables_are_written_of_what_is_stored_and_hold_no_nan(write_parameters):
    root = write_parameters(RUNS, "beats")
    parameters = load("beats", root)
    run, _ = parameters.for_runs()
    assert save_tables(parameters, root) == []
    store(run, "measures", root, **named(MEASURES), **SHIFTS, **NOISE)
    store(parameters, "baselines", root, **BASELINES)
    store(run, "chords", root, **CHORDS)
    paths = save_tables(parameters, root)
    names = ("reconstruction", "shifts", "denoising", "chords")
    assert [path.name for path in paths] == [f"{name}.{ending}" for name in names for ending in ("csv", "tex")]
    assert not [path for path in paths if "nan" in path.read_text()]
    assert [row["dictionary"] for row in read(paths[0])] == ["A", "mean", "PCA (k largest)"]


def test_styles_of_runs_stand_above_those_of_statistics_even_of_the_same_name(write_parameters):
    root = write_parameters(RUNS, "beats")
    parameters = load("beats", root)
    for run, accuracy in zip(parameters.for_runs(), (0.8, 0.7), strict=True):
        store(run, "style", root, **STYLE | {"accuracy": accuracy})
    by_hand = {f"{name}.{key}": value for name in ("rhythm_and_melody", "pitches") for key, value in STYLE.items()}
    store(parameters, "style_baselines", root, **by_hand)
    rows = read(save_tables(parameters, root)[0])
    assert [row["features"] for row in rows] == ["A", "pitches", "rhythm and melody", "pitches"]
    assert [row["accuracy"] for row in rows] == ["0.800", "0.700", "0.800", "0.800"]
    head = "features,accuracy,95 %,macro F1,groups torn apart,most frequent label,silhouette,silhouette of PCA-2"
    assert ",".join(rows[0]) == head
    assert ",".join(rows[0].values()) == "A,0.800,0.700 to 0.900,0.750,0.850,0.400,-0.010,0.050"
