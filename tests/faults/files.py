"""Broken files of every kind that the project reads: what comes of them.

Each is read in a process of its own with limited memory and time. ``python -m tests.faults.files`` breaks every good
file in every way and prints the table of docs/results.md; a number after it seeds other breaks.
"""

import os
import resource
import signal
import struct
import sys
import tempfile
from itertools import islice, product
from pathlib import Path

import numpy as np

from pipeline.command_line import MAX_MESSAGE, one_line
from tests.faults import good_files
from tests.faults.tally import ONE_LINE, WHOLE, Tally

MAX_BYTES = 2 * 2**30  # beyond what the process has to begin with
MAX_ADDRESSES = 16 * 2**30  # what is only reserved takes no memory
MAX_CPU_S, MAX_WALL_S = 20, 120
SIZES = (0, 1, 2**31 - 1, 2**32 - 1, 2**36, 2**63)
HEAD_BYTES = 256


def breaks(content, rng):
    """Yield the bytes of a file broken in one way after the other, with what was done."""
    n = len(content)
    for tenth in range(1, 10):
        yield f"cut at {tenth}/10", content[: n * tenth // 10]
    for _ in range(4):
        head, body = rng.integers(min(HEAD_BYTES, n)), rng.integers(n)
        for at in (head, body):
            broken = bytearray(content)
            broken[at] ^= 1 << rng.integers(8)
            yield f"bit at {at}", bytes(broken)
        broken = bytearray(content)
        broken[head] = rng.integers(256)
        yield f"byte at {head}", bytes(broken)
    for size, form in product(SIZES, ("I", "Q")):
        order, at = rng.choice(["<", ">"]), 2 * int(rng.integers(min(HEAD_BYTES, n) // 2))
        value = struct.pack(order + form, size % 2 ** (8 * struct.calcsize(form)))
        yield f"{size} as {order + form} at {at}", content[:at] + value + content[at + len(value) :]
    for _ in range(2):
        first, second, third = sorted(rng.integers(0, n + 1, 3))
        yield f"zeros from {first} to {second}", content[:first] + bytes(second - first) + content[second:]
        yield f"twice from {first} to {second}", content[:second] + content[first:]
        yield (
            f"exchanged at {first}, {second}, {third}",
            (content[:first] + content[second:third] + content[first:second] + content[third:]),
        )


def read_broken(path, read):
    """Return what comes of reading a file: `WHOLE`, `ONE_LINE`, or in words what else."""
    reader, writer = os.pipe()
    process = os.fork()
    if not process:
        os.close(reader)
        os._exit(_read_in_child(path, read, writer))
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        outcome = answer.read().decode()
    _, status = os.waitpid(process, 0)
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return "over time" if number in (signal.SIGXCPU, signal.SIGALRM) else f"killed by signal {number}"
    return outcome


def _read_in_child(path, read, writer):
    resource.setrlimit(resource.RLIMIT_AS, (MAX_ADDRESSES, MAX_ADDRESSES))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_S, MAX_CPU_S + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(MAX_WALL_S)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)  # lines on what is left out, and those of libraries
    os.dup2(null, 2)
    began = _peak_bytes()  # of a child that has just been forked, what it has now and not what its parent ever had
    outcome = _outcome_of(path, read)
    taken = _peak_bytes() - began
    os.write(writer, (outcome if taken <= MAX_BYTES else f"{taken // 2**20} MB: {outcome}").encode())
    return 0


def _outcome_of(path, read):
    try:
        return WHOLE if _is_finite(read(path)) else "not finite"
    except (ValueError, TypeError, OSError) as error:
        line = one_line(error)
        if len(str(error).splitlines()) != 1 or len(line) > 2 * MAX_MESSAGE:
            return f"no line: {line[:MAX_MESSAGE]!r}"
        return ONE_LINE if path.name in line or str(path.parent) in line else f"without the file: {line}"
    except BaseException as error:  # noqa: BLE001
        return f"{type(error).__name__}: {error}"[:MAX_MESSAGE]


def _is_finite(value):
    if isinstance(value, (list, tuple)):
        return all(map(_is_finite, value))
    return not (isinstance(value, np.ndarray) and value.dtype.kind == "f") or bool(np.isfinite(value).all())


def _peak_bytes():
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def inject(folder, seed=0, every=1, only=""):
    """Break every good file in every way, or every so many-th; returns the tally.

    `only` is a part of the name of the kinds wanted.
    """
    tally = Tally()
    kinds = good_files.write_all(folder) | dict(islice(good_files.write_extremes(folder).items(), 0, None, every))
    for index, (kind, (path, read)) in enumerate(kinds.items()):
        if only not in kind:
            continue
        content, group = path.read_bytes(), kind.split()[0]
        tally.add(group, read_broken(path, read), f"{kind}, as it is")
        if group == good_files.CLAIM:
            continue
        read(path)  # so that no process loads anew what reading loads at first use
        rng = np.random.default_rng([seed, index])
        for case, broken in islice(breaks(content, rng), (index + seed) % every, None, every):
            path.write_bytes(broken)
            tally.add(group, read_broken(path, read), f"{path.name}, {case}")
        path.write_bytes(content)
    return tally


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        print(inject(Path(name), seed=int([*sys.argv, "0"][1])).table())
