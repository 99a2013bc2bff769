"""Work in this process or in several: the same results, each under its key."""

import multiprocessing
import os
import signal
import sys
import time
from contextlib import contextmanager, suppress
from functools import partial
from subprocess import PIPE, Popen

import pytest

from save_dataset.processes import work

TASKS = {"a": (7, 2), "b": (9, 4), "c": (5, 5)}
STOPPED = """
import sys
import time
from contextlib import closing
from save_dataset.processes import work

if __name__ == "__main__":
    tasks = {index: (float(sys.argv[1]) * min(index, 4),) for index in range(200)}
    with closing(work(time.sleep, tasks, few=0, n_processes=2)) as done:
        for index, _ in done:
            print(index, flush=True)
"""


def process_and_remainder(n, divisor):
    return os.getpid(), n % divisor


@pytest.mark.parametrize(("few", "n_processes"), [(3, 2), (3, None), (0, 1)])
def test_a_few_tasks_or_one_process_are_done_here_in_order(few, n_processes):
    done = list(work(process_and_remainder, TASKS, few=few, n_processes=n_processes))
    assert done == [("a", (os.getpid(), 1)), ("b", (os.getpid(), 1)), ("c", (os.getpid(), 0))]


def test_more_are_done_elsewhere_and_keep_their_keys():
    handler = signal.getsignal(signal.SIGINT)
    done = dict(work(process_and_remainder, TASKS, few=2, n_processes=2))
    assert {key: remainder for key, (_, remainder) in done.items()} == {"a": 1, "b": 1, "c": 0}
    assert os.getpid() not in {process for process, _ in done.values()}
    assert signal.getsignal(signal.SIGINT) is handler


def test_nothing_to_do_starts_nothing():
    assert list(work(process_and_remainder, {}, few=0)) == []


@pytest.mark.parametrize("few", [0, 3])
def test_what_goes_wrong_in_a_task_is_raised(few):
    with pytest.raises(ZeroDivisionError):
        list(work(process_and_remainder, {"a": (1, 0), "b": (3, 2)}, few=few, n_processes=2))
    assert multiprocessing.active_children() == []


def test_a_process_that_is_killed_at_work_is_told_as_what_it_may_be():
    with pytest.raises(ChildProcessError, match="^a process at work was killed, as when memory runs out$"):
        list(work(signal.raise_signal, dict.fromkeys("abc", (signal.SIGTERM,)), few=0, n_processes=2))
    assert multiprocessing.active_children() == []


@pytest.fixture
def start(tmp_path):
    """Starts a process that has others at work for some time, in a session of their own."""
    (tmp_path / "stopped.py").write_text(STOPPED, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(tmp_path / "stopped.py")]
    let_ctrl_c_in = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # ignored where tests run in the background
    output = {"stdout": PIPE, "stderr": PIPE, "text": True}

    @contextmanager
    def start(seconds):
        options = {"start_new_session": True, "preexec_fn": let_ctrl_c_in}
        with Popen([*command, str(seconds)], env=environment, **output, **options) as started:
            try:
                yield started
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(started.pid, signal.SIGKILL)

    return start


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="processes are killed otherwise there")
def test_processes_end_with_one_that_is_killed(start):
    with start(0.05) as started:
        assert started.stdout.readline()
        started.kill()
        printed, _ = started.communicate(
            timeout=20
        )  # those at work have the same output: it ends with the last of them
    assert len(printed.split()) < 20


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent otherwise there")
def test_ctrl_c_stops_all_processes_at_once(start):
    with start(0.05) as started:
        first = started.stdout.readline()
        os.killpg(started.pid, signal.SIGINT)  # as the terminal does it: to all processes
        printed, complaint = started.communicate(timeout=20)
    assert first
    assert len(printed.split()) < 20
    assert complaint.count("Traceback") == 1
    assert complaint.rstrip().endswith("KeyboardInterrupt")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent otherwise there")
def test_a_second_ctrl_c_gives_up_what_is_at_work(start):
    with start(100) as started:
        assert started.stdout.readline()  # of the task that takes no time
        for _ in range(2):
            os.killpg(started.pid, signal.SIGINT)
            time.sleep(1)
        printed, complaint = started.communicate(timeout=20)
    assert not printed
    assert complaint.rstrip().endswith("KeyboardInterrupt")
