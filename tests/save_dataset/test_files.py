import pytest

from pipeline.notes import MIDI_ENDINGS
from save_dataset.files import find_files, music_path


@pytest.fixture
def find(tmp_path):
    """Names of the files found among files of these names."""

    def find_names(files, *names, endings=MIDI_ENDINGS, folder=tmp_path):
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).touch()
        found = find_files(folder, files, endings, folder_key="set.folder='x'", files_key="set.files")
        return [path.relative_to(tmp_path).as_posix() for path in found]

    return find_names


def test_a_pattern_finds_files_of_the_endings_in_either_case_by_name_and_a_list_in_its_order(find):
    names = ("c.mid", "A.MID", "deep/b.Midi", "._c.mid", "notes.txt", "d.mid.txt", "folder.mid/e.wav")
    assert find("**/*.*", *names) == ["A.MID", "c.mid", "deep/b.Midi"]
    assert find("*.mid") == find("*.[mM]*") == ["A.MID", "c.mid"]
    assert find("c*") == ["c.mid"]
    assert find("*.txt", endings=()) == ["d.mid.txt", "notes.txt"]
    assert find(("b.mid", "a.txt", "b.mid"), "a.txt", "b.mid") == ["b.mid", "a.txt"]


def test_what_is_not_there_is_named(find, tmp_path):
    with pytest.raises(FileNotFoundError, match=rf"^set.files: not in {tmp_path}: x.mid, y.mid$"):
        find(("x.mid", "a.mid", "y.mid"), "a.mid")
    with pytest.raises(FileNotFoundError, match=rf"^set.folder='x': there is no folder {tmp_path}/none$"):
        find("*", folder=tmp_path / "none")
    for pattern in ("/x", "", "/a.mid"):
        with pytest.raises(ValueError, match=rf"^set.files='{pattern}': must be a pattern below the folder$"):
            find(pattern)


def test_music_is_in_its_folder_or_elsewhere_or_at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert music_path("songs", tmp_path) == tmp_path / "music" / "songs"
    assert music_path(str(tmp_path / "far"), tmp_path) == tmp_path / "far"
    assert music_path("~/far", tmp_path) == tmp_path / "home" / "far"
