"""What the classifier of a run says of the clips that test it, and what the layer before its last one makes of them."""

from pathlib import Path
from typing import Any

import keras
import numpy as np

from models.surgery import build_penultimate, part
from pipeline import results
from pipeline.parameters import ROOT, load
from pipeline.studies.instruments import Parameters
from save_dataset.instruments.clips import load_clips
from train_model.instruments.split import split_clips

BATCH_CLIPS = 64


def predict(parameters: Parameters, root: Path = ROOT) -> dict[str, np.ndarray]:
    """Return what a run says of the clips of the collections that test it.

    Returns
    -------
    dict of str to np.ndarray
        ``probabilities`` (n_seeds, n_test, n_classes); ``clips`` (n_test,), their indices among all clips; and
        ``activations`` (n_test, n_units) of the first seed's network, without units where there is none.

    Raises
    ------
    FileNotFoundError, ValueError
        If the classifier is not trained, or what is averaged is not predicted, or that of other clips.
    """
    clips = load_clips(parameters, root)
    test = split_clips(clips, parameters)[1]
    activations = np.zeros((len(test), 0), np.float32)
    if parameters.classifier.average:
        probabilities = _average(parameters, test, root)
    else:
        classifier = results.load_model(parameters, "classifier", root)
        features = getattr(clips, parameters.classifier.features)[test].astype(np.float32)
        probabilities = _apply(classifier, features).swapaxes(0, 1)
        if parameters.classifier.is_network:
            activations = _apply(build_penultimate(part(classifier, "seed_0")), features)
    return {"probabilities": probabilities, "clips": test, "activations": activations}


def _apply(model: keras.Model, features: np.ndarray) -> np.ndarray:
    parts = [model(features[first : first + BATCH_CLIPS]) for first in range(0, len(features), BATCH_CLIPS)]
    return np.concatenate(parts)


def averaged_runs(parameters: Parameters, root: Path = ROOT) -> list[Any]:
    """Return the parameters of the runs that a run is the average of."""
    of_file = load(parameters.name, root)  # a run's own say nothing of what it changed
    return [of_file.for_run(run) for run in parameters.classifier.average]


def averaged_files(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Return the predictions that a run is the average of: what `results.save` has to know as raw."""
    return [results.path_of(run, "predictions", root) for run in averaged_runs(parameters, root)]


def _average(parameters: Parameters, test: np.ndarray, root: Path) -> np.ndarray:
    """The mean over the runs of the mean over the seeds of each, ``(1, n_test, n_classes)``."""
    means = []
    for run in averaged_runs(parameters, root):
        predictions = results.load(run, "predictions", root)
        if not np.array_equal(predictions["clips"], test):
            raise ValueError(
                f"classifier.average={run.run!r}: is tested on {', '.join(run.split.test)}, "
                f"{parameters.run} on {', '.join(parameters.split.test)}; average runs of the same split.test"
            )
        means.append(predictions["probabilities"].mean(axis=0))
    return np.mean(means, axis=0, keepdims=True)
