import numpy as np
import pytest

from embed.themes.theme import Theme, to_arrays
from evaluate.themes.measures import best_of, choose_leave_one_out, criterion_of, grid_of, measure_run, score_spans
from evaluate.themes.pattern_scores import METRICS
from pipeline.parameters import load
from pipeline.sections.recordings import Choice, Lag
from tests.small_recordings import (
    HOP_S,
    LEAD_IN_FRAMES,
    PATCH_FRAMES,
    TEXT,
    THEME_BEATS,
    THEME_STARTS,
    small_matrices,
    small_recordings,
)

GRID = "[lag]\nhigh = 0.8\nlow = 0.6\nmin_beats = 8.0\n[choice]\nhigh = [0.8, 0.9]\nmin_beats = [30.0, 8.0]\n"


def themes_of(occurrences_of_pieces):
    """Themes as step 6 stores them: those of the extractor `lag` as given, none of Nieto and Farbood's."""
    themes = [[Theme(np.array(spans), 1.0)] if spans else [] for spans in occurrences_of_pieces]
    found = {"lag": themes, "nieto_farbood": [[] for _ in themes]}
    return {
        f"{extractor}_{name}": array
        for extractor, of_pieces in found.items()
        for name, array in to_arrays(of_pieces, PATCH_FRAMES, HOP_S).items()
    }


def true_spans():
    """Spans of patches of the theme, which begin half a patch before."""
    first = LEAD_IN_FRAMES - PATCH_FRAMES // 2
    return [[first + 5 * start, first + 5 * (start + THEME_BEATS)] for start in THEME_STARTS]


@pytest.fixture
def parameters(write_parameters):
    return load("small", write_parameters(TEXT + GRID, "small")).for_run("RAW")


def test_true_spans_score_one_where_the_theme_is_all_voices(parameters):
    recordings = small_recordings()
    themes = themes_of([true_spans()] * 3 + [[]])
    scores = measure_run(parameters, recordings, small_matrices(recordings), themes)
    assert scores["names"].tolist() == ["A", "B", "C"]
    assert scores["metrics"].tolist() == list(METRICS)
    np.testing.assert_allclose(scores["lag"][:2], 1)  # B counts its beats from 1
    np.testing.assert_allclose(scores["lag"][2], [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0, 0, 0, *[2 / 3] * 3])
    np.testing.assert_array_equal(scores["nieto_farbood"], 0)


def test_grid_is_searched_and_chosen_from(parameters):
    recordings = small_recordings()
    scores = measure_run(parameters, recordings, small_matrices(recordings), themes_of([[]] * 4))
    assert scores["grid"].tolist() == [[0.8, 0.6, 30], [0.8, 0.6, 8], [0.9, 0.6, 30], [0.9, 0.6, 8]]
    assert scores["grid_scores"].shape == (4, 3, len(METRICS))
    repeats = scores["grid_scores"][1, :, METRICS.index("est_f")]
    np.testing.assert_allclose(repeats, [1, 1, 0.5], atol=0.15)  # the repeat is planted, its ends may differ by a beat
    np.testing.assert_array_equal(scores["chosen"], choose_leave_one_out(criterion_of(scores["grid_scores"])))
    with pytest.raises(ValueError, match="pieces.patterns: no piece has both a score and reference patterns"):
        measure_run(parameters, small_recordings(with_truth=False), {}, themes_of([[]] * 4))


def test_spans_are_scored_in_seconds():
    recordings = small_recordings()
    start_s = LEAD_IN_FRAMES * HOP_S
    spans_s = np.array([[start_s + 0.5 * start, start_s + 0.5 * (start + THEME_BEATS)] for start in THEME_STARTS])
    for piece in range(2):
        assert score_spans(recordings, piece, [spans_s]) == [1.0] * len(METRICS)
        assert score_spans(recordings, piece, [spans_s + 4])[0] < 0.5


def test_grid_is_what_is_given_and_else_as_it_is_with_one_member_at_least():
    lag = Lag(high=0.7, low=0.5, min_beats=4.0, max_themes=7)
    assert grid_of(Choice(), lag) == [lag]
    grid = grid_of(Choice(high=(0.4, 0.8), low=(0.3, 0.6)), lag)
    assert [(lag.high, lag.low) for lag in grid] == [(0.4, 0.3), (0.8, 0.3), (0.8, 0.6)]
    assert {(lag.min_beats, lag.max_themes) for lag in grid} == {(4.0, 7)}
    with pytest.raises(ValueError, match="choice.low=.*none is as low as one of choice.high"):
        grid_of(Choice(high=(0.4,), low=(0.6,)), Lag())


def test_themes_to_show_are_those_chosen_if_there_was_a_choice(rng):
    scores = {
        "lag": rng.uniform(size=(2, len(METRICS))),
        "grid": np.zeros((3, 3)),
        "grid_scores": rng.uniform(size=(3, 2, len(METRICS))),
        "chosen": np.array([2, 0]),
    }
    how, best = best_of(scores)
    assert how == "chosen leave-one-out"
    np.testing.assert_array_equal(best, [scores["grid_scores"][2, 0], scores["grid_scores"][0, 1]])
    for change in ({"chosen": np.zeros(0, int)}, {"grid": np.zeros((1, 3))}):  # one piece, one configuration
        how, best = best_of(scores | change)
        assert how == "lag"
        np.testing.assert_array_equal(best, scores["lag"])


def test_what_is_best_in_all_need_not_be_chosen_for_any():
    criterion = np.array([[9.0, 0, 0, 0], [2, 2, 2, 2]])  # the first is good for one piece only, but very
    assert np.argmax(criterion.mean(axis=1)) == 0
    assert choose_leave_one_out(criterion).tolist() == [1, 0, 0, 0]
    assert choose_leave_one_out(np.full((3, 4), 0.1)).tolist() == [0, 0, 0, 0]  # the first of equals
    for shape in ((3, 1), (0, 4)):
        with pytest.raises(ValueError, match="two pieces"):
            choose_leave_one_out(np.zeros(shape))


def test_a_piece_has_no_say_in_its_own_choice(rng):
    criterion = rng.uniform(size=(12, 5))
    chosen = choose_leave_one_out(criterion)
    for piece in range(5):
        changed = criterion.copy()
        changed[:, piece] = rng.uniform(size=12)
        assert choose_leave_one_out(changed)[piece] == chosen[piece]
