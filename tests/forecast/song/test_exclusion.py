import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.song.exclusion import ExclusionRule

N_POINTS = 40
PIECES = st.tuples(st.integers(0, N_POINTS - 1), st.integers(0, N_POINTS - 1)).map(sorted)


@given(piece=PIECES, start=st.integers(0, N_POINTS - 1), radius=st.integers(0, 12))
def test_block_allows_pieces_with_no_point_within_it(piece, start, radius):
    first, last = piece
    is_clear = all(abs(point - start) > radius for point in range(first, last + 1))
    assert bool(ExclusionRule("block", radius).allow(first, last, start)) == is_clear


@given(piece=PIECES, start=st.integers(0, N_POINTS - 1))
def test_past_allows_pieces_with_no_point_after_the_start(piece, start):
    first, last = piece
    is_past = all(point <= start for point in range(first, last + 1))
    assert bool(ExclusionRule("past").allow(first, last, start)) == is_past


def test_all_leaves_out_the_velocity_of_the_start_and_no_other():
    points = np.arange(9)
    np.testing.assert_array_equal(points[~ExclusionRule("all").allow(points, points + 1, 4)], [4])


@pytest.mark.parametrize("learn_from", ["block", "past", "all"])
def test_each_start_has_a_rule_of_its_own(learn_from):
    rule, starts, points = ExclusionRule(learn_from, 2), np.array([3, 9, 20]), np.arange(24)
    together = rule.allow(points, points + 1, starts[:, None])
    np.testing.assert_array_equal(together, [rule.allow(points, points + 1, start) for start in starts])
