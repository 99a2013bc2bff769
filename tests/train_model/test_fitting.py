import keras
import numpy as np
import pytest
import tensorflow as tf

from pipeline.studies.drums import Parameters
from train_model.fitting import fit_resumably, learning_rate


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
        train(tmp_path, 3, target=np.nan, watchers=[watcher], remedy="another seed")
    assert seen == [0]
    assert list(tmp_path.iterdir()) == []


def test_the_learning_rate_stays_or_falls_to_nothing():
    values = {"name": "a", "study": "drums", "run": "WTA", "runs": {"WTA": {}}, "collection": {"folder": "a"}}
    training = Parameters(**values, training={"learning_rate": 0.5, "decay": False}).training
    assert learning_rate(training, 10) == 0.5
    falling = learning_rate(training.model_copy(update={"decay": True}), 10)
    np.testing.assert_allclose([falling(step) for step in (0, 5, 10)], (0.5, 0.25, 0), atol=1e-7)
