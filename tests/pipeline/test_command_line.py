"""Step 0 of no study: stands for the docstring of a step.

Reads nothing: 100 % made up.
"""

import os
import signal
import subprocess
import sys
import time
import zlib

import pytest

from pipeline import command_line
from pipeline.parameters import ROOT


def run_with_name(name):
    print(f"name={name}")


def run_with_all(name, root="root", runs=None, force=False, first=0, last=9):
    print(f"{name} {root} {runs} {force} {first} {last}")


def run_that_raises(error):
    def run(name):
        raise error

    return run


def raise_where_none_can(error):
    class Dying:
        def __del__(self):
            raise error

    Dying()


@pytest.mark.parametrize(
    ("run", "argv", "printed"),
    [
        (run_with_name, ["demo"], "name=demo"),
        (run_with_all, ["demo"], "demo root None False 0 9"),
        (run_with_all, ["demo", "--run", "R", "RF", "--force"], "demo root ['R', 'RF'] True 0 9"),
        (run_with_all, ["demo", "--from", "0", "--to", "3"], "demo root None False 0 3"),
    ],
)
def test_options_are_passed_on_under_the_names_that_run_has(capsys, run, argv, printed):
    command_line.main(run, argv)
    assert capsys.readouterr().out == f"{printed}\n"


@pytest.mark.parametrize("option", [["--run", "R"], ["--force"], ["--from", "1"], ["--to", "2"], ["--root", "x"]])
def test_name_is_needed_and_an_option_that_run_does_not_take_is_refused(capsys, option):
    for argv, message in (([], "required: name"), (["demo", *option], f"unrecognized arguments: {' '.join(option)}")):
        with pytest.raises(SystemExit, match="^2$"):
            command_line.main(run_with_name, argv)
        assert message in capsys.readouterr().err


def test_help_is_the_docstring_and_the_options(capsys):
    with pytest.raises(SystemExit, match="^0$"):
        command_line.main(run_with_all, ["--help"])
    shown = capsys.readouterr().out
    assert __doc__.strip() in shown
    assert all(option in shown for option in ("name", "--run", "--force", "--from", "--to", "--traceback"))


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("overlap=2: must be less than 1"), "overlap=2: must be less than 1"),
        (ValueError("a.toml: is not a TOML file:\n  line 3"), "a.toml: is not a TOML file: line 3"),
        (TypeError("z: must be an array"), "z: must be an array"),
        (FileNotFoundError("a.wav: no such sound file"), "a.wav: no such sound file"),
        (OSError(28, "No space left on device", "out/a.npz"), "out/a.npz: No space left on device"),
        (OSError(5, "Input/output error"), "Input/output error"),
        (MemoryError(), "not enough memory"),
        (MemoryError("Unable to allocate 7 TiB"), "not enough memory: Unable to allocate 7 TiB"),
    ],
)
def test_error_of_the_user_is_one_line(error, line):
    with pytest.raises(SystemExit) as raised:
        command_line.main(run_that_raises(error), ["demo"])
    assert raised.value.code == f"error: {line}"  # a text as the code: printed to stderr, exit status 1


def test_the_middle_of_a_very_long_line_is_left_out():
    line = command_line.one_line(ValueError(f"a.csv: {5000 * '1'}: must be a number"))
    assert len(line) < 1010
    assert line.startswith("a.csv: 1111")
    assert line.endswith("1111: must be a number")


def test_traceback_is_shown_when_asked_for():
    with pytest.raises(ValueError, match="^bad$"):
        command_line.main(run_that_raises(ValueError("bad")), ["demo", "--traceback"])


def test_fault_of_ours_is_not_hidden():
    with pytest.raises(KeyError, match="fault"):
        command_line.main(run_that_raises(KeyError("fault")), ["demo"])


@pytest.mark.parametrize("option", [[], ["--traceback"]])
def test_interruption_exits_with_130_and_says_that_nothing_is_lost(capsys, option):
    with pytest.raises(SystemExit, match="^130$"):
        command_line.main(run_that_raises(KeyboardInterrupt()), ["demo", *option])
    assert "stopped; what is done is kept" in capsys.readouterr().err


def test_an_error_that_came_of_an_interruption_is_one(capsys):
    def run(name):
        try:
            raise KeyboardInterrupt
        finally:
            raise zlib.error("inconsistent stream state")

    with pytest.raises(SystemExit, match="^130$"):
        command_line.main(run, ["demo"])
    assert capsys.readouterr().err == f"{command_line.STOPPED}\n"


def test_interruption_in_what_cannot_raise_comes_a_moment_later(monkeypatch):
    monkeypatch.setattr(sys, "unraisablehook", command_line._hook_of_callbacks)
    monkeypatch.setattr(command_line, "STOP_AGAIN_S", 0.01)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):  # noqa: PT012
            raise_where_none_can(KeyboardInterrupt())
            time.sleep(60)
    finally:
        signal.signal(signal.SIGINT, before)


def test_what_is_deleted_half_made_after_an_interruption_says_nothing(monkeypatch, capsys):
    monkeypatch.setattr(sys, "unraisablehook", command_line._hook_of_callbacks)
    with pytest.raises(SystemExit, match="^130$"):
        command_line.main(run_that_raises(KeyboardInterrupt()), ["demo"])
    raise_where_none_can(AttributeError("of what is half made"))
    assert capsys.readouterr().err == f"{command_line.STOPPED}\n"


def test_other_errors_in_what_cannot_raise_are_printed(monkeypatch, capsys):
    monkeypatch.setattr(sys, "unraisablehook", command_line._hook_of_callbacks)
    raise_where_none_can(ValueError("of a callback"))
    assert "ValueError: of a callback" in capsys.readouterr().err


def test_interruption_while_modules_are_imported_says_the_same(tmp_path):
    (tmp_path / "keras.py").write_text("raise KeyboardInterrupt")
    command = [sys.executable, "-m", "train_model.step2_train_song", "demo", "--force"]
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    stopped = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert stopped.returncode != 0
    assert (stopped.stdout, stopped.stderr) == ("", f"{command_line.STOPPED}\n")


def test_a_reader_that_has_seen_enough_ends_a_step_without_a_word(capsys, monkeypatch):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as unread:
        monkeypatch.setattr(sys, "stdout", unread)
        with pytest.raises(SystemExit, match="^1$"):
            command_line.main(run_with_name, ["demo"])
    assert capsys.readouterr().err == ""


def test_tests_have_no_terminal(capsys):
    assert command_line.has_terminal() is False
