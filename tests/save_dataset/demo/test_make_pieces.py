"""What step 1 asks of composed pieces: that all exist, and are what [composition] says."""

import json
import shutil

import pytest

from pipeline.parameters import load
from pipeline.sections.symbolic import Pieces
from save_dataset import step1_save_drums, step1_save_piano
from save_dataset.demo.files import MARKER
from save_dataset.demo.make_pieces import check_made, files_of, make_pieces

TOML = """
study = "{study}"
[composition]
folder = "made"
pieces_per_composer = 1
bars = 4
seed = {seed}
[collection]
folder = "{folder}"
[runs.A]
"""
HINT = "run: python -m save_dataset.step0_make_pieces mine"


@pytest.fixture
def check(write_parameters, tmp_path):
    """Checks the pieces for a parameter file."""

    def check_it(study="drums", seed=0, folder="made"):
        write_parameters(TOML.format(study=study, seed=seed, folder=folder), "mine")
        return check_made(load("mine", tmp_path), tmp_path)

    return check_it


@pytest.fixture(params=["drums", "piano"])
def made(request, write_parameters):
    """The study's word, and the folder of its pieces."""
    root = write_parameters(TOML.format(study=request.param, seed=0, folder="made"), "mine")
    make_pieces(load("mine", root), root)
    return request.param, root / "music" / "made"


@pytest.mark.slow
@pytest.mark.parametrize("study", ["drums", "piano"])
def test_same_seed_gives_the_same_bytes_also_of_fewer_pieces_and_another_does_not(study):
    def contents(n_pieces, seed=0):
        files = files_of(study, Pieces(folder="made", pieces_per_composer=n_pieces, bars=16, seed=seed))
        return {name: content for name, content in files.items() if name.endswith(".mid")}

    one, other = contents(6), contents(6, seed=1)
    assert one == contents(6)
    assert all(one[name] != other[name] for name in one)
    assert len(set(one.values())) == len(one)
    assert contents(2).items() < one.items()


def test_music_that_is_recorded_is_no_matter(check):
    check(folder="groove")


def test_pieces_of_another_composition_are_refused(made, check):
    check(made[0])
    with pytest.raises(ValueError, match=rf"^music/made: is not what \[composition\] says; {HINT}$"):
        check(made[0], seed=1)


def test_a_folder_whose_marker_is_missing_or_cannot_be_read_is_refused(made, check):
    study, folder = made
    (folder / MARKER).unlink()
    with pytest.raises(ValueError, match=r"^music/made: is not what \[composition\] says; "):
        check(study)
    for marker in (b"", b"\xff", b"[]", b'{"files": []}', b'{"files": 3, "composition": {}}'):
        (folder / MARKER).write_bytes(marker)
        with pytest.raises(ValueError, match=r"^music/made: is not what \[composition\] says; "):
            check(study)


def test_step1_names_a_piece_that_is_missing_and_step_0(made, tmp_path):
    study, folder = made
    step1 = {"drums": step1_save_drums, "piano": step1_save_piano}[study]
    gone = json.loads((folder / MARKER).read_text())["files"][-1]
    (folder / gone).unlink()
    with pytest.raises(FileNotFoundError, match=rf"^music/made: {gone} does not exist; {HINT}$"):
        step1.run("mine", root=tmp_path)
    shutil.rmtree(folder)
    with pytest.raises(FileNotFoundError, match=rf"^music/made: does not exist; {HINT}$"):
        step1.run("mine", root=tmp_path)
    assert not (tmp_path / "output").exists()
