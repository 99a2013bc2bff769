"""All steps of a small study done in a root of its own, and its figures drawn again."""

import io
import shutil
import subprocess
import sys
from contextlib import redirect_stdout

import run_steps
from pipeline.parameters import ROOT

DRAW_WITHOUT_TENSORFLOW = """
import importlib, pathlib, sys
importlib.import_module(sys.argv[1]).run("small", root=pathlib.Path(sys.argv[2]))
sys.exit("tensorflow" in sys.modules or "keras" in sys.modules)
"""


def do_all_steps(root, text):
    """Run the steps of the parameter file `small` with this text; what they print is in ``printed.txt``."""
    (root / "parameters").mkdir(exist_ok=True)
    (root / "parameters" / "small.toml").write_text(text)
    with redirect_stdout(io.StringIO()) as printed:
        run_steps.run("small", root=root)
    (root / "printed.txt").write_text(printed.getvalue())
    return root


def names_in(folder, pattern="*"):
    return {path.name for path in folder.glob(pattern)}


def versions_of(root):
    """Every result, and when it was written."""
    return {path: path.stat().st_mtime_ns for path in (root / "output").rglob("*") if path.is_file()}


def assert_drawn_again_with_the_same_bytes(step, done, done_again):
    """In `done_again`, a copy of `done`, the last step alone draws all figures and tables without TensorFlow."""
    first, again = (root / "output" / "small" / "figures" for root in (done, done_again))
    shutil.rmtree(again)
    command = [sys.executable, "-c", DRAW_WITHOUT_TENSORFLOW, step, str(done_again)]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    assert names_in(again) == names_in(first)
    assert [name for name in names_in(first) if (again / name).read_bytes() != (first / name).read_bytes()] == []
