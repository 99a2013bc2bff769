from dataclasses import replace

import numpy as np
import pytest

from embed.dictionary.uses import by_use, fractions_of_use, label_lifts, scaled_patterns
from tests.small_dictionary import HATS, KICK, NEGATIVE, SNARE, UNUSED, known_music, small_codes, small_corpus

USES = np.array([40, 20 + 14, 60, 5, 0])


def test_atoms_come_in_order_of_use():
    assert by_use(small_codes()).tolist() == [HATS, KICK, SNARE, NEGATIVE, UNUSED]
    assert fractions_of_use(small_codes()) == pytest.approx(USES / USES.sum())
    # each is shown as it stands in the music whatever its norm and sign
    np.testing.assert_allclose(scaled_patterns(small_codes()), known_music(), atol=1e-6)


def test_lifts_compare_with_all_music(monkeypatch):
    codes = small_codes()
    labels, lifts = label_lifts(codes, small_corpus(codes))
    assert labels == ["jazz", "rock"]
    assert lifts[KICK] == pytest.approx([3, 0])  # all uses in a third of the music
    assert lifts[SNARE] == pytest.approx([0, 1.5])
    assert lifts[HATS] == pytest.approx([1, 1])
    assert lifts[UNUSED].tolist() == [0, 0]
    assert lifts[NEGATIVE].tolist() == [0, 1.5]
    monkeypatch.setattr("embed.dictionary.uses.MIN_USES", 6)  # than which it has fewer
    assert label_lifts(codes, small_corpus(codes))[1][NEGATIVE].tolist() == [0, 0]


def test_a_code_without_uses_has_no_fractions():
    codes = small_codes()
    silent = replace(codes, columns=codes.columns[:0], atoms=codes.atoms[:0], values=codes.values[:0])
    assert fractions_of_use(silent).tolist() == 5 * [0]
    assert np.abs(scaled_patterns(silent)).max(axis=(1, 2)) == pytest.approx(1)
