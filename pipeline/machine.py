"""The user's own settings of Keras, matplotlib, Python and the terminal, where they would change results or end a step.

They are overruled in the environment, which processes that are started later inherit.
"""

import io
import json
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BACKEND = "tensorflow"
HIDDEN = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)  # by Python, if not asked for


def overrule_keras_settings() -> None:
    """Let Keras, when it is imported, have its defaults; a line says so if another backend is asked for."""
    where, asked = _backend_asked_for()
    if asked != BACKEND:
        print(f"{where}: backend {asked!r} is not used, the models need {BACKEND}", file=sys.stderr)
    os.environ["KERAS_BACKEND"] = BACKEND
    os.environ["KERAS_HOME"] = os.devnull  # where there is no keras.json, and none can be written
    for limit in ("KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH"):
        os.environ.pop(limit, None)


def ask_for_fast_convolutions() -> None:
    """Let TensorFlow, when it is imported, convolve by oneDNN, as it does by itself on some processors only."""
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


def _backend_asked_for() -> tuple[str, str]:
    """Return where the user has chosen a backend of Keras, and which; ours if nowhere."""
    if asked := os.environ.get("KERAS_BACKEND"):
        return "KERAS_BACKEND", asked
    path = Path(os.environ.get("KERAS_HOME", "~/.keras"), "keras.json")
    try:
        return str(path), json.loads(path.expanduser().read_text(encoding="utf-8"))["backend"]
    except (OSError, ValueError, KeyError, TypeError, RuntimeError):  # there is none that can be read
        return str(path), BACKEND


def prepare_program() -> None:
    """Prepare a process that does a step and nothing else.

    matplotlib reads no settings, and has no word on its own folders. No warning of a library is an error, and any text
    can be printed.
    """
    os.environ |= {"MPLBACKEND": "agg", "MATPLOTLIBRC": os.devnull}
    os.environ.pop("SOURCE_DATE_EPOCH", None)  # numpy fails if it is no number, and figures have no date
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    if any(action == "error" for action, *_ in warnings.filters):  # python -W error
        warnings.simplefilter("default")
        for category in HIDDEN:
            warnings.simplefilter("ignore", category)
        sys.warnoptions.clear()  # which processes that work for this one are started with
        os.environ.pop("PYTHONWARNINGS", None)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name) or Path(os.devnull).open("w")  # None: closed by the shell  # noqa: SIM115
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
        setattr(sys, name, stream)
    _check_settings_here()


def _check_settings_here() -> None:
    """End the program if matplotlib cannot read the settings in this folder, which it reads before all others."""
    try:
        Path("matplotlibrc").read_text(encoding="utf-8")
    except UnicodeDecodeError:
        sys.exit("error: matplotlibrc: in this folder, is not text in UTF-8; move it away")
    except OSError:  # there is none
        return


@contextmanager
def unread_output_is_discarded() -> Iterator[None]:
    """Let Python, which flushes the output at exit, not complain there that nobody can take it any more."""
    try:
        yield
    finally:
        try:
            sys.stdout.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
