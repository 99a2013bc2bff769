import io
import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from pipeline import machine
from pipeline.parameters import ROOT


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """A copy of the environment to change, with a folder of Keras's settings."""
    monkeypatch.setattr(os, "environ", os.environ.copy())
    os.environ.pop("KERAS_BACKEND", None)
    os.environ |= {"KERAS_HOME": str(tmp_path), "KERAS_MAX_EPOCHS": "1", "KERAS_MAX_STEPS_PER_EPOCH": "1"}
    return os.environ


@pytest.mark.parametrize(
    ("variable", "settings", "told"),
    [
        (None, None, None),
        ("tensorflow", '{"backend": "jax"}', None),
        ("", '{"floatx": "float16", "backend": "tensorflow"}', None),
        (None, "{", None),
        (None, "[]", None),
        (None, json.dumps({"backend": "torch"}), "keras.json: backend 'torch'"),
        ("jax", None, "KERAS_BACKEND: backend 'jax'"),
        ("jax", '{"backend": "torch"}', "KERAS_BACKEND: backend 'jax'"),
    ],
)
def test_settings_of_keras_are_overruled_and_another_backend_is_told(
    environment, tmp_path, capsys, variable, settings, told
):
    if settings is not None:
        (tmp_path / "keras.json").write_text(settings)
    environment |= {} if variable is None else {"KERAS_BACKEND": variable}
    machine.overrule_keras_settings()
    printed = capsys.readouterr().err
    assert printed.endswith(f"{told} is not used, the models need tensorflow\n") if told else not printed
    assert environment["KERAS_BACKEND"] == "tensorflow"
    assert environment["KERAS_HOME"] == os.devnull
    assert not environment.keys() & {"KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH"}
    machine.overrule_keras_settings()  # as a process that is started by this one does
    assert not capsys.readouterr().err


def test_no_warning_is_an_error(environment, monkeypatch):
    monkeypatch.setattr(sys, "warnoptions", ["error"])
    environment["PYTHONWARNINGS"] = "error"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        machine.prepare_program()
        warnings.warn("old", DeprecationWarning, stacklevel=1)
        with pytest.warns(UserWarning, match="told"):
            warnings.warn("told", stacklevel=1)
    assert sys.warnoptions == []
    assert "PYTHONWARNINGS" not in environment


@pytest.mark.slow
def test_folders_that_cannot_be_written_and_a_date_that_is_none_are_no_matter():
    command = "from pipeline import machine; machine.prepare_program(); import numpy.f2py, pipeline.figures"
    settings = {"SOURCE_DATE_EPOCH": "abc", "MPLCONFIGDIR": str(Path(os.devnull, "folder"))}
    done = subprocess.run(
        [sys.executable, "-c", command],
        cwd=ROOT,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_any_text_can_be_printed(environment, monkeypatch):
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, "ascii"))
    monkeypatch.setattr(sys, "stderr", None)  # closed by the shell
    machine.prepare_program()
    print("Dvořák \udcff", flush=True)
    print("nowhere", file=sys.stderr, flush=True)
    assert written.getvalue() == rb"Dvo\u0159\xe1k \udcff" + os.linesep.encode()


def test_output_that_nobody_reads_is_no_complaint_at_exit(monkeypatch):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as unread:
        monkeypatch.setattr(sys, "stdout", unread)
        with machine.unread_output_is_discarded():
            print("a line")
        print("another", flush=True)


def test_settings_of_matplotlib_here_that_are_no_text_are_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    machine._check_settings_here()
    (tmp_path / "matplotlibrc").write_bytes(b"font.size: 8 # gro\xdf")
    with pytest.raises(SystemExit, match="^error: matplotlibrc: in this folder, is not text in UTF-8; move it away$"):
        machine._check_settings_here()
