"""The provenance that every result carries: how it came about, and a digest of its content.

Arrays (``.npz``) hold it as the member ``record``, models (``.keras``) as the member ``record.json`` of their archive:
one file is both, so neither can be lost or belong to another. It contains all parameters, the step, the versions of the
packages, the git commit, and the digests of everything the result was made from; that of a model also the digests of
the other members of its archive, so that Keras builds nothing but what was saved.
"""

import hashlib
import importlib.metadata
import json
import math
import struct
import subprocess
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NotRequired

import numpy as np
from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict

MEMBER = "record"  # its name in the files
UNLIKE_RECORD = "does not hold what its record says"
PACKAGES = ("tensorflow", "keras", "numpy", "scipy", "librosa", "scikit-learn")


class Provenance(TypedDict):
    """What a result says of itself."""

    kind: str
    parameters: dict[str, dict[str, Any] | str | None]
    step: str
    digest: str
    made_from: dict[str, str]
    raw: dict[str, str]
    versions: dict[str, str]
    commit: str
    members: NotRequired[dict[str, str]]  # of a model


PROVENANCE = TypeAdapter(Provenance)
UNREADABLE = (
    *(ValueError, TypeError, LookupError, AttributeError, EOFError, OSError, RuntimeError, OverflowError, MemoryError),
    *(zipfile.BadZipFile, struct.error, zlib.error, SyntaxError, tokenize.TokenError),
)  # what zipfile and NumPy raise on files whose headers are not what they were


def add_to_arrays(arrays: Mapping[str, np.ndarray], provenance: Provenance) -> dict[str, np.ndarray]:
    """Return the members of an ``.npz`` file: the arrays and their provenance."""
    return {**arrays, MEMBER: np.array(json.dumps(provenance))}


def add_to_model(path: Path, provenance: Provenance) -> None:
    """Put the provenance into a saved model, with the digests of its members."""
    stored: Provenance = {**provenance, "members": _digest_members(path)}
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(f"{MEMBER}.json", json.dumps(stored))


def read(path: Path) -> Provenance:
    """Return the provenance in a file; ValueError if the file is truncated, or not a result."""
    try:
        _check_sizes(path)
        if path.suffix == ".npz":
            with np.load(path, allow_pickle=False) as members:
                text = str(members[MEMBER])
        else:
            with zipfile.ZipFile(path) as archive:
                text = archive.read(f"{MEMBER}.json").decode()
        return PROVENANCE.validate_json(text, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"is broken, or no result of a step (its record: {where}: {first['msg']})") from error
    except UNREADABLE as error:
        raise ValueError(f"is broken, or no result of a step ({error})") from error


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Return the arrays of an ``.npz`` file; ValueError if it is truncated or contains pickled objects."""
    try:
        _check_sizes(path)
        with np.load(path, allow_pickle=False) as members:
            return {name: members[name] for name in members.files if name != MEMBER}
    except UNREADABLE as error:
        raise ValueError(f"is no complete .npz file ({error})") from error


def _check_sizes(path: Path) -> None:
    """ValueError if a member of a file says that it is larger than it can be, before any memory is taken for it."""
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if any(member.compress_type != zipfile.ZIP_STORED for member in members):
            raise ValueError("its members are compressed")
        if sum(member.file_size for member in members) > path.stat().st_size:
            raise ValueError("its members are said to be larger than the file")
        check_shapes(archive)


def check_shapes(archive: zipfile.ZipFile) -> None:
    """ValueError if an array of an ``.npz`` file says that it has another shape than its bytes fill."""
    for member in archive.infolist():
        if member.filename.endswith(".npy"):
            with archive.open(member) as file:
                version = np.lib.format.read_magic(file)
                read_header = np.lib.format.read_array_header_1_0
                if version == (2, 0):
                    read_header = np.lib.format.read_array_header_2_0
                shape, _, dtype = read_header(file)
                if not dtype.hasobject and file.tell() + math.prod(shape) * dtype.itemsize != member.file_size:
                    raise ValueError(f"{member.filename} is said to have the shape {shape}")


def keras_version(path: Path) -> str:
    """Return the version of Keras that saved a model."""
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("metadata.json"))["keras_version"]


def check_content(path: Path) -> None:
    """ValueError if a result is not what its record says; read once for each version of the file."""
    status = path.stat()
    if reason := _reason_against(path, status.st_size, status.st_mtime_ns):
        raise ValueError(reason)


@cache
def _reason_against(path: Path, n_bytes: int, modified_ns: int) -> str:
    try:
        stored = read(path)
        if path.suffix == ".npz":
            check_digest(read_arrays(path), stored)
        elif _digest_members(path) != stored.get("members"):
            return UNLIKE_RECORD
    except UNREADABLE as error:
        return str(error) if isinstance(error, ValueError) else f"is broken ({error})"
    return ""


def check_digest(arrays: Mapping[str, np.ndarray], provenance: Provenance) -> None:
    """ValueError if arrays are not those of which the record has the digest."""
    if digest_arrays(arrays) != provenance["digest"]:
        raise ValueError(UNLIKE_RECORD)


def _digest_members(path: Path) -> dict[str, str]:
    """Return the SHA-256 of each member of an archive but the record."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name != f"{MEMBER}.json"]
        return {name: hashlib.sha256(archive.read(name)).hexdigest() for name in names}


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
