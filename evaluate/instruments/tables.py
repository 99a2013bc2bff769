"""Tables of the study `instruments`: runs, differences between them, the classical listing, the lecture's table."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from evaluate.instruments.lecture import lecture_rows
from evaluate.instruments.listing import CHANCE
from evaluate.instruments.recall import difference
from evaluate.instruments.words import interval_text, percent, plus_minus, split_of
from pipeline import results, tables
from pipeline.parameters import ROOT
from pipeline.results import Arrays
from pipeline.studies.instruments import Parameters

Rows = list[dict[str, str]]


def save_tables(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Write the tables for which there are measures; return the paths."""
    runs = {str(run.run): run for run in parameters.for_runs()}
    recalls = results.load_fresh(runs.values(), "recall", root)
    listing = results.load_if_fresh(parameters, "listing", root)
    rows_by_table = {
        "recall": recall_rows(runs, recalls, results.load_fresh(runs.values(), "history", root)),
        "differences": difference_rows(parameters.figures.compare, recalls),
        "listing": listing_rows(listing) if listing else [],
        "lecture": lecture_rows(runs, recalls, listing) if recalls or listing else [],
    }
    return tables.save_all(rows_by_table, parameters, root)


def recall_rows(runs: Mapping[str, Parameters], recalls: Mapping[str, Arrays], histories: Mapping[str, Arrays]) -> Rows:
    """Return a row for each run: macro recall of clips and of tracks, and recall of each class, in percent."""
    rows = []
    for name, measures in recalls.items():
        row = {
            "run": name,
            "trained and tested on": split_of(runs[name]),
            "parameters": str(histories.get(name, {}).get("n_parameters", "")),
            "macro recall": plus_minus(measures["recall_of_seeds"]),
            "95 %": interval_text(measures["recall_low"], measures["recall_high"]),
            "by track": plus_minus(measures["track_recall_of_seeds"]),
            "by track, 95 %": interval_text(measures["track_recall_low"], measures["track_recall_high"]),
        }
        rows.append(row | _of_classes(measures["class_names"], measures["class_recall"]))
    return rows


def _of_classes(class_names: np.ndarray, recall: np.ndarray) -> dict[str, str]:
    return {str(name): percent(value) for name, value in zip(class_names, recall, strict=True)}


def difference_rows(pairs: tuple[tuple[str, str], ...], recalls: Mapping[str, Arrays]) -> Rows:
    """Return a row for each pair of measured runs; then what deciding by track gains, for each run of the pairs.

    Pairs that were tested on different clips are left out, and a line is printed.
    """
    rows = []
    for first, second in (pair for pair in pairs if {*pair} <= recalls.keys()):
        if np.array_equal(recalls[first]["clips"], recalls[second]["clips"]):
            rows.append({"first": first, "second": second} | _difference(recalls[first], recalls[second]))
        else:
            print(f"differences: {first} and {second} were tested on different clips, and are not compared")
    for run in dict.fromkeys(run for pair in pairs for run in pair if run in recalls):
        of_tracks = {name: recalls[run][f"track_{name}"] for name in ("recall", "samples")}
        rows.append({"first": f"{run}, by track", "second": f"{run}, by clip"} | _difference(of_tracks, recalls[run]))
    return rows


def _difference(first: Arrays, second: Arrays) -> dict[str, str]:
    value, low, high = difference(first, second)
    return {
        "difference": f"{100 * value:+.1f}",
        "95 %": f"{100 * low:+.1f} to {100 * high:+.1f}",
        "excludes 0": "no" if low <= 0 <= high else "yes",
    }


def listing_rows(listing: Arrays) -> Rows:
    """Return a row for each feature, classifier and split: scores in percent; chance has no features."""
    return [
        names
        | {
            "folds, shuffled": plus_minus(listing["folds"][index]),
            "folds by group": plus_minus(listing["group_folds"][index]),
            "hold-out": percent(listing["hold_out"][index]),
            "macro recall on the test set": plus_minus(listing["recall"][index]),
            "95 %": interval_text(listing["recall_low"][index], listing["recall_high"][index]),
        }
        | _with_phrases(listing, index)
        | {"folds of the test set by group": plus_minus(listing["test_folds"][index])}
        | _of_classes(listing["class_names"], listing["class_recall"][index])
        for names, index in _entries(listing)
    ]


def _with_phrases(listing: Arrays, index: tuple[int, int, int]) -> dict[str, str]:
    if "phrases_recall" not in listing:
        return {}
    ends = (listing[f"phrases_recall_{end}"][index] for end in ("low", "high"))
    return {"with phrases": plus_minus(listing["phrases_recall"][index]), "with phrases, 95 %": interval_text(*ends)}


def _entries(listing: Arrays) -> Iterator[tuple[dict[str, str], tuple[int, int, int]]]:
    """Yield names and index of each entry, split by split."""
    for split, collections in enumerate(listing["splits"]):
        for feature, classifier in np.ndindex(len(listing["features"]), len(listing["classifiers"])):
            is_chance = str(listing["classifiers"][classifier]) in CHANCE
            if not (is_chance and feature):
                names = {
                    "classifier": str(listing["classifiers"][classifier]),
                    "features": "" if is_chance else str(listing["features"][feature]),
                    "trained and tested on": " to ".join(collections),
                }
                yield names, (feature, classifier, split)
