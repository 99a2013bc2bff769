"""All steps of a small study done in a root of its own, and its figures drawn again."""

import io
import json
import subprocess
import sys
from contextlib import redirect_stdout

import pytest

import run_steps
from pipeline import results
from pipeline.parameters import ROOT, load
from train_model import step2_train_complex

QUICK_STYLE = {"figure.dpi": 40, "pdf.fonttype": 3}  # type 42 asks for a subset of a font, slower than all else
DRAW_WITHOUT_TENSORFLOW = """
import importlib, json, pathlib, sys
import matplotlib, pipeline.figures
matplotlib.rcParams.update(json.loads(sys.argv[3]))
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


def versions_of(root, pattern="output/**/*"):
    """Every file that matches, and when it was written."""
    return {str(path.relative_to(root)): path.stat().st_mtime_ns for path in root.glob(pattern) if path.is_file()}


def assert_refused(root, message, *steps, error=ValueError, name="small", **choice):
    """Each of the steps stops with a message of one line and leaves all files as they are."""
    before = versions_of(root, "**/*")
    for step in steps:
        with pytest.raises(error, match=message) as refused:
            step.run(name, root=root, **choice)
        assert "\n" not in str(refused.value)
    assert versions_of(root, "**/*") == before


def assert_left_but_for_one_run(root, measure, capsys):
    """Of two runs that are done, step 2 leaves the models, and measuring the second writes its measures only."""
    before = versions_of(root, "output/small/*/*.npz") | versions_of(root, "output/small/*/*.keras")
    step2_train_complex.run("small", root=root)
    assert capsys.readouterr().out.count("complex_autoencoder.keras is up to date\n") == 2
    measure.run("small", root=root, runs=["MORE"])
    after = versions_of(root)
    assert {path for path in before if after[path] != before[path]} == {"output/small/MORE/measures.npz"}


def assert_complete(root, files, missing_of_run=lambda run: set()):
    """All results of the runs but the missing ones are fresh; next to runs and figures are these files, no others."""
    parameters = load("small", root)
    for run in parameters.for_runs():
        assert {kind for kind in run.RESULTS if not results.is_fresh(run, kind, root)} == missing_of_run(run)
    output = root / "output" / "small"
    assert names_in(output) == {"figures", *parameters.runs, *files}
    assert not [*output.rglob("unfinished*"), *output.rglob(".*")]


def assert_figures(root, figures, tables):
    """Just these figures, all of them printed, and tables are drawn."""
    folder, printed = root / "output" / "small" / "figures", (root / "printed.txt").read_text()
    for names, endings in ((figures, (".png", ".pdf")), (tables, (".csv", ".tex"))):
        for ending in endings:
            drawn = {name for name in names_in(folder, f"*{ending}") if not name.startswith("model_")}  # by Graphviz
            assert drawn == {name + ending for name in names}
    assert all(f"  output/small/figures/{name}.png\n" in printed for name in figures)


def assert_drawn_again_with_the_same_bytes(step, done, done_again, pages=()):
    """In `done_again`, a copy of `done`, the last step alone draws figures, tables and pages without TensorFlow."""
    first, again = (root / "output" / "small" for root in (done, done_again))
    drawn = [path for path in first.glob("figures/*") if not path.match("model_*")]  # step 2 draws models
    drawn = [path.relative_to(first) for path in (*drawn, *(first / page for page in pages))]
    for path in drawn:
        (again / path).unlink()
    command = [sys.executable, "-c", DRAW_WITHOUT_TENSORFLOW, step, str(done_again), json.dumps(QUICK_STYLE)]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    assert names_in(again / "figures") == names_in(first / "figures")
    assert [str(path) for path in drawn if (again / path).read_bytes() != (first / path).read_bytes()] == []
