"""The linear support vector machine of features of clips that are computed, not learned."""

import time

import keras
import numpy as np
from scipy.special import softmax
from sklearn.metrics import log_loss
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from models.compression import compress, floor_of_paths, relative_paths
from models.instrument_networks import stack_seeds
from models.linear_classifier import build_linear_classifier
from pipeline.sections.instruments import SCATTERINGS
from pipeline.studies.instruments import Parameters
from save_dataset.instruments.clips import Clips

MAX_ITERATIONS = 10_000


def fit_linear_machine(
    parameters: Parameters, clips: Clips, phrases: Clips | None
) -> tuple[keras.Model, dict[str, np.ndarray]]:
    """Fit the linear machine of a run to features of clips and phrases.

    Scattering of a clip is divided by its mean over the paths, so that its level does not matter, and compressed by a
    logarithm if asked; then all features are standardised.

    Returned are classifier and history as `train_networks` gives them, of one seed and one epoch.

    References
    ----------
    Lostanlen's scattering.m, research/medleydb-single/medleydb_classify.py: StandardScaler, and LinearSVC with balanced
    classes and C = 1. The logarithm there is log(1e-16 + x); log(1 + x / floor) does not magnify almost nothing.
    """
    began, choice = time.process_time(), parameters.classifier
    parts = [clips] if phrases is None else [clips, phrases]
    values = np.concatenate([getattr(part, choice.features) for part in parts]).astype(float)
    labels = np.concatenate([part.labels for part in parts])
    is_scattering, floor = choice.features in SCATTERINGS, None
    if is_scattering and choice.log:
        floor = floor_of_paths(values)
        values = compress(values, floor)
    elif is_scattering:
        values = relative_paths(values)
    scaler = StandardScaler().fit(values)
    weights, bias = _fit(scaler.transform(values), labels, choice.penalty, parameters.training.seed)
    model = build_linear_classifier(
        *(weights, bias, scaler.mean_, scaler.scale_), relative=is_scattering, floor=floor, name="seed_0"
    )
    decisions = scaler.transform(values) @ weights.T + bias
    history = {
        "loss": np.array([[log_loss(labels, softmax(decisions, axis=1), labels=np.arange(len(bias)))]]),
        "accuracy": np.array([[np.mean(decisions.argmax(axis=1) == labels)]]),
        "cpu_s": np.array([time.process_time() - began]),
    }
    return stack_seeds([model]), history


def _fit(values: np.ndarray, labels: np.ndarray, penalty: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights and bias of the decision value of each class, ``(n_classes, n_features)`` and ``(n_classes,)``."""
    machine = LinearSVC(C=penalty, class_weight="balanced", max_iter=MAX_ITERATIONS, random_state=seed)
    machine.fit(values, labels)
    weights, bias = machine.coef_, machine.intercept_
    if len(bias) == 1:  # of two classes it gives the second's; the softmax of both is then the logistic of that
        return np.concatenate([-weights, weights]) / 2, np.concatenate([-bias, bias]) / 2
    return weights, bias
