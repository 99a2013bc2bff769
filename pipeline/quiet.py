"""Suppression of TensorFlow's lines about the machine (CPU instructions, a GPU that does not exist).

A level in the environment variable ``TF_CPP_MIN_LOG_LEVEL`` brings them back. The lines that are written while
TensorFlow is imported heed no level: during its import what the process writes to stderr goes nowhere.
"""

import importlib.util
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import Any

LEVEL = "TF_CPP_MIN_LOG_LEVEL"


def hold_back_lines_of_tensorflow() -> None:
    """Import TensorFlow without its lines, whenever it is imported in this process; later ones are held back too."""
    if LEVEL not in os.environ and "tensorflow" not in sys.modules:
        os.environ[LEVEL] = "3"
        sys.meta_path.insert(0, QuietImport())


class QuietImport(MetaPathFinder):
    """Finds TensorFlow, once, as Python does, and executes it while stderr goes nowhere."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """The spec of TensorFlow; None for all other modules."""
        if name != "tensorflow":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec and spec.loader:
            execute = spec.loader.exec_module

            def execute_quietly(module: Any) -> None:
                with _stderr_of_the_process_closed():
                    execute(module)

            spec.loader.exec_module = execute_quietly  # type: ignore[method-assign]
        return spec


@contextmanager
def _stderr_of_the_process_closed() -> Iterator[None]:
    """Suppress what Python and C++ write to stderr."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
