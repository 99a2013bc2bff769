"""The tables of the studies `drums` and `piano`: runs and baselines."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from evaluate.dictionary.measures import by_name
from pipeline import results, tables
from pipeline.parameters import ROOT
from pipeline.sections.dictionary_study import DictionaryParameters

Row = dict[str, str]

COLUMNS = {
    "mse": "MSE",
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "f1_calibrated": "F1, threshold of validation",
    "exact": "exact windows",
    "exact_tokens": "exact tokens",
    "velocity_rmse": "velocity RMSE",
    "offset_rmse": "offset RMSE",
    "atoms_used": "atoms used",
    "perplexity": "perplexity",
    "nonzeros_per_bar": "atoms a bar",
}
K = "winners (k)"
BASELINE_NAMES = {
    "zeros": "zeros",
    "mean": "mean",
    "pca": "PCA",
    "pca_first": "PCA (first k)",
    "pca_largest": "PCA (k largest)",
    "nmf": "NMF",
    "kmeans": "k-means",
    "dictionary_learning": "dictionary learning",
    "mod": "MOD",
}
NOISE_COLUMNS = {
    f"{music}_{score}": f"{music} {COLUMNS[score]}"
    for music in ("noisy", "denoised")
    for score in ("precision", "recall", "f1")
}
CHORD_COLUMNS = {
    "reconstructed": "reconstructed",
    "clean": "clean music",
    "template": "clean, by triads",
    "majority": "most frequent chord",
}
STYLE_COLUMNS = {
    "macro_f1": "macro F1",
    "accuracy_ungrouped": "groups torn apart",
    "majority": "most frequent label",
    "silhouette": "silhouette",
    "silhouette_pca": "silhouette of PCA-2",
}
DIGITS = {"mse": 4, "atoms_used": 0, "perplexity": 1, "nonzeros_per_bar": 1}


def save_tables(parameters: DictionaryParameters, root: Path = ROOT) -> list[Path]:
    """Write the tables for which there are measures; return their paths."""
    runs = parameters.for_runs()
    histories = results.load_fresh(runs, "history", root)
    measures = results.load_fresh(runs, "measures", root)
    baselines = results.load_if_fresh(parameters, "baselines", root)
    rows_by_table = {
        "reconstruction": reconstruction_rows(parameters, measures, histories, baselines),
        "shifts": shift_rows(measures),
        "denoising": denoising_rows(measures),
        "style": _style_rows(parameters, root),
        "chords": chord_rows(parameters, results.load_fresh(runs, "chords", root)),
    }
    return tables.save_all(rows_by_table, parameters, root)


def reconstruction_rows(
    parameters: DictionaryParameters,
    measures: Mapping[str, Mapping[str, np.ndarray]],
    histories: Mapping[str, Mapping[str, np.ndarray]],
    baselines: Mapping[str, np.ndarray] | None,
) -> list[Row]:
    """Return a row for each run, then one for each baseline and number of winners."""
    rows = []
    for run, arrays in measures.items():
        cpu_s = histories[run]["cpu_s"].sum() if run in histories else np.nan
        rows.append(_describe(run, parameters.for_run(run).model.k, by_name(arrays), cpu_s))
    if baselines is not None:
        columns = (baselines[key] for key in ("methods", "k", "cpu_s", "values"))
        for method, k, cpu_s, values in zip(*columns, strict=True):
            measured = by_name({"names": baselines["names"], "values": values})
            rows.append(_describe(BASELINE_NAMES[str(method)], k, measured, cpu_s))
    unused = {column for column in COLUMNS.values() if all(row[column] == "" for row in rows)}
    return [{column: cell for column, cell in row.items() if column not in unused} for row in rows]


def _describe(name: str, k: int, measures: Mapping[str, float], cpu_s: float) -> Row:
    cells = _cells(measures, COLUMNS)
    return {"dictionary": name, K: str(k) if k else "", **cells, "training CPU (s)": _number(cpu_s, 1)}


def _cells(measures: Mapping[str, Any], columns: Mapping[str, str]) -> Row:
    """Return texts under the names of their columns; what is not measured is empty."""
    return {column: _number(measures.get(key, np.nan), DIGITS.get(key, 3)) for key, column in columns.items()}


def _number(value: float | np.ndarray, digits: int = 3) -> str:
    """Return a number with its decimals; "" if it was not measured."""
    return f"{float(value):.{digits}f}" if np.isfinite(value) else ""


def shift_rows(measures: Mapping[str, Mapping[str, np.ndarray]]) -> list[Row]:
    """Return a row for each run and shift: the error, that over the error at no shift, and the F1."""
    rows = []
    for run, arrays in measures.items():
        if "shifts" in arrays:
            columns = arrays["shifts"], arrays["shift_mse"], over_no_shift(arrays), arrays["shift_f1"]
            rows += [
                {"run": run, "shift (steps)": str(shift), "MSE": _number(mse, 4), "over no shift": _number(ratio),
                 "F1": _number(f1)}
                for shift, mse, ratio, f1 in zip(*columns, strict=True)
            ]  # fmt: skip
    return rows


def over_no_shift(arrays: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the error at each shift over that at none, ``(n_shifts,)``; NaN if that is 0."""
    errors = np.asarray(arrays["shift_mse"], float)
    unshifted = errors[np.argmin(arrays["shifts"])]
    return errors / unshifted if unshifted > 0 else np.full(len(errors), np.nan)


def denoising_rows(measures: Mapping[str, Mapping[str, np.ndarray]]) -> list[Row]:
    """Return a row for each run: scores of the noisy music and of its reconstruction."""
    return [{"run": run} | _cells(arrays, NOISE_COLUMNS) for run, arrays in measures.items() if "noisy_f1" in arrays]


def _style_rows(parameters: DictionaryParameters, root: Path) -> list[Row]:
    """Return a row for each run and each of the statistics made by hand."""
    of_runs = results.load_fresh(parameters.for_runs(), "style", root)
    by_hand: dict[str, dict[str, np.ndarray]] = {}
    for key, value in (results.load_if_fresh(parameters, "style_baselines", root) or {}).items():
        name, _, measure = key.partition(".")
        if measure:
            by_hand.setdefault(name.replace("_", " "), {})[measure] = value
    rows = []
    for name, measures in [*of_runs.items(), *by_hand.items()]:
        low, accuracy, high = (_number(measures[f"accuracy{end}"]) for end in ("_low", "", "_high"))
        row = {"features": name, "accuracy": accuracy, "95 %": f"{low} to {high}"}
        rows.append(row | _cells(measures, STYLE_COLUMNS))
    return rows


def chord_rows(parameters: DictionaryParameters, chords: Mapping[str, Mapping[str, np.ndarray]]) -> list[Row]:
    """Return a row for each run: chords found in its reconstructions, in clean music, and without learning."""
    return [
        {"run": run, K: str(parameters.for_run(run).model.k)} | _cells(accuracies, CHORD_COLUMNS)
        for run, accuracies in chords.items()
    ]
