"""Measures of the study `instruments`, from stored results to stored results."""

from pathlib import Path

import numpy as np

from evaluate.instruments.listing import measure_listing, splits_of
from evaluate.instruments.pitch_shift import describe_pitch_shift, measure_pitch_shift
from evaluate.instruments.properties import describe_properties, measure_properties
from evaluate.instruments.recall import measure_recall
from evaluate.instruments.words import interval_text, percent, plus_minus
from pipeline import results
from pipeline.parameters import ROOT
from pipeline.results import Arrays
from pipeline.studies.instruments import Parameters
from save_dataset.instruments.clips import Clips, load_clips


def save_listing(parameters: Parameters, clips: Clips, root: Path = ROOT, force: bool = False) -> list[Path]:
    """Measure the classical listing on the splits of all runs, unless it is up to date, and print its best number."""
    if not parameters.listing.features:
        return []
    splits = splits_of(parameters.for_runs())
    stored = None if force else results.load_if_fresh(parameters, "listing", root)
    if stored is not None and stored["splits"].tolist() == [list(split) for split in splits]:
        return []
    phrases = load_clips(parameters, root, "phrases") if parameters.has("phrases") else None
    listing = measure_listing(clips, splits, parameters.listing, phrases)
    print(f"listing: {_best_of(listing)}")
    return [results.save(parameters, "listing", listing, root)]


def _best_of(listing: Arrays) -> str:
    """Return the best macro recall on each split, in words."""
    recall = listing["recall"].mean(axis=-1)  # (n_features, n_classifiers, n_splits)
    words = []
    for index, split in enumerate(listing["splits"]):
        feature, classifier = np.unravel_index(recall[..., index].argmax(), recall.shape[:2])
        names = f"{listing['features'][feature]}, {listing['classifiers'][classifier]}"
        words.append(f"{' to '.join(split)} {percent(recall[feature, classifier, index])} % ({names})")
    return f"best macro recall {'; '.join(words)}"


def save_properties(parameters: Parameters, clips: Clips, root: Path = ROOT, force: bool = False) -> list[Path]:
    """Measure the properties of representations, unless they are up to date, and the clusters of one pitch."""
    paths = []
    if force or not results.is_fresh(parameters, "properties", root):
        properties = measure_properties(parameters, clips, root)
        print(describe_properties(properties))
        paths.append(results.save(parameters, "properties", properties, root))
    pitch_shift = measure_pitch_shift(clips)
    print(f"pitch: {describe_pitch_shift(pitch_shift)}")
    return [*paths, results.save(parameters, "pitch_shift", pitch_shift, root)]


def save_recall(parameters: Parameters, clips: Clips, root: Path = ROOT) -> list[Path]:
    """Measure the predictions of one run, print its macro recall, and save the measures; return the path."""
    predictions = results.load(parameters, "predictions", root)
    tested, listing = predictions["clips"], parameters.listing
    of_clips = predictions["probabilities"], clips.labels[tested], clips.groups[tested]
    measures = measure_recall(*of_clips, n_bootstrap=listing.n_bootstrap, seed=listing.seed)
    print(f"{parameters.run}: {_describe(measures)}{_describe_missing(measures, clips.class_names)}")
    arrays = measures | {"class_names": clips.class_names, "clips": tested}
    return [results.save(parameters, "recall", arrays, root)]


def _describe(measures: Arrays) -> str:
    interval = interval_text(measures["recall_low"], measures["recall_high"])
    n_clips, n_tracks = measures["n_clips"].sum(), measures["n_tracks"].sum()
    return (
        f"macro recall {plus_minus(measures['recall_of_seeds'])} % ({interval}) of {n_clips} clips, "
        f"{plus_minus(measures['track_recall_of_seeds'])} % of {n_tracks} tracks"
    )


def _describe_missing(measures: Arrays, class_names: np.ndarray) -> str:
    missing = class_names[measures["n_clips"] == 0]
    return f"; no clip tests {', '.join(missing)}, which the mean leaves out" if len(missing) else ""
