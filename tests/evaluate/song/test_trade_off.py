from dataclasses import replace

import numpy as np
import pytest

from evaluate.song.trade_off import COMPARED, Forecasts, Kind, best_of, difference_rows, run_rows, trade_off

STEPS = np.arange(41.0)
FORECASTS = Forecasts("var", 0.5, 0.25, 0.125 * STEPS)
R = Kind(5, 0.0420, 0.0400, 0.50, 2.0, 80.0, FORECASTS)
PCA = Kind(1, 0.0440, 0.0400, 0.75, 2.5, 40.0, replace(FORECASTS, valid_time_s=1.0))
CONDITIONED = Kind(5, 0.0430, 0.0400, 0.75, 2.5, 40.0, replace(FORECASTS, valid_time_s=2.0, nrmse=0.0625 * STEPS))
CENSORED = replace(CONDITIONED, best=replace(FORECASTS, method="knn", valid_time_s=1.0, censored_share=0.75))
NOT_FORECAST = replace(CONDITIONED, best=None)
SONGS = {
    "waltz": {"R": R, "RPVW": CONDITIONED, "PCA": PCA},
    "march": {"R": R, "RPVW": CENSORED, "PCA": PCA},
    "rondo": {"R": R, "RPVW": NOT_FORECAST},
    "tango": {"RPVW": CONDITIONED, "SFA": R},
}


def score(valid_time_s, *nrmse):
    return dict(zip(COMPARED, (valid_time_s, 0.5, np.array([0.0, *nrmse])), strict=True))


@pytest.mark.parametrize(
    ("scores", "method"),
    [
        ({"knn": [score(1, 0.5)], "var": [score(2, 0.75)]}, "var"),
        ({"knn": [score(1, 0.5), score(4, 0.5)], "var": [score(2, 0.5)]}, "knn"),  # by the mean over seeds
        ({"knn": [score(2, 0.5, 0.5)], "var": [score(2, 0.25, 0.5)]}, "var"),  # of equals the lower error
        ({"knn": [score(0.1, 0.5)], "var": [score(0.1, 0.25)] * 3}, "var"),  # as equal as numbers can be
        ({"knn": [score(1, 0.5)], "var": [{}], "lstm": []}, "knn"),
        (
            {
                "joint": [score(4, 0.5)],
                "knn_paper": [score(3, 0.5)],
                "persistence": [score(2, 0.5)],
                "mlp": [score(1, 1)],
            },
            "mlp",
        ),
    ],
)
def test_the_best_forecaster_is_valid_longest_and_of_equals_has_the_lowest_error(scores, method):
    assert best_of(scores).method == method


def test_the_best_forecaster_has_means_over_seeds_and_there_is_none_without_forecasts():
    best = best_of({"knn": [score(1, 0.5), score(2, 0.25)]})
    assert (best.valid_time_s, best.censored_share) == (1.5, 0.5)
    np.testing.assert_array_equal(best.nrmse, [0, 0.375])
    assert best_of({}) is best_of({"knn": [], "var": [{}]}) is None


def test_rows_of_runs_say_what_is_censored_and_at_how_many_of_30_steps_the_error_is_below_that_on_r():
    rows = run_rows(SONGS)
    assert [(row["song"], row["run"]) for row in rows] == [(song, run) for song in SONGS for run in SONGS[song]]
    columns = ("best forecaster", "valid time (s)", "NRMSE at 1", "NRMSE at 30", "below R")
    assert [tuple(row[column] for column in columns) for row in rows] == [
        ("VAR", "0.500", "0.125", "3.750", ""),
        ("VAR", "2.000", "0.062", "1.875", "30 of 30"),
        ("VAR", "1.000", "0.125", "3.750", "0 of 30"),
        ("VAR", "0.500", "0.125", "3.750", ""),
        ("KNN", "1.000+", "0.125", "3.750", "0 of 30"),
        ("VAR", "1.000", "0.125", "3.750", "0 of 30"),
        ("VAR", "0.500", "0.125", "3.750", ""),
        ("", "", "", "", ""),  # not forecast
        ("VAR", "2.000", "0.062", "1.875", ""),  # no R
        ("VAR", "0.500", "0.125", "3.750", ""),
    ]
    assert len({tuple(row) for row in rows}) == 1
    assert (rows[0]["seeds"], rows[0]["reconstruction loss"], rows[0]["path / extent"]) == ("5", "0.04200", "80.0")


def test_differences_to_r_and_to_pca_are_over_the_songs_that_have_both():
    to_r, pca_to_r, r_to_pca, to_pca = difference_rows(SONGS)
    assert to_r == {
        "runs": "RPVW - R",
        **{"reconstruction loss (millinats)": "+1.000 [+1.000, +1.000]", "lower": "0 of 3"},
        **{"mean cos(v, v next)": "+0.250 [+0.250, +0.250]", "smoother": "3 of 3"},
        **{"effective dimensions": "+0.500 [+0.500, +0.500]", "more": "3 of 3"},
        **{"valid time (s)": "+1.000 [+0.500, +1.500]", "longer": "2 of 2"},
    }
    assert (pca_to_r["runs"], r_to_pca["runs"], to_pca["runs"]) == ("PCA - R", "R - PCA", "RPVW - PCA")
    assert to_pca["valid time (s)"] == "+0.500 [+0.000, +1.000]"
    assert [to_pca[better] for better in ("lower", "smoother", "more", "longer")] == [
        "2 of 2",
        *["0 of 2"] * 2,
        "1 of 2",
    ]


def test_a_kind_that_was_not_forecast_on_two_songs_has_no_difference_of_valid_times():
    songs = {"waltz": {"R": R, "RPVW": CONDITIONED}, "march": {"R": R, "RPVW": NOT_FORECAST}}
    (row,) = difference_rows(songs)
    assert (row["smoother"], row["valid time (s)"], row["longer"]) == ("2 of 2", "", "")


def test_trade_off_is_relative_to_pca_over_songs_that_have_it():
    points = trade_off(SONGS)
    assert list(points) == ["R", "RPVW"]
    np.testing.assert_allclose(points["R"], [[0.5, 0.5], [0.5, 0.5]])
    np.testing.assert_allclose(points["RPVW"], [[0.25, 2.0], [0.25, 1.0]])


@pytest.mark.parametrize(
    "pca",
    [None, replace(PCA, best=None), replace(PCA, reconstruction_loss=PCA.lowest_reconstruction_loss)],
    ids=["missing", "not forecast", "perfect"],
)
def test_there_is_no_trade_off_without_a_pca_to_compare_with(pca):
    song = {"R": R} | ({"PCA": pca} if pca else {})
    assert trade_off({"waltz": song, "march": song}) == {}
    assert trade_off({"waltz": {"R": R, "PCA": PCA}, "march": song}) == {}  # one song is no statistics
