from types import SimpleNamespace

import keras
import numpy as np
import pytest

from models.conditioned_autoencoder import build_encoder
from models.latent_memory import LatentMemory
from train_model.callbacks import KSchedule, RefillMemory


def winners_of_epochs(n_epochs, *schedule):
    """The number of winners in each epoch, of the model and of the logs."""
    callback = KSchedule(*schedule)
    callback.set_model(SimpleNamespace(winners=SimpleNamespace(k=keras.Variable(99, dtype="int32", trainable=False))))
    numbers = []
    for epoch in range(n_epochs):
        logs = {}
        callback.on_epoch_begin(epoch)
        callback.on_epoch_end(epoch, logs)
        assert logs == {"k": int(callback.model.winners.k)}
        numbers.append(logs["k"])
    return numbers


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ((4, 1, 1, 30), 31 * [4] + 30 * [3] + 30 * [2] + 109 * [1]),  # the paper's
        ((3, 3, 1, 2), [3, 3, 3, 3, 3, 3]),
        ((3, 1, 1, 1), [3, 3, 2, 1, 1, 1]),
        ((9, 2, 4, 2), [9, 9, 9, 5, 5, 2]),  # not below the last
    ],
)
def test_winners_fall_by_the_same_number_each_time_to_the_last(schedule, expected):
    assert winners_of_epochs(len(expected), *schedule) == expected


def test_an_epoch_begins_with_the_points_of_all_windows(rng):
    frames = rng.uniform(size=(30, 4)).astype(np.float32)
    encoder = build_encoder(22, 4, 2)
    window, first = keras.Input((22, 4)), keras.Input((), dtype="int32")
    memory = LatentMemory(9, 3, name="memory")
    model = keras.Model([window, first], memory([encoder(window)[:, None], first]))
    refill = RefillMemory(frames, 22)
    refill.set_model(model)
    refill.on_epoch_begin(0)
    expected = encoder(np.stack([frames[k : k + 22] for k in range(9)]))
    np.testing.assert_allclose(memory.points, expected, atol=1e-6)
