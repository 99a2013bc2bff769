import base64

import numpy as np
import pytest

from embed.song.alignment import align
from embed.song.player.trajectories import MAX_POINTS, RADIUS, check_runs, describe_runs

HOP_S = 0.0232


def embedding_of(z, window_s=0.5):
    starts_s = HOP_S * np.arange(len(z))
    return {"z": z, "starts_s": starts_s, "times_s": starts_s + window_s / 2, "ends_s": starts_s + window_s}


def unpack_points(text):
    return np.frombuffer(base64.b64decode(text), "<i2").reshape(-1, 3) / RADIUS


def unpack_times(text):
    return np.frombuffer(base64.b64decode(text), "<f4")


def in_frame(shown):
    lowest, highest = shown.min(axis=0), shown.max(axis=0)
    return (shown - (lowest + highest) / 2) / (np.linalg.norm(highest - lowest) / 2)


@pytest.fixture
def walk(rng):
    return np.cumsum(rng.normal(size=(300, 3)), axis=0)


def test_a_trajectory_in_three_dimensions_is_shown_as_it_is(walk):
    (run,) = describe_runs({"R": embedding_of(walk)}, {})
    np.testing.assert_allclose(unpack_points(run["points"]), in_frame(walk), atol=0.51 / RADIUS)
    np.testing.assert_allclose(unpack_times(run["times_s"]), 0.25 + HOP_S * np.arange(300), rtol=1e-6)
    assert np.linalg.norm(run["half_box"]) == pytest.approx(1, abs=1e-3)
    assert (run["name"], run["latent_dim"], run["kept"], run["forecasts"]) == ("R", 3, None, {})
    assert (run["window_s"], run["step_s"]) == (pytest.approx(0.5), pytest.approx(HOP_S))


def test_fewer_dimensions_are_shown_with_zeros_and_more_by_their_principal_components(rng, walk):
    (run,) = describe_runs({"R": embedding_of(walk[:, :2])}, {})
    shown = in_frame(np.pad(walk[:, :2], ((0, 0), (0, 1))))
    np.testing.assert_allclose(unpack_points(run["points"]), shown, atol=0.51 / RADIUS)
    rotation, _ = np.linalg.qr(rng.normal(size=(12, 12)))
    flat = np.pad(walk, ((0, 0), (0, 9))) @ rotation + 5
    first, other = describe_runs({"R": embedding_of(walk), "R_12d": embedding_of(flat)}, {})
    assert other["kept"] == pytest.approx(1)
    np.testing.assert_allclose(unpack_points(other["points"]), unpack_points(first["points"]), atol=1.1 / RADIUS)


def test_the_others_are_aligned_to_the_first(rng, walk):
    other = walk @ np.linalg.qr(rng.normal(size=(3, 3)))[0] * 4 + 7 + rng.normal(size=walk.shape)
    _, run = describe_runs({"R": embedding_of(walk), "RF": embedding_of(other)}, {})
    np.testing.assert_allclose(unpack_points(run["points"]), in_frame(align(other, walk)), atol=0.51 / RADIUS)


def test_windows_of_other_lengths_are_aligned_in_time():
    def helix(times_s):
        return np.stack([np.cos(times_s), np.sin(times_s), 0.2 * times_s], axis=1)

    short, long = embedding_of(np.empty((600, 3))), embedding_of(np.empty((535, 3)), window_s=2.0)
    short["z"], long["z"] = helix(short["times_s"]), -helix(long["times_s"])[:, [2, 0, 1]]
    first, run = describe_runs({"R": short, "RF_2s": long}, {})
    shown = in_frame(helix(long["times_s"]))
    np.testing.assert_allclose(unpack_points(run["points"]), shown, atol=2e-3)
    assert unpack_times(run["times_s"])[0] == pytest.approx(1.0)
    assert len(unpack_points(first["points"])) == 600


def test_a_forecast_that_is_true_lies_on_the_trajectory_wherever_that_was_rotated(rng, walk):
    z = rng.normal(size=(300, 12)).cumsum(axis=0)
    starts = np.array([40, 10, 200])  # in no order
    truth = z[starts[:, None] + np.arange(31)]
    embeddings = {"R": embedding_of(walk), "RF_12d": embedding_of(z)}
    _, run = describe_runs(embeddings, {"RF_12d": {"knn": {"starts": starts, "forecast": truth}}})
    forecast, in_order = run["forecasts"]["knn"], np.sort(starts)
    assert forecast["n_points"] == 31
    assert forecast["starts_s"] == pytest.approx(0.25 + HOP_S * in_order, abs=1e-5)
    expected = unpack_points(run["points"])[in_order[:, None] + np.arange(31)].reshape(-1, 3)
    np.testing.assert_allclose(unpack_points(forecast["points"]), expected, atol=1.1 / RADIUS)


def test_a_forecast_that_diverges_is_cut(walk):
    forecast = np.full((1, 3, 3), 1e9)
    forecast[0, 0] = walk[5]
    (run,) = describe_runs({"R": embedding_of(walk)}, {"R": {"var": {"starts": np.array([5]), "forecast": forecast}}})
    points = unpack_points(run["forecasts"]["var"]["points"])
    np.testing.assert_allclose(points[0], in_frame(walk)[5], atol=0.51 / RADIUS)
    np.testing.assert_allclose(points[1:], 32767 / RADIUS)


def test_an_hour_is_thinned_to_what_a_screen_shows(rng):
    z = rng.normal(size=(155_018, 3))
    (run,) = describe_runs({"R": embedding_of(z)}, {})
    points = unpack_points(run["points"])
    assert MAX_POINTS / 2 < len(points) <= MAX_POINTS
    np.testing.assert_allclose(points, in_frame(z)[::8], atol=0.51 / RADIUS)
    np.testing.assert_allclose(unpack_times(run["times_s"]), 0.25 + HOP_S * np.arange(0, 155_018, 8), rtol=1e-6)
    assert run["step_s"] == pytest.approx(HOP_S)


@pytest.mark.parametrize(
    ("run", "wrong", "message"),
    [
        ("RF", {}, "forecasts: 'RF': must be one of the runs R"),
        (
            "R",
            {"forecast": np.zeros((2, 31, 12))},
            r"R, knn: forecast.shape=\(2, 31, 12\): must be \(2, n_steps \+ 1, 3\)",
        ),
        ("R", {"starts": np.array([0, 300])}, "R, knn: starts: must be indices of its 300 points"),
    ],
)
def test_what_does_not_belong_together_is_refused(walk, run, wrong, message):
    forecast = {"starts": np.array([0, 9]), "forecast": np.zeros((2, 31, 3))}
    check_runs({"R": embedding_of(walk)}, {"R": {"knn": forecast}})
    with pytest.raises(ValueError, match=message):
        check_runs({"R": embedding_of(walk)}, {run: {"knn": forecast | wrong}})
