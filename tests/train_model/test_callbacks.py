from types import SimpleNamespace

import keras
import pytest

from train_model.dictionary.revival import FallOfWinners


def winners_of_epochs(n_epochs, *schedule):
    """The number of winners in each epoch, as the model has it and as the logs tell it."""
    callback = FallOfWinners(*schedule)
    callback.set_model(SimpleNamespace(winners=SimpleNamespace(k=keras.Variable(99, dtype="int32", trainable=False))))
    numbers = []
    for epoch in range(n_epochs):
        logs = {}
        callback.on_epoch_begin(epoch)
        callback.on_epoch_end(epoch, logs)
        assert logs == {"k": int(callback.model.winners.k)}
        numbers.append(logs["k"])
    return numbers


def test_winners_fall_when_the_source_lets_them_fall():
    assert winners_of_epochs(200, 4, 1, 1, 30) == 31 * [4] + 30 * [3] + 30 * [2] + 109 * [1]


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ((3, 3, 1, 2), [3, 3, 3, 3, 3, 3]),
        ((3, 1, 1, 1), [3, 3, 2, 1, 1, 1]),
        ((9, 2, 4, 2), [9, 9, 9, 5, 5, 2]),  # not below the last
    ],
)
def test_winners_fall_by_so_many_each_time_to_the_last(schedule, expected):
    assert winners_of_epochs(6, *schedule) == expected
