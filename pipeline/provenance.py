"""The provenance that every result carries: how it came about, and a digest of its content.

Arrays (``.npz``) hold it as the member ``record``, models (``.keras``) as the member ``record.json`` of their archive:
one file is both, so neither can be lost or belong to another. It contains all parameters, the step, the versions of the
packages, the git commit, and the digests of everything the result was made from.
"""

import hashlib
import importlib.metadata
import json
import subprocess
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

MEMBER = "record"  # its name in the files
KEYS = {"parameters", "step", "digest", "made_from", "raw", "versions", "commit"}
PACKAGES = ("tensorflow", "keras", "numpy", "scipy", "librosa", "scikit-learn")


def add_to_arrays(arrays: Mapping[str, np.ndarray], provenance: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Return the members of an ``.npz`` file: the arrays and their provenance."""
    return {**arrays, MEMBER: np.array(json.dumps(provenance))}


def add_to_model(path: Path, provenance: Mapping[str, Any]) -> None:
    """Put the provenance into a saved model."""
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(f"{MEMBER}.json", json.dumps(provenance))


def read(path: Path) -> dict[str, Any]:
    """Return the provenance in a file; ValueError if the file is truncated, or not a result."""
    try:
        if path.suffix == ".npz":
            with np.load(path, allow_pickle=False) as members:
                provenance = json.loads(str(members[MEMBER]))
        else:
            with zipfile.ZipFile(path) as archive:
                provenance = json.loads(archive.read(f"{MEMBER}.json"))
        if missing := KEYS - provenance.keys():
            raise ValueError(f"its provenance lacks {', '.join(sorted(missing))}")
    except (KeyError, ValueError, TypeError, AttributeError, EOFError, OSError, zipfile.BadZipFile) as error:
        raise ValueError(f"is broken, or no result of a step ({error})") from error
    return provenance


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Return the arrays of an ``.npz`` file; ValueError if it is truncated or contains pickled objects."""
    try:
        with np.load(path, allow_pickle=False) as members:
            return {name: members[name] for name in members.files if name != MEMBER}
    except (TypeError, AttributeError, EOFError, OSError, zipfile.BadZipFile) as error:
        raise ValueError(f"is no complete .npz file ({error})") from error


def keras_version(path: Path) -> str:
    """Return the version of Keras that saved a model."""
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("metadata.json"))["keras_version"]


def is_complete(path: Path) -> bool:
    """Whether every member of a result can be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.testzip() is None
    except (OSError, zipfile.BadZipFile):
        return False


def digest_arrays(arrays: Mapping[str, np.ndarray]) -> str:
    """Return a SHA-256 of named arrays: the same for the same names, types, shapes and values."""
    state = hashlib.sha256()
    for name in sorted(arrays):
        array = arrays[name]
        state.update(f"{name} {array.dtype.str} {array.shape} ".encode())
        state.update(np.ascontiguousarray(array).data)
    return state.hexdigest()


def digest_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, read once for each version of the file."""
    status = path.stat()
    return _digest_of_version(path, status.st_size, status.st_mtime_ns)


@cache
def _digest_of_version(path: Path, n_bytes: int, modified_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def versions() -> dict[str, str]:
    """Return the versions of the packages that results depend on; empty for one that is not installed."""
    return {package: _version(package) for package in PACKAGES}


@cache  # to read it takes longer than to save an array
def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def git_commit(root: Path) -> str:
    """Return the commit of the repository, marked if files differ from it; empty where there is none."""
    command = ["git", "-C", str(root), "describe", "--always", "--dirty"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except FileNotFoundError:
        return ""
