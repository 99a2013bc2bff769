"""Values of parameters, as they are drawn: which load, and what the steps make of them on tiny data.

Each draw changes one key of a tiny parameter file, on whose data all steps have been done; some change several. Those
that load are run, by each step that they may matter to, in a process of its own with a limit of memory and time.
``python -m tests.faults.values song`` prints a line for each draw that is run, and a row for each section; a number
after the study is of how many draws to run.
"""

import importlib
import os
import re
import resource
import shutil
import signal
import sys
import tempfile
import traceback
import zlib
from functools import cache, partial
from pathlib import Path

import numpy as np

from pipeline import command_line, machine, memory
from pipeline.parameters import load, study_parameters
from tests.faults.draws import SEED, draw_all, draw_together, keys_of
from tests.faults.tally import ONE_LINE, WHOLE, Tally
from tests.faults.tiny import TINY

NAME = "small"
MAX_STEP_S, MAX_BYTES = 20, 2 * 2**30  # of processor time, and of memory beyond what the modules take
MACHINE_GB = 3.0  # what a step takes the machine to have
DRAWN_ONE_IN = 4  # draws after which steps that only draw what is stored, which take longest, are run as well


def count(study, n_run=None):
    """Draw, load and run; returns the tally by section. `n_run`: only so many of those that load are run."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        do_all_steps(study, root)
        tally, loaded = Tally(), []
        for draw in draw_all(study):
            outcome = outcome_of_load(draw, study, root)
            if outcome == WHOLE:
                loaded.append(draw)
            else:
                tally.add(draw.section, outcome, draw)
        loaded += draw_together(loaded)
        if n_run is not None:
            chosen = np.random.default_rng(SEED).choice(len(loaded), n_run, replace=False)
            loaded = [loaded[number] for number in sorted(chosen)]
        for draw in loaded:
            outcome = outcome_of_load(draw, study, root)
            if outcome == WHOLE:
                outcome = outcome_of_steps(draw, study, root)
            tally.add(draw.section, outcome, draw)
            print(draw, "->", outcome, flush=True)
    return tally


def do_all_steps(study, root):
    """Make the tiny data and do all steps on it, in a process of its own."""
    from tests import done_steps  # imports TensorFlow

    def do(told):
        TINY[study].write(root)
        told.write_text(outcome_of(partial(done_steps.do_all_steps, root, TINY[study].text), study))

    told, _ = in_child(do, root)
    if told != WHOLE:
        raise RuntimeError(f"the tiny data of {study}: {told}")


def outcome_of_load(draw, study, root):
    """`WHOLE` if the file loads with these values, `ONE_LINE`, or what else."""
    (root / "parameters").mkdir(exist_ok=True)
    (root / "parameters" / f"{NAME}.toml").write_text(draw.text_of(study), encoding="utf-8")
    return outcome_of(lambda: load(NAME, root).for_runs(), study)


def outcome_of_steps(draw, study, done):
    """What comes of the steps with these values, in a copy of a root where they have been done without."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        shutil.copytree(done, root)
        told, ended_by = in_child(partial(do_steps, draw, study, root), Path(folder))
    return f"{told}: ended by {ended_by}" if ended_by else told


def do_steps(draw, study, root, told):
    """Do each step within the limits; writes into `told` which is at work, and in the end what came of them."""
    taken = int(re.search(r"VmData:\s+(\d+)", Path("/proc/self/status").read_text())[1]) * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (taken + MAX_BYTES,) * 2)
    for step in steps_for(draw, study):
        told.write_text(step)
        signal.setitimer(signal.ITIMER_PROF, MAX_STEP_S)
        signal.alarm(30 * MAX_STEP_S)  # where it only waits
        outcome = outcome_of(partial(importlib.import_module(step).run, NAME, root=root), study)
        if outcome != WHOLE:
            break
    told.write_text(outcome if outcome in (WHOLE, ONE_LINE) else f"{step}: {outcome}")


def in_child(do, folder):
    """Call `do` in a forked process, with the path of a file; returns what it wrote there, and what signal ended it."""
    told = folder / "told.txt"
    told.write_text("did not begin")
    if not (child := os.fork()):
        with (folder / "printed.txt").open("w") as printed:
            os.dup2(printed.fileno(), 1)
            os.dup2(printed.fileno(), 2)
            do(told)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return told.read_text(), signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else None


def steps_for(draw, study):
    """The steps to do: those that make results, from the first that depends on a section that is drawn.

    Steps that only draw what is stored, which take longest, follow where a section is theirs alone, and one draw in
    `DRAWN_ONE_IN`.
    """
    model = study_parameters(study)
    steps = [step for step in model.STEPS if step not in model.SERVED]
    sections = {key.split(".")[0] for key in draw.values}
    makes_result = {result.step for result in model.RESULTS.values()}
    depends = {result.step for result in model.RESULTS.values() if sections & {*result.sections}}
    if sections & {"composition", "course"}:
        depends.add(steps[0])
    first = min(map(steps.index, depends), default=len(steps))
    chosen = {*steps[first:]} & (makes_result | depends)
    is_theirs = sections - {section for result in model.RESULTS.values() for section in result.sections}
    if is_theirs or zlib.crc32(str(draw).encode()) % DRAWN_ONE_IN == 0:
        chosen |= {*steps[1:]} - makes_result
    return sorted(chosen, key=steps.index)


def outcome_of(do, study):
    """`WHOLE`, or `ONE_LINE` of an error that names a key or a file, or what else comes of it."""
    try:
        do()
    except (ValueError, TypeError, OSError) as error:
        return ONE_LINE if is_clear(error, study) else f"not clear: {describe(error)}"
    except BaseException as error:  # all that may come is counted
        return describe(error)
    return WHOLE


def is_clear(error, study):
    """Whether the message is one line, and names a key of the study or a file."""
    line = command_line.one_line(error)
    if len(str(error).splitlines()) > 1:
        return False
    named = re.search(r"[\w/.-]+\.\w+\b|\w+=|\[\w+\]", line)
    ours = re.search(rf"\b({'|'.join(words_of(study))})\b", line)
    return bool(named and ours or re.match("[^:]*/", line) or isinstance(error, OSError) and error.filename)


@cache
def words_of(study):
    """Words by which a message is taken to name a key or a file."""
    return {
        *(word for key in keys_of(study) for word in key.split(".")),
        r"\w+\.npz",
        r"\w+\.keras",
        "music",
        "parameters",
    }


def describe(error):
    """An error, and the line of ours that raised it."""
    *_, last = [frame for frame in traceback.extract_tb(error.__traceback__) if "site-packages" not in frame.filename]
    return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}: {' '.join(str(error).split())[:200]}"


def prepare(study):
    """Import before processes are forked; figures of few pixels, laid out roughly, and no PDF; a machine of a size."""
    for step in study_parameters(study).STEPS:
        importlib.import_module(step)
    import matplotlib.figure

    matplotlib.rcParams["savefig.dpi"] = 40
    save = matplotlib.figure.Figure.savefig

    def save_coarsely(figure, file, *, format, **options):
        if format != "pdf":
            figure.set_layout_engine("none")
            save(figure, file, format=format, **options)

    matplotlib.figure.Figure.savefig = save_coarsely
    memory.machine_gb = lambda: MACHINE_GB


if __name__ == "__main__":
    machine.prepare_program()
    study, *n_run = sys.argv[1:]
    prepare(study)
    print(count(study, *map(int, n_run)).table())
