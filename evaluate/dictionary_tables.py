"""The tables of the studies `drums` and `piano`: runs beside baselines."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from evaluate.dictionary_measures import by_name
from pipeline import results, tables
from pipeline.dictionary_study import DictionaryParameters
from pipeline.parameters import ROOT

Row = dict[str, str]

COLUMNS = {
    "mse": "MSE",
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "exact": "exact windows",
    "exact_tokens": "exact tokens",
    "velocity_rmse": "velocity RMSE",
    "offset_rmse": "offset RMSE",
    "atoms_used": "atoms used",
    "perplexity": "perplexity",
    "nonzeros_per_bar": "non-zeros a bar",
}
CHORD_COLUMNS = ("reconstructed", "clean", "template", "majority")
DIGITS = {"mse": 4, "atoms_used": 0, "perplexity": 1, "nonzeros_per_bar": 1}


def save_tables(parameters: DictionaryParameters, root: Path = ROOT) -> list[Path]:
    """Write the tables for which there are measures; returns their paths."""
    runs = parameters.for_runs()
    histories = results.load_fresh(runs, "history", root)
    measures = results.load_fresh(runs, "measures", root)
    baselines = results.load_fresh_kinds(parameters, {"": "baselines"}, root)
    rows_by_table = {
        "reconstruction": reconstruction_rows(parameters, measures, histories, baselines.get("")),
        "shifts": shift_rows(measures),
        "denoising": denoising_rows(measures),
        "style": style_rows(parameters, root),
        "chords": chord_rows(parameters, results.load_fresh(runs, "chords", root)),
    }
    saved = [
        tables.save(rows, results.figure_path(parameters, name, root)) for name, rows in rows_by_table.items() if rows
    ]
    return [path for paths in saved for path in paths]


def reconstruction_rows(
    parameters: DictionaryParameters,
    measures: Mapping[str, Mapping[str, np.ndarray]],
    histories: Mapping[str, Mapping[str, np.ndarray]],
    baselines: Mapping[str, np.ndarray] | None,
) -> list[Row]:
    """A row for each run, then one for each baseline and number of winners."""
    rows = []
    for run, arrays in measures.items():
        k = str(parameters.for_run(run).model.k)
        cpu_s = f"{histories[run]['cpu_s'].sum():.1f}" if run in histories else ""
        rows.append(describe(run, k, by_name(dict(arrays)), cpu_s))
    if baselines is not None:
        for method, k, cpu_s, values in zip(
            *(baselines[key] for key in ("methods", "k", "cpu_s", "values")), strict=True
        ):
            named = dict(zip(baselines["names"].tolist(), values.tolist(), strict=True))
            rows.append(describe(method, str(k) if k else "", named, f"{cpu_s:.1f}"))
    unused = {column for column in COLUMNS.values() if all(row[column] == "" for row in rows)}
    return [{column: cell for column, cell in row.items() if column not in unused} for row in rows]


def describe(name: str, k: str, measures: Mapping[str, float], cpu_s: str) -> Row:
    """A row of the table of reconstructions; what is not measured is empty."""
    cells = {column: number(measures.get(key, np.nan), DIGITS.get(key, 3)) for key, column in COLUMNS.items()}
    return {"dictionary": name, "k": k, **cells, "training CPU (s)": cpu_s}


def number(value: float, digits: int) -> str:
    """A number with so many digits, empty if there is none."""
    return "" if np.isnan(value) else f"{value:.{digits}f}"


def shift_rows(measures: Mapping[str, Mapping[str, np.ndarray]]) -> list[Row]:
    """A row for each run and shift: the error, that over the error at no shift, and the F1."""
    return [
        {"run": run, "shift (steps)": str(shift), "MSE": f"{mse:.4f}", "over none": f"{mse / unshifted(arrays):.3f}",
         "F1": f"{f1:.3f}"}
        for run, arrays in measures.items() if "shifts" in arrays
        for shift, mse, f1 in zip(arrays["shifts"], arrays["shift_mse"], arrays["shift_f1"], strict=True)
    ]  # fmt: skip


def unshifted(arrays: Mapping[str, np.ndarray]) -> float:
    """The error at the smallest shift, which is none by default."""
    return float(arrays["shift_mse"][np.argmin(arrays["shifts"])])


def denoising_rows(measures: Mapping[str, Mapping[str, np.ndarray]]) -> list[Row]:
    """A row for each run: scores of the noisy music and of what the dictionary makes of it."""
    keys = [f"{what}_{score}" for what in ("noisy", "denoised") for score in ("precision", "recall", "f1")]
    return [
        {"run": run} | {key.replace("_", " "): f"{float(arrays[key]):.3f}" for key in keys}
        for run, arrays in measures.items()
        if keys[0] in arrays
    ]


def style_rows(parameters: DictionaryParameters, root: Path = ROOT) -> list[Row]:
    """A row for each run and each of the statistics made by hand."""
    told = dict(results.load_fresh(parameters.for_runs(), "style", root))
    by_hand = results.load_fresh_kinds(parameters, {"": "style_baselines"}, root).get("", {})
    for key, value in by_hand.items():
        statistics, _, measure = key.partition(".")
        if measure:
            told.setdefault(statistics, {})[measure] = value
    return [
        {
            "features": name.replace("_", " ") if name not in parameters.runs else name,
            "accuracy": f"{float(each['accuracy']):.3f}",
            "95 %": f"{float(each['accuracy_low']):.3f} to {float(each['accuracy_high']):.3f}",
            "macro F1": f"{float(each['macro_f1']):.3f}",
            "groups torn apart": f"{float(each['accuracy_ungrouped']):.3f}",
            "majority": f"{float(each['majority']):.3f}",
            "silhouette": f"{float(each['silhouette']):.3f}",
            "silhouette of PCA-2": f"{float(each['silhouette_pca']):.3f}",
        }
        for name, each in told.items()
    ]


def chord_rows(parameters: DictionaryParameters, chords: Mapping[str, Mapping[str, np.ndarray]]) -> list[Row]:
    """A row for each run: chords found in its reconstructions, in clean music, and without learning."""
    return [
        {"run": run, "k": str(parameters.for_run(run).model.k)}
        | {key: f"{float(each[key]):.3f}" for key in CHORD_COLUMNS}
        for run, each in chords.items()
    ]
