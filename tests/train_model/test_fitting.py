import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf

from pipeline.studies.drums import Parameters
from train_model.callbacks import can_resume
from train_model.fitting import fit_resumably, learning_rate, remove_unfinished, unfinished_folder

DATA = np.arange(6.0)
SECTIONS = {"training": {"seed": 0}}


def make_model():
    """One weight, 1 in the beginning."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, "linear", False, "ones")])
    model.compile(keras.optimizers.SGD(0.25), "mse")
    return model


def batches_of(target):
    """One batch: 1 is to become a target."""
    return tf.data.Dataset.from_tensors((np.ones((1, 1), np.float32), np.full((1, 1), target, np.float32)))


def train(folder, epochs, target=3.0, **options):
    model = make_model()
    history = fit_resumably(model, batches_of(target), epochs, folder / "unfinished_0", [], **options)
    return float(model.get_weights()[0].item()), history


def test_each_step_goes_half_of_the_way(tmp_path):
    weight, history = train(tmp_path, 3)
    assert weight == 2.75
    np.testing.assert_array_equal(history["loss"], (4, 1, 0.25))


def test_it_goes_on_where_it_stopped_and_tells_of_all_epochs(tmp_path):
    train(tmp_path, 2)
    weight, history = train(tmp_path, 3)
    assert weight == 2.75
    np.testing.assert_array_equal(history["loss"], (4, 1, 0.25))


def test_watchers_come_when_the_state_is_kept(tmp_path):
    seen = []
    history = tmp_path / "unfinished_0" / "history.csv"
    watcher = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(history.read_text()))
    train(tmp_path, 2, watchers=[watcher])
    assert [text.splitlines()[-1].split(",")[:2] for text in seen] == [["0", "4.0"], ["1", "1.0"]]


def test_a_loss_that_is_not_finite_stops_and_leaves_nothing(tmp_path):
    seen = []
    watcher = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(epoch))
    with pytest.raises(ValueError, match=r"^the loss is no longer finite: train with another seed$"):
        train(tmp_path, 3, target=np.nan, watchers=[watcher], hint="another seed")
    assert seen == [0]
    assert list(tmp_path.iterdir()) == []


def test_the_learning_rate_stays_or_falls_to_nothing():
    values = {"name": "a", "study": "drums", "run": "WTA", "runs": {"WTA": {}}, "collection": {"folder": "a"}}
    training = Parameters(**values, training={"learning_rate": 0.5, "decay": False}).training
    assert learning_rate(training, 10) == 0.5
    falling = learning_rate(training.model_copy(update={"decay": True}), 10)
    np.testing.assert_allclose([falling(step) for step in (0, 5, 10)], (0.5, 0.25, 0), atol=1e-7)


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
