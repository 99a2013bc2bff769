import numpy as np
import pytest
from mpl_toolkits.mplot3d.art3d import Line3DCollection

from forecast.song.draw_forecasts import N_FANS, draw_fans, draw_long_forecasts
from pipeline.figures import METHOD_COLOURS, METHOD_NAMES
from pipeline.sections.forecasting import METHODS

N_POINTS, START, N_LONG, N_STEPS = 140, 25, 40, 8


@pytest.fixture
def embedding(rng):
    return {"z": rng.normal(size=(N_POINTS, 3)), "times_s": 1 + 0.5 * np.arange(N_POINTS)}


def forecasts_of(embedding, rng, methods, n_starts=30):
    latent_dim, starts = embedding["z"].shape[1], np.arange(5, 5 + 4 * n_starts, 4)
    return {
        method: {
            "starts": starts,
            "forecast": rng.normal(size=(n_starts, N_STEPS + 1, latent_dim)),
            "long_start": np.array(START),
            "long_forecast": rng.normal(size=(N_LONG + 1, latent_dim)),
        }
        for method in methods
    }


def lines_of(axes):
    return [np.array(line.get_data_3d()).T for line in axes.lines]


def fans_of(axes):
    return [np.array(fan._segments3d) for fan in axes.collections if isinstance(fan, Line3DCollection)]


@pytest.mark.parametrize("draw", [draw_long_forecasts, draw_fans])
@pytest.mark.parametrize("n_methods", [1, 2, 5, 10])
def test_panel_for_each_method_in_order_and_none_more(draw, n_methods, embedding, rng):
    methods = list(METHODS)[:n_methods]
    figure = draw(embedding, forecasts_of(embedding, rng, methods))
    assert [axes.get_title() for axes in figure.axes] == [METHOD_NAMES[method] for method in methods]


def test_long_forecast_lies_on_the_trajectory_from_its_start(embedding, rng):
    forecasts = forecasts_of(embedding, rng, ["knn"])
    figure = draw_long_forecasts(embedding, forecasts)
    assert figure.get_suptitle() == "forecasts over 40 steps (20.0 s) from 13.5 s on; dark grey: the true path"
    (axes,) = figure.axes
    song, truth, path, dot = lines_of(axes)
    np.testing.assert_allclose(song, embedding["z"])
    np.testing.assert_allclose(truth, embedding["z"][START : START + N_LONG + 1])
    np.testing.assert_allclose(path, forecasts["knn"]["long_forecast"])
    np.testing.assert_allclose(dot, embedding["z"][[START]])
    assert axes.lines[2].get_color() == METHOD_COLOURS["knn"]


def test_fans_are_those_stored_with_what_happened(embedding, rng):
    forecasts = forecasts_of(embedding, rng, ["var"])
    figure = draw_fans(embedding, forecasts)
    assert figure.get_suptitle() == f"forecasts over 8 steps from {N_FANS} points; dark grey: the true path"
    (axes,) = figure.axes
    truths, paths = fans_of(axes)
    stored = forecasts["var"]
    assert len(paths) == len(truths) == N_FANS
    chosen = [int(np.flatnonzero((stored["forecast"] == path).all(axis=(1, 2)))[0]) for path in paths]
    assert chosen == sorted(set(chosen))
    assert (chosen[0], chosen[-1]) == (0, 29)
    np.testing.assert_allclose(truths, embedding["z"][stored["starts"][chosen, None] + np.arange(N_STEPS + 1)])
    (axes,) = draw_fans(embedding, forecasts_of(embedding, rng, ["var"], n_starts=3)).axes
    assert len(fans_of(axes)[1]) == 3  # fewer initial conditions than fans


@pytest.mark.parametrize("latent_dim", [1, 2])
def test_fewer_dimensions(latent_dim, rng):
    embedding = {"z": rng.normal(size=(N_POINTS, latent_dim)), "times_s": np.arange(float(N_POINTS))}
    forecasts = forecasts_of(embedding, rng, ["knn"])
    (axes,) = draw_long_forecasts(embedding, forecasts).axes
    assert all((line[:, latent_dim:] == 0).all() for line in lines_of(axes))
    draw_fans(embedding, forecasts).canvas.draw()


def test_more_dimensions_are_drawn_by_the_components_of_the_trajectory(rng):
    z = rng.normal(size=(N_POINTS, 7)) * [9, 6, 4, 0.1, 0.1, 0.1, 0.1]
    embedding = {"z": z, "times_s": np.arange(float(N_POINTS))}
    forecasts = forecasts_of(embedding, rng, ["knn"])
    forecasts["knn"]["long_forecast"] = embedding["z"][START : START + 31]
    (axes,) = draw_long_forecasts(embedding, forecasts).axes
    song, truth, path, _ = lines_of(axes)
    np.testing.assert_allclose(path, truth)
    np.testing.assert_allclose(path, song[START : START + 31])


def test_box_holds_the_trajectory_and_is_the_same_for_all_methods(embedding, rng):
    forecasts = forecasts_of(embedding, rng, ["knn", "var"])
    forecasts["var"]["long_forecast"] *= 1000
    first, second = draw_long_forecasts(embedding, forecasts).axes
    first, second = (np.array([axes.get_xlim(), axes.get_ylim(), axes.get_zlim()]) for axes in (first, second))
    np.testing.assert_array_equal(first, second)
    (low, high), z = first.T, embedding["z"]
    assert ((low <= z.min(axis=0)) & (high >= z.max(axis=0)) & (high - low < 2 * np.ptp(z, axis=0))).all()


@pytest.mark.parametrize("draw", [draw_long_forecasts, draw_fans])
def test_a_long_song_behind_forecasts_is_thinned_and_what_happened_is_not(rng, draw, monkeypatch):
    monkeypatch.setattr("embed.song.draw_trajectory.MAX_POINTS", 50)
    embedding = {"z": rng.normal(size=(N_POINTS, 3)), "times_s": 1 + 0.5 * np.arange(N_POINTS)}
    figure = draw(embedding, forecasts_of(embedding, rng, ["knn"]))
    assert figure.get_suptitle().endswith("true path\nlight: the song, every 3rd of 140 points")
    song, *lines = lines_of(figure.axes[0])
    np.testing.assert_allclose(song, embedding["z"][::3])
    truths = lines[:1] if draw is draw_long_forecasts else fans_of(figure.axes[0])[0]
    assert {len(truth) for truth in truths} == {N_LONG + 1 if draw is draw_long_forecasts else N_STEPS + 1}
