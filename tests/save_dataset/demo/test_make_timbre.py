"""Making the demo's sounds, and steps 0 and 1 one after the other on it."""

import pytest

from pipeline.parameters import load
from save_dataset import step0_make_timbre, step1_save_timbre
from save_dataset.demo.make_timbre import check_made, make_timbre
from save_dataset.timbre.sounds import load_sources, load_targets

TOML = """
study = "timbre"
[synthesis]
folder = "made"
target_s = 10
source_s = 4
seed = {seed}
[targets]
folder = "{folder}"
files = {{ reed = "target/*.flac" }}
[sources]
folder = "made"
files = "sources/*"
[runs.same]
method.kind = "identity"
"""


@pytest.fixture
def parameters_of(write_parameters, tmp_path):
    """Parameters that make sounds with a seed."""

    def write(seed=0, folder="made"):
        write_parameters(TOML.format(seed=seed, folder=folder), "mine")
        return load("mine", tmp_path)

    return write


def test_nothing_is_made_for_sounds_that_are_recorded(parameters_of, tmp_path, capsys):
    with pytest.raises(ValueError, match=r"^targets.folder='elsewhere': is not what \[synthesis\] makes$"):
        make_timbre(parameters_of(folder="elsewhere"), tmp_path)
    step0_make_timbre.run("mine", tmp_path)
    assert capsys.readouterr().out == "music/elsewhere is not synthesised here: nothing to do\n"
    check_made(parameters_of(folder="elsewhere"), tmp_path)


@pytest.mark.slow
def test_sounds_are_made_then_saved_and_drawn(parameters_of, tmp_path, capsys):
    parameters = parameters_of()
    with pytest.raises(
        FileNotFoundError, match=r"^music/made: does not exist; run: python -m .*step0_make_timbre mine"
    ):
        step1_save_timbre.run("mine", root=tmp_path)
    step0_make_timbre.run("mine", root=tmp_path)
    path = step1_save_timbre.run("mine", root=tmp_path)
    assert path == tmp_path / "output/mine/targets.npz"
    out = capsys.readouterr().out
    for line in (
        "reed: ",
        "3 sources (chords, melody, and 1 more): 2",
        "melody: ",
        "wrote output/mine/targets.npz and s",
    ):
        assert f"\n{line}" in out
    targets, sources = load_targets(parameters, tmp_path), load_sources(parameters, tmp_path)
    assert targets.names.tolist() == ["reed"]
    assert sources.names.tolist() == ["chords", "melody", "voice"]
    assert sources.note_sources.tolist() == [0] * 20 + [1] * 20
    assert (tmp_path / "output/mine/figures/sounds.png").is_file()
    with pytest.raises(ValueError, match=r"^music/made: is not what \[synthesis\] says; run: python -m "):
        check_made(parameters_of(seed=1), tmp_path)
