"""Arrays that are slow to make, kept in a folder under a key that says what they are made from."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from pipeline import provenance
from pipeline.atomic_write import atomic_write


def cached(folder: Path, key: str, make: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the arrays kept under a key; if there are none, or they are broken, make and keep them."""
    arrays = read_cached(folder, key)
    if arrays is None:
        arrays = make()
        with atomic_write(_path_of(folder, key)) as temporary:
            digest = provenance.digest_arrays({name: np.asarray(array) for name, array in arrays.items()})
            np.savez(temporary, allow_pickle=False, digest=digest, **arrays)
    return arrays


def read_cached(folder: Path, key: str) -> Mapping[str, Any] | None:
    """Return the arrays kept under a key, numbers as scalars; None if there are none, or they are broken."""
    try:
        arrays = provenance.read_arrays(_path_of(folder, key))
    except ValueError:
        return None
    digest = str(arrays.pop("digest", None))
    return {name: array[()] for name, array in arrays.items()} if digest == provenance.digest_arrays(arrays) else None


def _path_of(folder: Path, key: str) -> Path:
    return folder / key[:2] / f"{key}.npz"  # a folder of thousands of files is slow to list
