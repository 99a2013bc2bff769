"""What is kept is not made again; what is broken is."""

import numpy as np
import pytest

from pipeline.cache import cached, read_cached

ARRAYS = {"frames": np.arange(6.0).reshape(3, 2), "duration_s": 1.5}


@pytest.fixture
def make(tmp_path):
    """Ask for the arrays of a key; gives them, and how often any were made."""
    made = []

    def make_it(key="abc"):
        return cached(tmp_path, key, lambda: made.append(key) or ARRAYS), len(made)

    return make_it


def test_arrays_are_made_once_for_each_key(make):
    assert [make(key)[1] for key in ("abc", "abc", "abd", "abc")] == [1, 1, 2, 2]
    kept, _ = make()
    np.testing.assert_array_equal(kept["frames"], ARRAYS["frames"])
    assert kept["duration_s"] == 1.5
    assert np.ndim(kept["duration_s"]) == 0


@pytest.mark.parametrize("fraction", [0, 0.5, 0.99])
def test_broken_arrays_are_made_anew(make, tmp_path, fraction):
    make()
    (path,) = tmp_path.glob("ab/abc.npz")
    path.write_bytes(path.read_bytes()[: int(fraction * path.stat().st_size)])
    assert read_cached(tmp_path, "abc") is None
    assert [make()[1], make()[1]] == [2, 2]


def test_arrays_that_were_changed_are_made_anew(make, tmp_path):
    make()
    np.savez(tmp_path / "ab" / "abc.npz", frames=np.zeros(2), digest="made up")
    assert make()[1] == 2


def test_objects_are_not_read(make, tmp_path):
    make()
    np.savez(tmp_path / "ab" / "abc.npz", frames=np.array([None]))
    assert read_cached(tmp_path, "abc") is None


def test_what_cannot_be_made_is_not_kept(tmp_path):
    def fail():
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        cached(tmp_path, "abc", fail)
    assert list(tmp_path.iterdir()) == []
