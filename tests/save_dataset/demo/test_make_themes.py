import mir_eval
import numpy as np
import pytest
import soundfile

from pipeline import results
from pipeline.parameters import load
from save_dataset import step0_make_themes, step1_save_themes
from save_dataset.demo.make_themes import check_made, make_themes
from save_dataset.themes.recordings import Recordings

TOML = """
study = "themes"
{made}
[pieces]
folder = "{folder}"
[runs.CQT]
model.features = "cqt"
"""
COMPOSED = '[composition]\nfolder = "made"\nn_pieces = {n}\nbpm = 240.0'
ONE_PIECE = COMPOSED.format(n=1)
ALTERED = '[altered]\nfolder = "altered"\noriginal = "made"\ntranspose_semitones = 3\ntempo = 1.2'
HINT = "run: python -m save_dataset.step0_make_themes mine"


@pytest.fixture
def parameters_of(write_parameters, tmp_path):
    """Parameters with these sections."""

    def write(made=ONE_PIECE, folder="made"):
        write_parameters(TOML.format(made=made, folder=folder), "mine")
        return load("mine", tmp_path)

    return write


@pytest.fixture
def made(parameters_of, tmp_path):
    """The root of a piece that was composed."""
    make_themes(parameters_of(), tmp_path)
    return tmp_path


def test_a_piece_is_written_as_score_sound_and_patterns(made):
    names = sorted(path.relative_to(made / "music/made").as_posix() for path in (made / "music/made").rglob("*.*"))
    assert names == ["groundtruth/piece_a.txt", "made_by_step0.json", "piece_a.flac", "piece_a.mid"]
    samples, rate_hz = soundfile.read(made / "music/made/piece_a.flac")
    assert rate_hz == 22050
    assert len(samples) == pytest.approx(22050 * 35.2, rel=0.02)
    assert len(mir_eval.io.load_patterns(str(made / "music/made/groundtruth/piece_a.txt"))) == 3


def test_pieces_that_are_missing_or_by_other_parameters_are_refused(made, parameters_of):
    check_made(parameters_of(), made)
    check_made(parameters_of(folder="elsewhere"), made)  # recorded
    with pytest.raises(ValueError, match=rf"^music/made: is not what \[composition\] says; {HINT}$"):
        check_made(parameters_of(COMPOSED.format(n=2)), made)
    with pytest.raises(FileNotFoundError, match=rf"^music/altered: does not exist; {HINT}$"):
        check_made(parameters_of(ALTERED, "altered"), made)
    (made / "music/made/piece_a.flac").unlink()
    with pytest.raises(FileNotFoundError, match=rf"^music/made: piece_a.flac does not exist; {HINT}$"):
        check_made(parameters_of(), made)


def test_foreign_sound_is_not_mixed_with_what_is_made(made, parameters_of):
    foreign = made / "music/made/foreign.ogg"
    foreign.touch()
    message = r"^music/made: holds music that was not made here: name another folder under \[composition\] or \["
    with pytest.raises(ValueError, match=message):
        make_themes(parameters_of(), made)
    assert foreign.exists()


def test_pieces_of_before_are_replaced(made, parameters_of):
    make_themes(parameters_of(COMPOSED.format(n=2)), made)
    make_themes(parameters_of(), made)
    assert len(list((made / "music" / "made").glob("*.flac"))) == 1


def test_nothing_is_made_for_music_that_is_recorded(made, parameters_of, capsys):
    message = r"^pieces.folder='elsewhere': is not what \[composition\] or \[altered\] makes$"
    with pytest.raises(ValueError, match=message):
        make_themes(parameters_of(folder="elsewhere"), made)
    step0_make_themes.run("mine", made)
    assert capsys.readouterr().out == "music/elsewhere is not composed here: nothing to do\n"


@pytest.mark.slow
def test_a_composed_piece_and_its_altered_form_go_through_steps_0_and_1(made, parameters_of, capsys):
    parameters_of(COMPOSED.format(n=2))
    composed = run_both(made)
    assert composed.names.tolist() == ["piece_a", "piece_b"]
    assert composed.splits.tolist() == ["train", "validation"]
    assert "2 pieces to search, scores of 2, patterns known of 2 (6 in all); " in capsys.readouterr().out
    parameters_of(ALTERED, "altered")
    altered = run_both(made)
    for piece in (0, 1):
        before, after = composed.score(piece), altered.score(piece)
        np.testing.assert_array_equal(before[:, 1], after[:, 1])
        split = round((before[0, 1] + before[-1, 1]) / 2)
        shifts = np.subtract(*(score[np.lexsort((score[:, 2], score[:, 1])), 2] for score in (after, before)))
        np.testing.assert_array_equal(shifts, np.where(before[:, 1] >= split, 3, 0))
        assert altered.durations_s[piece] < composed.durations_s[piece] - 2
    assert 0 < len(altered.truth) < len(composed.truth)


def run_both(root):
    """What steps 0 and 1 make."""
    step0_make_themes.run("mine", root)
    step1_save_themes.run("mine", root)
    assert (root / "output" / "mine" / "figures" / "recordings.png").is_file()
    return Recordings.from_arrays(results.load(load("mine", root), "recordings", root))
