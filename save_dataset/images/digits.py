"""Pictures of digits, upright and rotated: those of scikit-learn, MNIST, or a file in MNIST's form.

A picture is ``(side, side)``, 0 is paper and 1 is ink. Angles are in degrees, anticlockwise as seen.
"""

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
from pipeline.studies.digits import Images

KERAS_MNIST = Path("~/.keras/datasets/mnist.npz")
MNIST_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"  # that of keras.datasets
TIMEOUT_S = 30  # without an answer
MNIST_ARRAYS = ("x_train", "y_train", "x_test", "y_test")
SHARE_OF_SIDE = 20 / 28  # of a picture's side that its digit fills, as in MNIST: rotated, it stays inside
SMOOTH = 3  # order of the splines that pictures are resized with
BATCH_IMAGES = 1000
WAY_OUT = "give the path of mnist.npz, or 'digits', which comes with scikit-learn"

Labelled = tuple[np.ndarray, np.ndarray]


def read_images(settings: Images, root: Path = ROOT) -> tuple[dict[str, np.ndarray], list[Path]]:
    """The pictures that the parameters name, and the files that they were read from.

    Returns
    -------
    dict of str to np.ndarray
        ``images (n, side, side)``, float32 in [0, 1]; ``labels (n,)``; ``splits (n,)``: train, validation or test.
    list of Path
        Files outside the packages; may be empty.

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
    is_known = settings.source == "mnist"
    path = _find_mnist() if is_known else root / "music" / Path(settings.source).expanduser()
    train, test = _open_mnist(path)
    images = resize(np.concatenate([train[0], test[0]]).astype(np.float32) / 255, settings.side_pixels)
    return split_images(images, np.concatenate([train[1], test[1]]), settings, n_test=len(test[1])), [path]


def embedded_digits(side_pixels: int) -> Labelled:
    """The digits of scikit-learn, drawn larger, with a margin as MNIST has it; and what they are."""
    digits = load_digits()
    inner = round(side_pixels * SHARE_OF_SIDE)
    margin = side_pixels - inner
    edges = ((0, 0), (margin // 2, margin - margin // 2), (margin // 2, margin - margin // 2))
    return np.pad(resize(digits.images.astype(np.float32) / 16, inner), edges), digits.target


def resize(images: np.ndarray, side_pixels: int) -> np.ndarray:
    """Pictures ``(n, height, width)`` as ``(n, side, side)``, float32 in [0, 1]; left alone if they are so already."""
    scale = np.divide(side_pixels, images.shape[1:])
    if (scale == 1).all():
        return images.astype(np.float32)
    larger = zoom(images, (1, *scale), order=SMOOTH, mode="grid-constant", grid_mode=True)
    return np.clip(larger, 0, 1).astype(np.float32)


def _find_mnist() -> Path:
    """The file of MNIST where Keras keeps it, downloaded if it does not exist yet."""
    path = KERAS_MNIST.expanduser()
    if not path.is_file():
        try:
            with urlopen(MNIST_URL, timeout=TIMEOUT_S) as answer:
                content = answer.read()
        except (OSError, HTTPException) as error:
            raise ValueError(f"images.source='mnist': could not be downloaded ({error}); {WAY_OUT}") from error
        with atomic_write(path) as part:
            part.write_bytes(content)
    return path


def _open_mnist(path: Path) -> tuple[Labelled, Labelled]:
    """Pictures and digits for training, and of the test, of a file as Keras stores MNIST."""
    if not path.is_file():
        raise FileNotFoundError(f"images.source: there is no file {path}; {WAY_OUT}")
    if not zipfile.is_zipfile(path):
        raise ValueError(f"{path}: is not an .npz file; {WAY_OUT}")
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in MNIST_ARRAYS if name in stored}
    except (zipfile.BadZipFile, ValueError, EOFError) as error:
        raise ValueError(f"{path}: is broken ({error}); {WAY_OUT}") from error
    if missing := [name for name in MNIST_ARRAYS if name not in arrays]:
        raise ValueError(f"{path}: has no {', '.join(missing)}; {WAY_OUT}")
    train, test = (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])
    for images, labels in (train, test):
        if images.ndim != 3 or images.dtype != np.uint8 or labels.shape != images.shape[:1]:
            raise ValueError(
                f"{path}: pictures {images.shape} of {images.dtype}, labels {labels.shape}: must be (n, height, width) "
                "of uint8 and (n,)"
            )
    return train, test


def split_images(
    images: np.ndarray, labels: np.ndarray, settings: Images, n_test: int | None = None
) -> dict[str, np.ndarray]:
    """The arrays of step 1; the last `n_test` pictures are the test, drawn from all where the source has none.

    Each part has about the same share of every digit.
    """
    rest, splits = np.arange(len(labels)), np.full(len(labels), "train", "<U10")
    if n_test is None:
        rest, test = _hold_out(rest, labels, settings.test_fraction, settings)
        splits[test] = "test"
    else:
        rest, splits[len(labels) - n_test :] = rest[: len(labels) - n_test], "test"
    _, validation = _hold_out(rest, labels, settings.validation_fraction, settings)
    splits[validation] = "validation"
    return {"images": images.astype(np.float32), "labels": labels.astype(np.int64), "splits": splits}


def _hold_out(numbers: np.ndarray, labels: np.ndarray, share: float, settings: Images) -> list[np.ndarray]:
    """Numbers of pictures in two parts, the second this share of them."""
    try:
        return train_test_split(numbers, test_size=share, random_state=settings.seed, stratify=labels[numbers])
    except ValueError as error:
        raise ValueError(f"{len(numbers)} images: too few to hold {share:g} of each digit out") from error


def rotate(images: np.ndarray, angles_deg: np.ndarray) -> np.ndarray:
    """Pictures ``(n, height, width)`` rotated about the middle by an angle each, ``(n,)``, corners cut off; float32."""
    rotated = np.empty(images.shape, np.float32)
    for first in range(0, len(images), BATCH_IMAGES):
        batch = slice(first, first + BATCH_IMAGES)
        rotated[batch] = _rotate_batch(images[batch], np.asarray(angles_deg)[batch])
    return rotated


def _rotate_batch(images: np.ndarray, angles_deg: np.ndarray) -> np.ndarray:
    """As `rotate`, at once; what lies outside is paper."""
    cosine, sine = (f(np.radians(angles_deg)).astype(np.float32)[:, None, None] for f in (np.cos, np.sin))
    middle = (np.array(images.shape[1:]) - 1) / 2
    rows, columns = np.indices(images.shape[1:], np.float32) - middle.astype(np.float32)[:, None, None]
    source_rows = cosine * rows + sine * columns + middle[0]
    source_columns = cosine * columns - sine * rows + middle[1]
    numbers = np.broadcast_to(np.arange(len(images))[:, None, None], source_rows.shape)
    return map_coordinates(images, [numbers, source_rows, source_columns], order=1, mode="grid-constant")
