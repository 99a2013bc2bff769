"""The tracks of a data set of mirdata, which need not be installed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

Read = TypeVar("Read")


def read_tracks(name: str, folder: Path, key: str, read: Callable[[Any], Read]) -> list[Read]:
    """Return what `read` makes of each track of a data set whose data_home is the folder.

    Raises
    ------
    ValueError
        If mirdata is not installed; the message begins with the key of the parameters.
    FileNotFoundError
        If the folder does not have the whole data set.
    """
    try:
        import mirdata
    except ModuleNotFoundError as error:
        way = "run: pip install mirdata, or leave it out"
        raise ValueError(f"{key}={name!r}: is not installed; {way}") from error
    try:
        return [read(track) for track in mirdata.initialize(name, data_home=str(folder)).load_tracks().values()]
    except FileNotFoundError as error:
        run = f"mirdata.initialize({name!r}, data_home={str(folder)!r}).download()"
        raise FileNotFoundError(f"{folder}: is not the complete {name} of mirdata; run in Python: {run}") from error
