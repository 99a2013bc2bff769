from dataclasses import replace

import numpy as np
import pytest

from embed.themes.self_similarity import cosine_similarity, patch_similarity, prepare_nieto_farbood
from embed.themes.theme import Theme, spans_of
from forecast.themes import find
from forecast.themes.find import count_themes, find_in_piece, find_themes, frames_per_beat
from pipeline.sections.recordings import Lag
from pipeline.studies.themes import Parameters
from tests.themes_of_scale import HOP_S, noise_matrices, scale_recordings, scale_themes

PARAMETERS = Parameters.model_validate(
    {
        "name": "small",
        "study": "themes",
        "pieces": {"folder": "small"},
        "runs": {"CQT": {}},
        "model": {"features": "cqt", "patch_frames": 4},
        "lag": {"high": 0.6, "low": 0.5, "min_beats": 3.0},
        "nieto_farbood": {"min_beats": 7.0},
    }
)


@pytest.fixture
def asked(monkeypatch):
    """What the extractors are asked for; each finds one theme of the first patches."""
    asked = []

    def stand_in(name, end):
        def extract(matrix, **keywords):
            asked.append((name, matrix, keywords))
            return [Theme(np.array([[0, end], [50, 50 + end]]), 2.0)]

        return extract

    monkeypatch.setattr(find, "find_by_lag", stand_in("lag", 10))
    monkeypatch.setattr(find, "find_by_nieto_farbood", stand_in("nieto_farbood", 20))
    return asked


def planted(rng):
    """Noise that is alike in two spans, on one diagonal, and the diagonal itself."""
    matrix = rng.uniform(-0.2, 0.2, (400, 400))
    matrix = (matrix + matrix.T) / 2
    first = np.arange(40, 120)
    matrix[first, first + 210] = matrix[first + 210, first] = 0.95
    np.fill_diagonal(matrix, 1)
    return matrix.astype(np.float16)


def test_every_piece_is_searched_by_both_with_its_tempo_and_parameters(asked, rng):
    matrices = noise_matrices(rng)
    find_themes(PARAMETERS, scale_recordings(), matrices)
    names, given, keywords = zip(*asked, strict=True)
    assert names == ("lag", "nieto_farbood", "lag", "nieto_farbood")
    for matrix, name in zip(given, ("ours_0", "nieto_farbood_0", "ours_1", "nieto_farbood_1"), strict=True):
        np.testing.assert_array_equal(matrix, matrices[name])
        assert matrix.dtype == np.float32
    assert {key: keywords[0][key] for key in ("high", "low", "min_beats")} == {"high": 0.6, "low": 0.5, "min_beats": 3}
    assert keywords[1]["min_beats"] == 7
    assert all(asked_for["frames_per_beat"] == pytest.approx(5) for asked_for in keywords)


def test_patches_become_seconds_of_their_middle(asked, rng):
    arrays = find_themes(PARAMETERS, scale_recordings(), noise_matrices(rng))
    np.testing.assert_array_equal(arrays["lag_piece"], [0, 0, 1, 1])
    np.testing.assert_allclose(arrays["lag_starts_s"], 2 * [2 * HOP_S, 52 * HOP_S])
    np.testing.assert_allclose(arrays["nieto_farbood_ends_s"], 2 * [22 * HOP_S, 72 * HOP_S])
    # training pieces are not searched
    recordings = replace(scale_recordings(), is_searched=np.array([True, False]))
    arrays = find_themes(PARAMETERS, recordings, noise_matrices(rng))
    assert {*arrays["lag_piece"], *arrays["nieto_farbood_piece"]} == {0}


def test_a_beat_lasts_what_the_tempo_says_or_half_a_second():
    recordings = replace(scale_recordings(), bpm=np.array([60.0, np.nan]))
    assert frames_per_beat(recordings, 0) == pytest.approx(10)
    assert frames_per_beat(recordings, 1) == pytest.approx(5)


def test_a_planted_repeat_is_found_in_the_precision_that_is_stored_unless_other_parameters_forbid_it(rng):
    (theme, *_) = find_in_piece(planted(rng), Lag(high=0.7, low=0.5, min_beats=8), frames_per_beat=5)
    np.testing.assert_allclose(theme.occurrences, [[40, 120], [250, 330]], atol=2)
    assert find_in_piece(planted(rng), Lag(high=0.7, low=0.5, min_beats=100), frames_per_beat=5) == []


def test_spans_of_a_piece_are_in_order_of_themes_and_themes_of_different_pieces_are_counted_apart():
    first, second = spans_of(scale_themes(), "lag", 0)
    np.testing.assert_array_equal(first, [[1, 2.5], [5, 6.5]])
    np.testing.assert_array_equal(second, [[3, 4], [8, 9]])
    assert spans_of(scale_themes(), "nieto_farbood", 0) == []
    assert count_themes(scale_themes()) == "3 themes, 6 occurrences (lag); 1 themes, 2 occurrences (nieto_farbood)"


@pytest.mark.parametrize("n_patches", [1, 2, 9])
def test_a_piece_of_few_patches_has_no_themes(n_patches):
    recordings = replace(scale_recordings(), is_searched=np.array([True, False]))
    matrices = {"ours_0": np.ones((n_patches, n_patches), np.float16)}
    matrices["nieto_farbood_0"] = prepare_nieto_farbood(matrices["ours_0"].astype(np.float32)).astype(np.float16)
    arrays = find_themes(PARAMETERS, recordings, matrices)
    assert count_themes(arrays) == "0 themes, 0 occurrences (lag); 0 themes, 0 occurrences (nieto_farbood)"
    assert arrays["lag_piece"].dtype.kind == "i"
    assert spans_of(arrays, "lag", 0) == spans_of(arrays, "nieto_farbood", 0) == []


def test_silence_that_comes_twice_is_no_theme(rng):
    frames = rng.normal(size=(300, 40))
    frames[40:100] = frames[200:260] = 0
    for matrix in (patch_similarity(frames, 4), cosine_similarity(frames)):
        assert find_in_piece(matrix.astype(np.float16), Lag(min_beats=5.0), frames_per_beat=4) == []
