import numpy as np
import pytest

from evaluate.digits.measures import (
    angle_error,
    coefficients,
    draw,
    error_rate,
    features_of,
    fit_classifier,
    measure_digits,
    without_nines,
)
from models.random_bases import random_bases
from pipeline.patches import flatten, standardise
from pipeline.studies.digits import Classify
from save_dataset.images.digits import rotate

SIDE = 16


def harmonics(orders=range(6), radii=range(1, 8)):
    """Circular harmonics on rings: of which rotation changes the phase only, ``(2 * n_bases, SIDE * SIDE)``."""
    rows, columns = np.indices((SIDE, SIDE)) - (SIDE - 1) / 2
    radius, angle = np.hypot(rows, columns), np.arctan2(-rows, columns)
    bases = np.array([
        np.exp(-((radius - ring) ** 2)) * np.exp(1j * order * angle) for order in orders for ring in radii
    ]).reshape(-1, SIDE * SIDE)  # fmt: skip
    return np.concatenate([bases.real, bases.imag]).astype(np.float32)


def spots(n, rng):
    """Ten kinds of images: a spot in the middle, and one further out by the kind; each a little different."""
    labels = np.arange(n) % 10
    rows, columns = np.indices((SIDE, SIDE))
    middle = (SIDE - 1) / 2
    outer = middle + 0.6 * (labels[:, None, None] + 1)
    images = np.exp(-((rows - middle) ** 2 + (columns - outer) ** 2))
    images = images + 0.5 * np.exp(-((rows - middle) ** 2 + (columns - middle) ** 2))
    return (images + rng.uniform(0, 0.05, images.shape)).astype(np.float32), labels


@pytest.fixture
def arrays(rng):
    images, labels = spots(300, rng)
    splits = np.repeat(["train", "validation", "test"], [200, 20, 80])
    return {"images": images, "labels": labels, "splits": splits}


def test_magnitudes_in_circular_harmonics_do_not_change_when_an_image_is_rotated(rng):
    images, _ = spots(20, rng)
    views = images, rotate(images, np.full(20, 50.0))
    upright, rotated = (features_of(view, harmonics()) for view in views)
    assert np.linalg.norm(rotated - upright) < 0.2 * np.linalg.norm(upright)
    upright, rotated = (features_of(view, None) for view in views)
    assert np.linalg.norm(rotated - upright) > 0.5 * np.linalg.norm(upright)


def test_magnitudes_are_those_of_the_encoder(rng):
    """In the order of the pixels, and with the scale, that the autoencoder sees."""
    images, bases = rng.random((4, 3, 5), np.float32), rng.normal(size=(6, 15)).astype(np.float32)
    flat = standardise(flatten(images), 0.1)
    expected = np.hypot(flat @ bases[:3].T, flat @ bases[3:].T)
    assert features_of(images, bases) == pytest.approx(expected, rel=1e-5)
    assert coefficients(images, bases).imag == pytest.approx(flat @ bases[3:].T, rel=1e-4, abs=1e-6)


def test_the_angle_of_a_rotation_is_predicted_from_phases_unless_images_are_the_same_at_any(rng):
    training, images = (spots(n, rng)[0] for n in (200, 60))
    assert angle_error(training, images, harmonics(), seed=0) < 8
    rows, columns = np.indices((SIDE, SIDE)) - (SIDE - 1) / 2
    round_images = np.repeat(np.exp(-np.hypot(rows, columns) / 3)[None], 300, axis=0).astype(np.float32)
    assert angle_error(round_images, round_images, harmonics(), seed=0) > 45


@pytest.mark.slow
def test_digits_are_classified_at_any_angle_by_magnitudes_not_by_pixels(arrays):
    measures = measure_digits(arrays, harmonics(), Classify(n_neighbours=3))
    assert measures["features"].tolist() == ["pixels", "random", "learned"]
    pixels, _, learned = measures["errors"]
    assert learned[:, :, 1].max() < 0.1  # both classifiers, trained upright or rotated
    assert pixels[:, 0, 1].min() > 0.3
    assert pixels[0, 0, 0] < 0.1
    by_pixels, _, by_learned = measures["errors_by_angle"]
    assert by_learned.max() < 0.1
    assert (by_pixels[0] < 0.1) & (by_pixels[-1] > 0.3)
    assert (measures["n_train"], measures["n_test"]) == (200, 80)


def test_no_more_images_than_asked_for_and_only_of_their_part_and_no_nines(arrays, rng):
    images, labels = draw(arrays, "test", 30, rng)
    assert (len(images), len(labels)) == (30, 30)
    of_part = {image.tobytes() for image in arrays["images"][arrays["splits"] == "test"]}
    assert {image.tobytes() for image in images} < of_part
    features, labels = without_nines((np.arange(4)[:, None], np.array([9, 1, 9, 3])))
    assert (features.ravel().tolist(), labels.tolist()) == ([1, 3], [1, 3])


@pytest.mark.parametrize("name", ["neighbours", "logistic regression"])
def test_the_error_rate_is_the_fraction_of_wrong_labels(name, rng):
    features = rng.normal(size=(60, 2)) + np.repeat([[0, 20], [20, 0]], 30, axis=0)
    labels = np.repeat([3, 5], 30)
    classifier = fit_classifier(name, (features, labels), 5)
    assert error_rate(classifier, (features, labels)) == 0
    labels[:6] = 5
    assert error_rate(classifier, (features, labels)) == pytest.approx(0.1)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_measures(arrays):
    bases = random_bases(10, SIDE * SIDE, seed=3)
    first, again = (measure_digits(arrays, bases, Classify(max_train=60, max_test=20)) for _ in range(2))
    assert all((first[name] == again[name]).all() for name in first)


@pytest.mark.parametrize(
    ("classify", "message"),
    [
        ({"max_train": 1}, "classify.max_train=1: must draw two digits other than 9; raise it"),
        ({"max_test": 1}, "classify.max_test=1: must draw a digit other than 9; raise it"),
        ({"n_neighbours": 181}, "classify.n_neighbours=181: must be at most 180, the training images that are no 9"),
    ],
)
def test_too_few_images_for_classifiers_are_refused(arrays, classify, message):
    nines = np.flatnonzero(arrays["splits"] == "test")
    arrays["labels"][nines] = 9 if "max_test" in classify else arrays["labels"][nines]
    with pytest.raises(ValueError, match=f"^{message}$"):
        measure_digits(arrays, harmonics(), Classify(**classify))


def test_more_features_than_memory_are_refused(arrays):
    many = np.broadcast_to(np.float32(0), (10**6, SIDE * SIDE))
    with pytest.raises(ValueError, match="^classify.max_train=10000: would need 6.7 GB"):
        measure_digits(arrays, many, Classify())
