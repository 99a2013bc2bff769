"""A sample of `tests.faults.files`: whatever is broken in a file, it is read or refused in one line that names it."""

import pytest

from tests.faults import files

pytestmark = pytest.mark.slow


def test_broken_files_are_read_or_refused_in_one_line(tmp_path):
    tally = files.inject(tmp_path, seed=19, every=30)
    assert sum(sum(counts.values()) for counts in tally.counts.values()) > 50
    assert not tally.wrong, tally.table()


def test_what_else_may_come_of_a_file_is_found(tmp_path, monkeypatch):
    path = tmp_path / "sound.wav"

    def raise_it(error):
        raise error

    reads = {
        "done": lambda path: [1.0],
        "not finite": lambda path: [files.np.array([1.0, float("nan")])],
        "KeyError: 'a'": lambda path: raise_it(KeyError("a")),
        "one line": lambda path: raise_it(ValueError(f"{path}: is broken")),
        "without the file: is broken": lambda path: raise_it(ValueError("is broken")),
        "killed by signal 9": lambda path: files.os.kill(files.os.getpid(), 9),
    }
    assert {outcome: files.read_broken(path, read) for outcome, read in reads.items()} == {name: name for name in reads}
    held_once = files.np.ones(20 * 2**20)
    del held_once  # what this process had at its peak says nothing of the files
    monkeypatch.setattr(files, "MAX_BYTES", 100 * 2**20)
    assert files.read_broken(path, lambda path: [files.np.ones(20 * 2**20)]).endswith(" MB: done")
