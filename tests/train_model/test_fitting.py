import os
import re
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from pipeline import provenance
from pipeline.studies.drums import Parameters
from train_model.fitting import compile_with_adam, fit_resumably, remove_unfinished, unfinished_folder
from train_model.state import FILE

DATA = np.arange(6.0)
TWO_ARRAYS = [DATA, DATA[:2]]


def make_parameters(**training):
    values = {"name": "a", "study": "drums", "run": "WTA", "runs": {"WTA": {}}, "collection": {"folder": "a"}}
    return Parameters(**values, training=training)


def make_model():
    """One weight, 1 in the beginning."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, "linear", False, "ones")])
    model.compile(keras.optimizers.SGD(0.25), "mse")
    return model


def batches_of(target):
    """One batch: 1 is to become a target."""
    return tf.data.Dataset.from_tensors((np.ones((1, 1), np.float32), np.full((1, 1), target, np.float32)))


def train(folder, epochs, target=3.0, **options):
    model, training, epoch = make_model(), make_parameters(epochs=epochs).training, tf.Variable(0)
    history = fit_resumably(model, batches_of(target), training, epoch, folder / "unfinished_0", **options)
    return float(model.get_weights()[0].item()), history


@pytest.mark.parametrize("stopped_after", [0, 2])
def test_each_step_goes_half_of_the_way_also_after_a_stop(tmp_path, stopped_after):
    if stopped_after:
        train(tmp_path, stopped_after)
    weight, history = train(tmp_path, 3)
    assert weight == 2.75
    np.testing.assert_array_equal(history["loss"], (4, 1, 0.25))


@pytest.mark.parametrize("stopped_after", [0, 1, 2, 3])
def test_weights_of_the_epoch_that_validates_best_are_kept_also_after_a_stop(tmp_path, stopped_after):
    validation = batches_of(2.5)  # weights are 2, 2.5, 2.75, 2.875
    if stopped_after:
        train(tmp_path, stopped_after, validation=validation)
    weight, history = train(tmp_path, 4, validation=validation)
    assert weight == 2.5
    np.testing.assert_array_equal(history["val_loss"], (0.25, 0, 0.0625, 0.140625))


def test_watchers_come_when_the_state_is_kept(tmp_path):
    seen = []
    path = tmp_path / "unfinished_0" / FILE
    watcher = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(read(path)))
    train(tmp_path, 2, watchers=[watcher])
    assert [state["history_loss"].tolist() for state in seen] == [[4.0], [4.0, 1.0]]


def test_a_loss_that_is_not_finite_stops_and_leaves_nothing(tmp_path):
    seen = []
    watcher = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(epoch))
    with pytest.raises(ValueError, match=r"^the loss is no longer finite: train with another seed$"):
        train(tmp_path, 3, target=np.nan, watchers=[watcher], hint="another seed")
    assert seen == [0]
    assert list(tmp_path.iterdir()) == []


def test_the_learning_rate_stays_or_falls_to_nothing():
    model = make_model()
    compile_with_adam(model, make_parameters(learning_rate=0.5, decay=False).training, 7, epsilon=1e-3)
    assert (float(model.optimizer.learning_rate), model.optimizer.epsilon) == (0.5, 1e-3)
    compile_with_adam(model, make_parameters(learning_rate=0.5, epochs=10).training, 7)
    rates = [model.optimizer._learning_rate(step) for step in (0, 35, 70)]
    np.testing.assert_allclose(rates, (0.5, 0.25, 0), atol=1e-7)


def leave_state(folder):
    folder.mkdir(parents=True)
    (folder / FILE).write_bytes(b"")
    return folder


def test_a_training_finds_its_own_state_again(tmp_path):
    mine = leave_state(unfinished_folder(tmp_path, make_parameters(), TWO_ARRAYS))
    assert unfinished_folder(tmp_path, make_parameters(), [array.copy() for array in TWO_ARRAYS]) == mine
    assert mine.is_dir()


@pytest.mark.parametrize(
    ("training", "data"),
    [
        ({}, [DATA + 1, DATA[:2]]),
        ({"seed": 1}, TWO_ARRAYS),
        ({}, [DATA, DATA[1:3]]),
        ({}, [DATA]),
        ({}, [*TWO_ARRAYS, DATA[:2]]),
    ],
    ids=["data", "sections", "more_data", "less_data", "yet_more_data"],
)
def test_state_of_any_other_training_is_removed(tmp_path, training, data):
    mine = leave_state(unfinished_folder(tmp_path, make_parameters(), TWO_ARRAYS))
    assert unfinished_folder(tmp_path, make_parameters(**training), data) != mine
    assert not mine.exists()


def read(path):
    with np.load(path) as arrays:
        return dict(arrays)


def rewrite(change):
    """A change of a state's arrays, written with their digest."""

    def write(path):
        state = read(path) | change
        digest = provenance.digest_arrays(
            {name: np.asarray(array) for name, array in state.items() if name != "digest"}
        )
        np.savez(path, **state | {"digest": digest})

    return write


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda path: path.write_bytes(b""), "is no complete .npz file"),
        (lambda path: path.write_bytes(path.read_bytes()[:-50]), "is no complete .npz file"),
        (lambda path: np.savez(path, **read(path) | {"variable_0": np.ones((1, 1))}), "is not what was written"),
        (lambda path: np.savez(path, history_loss=np.ones(2)), "is not what was written"),
        (rewrite({"variable_0": np.ones((2, 1))}), "is not of this model"),
        (rewrite({"variable_9": np.ones(3)}), "is not of this model"),
        (rewrite({"history_other": np.ones(3)}), "is not of this model"),
        (rewrite({"best_0": np.ones((1, 1))}), "is not of this model"),
        (rewrite({"history_loss": np.ones(3)}), "has 2 steps for 3 epochs of 1"),
    ],
    ids=["empty", "cut", "changed", "made up", "shape", "more", "history", "best", "steps"],
)
def test_a_state_that_does_not_fit_is_dropped_with_a_line(tmp_path, capsys, spoil, reason):
    train(tmp_path, 2)
    spoil(tmp_path / "unfinished_0" / FILE)
    weight, history = train(tmp_path, 3)
    assert (weight, history["loss"].tolist()) == (2.75, [4, 1, 0.25])
    assert re.fullmatch(
        rf"state.npz of a training that was stopped {reason}.*: it begins anew\n", capsys.readouterr().out
    )


PLACES = ("savez", "fsync", "replace")


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt, OSError(28, "No space left on device")], ids=["stop", "full disk"]
)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("n_writes", [0, 1, 3])
@pytest.mark.parametrize("validated", [False, True])
def test_stopped_at_any_write_it_ends_at_the_same_weights(tmp_path, monkeypatch, error, place, n_writes, validated):
    options = {"validation": batches_of(2.5)} if validated else {}
    expected = train(tmp_path / "whole", 4, **options)
    writes = []
    owner = {"savez": np, "fsync": os, "replace": Path}[place]
    whole = getattr(owner, place)

    def stop(*args, **kwargs):
        writes.append(place)
        if len(writes) == n_writes + 1:
            if place == "savez":
                Path(args[0]).write_bytes(b"half")
            raise error
        return whole(*args, **kwargs)

    monkeypatch.setattr(owner, place, stop)
    with pytest.raises((KeyboardInterrupt, OSError)):
        train(tmp_path / "stopped", 4, **options)
    left = [path.name for path in (tmp_path / "stopped" / "unfinished_0").iterdir()]
    assert left == [FILE] * (n_writes > 0)
    weight, history = train(tmp_path / "stopped", 4, **options)
    assert weight == expected[0]
    assert {name: values.tolist() for name, values in history.items()} == {
        name: values.tolist() for name, values in expected[1].items()
    }


def test_nothing_but_unfinished_trainings_is_removed(tmp_path):
    for name in ("unfinished_a", "unfinished_b"):
        leave_state(tmp_path / name)
    (tmp_path / "history.npz").write_bytes(b"")
    remove_unfinished(tmp_path, but=tmp_path / "unfinished_b")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["history.npz", "unfinished_b"]
    remove_unfinished(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["history.npz"]


def test_data_whose_memory_is_not_in_one_piece_count_as_what_they_are(tmp_path):
    column = np.arange(12.0).reshape(3, 4)[:, ::2]
    folders = {unfinished_folder(tmp_path, make_parameters(), [array]) for array in (column, column.copy())}
    assert len(folders) == 1
