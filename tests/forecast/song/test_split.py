import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from forecast.song.split import Split, clips_and_velocities, split


@given(
    n_points=st.integers(30, 400),
    share=st.floats(0.1, 0.9),
    window_points=st.integers(1, 30),
    n_seen=st.integers(1, 30),
    horizon_steps=st.integers(1, 30),
)
def test_between_fitted_and_scored_no_sound_is_shared(n_points, share, window_points, n_seen, horizon_steps):
    try:
        found = split(n_points, share, window_points=window_points, n_seen=n_seen, horizon_steps=horizon_steps)
    except ValueError:
        assume(False)
    fitted, scored = range(found.n_fitted), range(found.first_unseen, n_points)
    first_point_seen = scored[0] - n_seen + 1
    assert first_point_seen - fitted[-1] >= window_points  # of all it is shown, no window overlaps with one fitted on
    assert scored[0] + horizon_steps in scored
    assert len(fitted) > n_seen  # holds a clip and its velocity
    assert found.n_fitted == int(share * n_points)


@pytest.mark.parametrize(("n_points", "share"), [(144, 0.5), (1270, 0.95), (1270, 0.015), (0, 0.5)])
def test_song_too_short_for_both_is_refused(n_points, share):
    with pytest.raises(
        ValueError, match=rf"^fit.fraction={share}: of {n_points} points {int(n_points * share)} are to"
    ):
        split(n_points, share, window_points=22, n_seen=20, horizon_steps=30)


def test_shortest_song_that_has_both():
    assert split(145, 0.5, window_points=22, n_seen=20, horizon_steps=30) == Split(72, 114)


def test_clips_and_velocities_of_a_case_done_by_hand():
    clips, velocities = clips_and_velocities(np.array([[0.0], [1.0], [3.0], [7.0], [5.0]]), 3)
    np.testing.assert_array_equal(clips[..., 0], [[0, 1, 3], [1, 3, 7]])
    np.testing.assert_array_equal(velocities, [[4], [-2]])


@given(n_points=st.integers(2, 30), n_seen=st.integers(1, 29))
def test_every_clip_with_a_next_point_is_there(n_points, n_seen):
    assume(n_points > n_seen)
    z = np.random.default_rng(n_points).normal(size=(n_points, 3))
    clips, velocities = clips_and_velocities(z, n_seen)
    assert clips.shape == (n_points - n_seen, n_seen, 3)
    np.testing.assert_array_equal(clips[:, -1], z[n_seen - 1 : -1])
    np.testing.assert_allclose(clips[:, -1] + velocities, z[n_seen:])
    np.testing.assert_array_equal(clips[:, 0], z[: n_points - n_seen])
