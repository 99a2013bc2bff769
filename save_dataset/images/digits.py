"""Images of digits, upright and rotated: those of scikit-learn, MNIST, or a file in MNIST's form.

An image is ``(side, side)``, 0 is paper and 1 is ink. Angles are in degrees, anticlockwise as seen.
"""

import math
import zipfile
from http.client import HTTPException
from pathlib import Path
from urllib.request import urlopen

import numpy as np
from scipy.ndimage import map_coordinates, zoom
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from pipeline.atomic_write import atomic_write
from pipeline.parameters import ROOT
from pipeline.provenance import UNREADABLE, check_shapes
from pipeline.studies.digits import Images
from save_dataset.files import music_path

KERAS_MNIST = Path("~/.keras/datasets/mnist.npz")
MNIST_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"  # that of keras.datasets
MAX_BYTES = 2**28  # of the arrays in a file, five times MNIST
MAX_PIXELS = 2**29  # of all images as they are stored, 2 GB: MNIST at 64 x 64 has half as many
TIMEOUT_S = 30  # without an answer
MNIST_ARRAYS = ("x_train", "y_train", "x_test", "y_test")
FRACTION_OF_SIDE = 20 / 28  # of an image's side that its digit fills, as in MNIST: rotated, it stays inside
SPLINE_ORDER = 3  # of resizing
BATCH_IMAGES = 1000
HINT = "give the path of mnist.npz, or 'digits', which comes with scikit-learn"

Labelled = tuple[np.ndarray, np.ndarray]


def read_images(settings: Images, root: Path = ROOT) -> tuple[dict[str, np.ndarray], list[Path]]:
    """Return the images that the parameters name, and the files that they were read from.

    The arrays are ``images (n, side, side)``, float32 in [0, 1]; ``labels (n,)``; ``splits (n,)``: train, validation or
    test. Files are those outside the packages; there may be none.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If MNIST cannot be downloaded, or the file is not in its form.
    """
    if settings.source == "digits":
        images, labels = embedded_digits(settings.side_pixels)
        return split_images(images, labels, settings), []
    path = _find_mnist() if settings.source == "mnist" else music_path(settings.source, root)
    train, test = _open_mnist(path)
    n_images = len(train[1]) + len(test[1])
    if n_images * settings.side_pixels**2 > MAX_PIXELS:
        most = math.isqrt(MAX_PIXELS // n_images)
        raise ValueError(
            f"{path}: images.side_pixels={settings.side_pixels}: must be {most} at most for {n_images} images"
        )
    images = resize(np.concatenate([train[0], test[0]]).astype(np.float32) / 255, settings.side_pixels)
    return split_images(images, np.concatenate([train[1], test[1]]), settings, n_test=len(test[1])), [path]


def embedded_digits(side_pixels: int) -> Labelled:
    """Return the digits of scikit-learn, enlarged, with a margin as MNIST has it; and what they are."""
    digits = load_digits()
    inner = round(side_pixels * FRACTION_OF_SIDE)
    margin = side_pixels - inner
    edges = ((0, 0), (margin // 2, margin - margin // 2), (margin // 2, margin - margin // 2))
    return np.pad(resize(digits.images.astype(np.float32) / 16, inner), edges), digits.target


def resize(images: np.ndarray, side_pixels: int) -> np.ndarray:
    """Return images ``(n, height, width)`` as ``(n, side, side)``, float32 in [0, 1]; as they are if they are so."""
    scale = np.divide(side_pixels, images.shape[1:])
    if (scale == 1).all():
        return images.astype(np.float32)
    larger = zoom(images, (1, *scale), order=SPLINE_ORDER, mode="grid-constant", grid_mode=True)
    return np.clip(larger, 0, 1).astype(np.float32)


def _find_mnist() -> Path:
    """Return the file of MNIST where Keras keeps it, downloaded if it does not exist yet."""
    path = KERAS_MNIST.expanduser()
    if not path.is_file():
        try:
            with urlopen(MNIST_URL, timeout=TIMEOUT_S) as answer:
                content = answer.read()
        except (OSError, HTTPException) as error:
            raise ValueError(f"images.source='mnist': could not be downloaded ({error}); {HINT}") from error
        with atomic_write(path) as part:
            part.write_bytes(content)
    return path


def _open_mnist(path: Path) -> tuple[Labelled, Labelled]:
    if not path.is_file():
        raise FileNotFoundError(f"images.source: there is no file {path}; {HINT}")
    if not zipfile.is_zipfile(path):
        raise ValueError(f"{path}: is not an .npz file; {HINT}")
    try:
        with zipfile.ZipFile(path) as archive:
            if (n_bytes := sum(member.file_size for member in archive.infolist())) > MAX_BYTES:
                raise ValueError(f"{n_bytes / 2**20:.0f} MB of images are more than {MAX_BYTES // 2**20}")
            check_shapes(archive)
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in MNIST_ARRAYS if name in stored}
    except UNREADABLE as error:
        raise ValueError(f"{path}: is broken ({error}); {HINT}") from error
    if missing := [name for name in MNIST_ARRAYS if name not in arrays]:
        raise ValueError(f"{path}: has no {', '.join(missing)}; {HINT}")
    train, test = (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])
    for images, labels in (train, test):
        if images.ndim != 3 or not images.size or images.dtype != np.uint8 or labels.shape != images.shape[:1]:
            there = f"images {images.shape} of {images.dtype}, labels {labels.shape}"
            raise ValueError(f"{path}: {there}: must be (n, height, width) of uint8 and (n,)")
    return train, test


def split_images(
    images: np.ndarray, labels: np.ndarray, settings: Images, n_test: int | None = None
) -> dict[str, np.ndarray]:
    """Return the arrays of step 1; the last `n_test` images are the test, drawn from all where the source has none.

    Each part has about the same fraction of every digit.
    """
    rest, splits = np.arange(len(labels)), np.full(len(labels), "train", "<U10")
    if n_test is None:
        rest, test = _hold_out(rest, labels, "test_fraction", settings)
        splits[test] = "test"
    else:
        rest, splits[len(labels) - n_test :] = rest[: len(labels) - n_test], "test"
    _, validation = _hold_out(rest, labels, "validation_fraction", settings)
    splits[validation] = "validation"
    return {"images": images.astype(np.float32), "labels": labels.astype(np.int64), "splits": splits}


def _hold_out(indices: np.ndarray, labels: np.ndarray, key: str, settings: Images) -> list[np.ndarray]:
    """Return the indices that are left, and those held out: a fraction that stands under a key."""
    fraction = getattr(settings, key)
    try:
        return train_test_split(indices, test_size=fraction, random_state=settings.seed, stratify=labels[indices])
    except ValueError as error:
        raise ValueError(
            f"images.{key}={fraction:g}: must leave some of each digit on either side, of {len(indices)} images"
        ) from error


def rotate(images: np.ndarray, angles_deg: np.ndarray) -> np.ndarray:
    """Return images ``(n, height, width)``, each rotated about its middle by its angle, ``(n,)``, corners cut off."""
    rotated = np.empty(images.shape, np.float32)
    middle = (np.array(images.shape[1:]) - 1) / 2
    rows, columns = np.indices(images.shape[1:], np.float32) - middle.astype(np.float32)[:, None, None]
    for first in range(0, len(images), BATCH_IMAGES):
        batch = slice(first, first + BATCH_IMAGES)
        angles = np.radians(np.asarray(angles_deg)[batch])
        cosine, sine = (f(angles).astype(np.float32)[:, None, None] for f in (np.cos, np.sin))
        source_rows = cosine * rows + sine * columns + middle[0]
        source_columns = cosine * columns - sine * rows + middle[1]
        indices = np.broadcast_to(np.arange(len(angles))[:, None, None], source_rows.shape)
        sources = [indices, source_rows, source_columns]
        rotated[batch] = map_coordinates(images[batch], sources, order=1, mode="grid-constant")
    return rotated
