"""What comes of steps that are stopped, killed, out of room or not alone: `python -m tests.faults.crashes [study ...]`.

Of each study the steps are done on something small. At every write of a training, and at some of every other step, the
step is stopped; the same command again must end with the very files that it writes undisturbed. Prints a table.
"""

import errno
import gc
import importlib
import io
import os
import random
import resource
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import matplotlib
import numpy as np

from pipeline import command_line
from pipeline.parameters import ROOT
from tests.done_steps import QUICK_STYLE
from tests.faults.disk import (
    BEGUN,
    PLACES,
    WRITTEN,
    Disk,
    contents,
    full_disk,
    give_back,
    keep,
    left_over,
    no_space,
    of_other_process,
    read_only,
    version,
)
from tests.faults.tally import ONE_LINE, WHOLE, Tally
from tests.faults.tiny import TINY, begin

STOP, BETWEEN, KILL, FULL = "Ctrl-C at a write", "Ctrl-C between writes", "kill -9 at a write", "disk full at a write"
READ_ONLY, TWO = "folder read-only", "two at once"
TRAINING = (".step2_", ".step5_")
N_WRITES = 2  # of a step, at which it is disturbed; a training is killed at all
STOPPED = "130"
OURS, TESTS = f"{ROOT}{os.sep}", f"{ROOT / 'tests'}{os.sep}"


def do(root, module):
    """Do a step; returns what its command would end with: nothing, 130, an error in one line, or a traceback."""
    line = ""
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()) as told:
        try:
            with command_line._errors_in_one_line(False):
                importlib.import_module(module).run("small", root=root)
        except SystemExit as ended:
            line = str(ended.code)
        except BaseException as error:  # noqa: BLE001
            line = f"traceback of {type(error).__name__}: {error}"
        gc.collect()  # what is closed late tells of errors then
    return f"traceback: {told.getvalue()}" if "Traceback" in told.getvalue() else line


class Disturbed:
    """A step that is done undisturbed, and then again and again with a fault."""

    def __init__(self, root, module, folder):
        self.root, self.module, self.folder = root, module, folder
        self.before, self.sizes, self.paths, self.copies, self.known = keep(root, self._new()), {}, {}, {}, {}
        self.n_calls, self.stop_at = 0, -1
        with Disk(root, self._see).watched():
            line = self._do(self._count)
        assert line == "", line
        self.after, self.done = contents(root), keep(root, self._new())

    def _new(self):
        return Path(tempfile.mkdtemp(dir=self.folder))

    def _do(self, calls=None):
        if "keras" in sys.modules:
            sys.modules["keras"].utils.clear_session()  # layers are named as in a process of its own
        sys.settrace(calls)
        try:
            return do(self.root, self.module)
        finally:
            sys.settrace(None)

    def _count(self, frame, event, argument):
        """Count calls of our functions and of Keras's training, and stop at one."""
        name = frame.f_code.co_filename
        is_ours = name.startswith(OURS) and not name.startswith(TESTS) and "/.venv/" not in name
        self.n_calls += is_ours or "/keras/src/trainers/" in name
        if self.n_calls == self.stop_at:
            self.stop_at = -1
            raise KeyboardInterrupt

    def _see(self, number, place, path):
        """Keep what is on the disk: what a process that is killed here leaves."""
        if (number, place) not in self.copies:
            self.paths[number] = path
            self.copies[number, place] = keep(self.root, self._new())
        if place == WRITTEN:
            self.sizes[number] = next(path.parent.glob(f".{path.stem}.*{path.suffix}")).stat().st_size

    def some(self, n_writes):
        """A place in each of so many writes, the first and the last among them."""
        numbers = sorted(self.sizes)
        chosen = dict.fromkeys(numbers[round(part * (len(numbers) - 1))] for part in np.linspace(0, 1, n_writes))
        return [(number, PLACES[i % len(PLACES)]) for i, number in enumerate(chosen)]

    def again(self, copy):
        """What comes of the same command without a fault, from what is on the disk."""
        found = version(copy)
        if found not in self.known:
            give_back(self.root, copy)
            self.known[found] = self._outcome(self._do())
        return self.known[found]

    def _outcome(self, line):
        if line:
            return line
        now, left = contents(self.root), left_over(self.root)
        differ = sorted(name for name in {*now, *self.after} if now.get(name) != self.after.get(name))
        return f"left: {left}" if left else f"differ: {differ}" if differ else WHOLE

    def killed(self, at):
        """Killed at a place, and then done again."""
        return self.again(self.copies[at])

    def _disturb(self, fault, calls=None):
        """Do the step with a fault; returns what it ends with, and what is then on the disk."""
        give_back(self.root, self.before)
        with Disk(self.root, fault).watched(), full_disk(resource.RLIM_INFINITY):
            line = self._do(calls)
        return line, keep(self.root, self._new())

    def _ended(self, line, copy, *expected):
        """What came of a step that was disturbed, and of the same command again."""
        if line and (line.startswith("traceback") or "\n" in line or not all(part in line for part in expected)):
            return f"{line}, not {expected}"
        torn = [name for name in left_over(copy) if not name.startswith("unfinished")]
        return f"left: {torn}" if torn else self.again(copy)

    def stopped(self, at):
        """Stopped by Ctrl-C at a place, and then done again."""

        def fault(number, place, path):
            if (number, place) == at:
                raise KeyboardInterrupt

        return self._ended(*self._disturb(fault), STOPPED)

    def stopped_in_a_call(self, part):
        """Stopped by Ctrl-C in a function of ours or of Keras's training after a part of all calls, and done again."""
        self.n_calls, self.stop_at = 0, 1 + int(part * (self.n_calls - 1))
        line, copy = self._disturb(lambda *at: None, self._count)
        return self._ended(line, copy, STOPPED)

    def out_of_room(self, at, part):
        """Without room for more than a part of the file that is written, and then done again."""

        def fault(number, place, path):
            if (number, place) == (at[0], BEGUN):
                room = int(part * self.sizes.get(number, 0))
                resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))

        return self._ended(*self._disturb(fault), "error: ", str(self.paths[at[0]]), os.strerror(errno.EFBIG))

    def refused(self, at, error):
        """Refused by the system at a place, and then done again."""

        def fault(number, place, path):
            if (number, place) == at:
                raise error(path)

        return self._ended(*self._disturb(fault), "error: ", str(self.paths[at[0]]), error("").strerror)

    def not_alone(self, at):
        """Another process does the step while this one is at a place: both end as if alone, or the other is refused."""
        others = []

        def fault(number, place, path):
            if (number, place) == at:
                with of_other_process():
                    others.append(do(self.root, self.module))

        line, _ = self._disturb(fault)
        if line or (others[0] and "another process is at work here" not in others[0]):
            return f"{line or 'done'}; the other: {others[0] or 'done'}"
        outcome = self._outcome("")
        return ONE_LINE if outcome == WHOLE and others[0] else outcome


def disturb(root, module, folder, tally, study):
    """Put all kinds of faults into a step, count what comes of them, and leave it done."""
    trains = any(number in module for number in TRAINING)
    step, chooser = Disturbed(root, module, folder), random.Random(440)
    if not step.sizes:
        return  # one that has nothing to do
    name, places = f"{module} of {study}", step.some(N_WRITES)
    for at in step.copies if trains else places:
        tally.add(KILL, step.killed(at), f"{name} {at}")
    for number, place in places:
        tally.add(STOP, step.stopped((number, place)), f"{name} {number} {place}")
        tally.add(FULL, step.out_of_room((number, BEGUN), chooser.random()), f"{name} {number}")
        tally.add(TWO, step.not_alone((number, place)), f"{name} {number} {place}")
    tally.add(FULL, step.refused((number, WRITTEN), no_space), f"{name} {number}")
    tally.add(READ_ONLY, step.refused((1, BEGUN), read_only), name)
    part = chooser.random()
    tally.add(BETWEEN, step.stopped_in_a_call(part), f"{name} {part:.3f}")
    give_back(root, step.done)


def main(studies):
    """Print the table of the studies named, or of all."""
    tally = Tally()
    for study in studies or TINY:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "root"
            for module in begin(study, root):
                with tempfile.TemporaryDirectory(dir=folder) as copies:
                    disturb(root, module, copies, tally, study)
                print(f"{study}: {module}: {tally.total()} so far", file=sys.stderr, flush=True)
    print(tally.table(), flush=True)


if __name__ == "__main__":
    matplotlib.rcParams.update(QUICK_STYLE)
    main(sys.argv[1:])
