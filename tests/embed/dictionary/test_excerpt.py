from dataclasses import replace

import numpy as np
import pytest

from embed.dictionary.excerpt import take_excerpt
from embed.dictionary.sparse_codes import decode
from embed.dictionary.used_channels import used_channels
from tests.small_dictionary import HATS, NEGATIVE, SNARE, codes_of, small_codes, small_corpus
from tests.small_midi import make_corpus


@pytest.fixture
def codes():
    return small_codes()


def test_the_piece_is_of_the_test_and_reconstructed_from_its_code(codes):
    excerpt = take_excerpt(small_corpus(codes), codes)
    assert (excerpt.name, excerpt.label, excerpt.bpm) == ("b/three.mid", "rock", 150)
    assert excerpt.music.shape == (8 * 16, 27)
    np.testing.assert_allclose(excerpt.reconstruction, excerpt.music, atol=1e-6)
    assert excerpt.begins.tolist() == list(range(0, 128, 4))
    assert excerpt.active(np.arange(5)).tolist() == [SNARE, HATS, NEGATIVE]


def test_a_short_piece_gives_way_to_a_longer_one_and_without_a_test_all_count(codes):
    corpus = small_corpus(codes)
    corpus = replace(corpus, splits=np.array(["validation", "train", "validation"]))
    assert take_excerpt(corpus, codes).name == "a/one.mid"
    assert len(take_excerpt(corpus, codes, n_bars=50).music) == 160


def test_bars_of_silence_at_the_beginning_are_left_out(codes):
    corpus = small_corpus(codes)
    corpus.steps[corpus.starts[2] : corpus.starts[2] + 20] = 0
    np.testing.assert_array_equal(take_excerpt(corpus, codes).music, corpus.piece(2)[16 : 16 + 128])


def test_columns_that_reach_in_from_before_belong_to_it(codes, rng):
    patterns = rng.normal(size=(3, 8, 27)).astype(np.float32)
    code = np.zeros((160 + 7, 3), np.float32)
    code[::5] = rng.normal(size=(34, 3))
    long = codes_of([code], patterns, 1)
    music = small_corpus(codes).steps[:160]
    music[:16] = 0
    excerpt = take_excerpt(make_corpus([music]), long)
    np.testing.assert_allclose(excerpt.reconstruction, long.decode(code)[16 : 16 + 128], rtol=1e-5)
    assert excerpt.begins[0] == -7
    assert excerpt.begins[-1] == 127
    alone = decode(excerpt.code, patterns, 1)
    np.testing.assert_allclose(alone, excerpt.reconstruction, rtol=1e-4, atol=1e-5)


def test_of_keys_the_used_range_is_shown_and_of_drums_all():
    channels = np.array([f"{kind} {key}" for kind in ("onset", "frame") for key in range(88)])
    music = np.zeros((5, 176))
    music[0, 30], music[3, 88 + 33], music[1, 80] = 1, -1, 0.05
    assert used_channels(music, channels).tolist() == [30, 31, 32, 33, 118, 119, 120, 121]
    assert used_channels(np.zeros((5, 176)), channels).tolist() == list(range(176))
    assert used_channels(np.zeros((5, 3)), np.array(["hit a", "hit b", "hit c"])).tolist() == [0, 1, 2]
