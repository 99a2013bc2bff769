"""How well digits are classified at any angle: by neighbours and logistic regression, on pixels and on magnitudes.

Features are made of images as in training: flat, with mean 0 and a standard deviation of 0.1. Bases are
``(2 * n_bases, n_pixels)``: real parts, then imaginary parts, as training stores them.
"""

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from models.random_bases import random_bases
from pipeline.memory import check_memory
from pipeline.patches import flatten, standardise
from pipeline.results import Arrays
from pipeline.studies.digits import Classify
from save_dataset.images.digits import rotate

Labelled = tuple[np.ndarray, np.ndarray]

TRAINED = ("upright", "rotated")
TESTED = ("upright", "rotated", "rotated, no 9")  # a 6 rotated by 180 degrees is a 9
CLASSIFIERS = ("neighbours", "logistic regression")
ANGLES_DEG = tuple(range(0, 181, 15))
ANGLE_TESTS = 1000  # test images at each angle
ITERATIONS = 300
RIDGE = 1.0
TOLERANCE = 1e-3  # of the gradient: the errors are the same as with less, in a third of the time
HALF_ROTATION_DEG = 180.0
NINE = 9  # which a rotated 6 looks like
BYTES = 48  # of each feature of each image: complex, and several times over


def measure_digits(arrays: Arrays, bases: np.ndarray, classify: Classify) -> dict[str, np.ndarray]:
    """Measure errors of classification on pixels, magnitudes in random bases, and magnitudes in learned bases.

    `arrays` are those of step 1, of which images held out for validation are not used.

    Returns
    -------
    dict of str to np.ndarray
        ``features (n_features,)``, names; ``errors (n_features, 2, 2, 3)``, error rates by classifier
        (`CLASSIFIERS`), training (`TRAINED`) and test (`TESTED`); ``angles_deg (n_angles,)`` and
        ``errors_by_angle (n_features, n_angles)``, of neighbours upright; ``angle_errors_deg (n_features - 1,)``, mean
        errors of angles predicted from phases, as in `angle_error`; ``n_train``, ``n_test``.
    """
    rng = np.random.default_rng(classify.seed)
    train = draw(arrays, "train", classify.max_train, rng)
    test = draw(arrays, "test", classify.max_test, rng)
    _check_drawn(train, test, bases, classify)
    at_random = random_bases(len(bases) // 2, bases.shape[1], classify.seed)
    bases_by_name = {"pixels": None, "random": at_random, "learned": bases}
    rotated = [
        rotate(images, rng.uniform(-HALF_ROTATION_DEG, HALF_ROTATION_DEG, len(images))) for images, _ in (train, test)
    ]
    errors, by_angle, angles = [], [], []
    for each_bases in bases_by_name.values():
        errors.append(_measure_errors(train, test, rotated, each_bases, classify.n_neighbours))
        by_angle.append(errors_by_angle(train, test, each_bases, classify.n_neighbours))
        if each_bases is not None:
            angles.append(angle_error(train[0], test[0], each_bases, classify.seed))
    return {
        "features": np.array([*bases_by_name]),
        "errors": np.array(errors),
        "angles_deg": np.array(ANGLES_DEG),
        "errors_by_angle": np.array(by_angle),
        "angle_errors_deg": np.array(angles),
        "n_train": np.array(len(train[1])),
        "n_test": np.array(len(test[1])),
    }


def _check_drawn(train: Labelled, test: Labelled, bases: np.ndarray, classify: Classify) -> None:
    """ValueError unless classifiers can learn from the images that are drawn, and be tested on them."""
    others = [labels[labels != NINE] for _, labels in (train, test)]
    if len(np.unique(others[0])) < 2:
        raise ValueError(f"classify.max_train={classify.max_train}: must draw two digits other than 9; raise it")
    if not len(others[1]):
        raise ValueError(f"classify.max_test={classify.max_test}: must draw a digit other than 9; raise it")
    if classify.n_neighbours > len(others[0]):
        raise ValueError(
            f"classify.n_neighbours={classify.n_neighbours}: must be at most {len(others[0])}, the training images "
            "that are no 9"
        )
    n_values = (len(train[1]) + len(test[1])) * max(bases.shape[1], len(bases) // 2)
    check_memory(f"classify.max_train={classify.max_train}", BYTES * n_values, "take fewer images, or bases")


def draw(arrays: Arrays, split: str, largest: int, rng: np.random.Generator) -> Labelled:
    """Draw images of a part of the split and their labels, in order."""
    chosen = np.sort(rng.permutation(np.flatnonzero(arrays["splits"] == split))[:largest])
    return arrays["images"][chosen], arrays["labels"][chosen]


def coefficients(images: np.ndarray, bases: np.ndarray) -> np.ndarray:
    """Return complex coefficients of images in bases, ``(n, n_bases)``."""
    real, imaginary = np.split(standardise(flatten(images)) @ bases.T, 2, axis=1)
    return real + 1j * imaginary


def features_of(images: np.ndarray, bases: np.ndarray | None) -> np.ndarray:
    """Return magnitudes of images in bases, ``(n, n_bases)``; without bases the pixels, ``(n, n_pixels)``."""
    return standardise(flatten(images)) if bases is None else np.abs(coefficients(images, bases))


def _measure_errors(
    train: Labelled, test: Labelled, rotated: list[np.ndarray], bases: np.ndarray | None, n_neighbours: int
) -> np.ndarray:
    """Error rates ``(n_classifiers, n_trained, n_tested)``; `rotated` are the images of both parts, rotated."""
    training = [(features_of(images, bases), train[1]) for images in (train[0], rotated[0])]
    upright, at_angles = ((features_of(images, bases), test[1]) for images in (test[0], rotated[1]))
    errors = np.empty((len(CLASSIFIERS), len(TRAINED), len(TESTED)))
    for row, name in enumerate(CLASSIFIERS):
        for column, examples in enumerate(training):
            classifier = fit_classifier(name, examples, n_neighbours)
            without = fit_classifier(name, without_nines(examples), n_neighbours)
            errors[row, column, :2] = [error_rate(classifier, upright), error_rate(classifier, at_angles)]
            errors[row, column, 2] = error_rate(without, without_nines(at_angles))
    return errors


def fit_classifier(name: str, examples: Labelled, n_neighbours: int) -> ClassifierMixin:
    """Fit a classifier, one of `CLASSIFIERS`, to features and labels."""
    if name == "neighbours":
        classifier = KNeighborsClassifier(n_neighbours, metric="cosine")
    else:
        classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=ITERATIONS, tol=TOLERANCE))
    return classifier.fit(*examples)


def error_rate(classifier: ClassifierMixin, examples: Labelled) -> float:
    """Return the fraction of examples that are classified wrongly."""
    return 1 - classifier.score(*examples)


def without_nines(examples: Labelled) -> Labelled:
    """Return features and labels of all digits but 9."""
    is_other = examples[1] != NINE
    return examples[0][is_other], examples[1][is_other]


def errors_by_angle(train: Labelled, test: Labelled, bases: np.ndarray | None, n_neighbours: int) -> list[float]:
    """Return error rates of upright neighbours on images rotated by each of `ANGLES_DEG`, in turn either way."""
    classifier = fit_classifier("neighbours", (features_of(train[0], bases), train[1]), n_neighbours)
    images, labels = test[0][:ANGLE_TESTS], test[1][:ANGLE_TESTS]
    signs = np.resize([1, -1], len(images))
    rotated = (rotate(images, signs * angle_deg) for angle_deg in ANGLES_DEG)
    return [error_rate(classifier, (features_of(views, bases), labels)) for views in rotated]


def angle_error(training: np.ndarray, images: np.ndarray, bases: np.ndarray, seed: int) -> float:
    """Return the mean error in degrees of angles between two views of an image, predicted from phases; 90 by chance.

    A ridge regression learns cosine and sine of the angle from cosines and sines of the differences of phases, each
    weighted by the product of its two magnitudes.
    """
    rng = np.random.default_rng(seed)
    regression = Ridge(RIDGE).fit(*phase_differences(training, bases, rng))
    differences, directions = phase_differences(images, bases, rng)
    predicted = regression.predict(differences) @ [1, 1j]
    return float(np.degrees(np.abs(np.angle(predicted * np.conj(directions @ [1, 1j])))).mean())


def phase_differences(images: np.ndarray, bases: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw pairs of views of each image: how their phases differ ``(n, 2 * n_bases)``, and their angles ``(n, 2)``."""
    angles_deg = rng.uniform(-HALF_ROTATION_DEG, HALF_ROTATION_DEG, (2, len(images)))
    first, second = (coefficients(rotate(images, of_view), bases) for of_view in angles_deg)
    products = first * np.conj(second)
    products /= np.linalg.norm(products, axis=1, keepdims=True)
    direction = np.radians(angles_deg[0] - angles_deg[1])
    return np.hstack([products.real, products.imag]), np.stack([np.cos(direction), np.sin(direction)], axis=1)


def describe(measures: Arrays) -> str:
    """Return the numbers of a run that a reader would want."""
    pixels, learned = (100 * measures["errors"][measures["features"].tolist().index(n)] for n in ("pixels", "learned"))
    return (
        f"{measures['n_test']} digits at any angle, trained upright: error of neighbours {learned[0, 0, 1]:.1f} % "
        f"on magnitudes, {pixels[0, 0, 1]:.1f} % on pixels "
        f"(upright {learned[0, 0, 0]:.1f} and {pixels[0, 0, 0]:.1f} %); "
        f"the angle is predicted with an error of {measures['angle_errors_deg'][-1]:.1f} degrees"
    )
