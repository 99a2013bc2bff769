"""Properties of known spectrograms, and sliders whose meaning is known by construction."""

import dataclasses

import numpy as np
import pytest

from embed.switches.sliders import WORDS, chance_level, correlate, describe_slider, find_sliders, measure_properties
from tests.small_switches import MEL, make_codes

LEVEL, BRIGHTNESS, ONSETS, BASS = range(len(WORDS))


def properties_of(values, mel=MEL):
    return measure_properties(np.broadcast_to(values, (1, mel.n_frames, mel.n_mels)), mel, 20.0)[0]


def test_properties_of_known_spectrograms():
    even, bands = np.full(16, 0.5), np.eye(16)
    assert properties_of(even)[[LEVEL, ONSETS]] == pytest.approx([20 - 80 / 2, 0])
    assert [properties_of(bands[0])[BASS], properties_of(bands[4])[BASS]] == pytest.approx([1, 0])
    assert properties_of(bands[0] + bands[4])[BASS] == pytest.approx(0.5)
    octaves = [properties_of(bands[3])[BRIGHTNESS], properties_of(bands[7])[BRIGHTNESS]]
    assert np.diff(octaves) == pytest.approx(np.log2(8 / 4), abs=0.3)  # bands are even in Hz below 1 kHz
    assert properties_of(bands[3] + bands[7])[BRIGHTNESS] == pytest.approx(np.mean(octaves))
    blinking = np.where(np.arange(32) % 2, 0.5, 0.25)[:, None]
    assert properties_of(blinking)[ONSETS] == pytest.approx(20 * 16 / 31)
    assert np.isfinite(properties_of(np.zeros(16))).all()


def test_what_never_changes_correlates_with_nothing():
    rising = np.arange(9.0)
    found = correlate(rising[:, None], np.stack([-rising, np.full(9, 7.0)], axis=1))
    assert found == pytest.approx(np.array([[-1, 0]]))


def test_of_independent_numbers_one_table_in_twenty_is_beyond_chance(rng):
    tables = [correlate(rng.normal(size=(64, 5)), rng.normal(size=(64, 4))) for _ in range(1000)]
    beyond = np.mean([np.abs(table).max() > chance_level(20, 64) for table in tables])
    assert 0.03 < beyond < 0.07


@pytest.mark.parametrize("sign", [1, -1])
def test_a_slider_that_is_the_level_is_found_louder_whatever_the_sign_of_the_code(rng, sign):
    codes = np.outer(rng.permutation(8) - 3.5, [sign, 0.0]) + [0.0, 0.3] * rng.normal(size=(8, 2))
    flat = np.ones((MEL.n_frames, MEL.n_mels))

    def decode(some):
        return np.clip(0.5 + 0.05 * sign * some[:, 0], 0, 1)[:, None, None] * flat

    found = find_sliders(codes, decode, MEL, 20.0, seed=0)
    assert found.correlations[0, LEVEL] > 0.98
    assert describe_slider(found, 0) == "louder"
    assert np.sign(found.components[0, 0]) == sign
    assert found.change_db[0] == pytest.approx(80 * 0.05 * 4 * found.deviations[0] * abs(found.components[0, 0]))
    assert found.change_db[1] < 1


def test_a_slider_is_described_by_what_is_beyond_chance_the_strongest_first():
    correlations = np.array([[-0.3, 0.05, 0, 0.6], [0.1, 0, 0, 0.0]])
    codes = dataclasses.replace(make_codes(np.eye(3), np.eye(3)[:2], [1, 1]), correlations=correlations)
    assert 0.1 < chance_level(8) < 0.13
    assert describe_slider(codes, 0) == "more bass, softer"
    assert describe_slider(codes, 1) == "nothing of what is measured"
