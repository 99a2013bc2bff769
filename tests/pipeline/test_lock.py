import subprocess
import sys

import pytest

from pipeline.lock import lock
from pipeline.parameters import ROOT

HOLD = """
import sys
from pathlib import Path
from pipeline.lock import lock

with lock(Path(sys.argv[1])):
    print("at work", flush=True)
    sys.stdin.readline()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no lock")
@pytest.mark.parametrize(
    "end", [subprocess.Popen.kill, lambda other: other.communicate("end\n")], ids=["killed", "done"]
)
def test_one_at_a_time_until_the_other_ends_or_is_killed(tmp_path, end):
    folder = tmp_path / "run"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], cwd=ROOT, **pipes) as other:
        assert other.stdout.readline() == "at work\n"
        for _ in range(2):  # who is refused does not remove the folder that is locked
            refused = pytest.raises(
                ValueError, match="^.*run: another process is at work here; let it end, or stop it$"
            )
            with refused, lock(folder):
                pytest.fail("both are at work")
        end(other)
        other.wait()
    with lock(folder):
        (folder / "result").touch()
    assert [path.name for path in folder.iterdir()] == ["result"]


def test_a_folder_in_which_nothing_was_written_is_not_left(tmp_path):
    with lock(tmp_path / "run"):
        pass
    assert list(tmp_path.iterdir()) == []
