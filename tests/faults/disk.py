"""Every change that a step makes on the disk, so that a fault can be put before, in or after each of them."""

import errno
import hashlib
import os
import resource
import shutil
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from pipeline import atomic_write, provenance

BEGUN, HALF, WRITTEN, RENAMED, OTHER = "before it", "half written", "before its rename", "after its rename", "other"
PLACES = (BEGUN, HALF, WRITTEN, RENAMED)
NOT_THE_SAME = (
    "cpu_s",
    "step_cpu_s",
    "mel_inverse_s",
    "griffin_lim_s",
    "librosa_s",
)  # arrays that tell how long something took
OTHER_PROCESS = 1  # one that is always alive
CHANGES = ("unlink", "rmdir", "rename", "mkdir")  # of the disk besides writes


class Disk:
    """Calls `fault(number, place, path)` at each place of each write below a root, and at other changes."""

    def __init__(self, root, fault):
        self.root, self.fault, self.busy = str(root), fault, False
        self.begun, self.last = {}, (0, None)  # number and path of each write by its temporary path, of the last one

    @contextmanager
    def watched(self):
        """A block whose changes of the disk are seen."""
        whole = {name: getattr(os, name) for name in ("fsync", "replace", *CHANGES)}
        begin = atomic_write._remove_what_was_left
        atomic_write._remove_what_was_left = lambda path: (begin(path), self._begin(path))
        os.fsync = lambda descriptor: (self._write(descriptor), whole["fsync"](descriptor))
        os.replace = lambda source, target: (
            self._at(WRITTEN, source),
            whole["replace"](source, target),
            self._at(RENAMED, source),
        )
        for name in CHANGES:
            setattr(os, name, self._watch(whole[name]))
        try:
            yield self
        finally:
            atomic_write._remove_what_was_left = begin
            for name, function in whole.items():
                setattr(os, name, function)

    def _watch(self, change):
        def watched(path, *args, **kwargs):
            if str(path).startswith(self.root) and os.path.lexists(path) and not Path(path).name.startswith("."):
                self._at(OTHER)
            return change(path, *args, **kwargs)

        return watched

    def _begin(self, path):
        if not self.busy:
            self.last = len(self.begun) + 1, path
            self.begun[f".{path.stem}.{os.getpid()}{path.suffix}", path.parent, len(self.begun)] = self.last
        self._at(BEGUN)

    def _number_of(self, temporary):
        """Number and path of the write that has a temporary path; of the last one without."""
        found = [at for (name, folder, _), at in self.begun.items() if temporary == folder / name]
        return found[-1] if found else self.last

    def _write(self, descriptor):
        if self.busy:
            return
        temporary = Path(f"/proc/self/fd/{descriptor}").readlink()
        whole = temporary.read_bytes()
        os.truncate(temporary, len(whole) // 2)
        self._at(HALF, temporary)
        temporary.write_bytes(whole)

    def _at(self, place, temporary=None):
        if not self.busy:
            self.busy = True
            try:
                number, path = self._number_of(temporary)
                self.fault(number, place, path)
            finally:
                self.busy = False


@contextmanager
def full_disk(n_bytes):
    """A block in which no file can grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def no_space(path):
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def read_only(path):
    return PermissionError(errno.EROFS, os.strerror(errno.EROFS), str(path))


@contextmanager
def of_other_process():
    """A block of another process, as far as writes know."""
    own = os.getpid
    os.getpid = lambda: OTHER_PROCESS
    try:
        yield
    finally:
        os.getpid = own


def keep(root, copy):
    """Copy what is on the disk, as it would be found if this process were killed now."""
    for name in ("output", "music"):
        if (root / name).exists():
            shutil.copytree(root / name, copy / name)
    ended = f".{4194304 + 1}"  # beyond the largest number of a process
    for path in [*copy.rglob(f".*.{os.getpid()}*")]:
        path.rename(path.with_name(path.name.replace(f".{os.getpid()}", ended)))
    return copy


def give_back(root, copy):
    """Put a copy where it was taken from."""
    for name in ("output", "music"):
        shutil.rmtree(root / name, ignore_errors=True)
        if (copy / name).exists():
            shutil.copytree(copy / name, root / name)


def contents(root):
    """A digest of each file below a root, of results what they hold, but for how long something took."""
    return {
        str(path.relative_to(root)): _content_of(path)
        for name in ("output", "music")
        for path in sorted((root / name).rglob("*"))
        if path.is_file()
    }


def _content_of(path):
    try:
        if path.suffix == ".npz":
            with np.load(path) as members:
                arrays = {name: members[name] for name in members.files if name not in ("record", *NOT_THE_SAME)}
            return provenance.digest_arrays(arrays)
        if path.suffix == ".keras":
            return provenance.read(path)["digest"]
    except provenance.UNREADABLE as error:
        return f"broken: {error}"
    return hashlib.sha256(path.read_bytes()).hexdigest()


def version(root):
    """What is on the disk, byte by byte, but for what was not written to its end."""
    state = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if not path.name.startswith(".")):
        state.update(str(path.relative_to(root)).encode() + (path.read_bytes() if path.is_file() else b"/"))
    return state.hexdigest()


def left_over(root, but=()):
    """Hidden files, unfinished trainings and broken results below a root."""
    hidden = [path.name for path in root.rglob(".*")]
    unfinished = [path.name for path in root.rglob("unfinished*")]
    torn = [str(path) for path, content in contents(root).items() if content.startswith("broken")]
    return [name for names in (hidden, unfinished, torn) if names is not but for name in names]
