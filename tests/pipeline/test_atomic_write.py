import os
import re
import subprocess
import sys

import pytest

from pipeline.atomic_write import atomic_folder, atomic_write


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_temporary_has_the_ending_and_the_folder_of_the_file(tmp_path):
    with atomic_write(tmp_path / "c.tar.npz") as temporary:
        assert (temporary.suffix, temporary.parent) == (".npz", tmp_path)
        temporary.touch()


def test_file_appears_at_the_end_in_folders_made_for_it(tmp_path):
    path = tmp_path / "a" / "b" / "c.txt"
    for text, before in (("old", None), ("new", "old")):
        with atomic_write(path) as temporary:
            temporary.write_text(text)
            assert (path.read_text() if path.exists() else None) == before
        assert path.read_text() == text
    assert names_in(path.parent) == ["c.txt"]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, ValueError, MemoryError])
def test_interruption_leaves_the_old_file_and_nothing_else(tmp_path, interruption):
    path = tmp_path / "c.txt"
    path.write_text("old")

    def write_half():
        with atomic_write(path) as temporary:
            temporary.write_text("ne")
            raise interruption("in the middle")

    with pytest.raises(interruption, match="^in the middle$"):
        write_half()
    assert path.read_text() == "old"
    assert names_in(tmp_path) == ["c.txt"]


def test_full_disk_leaves_the_old_file_and_is_an_error_that_names_it(tmp_path, full_disk):
    path = tmp_path / "c.txt"
    path.write_text("old")
    with full_disk(1000), pytest.raises(OSError, match=re.escape(str(path))), atomic_write(path) as temporary:
        temporary.write_text("new" * 1000)
    assert path.read_text() == "old"
    assert names_in(tmp_path) == ["c.txt"]


def test_block_that_writes_nothing(tmp_path):
    with pytest.raises(OSError, match=re.escape(f"'{tmp_path / 'c.txt'}'")), atomic_write(tmp_path / "c.txt"):
        pass
    assert names_in(tmp_path) == []


def test_path_that_is_a_folder_or_lies_in_a_file(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("I am a file")
    for path in (tmp_path / "folder", tmp_path / "file" / "a" / "c.txt"):
        with pytest.raises(OSError, match=re.escape(f"'{path}'")), atomic_write(path) as temporary:
            temporary.write_text("new")
    assert (tmp_path / "file").read_text() == "I am a file"
    assert names_in(tmp_path) == ["file", "folder"]


def test_what_a_killed_process_left_of_the_file_is_removed(tmp_path):
    """Not what one at work writes, nor what was left of other files."""
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    others = [f".d.{ended.pid}.txt", f".c.{ended.pid}.npz", f".c.{os.getppid()}.txt", ".c.txt"]
    for name in (f".c.{ended.pid}.txt", *others):
        (tmp_path / name).touch()
    with atomic_write(tmp_path / "c.txt") as temporary:
        temporary.write_text("new")
    assert names_in(tmp_path) == sorted([*others, "c.txt"])


def test_a_folder_takes_the_place_of_the_one_before_once_all_is_written(tmp_path):
    folder = tmp_path / "a" / "frames"
    for name in ("old", "new"):
        with atomic_folder(folder) as temporary:
            (temporary / name).touch()
            assert not (folder / name).exists()
        assert names_in(folder) == [name]

    def stop():
        with atomic_folder(folder) as temporary:
            (temporary / "half").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop()
    for number in (4194305, os.getpid()):  # of a process that cannot be, of one that had the number of this one
        (tmp_path / "a" / f".frames.{number}" / "new").mkdir(parents=True)
    assert names_in(folder) == ["new"]
    with atomic_folder(folder):
        pass
    assert (names_in(folder), names_in(tmp_path / "a")) == ([], ["frames"])


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "frames"
    with pytest.raises(OSError, match=re.escape(f"'{path}'")), atomic_folder(path):
        pass
