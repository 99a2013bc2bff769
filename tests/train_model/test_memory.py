"""Networks that would take too much memory are refused before any of it is taken."""

import re

import keras
import pytest

from train_model.memory import check_training


def build(units=8, steps=None):
    inputs = keras.Input((steps, 4))
    wide = keras.layers.Dense(units, name="wide")(inputs)
    inside = keras.Model(inputs, wide, name="inside")
    return keras.Model(inputs, keras.layers.Dense(1, use_bias=False)(inside(inputs)))


def test_what_an_inner_network_gives_counts_as_often_as_it_is_applied():
    batch = ("training.batch_clips", 10_000)
    check_training(lambda: build(1000), "model", batch)
    with pytest.raises(ValueError, match="^training.batch_clips=10000: would need 12.0 GB"):
        check_training(lambda: build(1000), "model", batch, times={"inside": 100})
    check_training(lambda: build(1000), "model", batch, times={"inside": 100}, max_gb=12.2)


def test_recurrent_layers_keep_every_step():
    def build_lstm(points):
        clip = keras.Input((points, 3))
        return keras.Model(clip, keras.layers.LSTM(100)(clip))

    check_training(lambda: build_lstm(1), "lstm", ("lstm.batch_points", 10_000))
    with pytest.raises(ValueError, match="^lstm.batch_points=10000: would need 24.4 GB"):
        check_training(lambda: build_lstm(1000), "lstm", ("lstm.batch_points", 10_000))


def test_networks_and_batches_that_fit_are_left():
    check_training(build, "model", ("training.batch_clips", 100), n_frames=1000)


@pytest.mark.parametrize(
    ("units", "size", "more", "message"),
    [
        (
            10**9,
            1,
            {},
            "model: training 6e+09 weights: would need 312.0 GB of memory, more than 1.5 GB; take a smaller",
        ),
        (10**7, 1, {"n_networks": 3}, "model: training 1.8e+08 weights: would need 9.4 GB"),
        (995, 1000, {"n_frames": 1000}, "training.batch_clips=1000: would need 12.0 GB of memory, more than 1.5 GB; "),
    ],
)
def test_what_does_not_fit_is_refused_by_its_key(units, size, more, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        check_training(lambda: build(units), "model", ("training.batch_clips", size), **more)
