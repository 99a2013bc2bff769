"""Making the demo's notes: a manifest that names what lies there, and folders that are never mixed."""

import csv

import pytest
import soundfile

from pipeline.parameters import load
from save_dataset import step0_make_instruments
from save_dataset.demo.instruments import KINDS, RECORDINGS
from save_dataset.demo.make_instruments import check_made, make_instruments

TOML = """
study = "instruments"
[notes]
folder = "made"
notes_per_kind = {n}
[sounds]
folder = "{folder}"
manifest = "manifest.csv"
[runs.cnn]
"""
HINT = "run: python -m save_dataset.step0_make_instruments mine"


@pytest.fixture
def parameters_of(write_parameters, tmp_path):
    """Parameters that make so many notes of a kind."""

    def write(n=4, folder="made"):
        write_parameters(TOML.format(n=n, folder=folder), "mine")
        return load("mine", tmp_path)

    return write


@pytest.fixture
def made(parameters_of, tmp_path):
    """The root of notes that were made."""
    make_instruments(parameters_of(), tmp_path)
    return tmp_path


@pytest.mark.slow
def test_the_manifest_names_each_note_once_and_a_group_is_one_pitch_of_one_collection(made):
    folder = made / "music/made"
    rows = list(csv.DictReader((folder / "manifest.csv").read_text().splitlines()))
    assert {row["path"] for row in rows} == {path.relative_to(folder).as_posix() for path in folder.rglob("*.flac")}
    assert len(rows) == len({row["path"] for row in rows}) == 4 * len(KINDS) * len(RECORDINGS)
    for row in rows:
        assert row["path"].startswith(f"{row['source']}/{row['class']}/")
        assert row["group"] == f"{row['source']}_{row['class']}_{row['pitch']}"
    samples, rate_hz = soundfile.read(folder / rows[0]["path"])
    assert rate_hz == 22050
    assert samples.ndim == 1


@pytest.mark.slow
def test_notes_that_are_missing_or_by_other_parameters_are_refused(made, parameters_of, tmp_path):
    check_made(parameters_of(), made)
    check_made(parameters_of(folder="elsewhere"), made)  # recorded
    with pytest.raises(ValueError, match=rf"^music/made: is not what \[notes\] says; {HINT}$"):
        check_made(parameters_of(n=5), made)
    next((made / "music/made").rglob("*.flac")).unlink()
    with pytest.raises(FileNotFoundError, match=rf"\.flac does not exist; {HINT}$"):
        check_made(parameters_of(), made)


@pytest.mark.slow
def test_foreign_sound_is_not_mixed_with_what_is_made(parameters_of, tmp_path):
    foreign = tmp_path / "music/made/foreign.wav"
    foreign.parent.mkdir(parents=True)
    foreign.touch()
    with pytest.raises(
        ValueError, match=r"^music/made: holds sound that was not made here: name another folder under \[notes\]"
    ):
        make_instruments(parameters_of(), tmp_path)
    assert [path.name for path in foreign.parent.iterdir()] == ["foreign.wav"]


def test_nothing_is_made_for_sounds_that_are_recorded(parameters_of, tmp_path, capsys):
    with pytest.raises(ValueError, match=r"^sounds.folder='elsewhere': is not what \[notes\] makes$"):
        make_instruments(parameters_of(folder="elsewhere"), tmp_path)
    step0_make_instruments.run("mine", tmp_path)
    assert capsys.readouterr().out == "music/elsewhere is not synthesised here: nothing to do\n"
