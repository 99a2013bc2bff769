import h5py
import numpy as np
import pytest

from train_model.callbacks import can_resume
from train_model.fitting import remove_unfinished, unfinished_folder

DATA = np.arange(6.0)
SECTIONS = {"training": {"seed": 0}}


def leave_state(folder):
    (folder / "backup").mkdir(parents=True)
    h5py.File(folder / "backup" / "latest.weights.h5", "w").close()
    (folder / "history.csv").write_text("epoch,loss\n0,1\n")
    return folder


def test_a_training_finds_its_own_state_again(tmp_path):
    mine = leave_state(unfinished_folder(tmp_path, DATA, SECTIONS, DATA[:2]))
    assert unfinished_folder(tmp_path, DATA.copy(), {**SECTIONS}, DATA[:2]) == mine
    assert can_resume(mine)


@pytest.mark.parametrize(
    "other",
    [
        (DATA + 1, SECTIONS, DATA[:2]),
        (DATA, {"training": {"seed": 1}}, DATA[:2]),
        (DATA, SECTIONS, DATA[1:3]),
        (DATA, SECTIONS),
        (DATA, SECTIONS, DATA[:2], DATA[:2]),
    ],
    ids=["data", "sections", "more_data", "less_data", "yet_more_data"],
)
def test_state_of_any_other_training_is_removed(tmp_path, other):
    mine = leave_state(unfinished_folder(tmp_path, DATA, SECTIONS, DATA[:2]))
    assert unfinished_folder(tmp_path, *other) != mine
    assert not mine.exists()


def test_state_that_is_broken_is_removed(tmp_path):
    mine = leave_state(unfinished_folder(tmp_path, DATA, SECTIONS))
    (mine / "backup" / "latest.weights.h5").write_bytes(b"no weights")
    assert unfinished_folder(tmp_path, DATA, SECTIONS) == mine
    assert not mine.exists()


def test_nothing_but_unfinished_trainings_is_removed(tmp_path):
    for name in ("unfinished_a", "unfinished_b"):
        leave_state(tmp_path / name)
    (tmp_path / "history.npz").write_bytes(b"")
    remove_unfinished(tmp_path, but=tmp_path / "unfinished_b")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["history.npz", "unfinished_b"]
    remove_unfinished(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["history.npz"]


def test_data_whose_memory_is_not_in_one_piece_count_as_what_they_are(tmp_path):
    table = np.arange(12.0).reshape(3, 4)
    assert unfinished_folder(tmp_path, table[:, ::2], SECTIONS) == unfinished_folder(
        tmp_path, table[:, ::2].copy(), SECTIONS
    )
