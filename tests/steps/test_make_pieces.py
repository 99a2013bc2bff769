"""Making the demo's pieces: whole folders, made again alike, and never mixed with what was found."""

import json

import pytest

from pipeline.parameters import ROOT, load
from save_dataset import step0_make_pieces
from save_dataset.demo.files import MARKER
from save_dataset.demo.make_pieces import files_of, make_pieces

TOML = """
study = "{study}"
[composition]
folder = "made"
pieces_per_composer = {n}
bars = 4
[collection]
folder = "{folder}"
[runs.WTA]
"""


@pytest.fixture
def make_root(write_parameters):
    """A root with a parameter file of a study."""

    def make(study="drums", n=2, folder="made"):
        return write_parameters(TOML.format(study=study, n=n, folder=folder))

    return make


def contents_of(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_drums_are_written_with_a_marker(make_root, capsys):
    root = make_root()
    assert step0_make_pieces.run("song", root) == root / "music/made"
    contents = contents_of(root / "music/made")
    assert sorted(contents)[:2] == ["ada/ada_01.mid", "ada/ada_02.mid"]
    assert len(contents) == 8 + 1
    marker = json.loads(contents.pop(MARKER))
    assert marker["composition"] == {"folder": "made", "pieces_per_composer": 2, "bars": 4, "seed": 0}
    assert set(marker["files"]) == set(contents)
    assert contents == files_of("drums", load("song", root).composition)
    assert capsys.readouterr().out.splitlines() == [
        "2 pieces of each composer, 4 bars long",
        "wrote 8 pieces below music/made",
    ]


def test_piano_has_chords_beside_each_piece(make_root):
    root = make_root("piano")
    paths = make_pieces(load("song", root), root)
    assert len(paths) == 8
    for path in paths:
        chords = path.with_name(path.stem + ".chords.csv")
        assert chords.read_text().startswith("onset_qb,dur_qb,root_pc,quality,chord_type,label\n0.0,")


def test_a_second_run_gives_the_same_files(make_root):
    root = make_root()
    step0_make_pieces.run("song", root)
    before = contents_of(root / "music/made")
    step0_make_pieces.run("song", root)
    assert contents_of(root / "music/made") == before


@pytest.mark.parametrize(("study", "n"), [("drums", 1), ("piano", 2)])
def test_another_composition_replaces_the_files_of_the_one_before(make_root, study, n):
    root = make_root("drums", n=2)
    step0_make_pieces.run("song", root)
    make_root(study, n=n)
    step0_make_pieces.run("song", root)
    contents = contents_of(root / "music/made")
    contents.pop(MARKER)
    assert contents == files_of(study, load("song", root).composition)


def test_what_was_interrupted_is_made_whole(make_root):
    root = make_root()
    step0_make_pieces.run("song", root)
    before = contents_of(root / "music/made")
    for name in ("ada/ada_02.mid", "bo/bo_01.mid"):
        (root / "music/made" / name).unlink()
    (root / "music/made/ada/.ada_02.4194305.mid").write_bytes(b"half")  # of a process that was killed
    step0_make_pieces.run("song", root)
    assert contents_of(root / "music/made") == before


def test_what_is_found_is_left_alone(make_root, capsys):
    root = make_root(folder="groove")
    assert step0_make_pieces.run("song", root) == root / "music/groove"
    assert capsys.readouterr().out == "music/groove is not composed here: nothing to do\n"
    assert not (root / "music").exists()


@pytest.mark.parametrize("name", ["mine.mid", "deep/er/mine.MIDI", "ada/ada_01.mid"])
@pytest.mark.parametrize("is_made", [False, True])
def test_a_folder_with_other_midi_is_refused_and_untouched(make_root, name, is_made):
    root = make_root(n=1)
    if is_made:
        step0_make_pieces.run("song", root)
        marker = root / "music/made" / MARKER
        listed = json.loads(marker.read_text())
        marker.write_text(json.dumps(listed | {"files": [each for each in listed["files"] if each != name]}))
    path = root / "music/made" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"mine")
    before = contents_of(root / "music")
    with pytest.raises(ValueError, match="music/made: holds MIDI that was not made here: name another folder under"):
        step0_make_pieces.run("song", root)
    assert contents_of(root / "music") == before


@pytest.mark.parametrize("marker", [b"", b"\xff", b"[]", b"{}", b'{"files": 3}'])
def test_a_broken_marker_vouches_for_nothing(make_root, marker):
    root = make_root(n=1)
    step0_make_pieces.run("song", root)
    (root / "music/made" / MARKER).write_bytes(marker)
    with pytest.raises(ValueError, match="was not made here"):
        step0_make_pieces.run("song", root)


def test_a_marker_removes_nothing_outside_its_folder(make_root):
    root = make_root(n=1)
    step0_make_pieces.run("song", root)
    (root / "music/keep.mid").write_bytes(b"mine")
    marker = root / "music/made" / MARKER
    listed = json.loads(marker.read_text())
    marker.write_text(json.dumps(listed | {"files": [*listed["files"], "../keep.mid"]}))
    step0_make_pieces.run("song", root)
    assert (root / "music/keep.mid").read_bytes() == b"mine"


def test_notes_beside_the_music_do_no_harm(make_root):
    root = make_root(n=1)
    (root / "music/made").mkdir(parents=True)
    (root / "music/made/README.txt").write_text("mine")
    step0_make_pieces.run("song", root)
    assert (root / "music/made/README.txt").read_text() == "mine"


@pytest.mark.parametrize("study", ["drums", "piano"])
def test_shipped_demos_make_what_they_collect(study):
    parameters = load(f"demo_{study}", ROOT)
    assert parameters.is_composed
    assert parameters.study == study
