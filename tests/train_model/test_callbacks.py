from types import SimpleNamespace

import keras
import pytest

from train_model.callbacks import KSchedule


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
