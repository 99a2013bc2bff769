"""The tables of the studies `drums` and `piano`: runs beside baselines."""

from collections.abc import Mapping
from pathlib import Path

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
    """Write the tables for which there are measures; returns their paths."""
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
            rows.append(describe(BASELINE_NAMES[str(method)], str(k) if k else "", named, f"{cpu_s:.1f}"))
    unused = {column for column in COLUMNS.values() if all(row[column] == "" for row in rows)}
    return [{column: cell for column, cell in row.items() if column not in unused} for row in rows]


def describe(name: str, k: str, measures: Mapping[str, float], cpu_s: str) -> Row:
    """A row of the table of reconstructions; what is not measured is empty."""
    cells = {column: number(measures.get(key, np.nan), DIGITS.get(key, 3)) for key, column in COLUMNS.items()}
    return {"dictionary": name, K: k, **cells, "training CPU (s)": cpu_s}


def number(value: float, digits: int) -> str:
    """A number with so many digits, empty if there is none."""
    return f"{value:.{digits}f}" if np.isfinite(value) else ""


def shift_rows(measures: Mapping[str, Mapping[str, np.ndarray]]) -> list[Row]:
    """A row for each run and shift: the error, that over the error at no shift, and the F1."""
    return [
        {"run": run, "shift (steps)": str(shift), "MSE": number(mse, 4), "over no shift": number(ratio, 3),
         "F1": number(f1, 3)}
        for run, arrays in measures.items() if "shifts" in arrays
        for shift, mse, ratio, f1 in zip(
            arrays["shifts"], arrays["shift_mse"], over_no_shift(arrays), arrays["shift_f1"], strict=True
        )
    ]  # fmt: skip


def over_no_shift(arrays: Mapping[str, np.ndarray]) -> np.ndarray:
    """The error at each shift over that at none, ``(n_shifts,)``; NaN if that is 0."""
    errors = np.asarray(arrays["shift_mse"], float)
    unshifted = errors[np.argmin(arrays["shifts"])]
    return errors / unshifted if unshifted > 0 else np.full(len(errors), np.nan)


def denoising_rows(measures: Mapping[str, Mapping[str, np.ndarray]]) -> list[Row]:
    """A row for each run: scores of the noisy music and of what the dictionary makes of it."""
    keys = [f"{what}_{score}" for what in ("noisy", "denoised") for score in ("precision", "recall", "f1")]
    return [
        {"run": run} | {key.replace("_", " ").replace("f1", "F1"): number(float(arrays[key]), 3) for key in keys}
        for run, arrays in measures.items()
        if keys[0] in arrays
    ]


def _style_rows(parameters: DictionaryParameters, root: Path = ROOT) -> list[Row]:
    """A row for each run and each of the statistics made by hand."""
    told = results.load_fresh(parameters.for_runs(), "style", root)
    by_hand: dict[str, dict[str, np.ndarray]] = {}
    for key, value in (results.load_if_fresh(parameters, "style_baselines", root) or {}).items():
        name, _, measure = key.partition(".")
        if measure:
            by_hand.setdefault(name.replace("_", " "), {})[measure] = value
    return [_describe_style(name, each) for name, each in [*told.items(), *by_hand.items()]]


def _describe_style(name: str, measures: Mapping[str, np.ndarray]) -> Row:
    """A row of the table of styles."""
    low, accuracy, high = (number(float(measures[f"accuracy{end}"]), 3) for end in ("_low", "", "_high"))
    cells = {column: number(float(measures[key]), 3) for key, column in STYLE_COLUMNS.items()}
    return {"features": name, "accuracy": accuracy, "95 %": f"{low} to {high}", **cells}


def chord_rows(parameters: DictionaryParameters, chords: Mapping[str, Mapping[str, np.ndarray]]) -> list[Row]:
    """A row for each run: chords found in its reconstructions, in clean music, and without learning."""
    return [
        {"run": run, K: str(parameters.for_run(run).model.k)}
        | {column: number(float(each[key]), 3) for key, column in CHORD_COLUMNS.items()}
        for run, each in chords.items()
    ]
