import numpy as np
import pytest

from evaluate.themes.measures import choose_leave_one_out


def test_what_is_best_in_all_need_not_be_chosen_for_any():
    criterion = np.array([[9.0, 0, 0, 0], [2, 2, 2, 2]])  # the first is good for one piece only, but very
    assert np.argmax(criterion.mean(axis=1)) == 0
    assert choose_leave_one_out(criterion).tolist() == [1, 0, 0, 0]


def test_a_piece_has_no_say_in_its_own_choice(rng):
    criterion = rng.uniform(size=(12, 5))
    chosen = choose_leave_one_out(criterion)
    for piece in range(5):
        changed = criterion.copy()
        changed[:, piece] = rng.uniform(size=12)
        assert choose_leave_one_out(changed)[piece] == chosen[piece]


def test_first_of_those_alike_is_chosen():
    assert choose_leave_one_out(np.full((3, 4), 0.1)).tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("shape", [(3, 1), (0, 4)])
def test_without_others_there_is_no_choice(shape):
    with pytest.raises(ValueError, match="two pieces"):
        choose_leave_one_out(np.zeros(shape))
