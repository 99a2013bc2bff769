import unicodedata

import pytest

from pipeline.notes import MIDI_ENDINGS
from save_dataset.files import find_files, find_named, music_path, names_below, nfc


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


def test_a_pattern_finds_files_of_the_endings_in_either_case_by_name_and_a_list_in_its_order(find, tmp_path):
    names = (
        "c.mid",
        "A.MID",
        "deep/b.Midi",
        "._c.mid",
        "notes.txt",
        "d.mid.txt",
        "folder.mid/e.wav",
        ".Trash/x.mid",
        "deep/.x/y.mid",
    )
    assert find("**/*.*", *names) == ["A.MID", "c.mid", "deep/b.Midi"]
    assert find("*.mid") == find("*.[mM]*") == ["A.MID", "c.mid"]
    assert find("*.mid", folder=tmp_path / ".Trash") == [".Trash/x.mid"]
    assert find("../*.mid", folder=tmp_path / "deep") == ["deep/../A.MID", "deep/../c.mid"]
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
    with pytest.raises(ValueError, match=r"^~no such user/x: there is no home folder ~no such user$"):
        music_path("~no such user/x", tmp_path)


@pytest.mark.parametrize(("on_disk", "asked"), [("NFD", "NFC"), ("NFC", "NFD")])
def test_names_with_accents_are_found_in_either_form(find, tmp_path, on_disk, asked):
    there, name = (unicodedata.normalize(form, "Dvořák/Píseň.mid") for form in (on_disk, asked))
    assert find("**/*.mid", there) == find(name) == find([name]) == [there]
    assert find(unicodedata.normalize(asked, "Dvořák/P*ň.*")) == [there]
    (tmp_path / "music").symlink_to(tmp_path)
    assert music_path(name, tmp_path) == tmp_path / "music" / there
    assert music_path(f"{name}/none", tmp_path) == tmp_path / "music" / there / "none"
    folder, stem = tmp_path / there.split("/")[0], name.split("/")[1].removesuffix(".mid")
    assert find_named(folder, stem, [".mid"]) == tmp_path / there
    assert names_below(tmp_path, [tmp_path / there]) == {nfc(there): tmp_path / there}


def test_two_names_that_differ_in_form_only_are_two_files(find, tmp_path):
    both = [unicodedata.normalize(form, "é.mid") for form in ("NFC", "NFD")]
    find("*", *both)
    for name in both:
        assert find([name]) == [name]
        assert find_named(tmp_path, name.removesuffix(".mid"), [".mid"]) == tmp_path / name
    assert names_below(tmp_path, [tmp_path / name for name in both]) == {name: tmp_path / name for name in both}


def test_an_ending_may_have_any_capitals_and_its_own_come_first(tmp_path):
    for name in ("a.MIDI", "b.Chords.CSV", "c.CSV", "c.csv"):
        (tmp_path / name).touch()
    (tmp_path / "d.mid").mkdir()
    endings = {"a": MIDI_ENDINGS, "b": [".chords.csv"], "c": [".csv"], "d": MIDI_ENDINGS, "A": MIDI_ENDINGS}
    found = {stem: find_named(tmp_path, stem, of_stem) for stem, of_stem in endings.items()}
    names = {stem: path and path.name for stem, path in found.items()}
    assert names == {"a": "a.MIDI", "b": "b.Chords.CSV", "c": "c.csv", "d": None, "A": None}
    assert find_named(tmp_path / "none", "a", MIDI_ENDINGS) is None
