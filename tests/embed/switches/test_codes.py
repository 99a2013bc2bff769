"""Settings become codes and sliders become settings, exactly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from embed.switches.codes import find_components
from tests.small_switches import make_codes

AXES = [[3.0, 4.0, 0.0], [-3.0, -4.0, 0.0], [-0.8, 0.6, 0.0], [0.8, -0.6, 0.0]]  # 5 along one direction, 1 across


def codes_of(codes):
    components, deviations, _ = find_components(np.array(codes))
    return make_codes(codes, components, deviations)


@pytest.fixture
def random_codes(rng):
    return codes_of(rng.normal(size=(6, 9)))


def test_the_components_of_known_codes():
    components, deviations, explained = find_components(np.array(AXES))
    assert np.abs(components) == pytest.approx(np.array([[0.6, 0.8, 0], [0.8, 0.6, 0]]))
    assert deviations == pytest.approx(np.sqrt([50 / 3, 2 / 3]))
    assert explained == pytest.approx([25 / 26, 1 / 26])


def test_there_is_one_slider_less_than_switches_and_none_along_which_codes_do_not_differ(rng):
    assert len(find_components(rng.normal(size=(6, 9)))[0]) == 5
    assert len(find_components(rng.normal(size=(6, 3)))[0]) == 3
    assert len(find_components(np.repeat(rng.normal(size=(3, 9)), 2, axis=0))[0]) == 2
    with pytest.raises(ValueError, match="^the codes of all switches are the same, so that there are no sliders$"):
        find_components(np.ones((4, 2)))


def test_one_switch_gives_its_code_however_far_it_is_on(random_codes):
    for switch, code in enumerate(random_codes.codes):
        for value in (5e-324, 0.3, 1, 1e308):
            assert random_codes.code_of(value * np.eye(6)[switch]) == pytest.approx(code)


def test_two_equal_switches_are_the_clip(rng):
    codes = codes_of(np.vstack([np.ones((2, 3)), rng.normal(size=(2, 3))]))
    assert codes.code_of([0.3, 0.9, 0, 0]) == pytest.approx(np.ones(3))


@given(arrays(float, 6, elements=st.floats(0, 1e308)), st.permutations(range(6)))
def test_the_order_and_the_sum_of_switches_do_not_matter(switches, order):
    codes = np.random.default_rng(440).normal(size=(6, 9))
    code = make_codes(codes, np.zeros((0, 9)), []).code_of(switches)
    assert np.isfinite(code).all()
    assert make_codes(codes[order], np.zeros((0, 9)), []).code_of(switches[order]) == pytest.approx(code)
    assert make_codes(codes, np.zeros((0, 9)), []).code_of(switches / 4) == pytest.approx(code, rel=1e-6)


def test_no_switch_is_the_mean_and_sliders_step_away_from_it_in_deviations():
    codes = make_codes(AXES, [[0.6, 0.8, 0], [0.8, -0.6, 0]], [5, 1])
    assert codes.code_of(np.zeros(4)) == pytest.approx(np.zeros(3))
    assert codes.code_of(np.zeros(4), [2]) == pytest.approx([6, 8, 0])
    assert codes.code_of([1, 0, 0, 0], [0, -1]) == pytest.approx([3 - 0.8, 4 + 0.6, 0])


def test_all_sliders_give_each_code_and_blend_again(random_codes, rng):
    for switches in (*np.eye(6), rng.uniform(size=6)):
        code = random_codes.code_of(switches)
        assert random_codes.code_of(np.zeros(6), random_codes.sliders_of(code)) == pytest.approx(code)
    positions = random_codes.sliders_of(random_codes.codes)
    assert positions.mean(axis=0) == pytest.approx(np.zeros(5))
    assert positions.std(axis=0, ddof=1) == pytest.approx(np.ones(5))


@pytest.mark.parametrize(
    ("switches", "sliders", "message"),
    [
        *((switches, [], "switches: must be 6 numbers of at least 0") for switches in (np.ones(5), np.ones((1, 6)))),
        *(
            ([1, 1, 1, 1, 1, wrong], [], "switches: must be 6 numbers of at least 0")
            for wrong in (-0.1, np.nan, np.inf)
        ),
        *((np.ones(6), sliders, "sliders: must be at most 5 numbers") for sliders in (np.zeros(6), np.zeros((1, 2)))),
        *((np.ones(6), [0, wrong], "sliders: .* from -100 to 100") for wrong in (101, np.nan, -np.inf)),
    ],
)
def test_settings_that_cannot_be_are_refused(random_codes, switches, sliders, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        random_codes.code_of(switches, sliders)
