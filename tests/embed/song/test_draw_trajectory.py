import warnings

import numpy as np
import pytest
from mpl_toolkits.mplot3d.art3d import Line3DCollection

from embed.song.draw_trajectory import MAX_POINTS, draw_trajectories, first_three_components


def embedding_of(z, hop_s=0.5):
    return {
        "z": z,
        "times_s": 1 + hop_s * np.arange(len(z)),
        "mean_velocity_cosine": np.array(0.25),
        "reconstruction_loss": np.array(0.0123456),
    }


def panels_of(figure):
    return [axes for axes in figure.axes if axes.name == "3d"]


def line_of(axes):
    return next(line for line in axes.collections if isinstance(line, Line3DCollection))


def segments_of(axes):
    return np.array(line_of(axes)._segments3d)  # matplotlib has no other way to ask for them


def test_line_joins_the_points_in_order_within_the_axes(rng):
    z = rng.normal(size=(20, 3))
    (axes,) = panels_of(draw_trajectories({"R": embedding_of(z)}))
    np.testing.assert_allclose(segments_of(axes), np.stack([z[:-1], z[1:]], axis=1))
    np.testing.assert_array_equal(line_of(axes).get_array(), 1 + 0.5 * np.arange(19))
    assert [axes.get_xlabel(), axes.get_ylabel(), axes.get_zlabel()] == ["z1", "z2", "z3"]
    low, high = np.array([axes.get_xlim(), axes.get_ylim(), axes.get_zlim()]).T
    assert np.all((low <= z.min(axis=0)) & (high >= z.max(axis=0)))
    assert axes.get_title() == "R\nmean cos(v, v next) 0.250, reconstruction 0.01235"


@pytest.mark.parametrize("n_runs", [1, 2, 3, 4, 5])
def test_panel_for_each_run_and_one_bar_for_time_of_the_same_colours_in_all(rng, n_runs):
    runs = [f"run{index}" for index in range(n_runs)]
    figure = draw_trajectories({run: embedding_of(rng.normal(size=(9, 3)), 2 - 0.1 * int(run[3:])) for run in runs})
    (bar,) = [axes for axes in figure.axes if axes.name != "3d"]
    assert [axes.get_title().split("\n")[0] for axes in panels_of(figure)] == runs
    assert (bar.get_ylabel(), bar.get_ylim()) == ("time (s)", (0.0, 17.0))
    assert {(line_of(axes).norm.vmin, line_of(axes).norm.vmax) for axes in panels_of(figure)} == {(0.0, 17.0)}


def test_more_dimensions_are_drawn_by_their_components(rng):
    z = rng.normal(size=(50, 12)) * np.array([9, 7, 5] + 9 * [0.01])
    (axes,) = panels_of(draw_trajectories({"RF_12d": embedding_of(z)}))
    assert [axes.get_xlabel(), axes.get_zlabel()] == ["component 1", "component 3"]
    assert axes.get_title().startswith("RF_12d (12 dimensions, 100% of the variance shown)\n")
    extents = np.ptp(segments_of(axes)[:, 0], axis=0)
    assert extents[0] > extents[1] > extents[2]


@pytest.mark.parametrize("latent_dim", [1, 2, 3])
def test_up_to_three_dimensions_are_drawn_as_they_are_without_warning(rng, latent_dim):
    z = rng.normal(size=(20, latent_dim))
    points, kept = first_three_components(z)
    assert kept is None
    np.testing.assert_array_equal(points, np.pad(z, ((0, 0), (0, 3 - latent_dim))))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (axes,) = panels_of(draw_trajectories({"R": embedding_of(z)}))
    assert np.all(segments_of(axes)[..., latent_dim:] == 0)


def test_path_in_three_of_many_dimensions_keeps_its_shape(rng):
    flat = rng.normal(size=(30, 3))
    rotation = np.linalg.qr(rng.normal(size=(12, 12)))[0][:3]
    points, kept = first_three_components(flat @ rotation + 5)
    assert kept == pytest.approx(1)
    distances = np.linalg.norm(points[:, None] - points, axis=-1)
    np.testing.assert_allclose(distances, np.linalg.norm(flat[:, None] - flat, axis=-1), atol=1e-10)
    corners = np.vstack([np.eye(4), -np.eye(4)])  # three of four equal dimensions
    assert first_three_components(corners)[1] == pytest.approx(0.75)


@pytest.mark.parametrize("sections", [(), ((0, "A"), (77_777, "B"))])
def test_an_hour_is_thinned_to_what_can_be_told_apart_which_the_title_says(rng, sections):
    z = rng.normal(size=(155_018, 3))
    figure = draw_trajectories({"R": embedding_of(z)}, sections)
    (axes,) = panels_of(figure)
    figure.canvas.draw()
    assert axes.title.get_window_extent().y1 <= figure.bbox.y1
    assert axes.get_title().endswith("\nevery 16th of 155,018 points")
    if sections:
        pieces = [np.array(line.get_data_3d()).T for line in axes.lines]
        np.testing.assert_array_equal(pieces[0][-1], pieces[1][0])
        drawn = np.concatenate([pieces[0][:-1], pieces[1]])
    else:
        drawn = segments_of(axes)[:, 0]
        np.testing.assert_array_equal(line_of(axes).get_array(), (1 + 0.5 * np.arange(155_018))[::16][:-1])
    assert len(drawn) <= MAX_POINTS
    np.testing.assert_allclose(drawn, z[::16][: len(drawn)])
    assert axes.get_xlim()[0] <= z[:, 0].min()
