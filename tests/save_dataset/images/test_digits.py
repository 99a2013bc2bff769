import io
from http.client import IncompleteRead
from urllib.error import URLError

import numpy as np
import pytest
from scipy import ndimage

from pipeline.studies.digits import Images
from save_dataset import step1_save_digits
from save_dataset.images import digits
from save_dataset.images.digits import embedded_digits, read_images, resize, rotate, split_images


def mnist_like(n_train=100, n_test=40):
    """A few bright corners, in the form of mnist.npz."""
    n = n_train + n_test
    images = np.zeros((n, 28, 28), np.uint8)
    images[:, :4, 24:] = 255
    labels = np.arange(n) % 10
    return {
        "x_train": images[:n_train], "y_train": labels[:n_train], "x_test": images[n_train:], "y_test": labels[n_train:]
    }  # fmt: skip


def test_an_image_is_rotated_anticlockwise_as_seen():
    image = np.zeros((1, 9, 9), np.float32)
    image[0, 4, 7] = 1  # to the right of the middle
    rotated = rotate(image, np.array([90.0]))[0]
    assert np.argwhere(rotated > 0.5).tolist() == [[1, 4]]  # above it


def test_images_of_every_batch_are_rotated_as_scipy_does_it(rng, monkeypatch):
    monkeypatch.setattr(digits, "BATCH_IMAGES", 8)
    images, angles_deg = rng.random((20, 11, 11), np.float32), rng.uniform(-180, 180, 20)
    expected = [
        ndimage.rotate(image, angle, reshape=False, order=1, mode="grid-constant")
        for image, angle in zip(images, angles_deg, strict=True)
    ]
    assert rotate(images, angles_deg) == pytest.approx(np.array(expected), abs=1e-5)


def test_the_embedded_digits_stay_inside_when_they_are_rotated():
    images, labels = embedded_digits(28)
    assert (images.shape, images.dtype, len(labels)) == ((1797, 28, 28), np.float32, 1797)
    assert (images.min(), images.max()) == (0, 1)
    rotated = rotate(images[:50], np.full(50, 45.0))
    assert rotated.sum() == pytest.approx(images[:50].sum(), rel=0.005)


def test_a_larger_image_has_the_same_shape_and_one_of_the_right_size_is_left_as_it_is(rng):
    small = np.kron(np.eye(2, dtype=np.float32), np.ones((4, 4), np.float32))[None]
    large = resize(small, 16)
    assert large.shape == (1, 16, 16)
    assert large[0, 2:6, 2:6].min() > 0.9
    assert large[0, 2:6, 10:14].max() < 0.1
    images = rng.random((3, 28, 28), np.float32)
    assert (resize(images, 28) == images).all()


def test_each_part_of_the_split_has_its_fraction_of_every_digit():
    labels = np.repeat(np.arange(10), 50)
    arrays = split_images(np.zeros((500, 8, 8)), labels, Images(test_fraction=0.2, validation_fraction=0.25))
    for split, n in (("train", 30), ("validation", 10), ("test", 10)):
        assert np.bincount(labels[arrays["splits"] == split]).tolist() == [n] * 10
    splits = [split_images(np.zeros((500, 8, 8)), labels, Images(seed=seed))["splits"] for seed in (0, 0, 1)]
    assert (splits[0] == splits[1]).all()
    assert (splits[0] != splits[2]).any()


def test_a_file_as_mnist_keeps_its_own_test(tmp_path):
    (tmp_path / "music").mkdir()
    np.savez(tmp_path / "music" / "mnist.npz", **mnist_like())
    arrays, paths = read_images(Images(source="mnist.npz"), tmp_path)
    assert paths == [tmp_path / "music" / "mnist.npz"]
    assert (arrays["splits"][100:] == "test").all()
    assert np.unique(arrays["splits"][:100], return_counts=True)[1].tolist() == [90, 10]
    assert (arrays["images"].max(), arrays["images"].dtype) == (1, np.float32)
    assert arrays["labels"].tolist() == [n % 10 for n in range(140)]


FLAT = mnist_like() | {"x_test": np.zeros((40, 784), np.uint8)}


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x_train": np.zeros(1), "y_train": np.zeros(1)}, r"has no x_test, y_test; give the path"),
        ({"x_train": np.array([None])}, r"is broken .*; give the path"),
        (FLAT, r"images \(40, 784\) of uint8, labels \(40,\): must be"),
    ],
)
def test_a_file_that_is_not_in_the_form_of_mnist_is_refused(tmp_path, arrays, message):
    np.savez(tmp_path / "wrong.npz", **arrays)
    with pytest.raises(ValueError, match=rf"wrong\.npz: {message}"):
        read_images(Images(source=str(tmp_path / "wrong.npz")))


def test_a_file_of_more_than_its_bytes_or_too_many_is_refused_before_it_is_read(tmp_path, monkeypatch):
    path = tmp_path / "a.npz"
    np.savez(path, **mnist_like())
    path.write_bytes(path.read_bytes().replace(b"(100, 28, 28), }   ", b"(100, 28, 999999),}"[:19]))
    with pytest.raises(
        ValueError, match=r"a\.npz: is broken \(x_train.npy is said to have the shape \(100, 28, 999999\)"
    ):
        read_images(Images(source=str(path)))
    np.savez_compressed(path, **mnist_like())
    content = bytearray(path.read_bytes())
    content[100:140] = bytes(40)
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"a\.npz: is broken \(Error -3 while decompressing"):
        read_images(Images(source=str(path)))
    np.savez(path, **mnist_like())
    monkeypatch.setattr(digits, "MAX_PIXELS", 140 * 28 * 28 - 1)
    with pytest.raises(ValueError, match=r"a\.npz: images.side_pixels=28: must be 27 at most for 140 images"):
        read_images(Images(source=str(path)))
    monkeypatch.setattr(digits, "MAX_BYTES", 2**16)
    with pytest.raises(ValueError, match=r"a\.npz: is broken \(0 MB of images are more than 0\)"):
        read_images(Images(source=str(path)))


def test_a_file_that_is_no_npz_or_missing_is_refused(tmp_path):
    settings = Images(source=str(tmp_path / "text.npz"))
    with pytest.raises(FileNotFoundError, match=r"text\.npz; give the path of mnist\.npz, or 'digits'"):
        read_images(settings)
    for content in (b"PK\x03\x04 broken", b"no archive", b""):
        (tmp_path / "text.npz").write_bytes(content)
        with pytest.raises(ValueError, match=r"text\.npz: is not an .npz file"):
            read_images(settings)


def test_too_few_images_to_split(tmp_path):
    np.savez(tmp_path / "few.npz", **mnist_like(n_train=12))
    with pytest.raises(
        ValueError, match="^images.validation_fraction=0.1: must leave some of each digit on either side, of 12 images$"
    ):
        read_images(Images(source=str(tmp_path / "few.npz")))


@pytest.fixture
def keras_folder(tmp_path, monkeypatch):
    """Where MNIST is looked for; nothing is there."""
    monkeypatch.setattr(digits, "KERAS_MNIST", tmp_path / "datasets" / "mnist.npz")
    return tmp_path / "datasets"


FAILURES = (URLError("no route to host"), TimeoutError("no route to host"), IncompleteRead(b"PK", 10))


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_a_download_that_fails_says_what_else_there_is(keras_folder, monkeypatch, failure):
    def fail(url, timeout):
        raise failure

    monkeypatch.setattr(digits, "urlopen", fail)
    message = (
        "images.source='mnist': could not be downloaded .*(no route|IncompleteRead).*; give the path .* or 'digits'"
    )
    with pytest.raises(ValueError, match=message):
        read_images(Images(source="mnist"))
    assert not keras_folder.exists()


def test_a_fault_of_ours_is_not_taken_for_one_of_the_network(keras_folder, monkeypatch):
    monkeypatch.setattr(digits, "urlopen", lambda url: None)  # called with a timeout
    with pytest.raises(TypeError, match="timeout"):
        read_images(Images(source="mnist"))


def test_mnist_is_downloaded_once_to_where_keras_keeps_it(keras_folder, monkeypatch):
    content, asked = io.BytesIO(), []
    np.savez(content, **mnist_like())
    monkeypatch.setattr(digits, "urlopen", lambda url, timeout: asked.append(url) or io.BytesIO(content.getvalue()))
    for _ in range(2):
        arrays, paths = read_images(Images(source="mnist"))
        assert len(arrays["labels"]) == 140
        assert paths == [keras_folder / "mnist.npz"]
    assert len(asked) == 1
    assert asked[0].endswith("/mnist.npz")


@pytest.mark.slow
def test_step_1_saves_and_draws_the_digits(write_parameters, capsys):
    root = write_parameters('study = "digits"\n[runs.LEARNED]\n', name="digits")
    path = step1_save_digits.run("digits", root)
    with np.load(path) as stored:
        assert stored["images"].shape == (1797, 28, 28)
    assert "digits: 1797 images of 28 x 28 pixels: 1293 train, 144 validation, 360 test" in capsys.readouterr().out
    assert (path.parent / "figures" / "images.png").is_file()
