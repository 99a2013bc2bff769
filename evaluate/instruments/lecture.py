"""The lecture's table of error rates, what is wrong with it, and the runs that correspond to its rows.

Rows of the random forest and of networks are 100 minus the column "average" of table 2 of Lostanlen and Cella (2016).
In some rows it disagrees with the mean of their own cells and with the trials that are stored with the paper's code;
these agree with each other, and are the correction. Rows of scattering with a linear support vector machine are from a
report in Lostanlen's scattering.m (research/medleydb-single; Morlet wavelets, with compression).
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from evaluate.instruments.listing import FOREST_100
from evaluate.instruments.words import plus_minus, split_of
from pipeline.results import Arrays
from pipeline.studies.instruments import Parameters

CELLS = "means of the paper's cells and of its stored trials"
CONTROL = f"not in the lecture; {CELLS}"


class Row(NamedTuple):
    """A row of the table: error in percent, and keys of ``[classifier]``; none: a row of the classical listing."""

    name: str
    published: str
    corrected: str
    source: str  # of the correction
    settings: Mapping[str, Any]


def _network(kernels: int, *branches: str) -> dict[str, Any]:
    return {"features": "cqt", "branches": {*branches}, "kernels": kernels, "head": "flatten", "average": ()}


def _scattering(kind: str) -> dict[str, Any]:
    return {"features": kind, "log": True, "average": ()}


ROWS = (
    Row("bag of features, random forest", "38.6", "38.6", "", {}),
    Row("2-d", "30.9", "28.3", CELLS, _network(32, "2d")),
    Row("2-d, spiral", "28.3", "26.2", CELLS, _network(32, "2d", "spiral")),
    Row("2-d, 1-d, spiral", "26.0", "26.0", "", _network(32, "2d", "1d", "spiral")),
    Row("2-d, 48 kernels", "28.3", "27.7", CONTROL, _network(48, "2d")),
    Row("time scattering", "32.0", "32.0", "", _scattering("time")),
    Row("joint scattering", "22.0", "22.0", "", _scattering("joint")),
    Row("spiral scattering", "19.9", "19.9", "", _scattering("spiral")),
)


def lecture_rows(
    runs: Mapping[str, Parameters], recalls: Mapping[str, Arrays], listing: Arrays | None
) -> list[dict[str, str]]:
    """Return the rows of the table, with a column of our errors for each training and test set there is one for."""
    ours = [_errors_of_listing(listing) if not row.settings else _errors(runs, recalls, row) for row in ROWS]
    columns = list(dict.fromkeys(split for errors in ours for split in errors))
    return [
        {"classifier": row.name, "published": row.published, "corrected": row.corrected}
        | {f"ours, {split}": errors.get(split, "") for split in columns}
        | {"source of the correction": row.source}
        for row, errors in zip(ROWS, ours, strict=True)
    ]


def _errors(runs: Mapping[str, Parameters], recalls: Mapping[str, Arrays], row: Row) -> dict[str, str]:
    """Return our error by split, of the first run of the file that corresponds."""
    errors: dict[str, str] = {}
    for name, measures in recalls.items():
        if corresponds(runs[name], row):
            errors.setdefault(split_of(runs[name]), plus_minus(1 - measures["recall_of_seeds"]))
    return errors


def corresponds(run: Parameters, row: Row) -> bool:
    """Whether a run has the classifier of a row; branches have no order."""
    classifier = run.classifier.model_dump() | {"branches": {*run.classifier.branches}}
    return bool(row.settings) and all(classifier[key] == value for key, value in row.settings.items())


def _errors_of_listing(listing: Arrays | None) -> dict[str, str]:
    """Return the error of the paper's classical system, by split."""
    if listing is None or "bag" not in listing["features"]:
        return {}
    feature = listing["features"].tolist().index("bag")
    classifier = listing["classifiers"].tolist().index(FOREST_100)
    recall = np.asarray(listing["recall"])[feature, classifier]  # (n_splits, n_forests)
    return {
        " to ".join(split): plus_minus(1 - of_split) for split, of_split in zip(listing["splits"], recall, strict=True)
    }
