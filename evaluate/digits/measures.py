"""How well digits are told at any angle: by neighbours and by logistic regression, on pixels and on magnitudes.

Features are made of pictures as in training: flat, with mean 0 and a standard deviation of 0.1. Bases are
``(2 * n_bases, n_pixels)``: real parts, then imaginary parts, as training stores them.
"""

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from models.random_bases import random_bases
from pipeline.patches import flatten, standardise
from pipeline.results import Arrays
from pipeline.studies.digits import Classify
from save_dataset.images.digits import rotate

Labelled = tuple[np.ndarray, np.ndarray]

TRAINED = ("upright", "rotated")
TESTED = ("upright", "rotated", "rotated, no 9")  # a 6 that is rotated by half is a 9
CLASSIFIERS = ("neighbours", "logistic regression")
ANGLES_DEG = tuple(range(0, 181, 15))
ANGLE_TESTS = 1000  # pictures of the test at each angle
ITERATIONS = 300
RIDGE = 1.0
TOLERANCE = 1e-3  # of the gradient: the errors are the same as with less, in a third of the time
HALF_ROTATION_DEG = 180.0


def measure_digits(arrays: Arrays, bases: np.ndarray, classify: Classify) -> dict[str, np.ndarray]:
    """Errors of digits told from pixels, magnitudes in random bases, and magnitudes in learned ones.

    Parameters
    ----------
    arrays : mapping of str to np.ndarray
        Of step 1; what is held out for validation is not used.
    bases : np.ndarray (2 * n_bases, n_pixels)
        That were learned.
    classify : Classify
        How many neighbours and pictures.

    Returns
    -------
    dict of str to np.ndarray
        ``features (n_features,)``, names; ``errors (n_features, 2, 2, 3)``: shares of wrong answers by classifier
        (`CLASSIFIERS`), what was learned from (`TRAINED`) and what was told (`TESTED`); ``angles_deg (n_angles,)`` and
        ``errors_by_angle (n_features, n_angles)``: of neighbours upright; ``angle_errors_deg (n_features - 1,)``: mean
        errors of angles told from phases, as in `angle_error`; ``n_train``, ``n_test``.
    """
    rng = np.random.default_rng(classify.seed)
    train = draw(arrays, "train", classify.max_train, rng)
    test = draw(arrays, "test", classify.max_test, rng)
    at_random = random_bases(len(bases) // 2, bases.shape[1], classify.seed)
    bases_by_name = {"pixels": None, "random": at_random, "learned": bases}
    rotated = [_rotate_at_random(images, rng) for images, _ in (train, test)]
    errors = [_measure_errors(train, test, rotated, each, classify.n_neighbours) for each in bases_by_name.values()]
    by_angle = [errors_by_angle(train, test, each, classify.n_neighbours) for each in bases_by_name.values()]
    angles = [
        angle_error(train[0], test[0], each, classify.seed) for each in bases_by_name.values() if each is not None
    ]
    return {
        "features": np.array([*bases_by_name]),
        "errors": np.array(errors),
        "angles_deg": np.array(ANGLES_DEG),
        "errors_by_angle": np.array(by_angle),
        "angle_errors_deg": np.array(angles),
        "n_train": np.array(len(train[1])),
        "n_test": np.array(len(test[1])),
    }


def draw(arrays: Arrays, split: str, largest: int, rng: np.random.Generator) -> Labelled:
    """Pictures of a part of the split and what they are, so many at most."""
    chosen = np.sort(rng.permutation(np.flatnonzero(arrays["splits"] == split))[:largest])
    return arrays["images"][chosen], arrays["labels"][chosen]


def _rotate_at_random(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Pictures each rotated by any angle."""
    return rotate(images, rng.uniform(-HALF_ROTATION_DEG, HALF_ROTATION_DEG, len(images)))


def coefficients(images: np.ndarray, bases: np.ndarray) -> np.ndarray:
    """Complex coefficients of pictures in bases, ``(n, n_bases)``."""
    real, imaginary = np.split(standardise(flatten(images)) @ bases.T, 2, axis=1)
    return real + 1j * imaginary


def features_of(images: np.ndarray, bases: np.ndarray | None) -> np.ndarray:
    """Magnitudes of pictures in bases, ``(n, n_bases)``; without bases the pixels, ``(n, n_pixels)``."""
    return standardise(flatten(images)) if bases is None else np.abs(coefficients(images, bases))


def _measure_errors(
    train: Labelled, test: Labelled, rotated: list[np.ndarray], bases: np.ndarray | None, n_neighbours: int
) -> np.ndarray:
    """Shares of wrong answers ``(n_classifiers, n_trained, n_tested)``; `rotated` are both parts' pictures, rotated."""
    training = [(features_of(images, bases), train[1]) for images in (train[0], rotated[0])]
    upright, at_angles = ((features_of(images, bases), test[1]) for images in (test[0], rotated[1]))
    errors = np.empty((len(CLASSIFIERS), len(TRAINED), len(TESTED)))
    for row, told_by in enumerate(CLASSIFIERS):
        for column, examples in enumerate(training):
            classifier = learn(told_by, examples, n_neighbours)
            without = learn(told_by, without_nines(examples), n_neighbours)
            errors[row, column, :2] = [wrong(classifier, upright), wrong(classifier, at_angles)]
            errors[row, column, 2] = wrong(without, without_nines(at_angles))
    return errors


def learn(told_by: str, examples: Labelled, n_neighbours: int) -> ClassifierMixin:
    """A classifier, one of `CLASSIFIERS`, that has learned from features and labels."""
    if told_by == "neighbours":
        classifier = KNeighborsClassifier(n_neighbours, metric="cosine")
    else:
        classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=ITERATIONS, tol=TOLERANCE))
    return classifier.fit(*examples)


def wrong(classifier: ClassifierMixin, told: Labelled) -> float:
    """Share of wrong answers."""
    return 1 - classifier.score(*told)


def without_nines(labelled: Labelled) -> Labelled:
    """Features and labels of all digits but 9."""
    is_other = labelled[1] != 9
    return labelled[0][is_other], labelled[1][is_other]


def errors_by_angle(train: Labelled, test: Labelled, bases: np.ndarray | None, n_neighbours: int) -> list[float]:
    """Errors of neighbours that are upright, of pictures rotated by each of `ANGLES_DEG`, either way by turns."""
    classifier = learn("neighbours", (features_of(train[0], bases), train[1]), n_neighbours)
    images, labels = (each[:ANGLE_TESTS] for each in test)
    ways = np.resize([1, -1], len(images))
    return [wrong(classifier, (features_of(rotate(images, ways * a), bases), labels)) for a in ANGLES_DEG]


def angle_error(training: np.ndarray, images: np.ndarray, bases: np.ndarray, seed: int) -> float:
    """Mean error, in degrees, of the angle between two forms of a picture, told from their phases; 90 by chance.

    A ridge regression learns cosine and sine of the angle from cosines and sines of the differences of phases, each
    weighted by the product of its two magnitudes.
    """
    rng = np.random.default_rng(seed)
    regression = Ridge(RIDGE).fit(*phase_differences(training, bases, rng))
    differences, directions = phase_differences(images, bases, rng)
    told = regression.predict(differences) @ [1, 1j]
    return float(np.degrees(np.abs(np.angle(told * np.conj(directions @ [1, 1j])))).mean())


def phase_differences(images: np.ndarray, bases: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Of pairs of forms of each picture: how their phases differ ``(n, 2 * n_bases)``, the angle between ``(n, 2)``."""
    angles_deg = rng.uniform(-HALF_ROTATION_DEG, HALF_ROTATION_DEG, (2, len(images)))
    first, second = (coefficients(rotate(images, each), bases) for each in angles_deg)
    products = first * np.conj(second)
    products /= np.linalg.norm(products, axis=1, keepdims=True)
    direction = np.radians(angles_deg[0] - angles_deg[1])
    return np.hstack([products.real, products.imag]), np.stack([np.cos(direction), np.sin(direction)], axis=1)


def describe(measures: Arrays) -> str:
    """The numbers of a run that a reader would want."""
    pixels, learned = (100 * measures["errors"][measures["features"].tolist().index(n)] for n in ("pixels", "learned"))
    return (
        f"{measures['n_test']} digits at any angle, learned upright: neighbours are wrong on {learned[0, 0, 1]:.1f} % "
        f"by magnitudes, {pixels[0, 0, 1]:.1f} % by pixels "
        f"(upright {learned[0, 0, 0]:.1f} and {pixels[0, 0, 0]:.1f} %); "
        f"the angle is told to {measures['angle_errors_deg'][-1]:.1f} degrees"
    )
