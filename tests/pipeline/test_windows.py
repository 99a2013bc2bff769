import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.windows import Stretch, count_window_frames, evenly_spread_windows, window_times

PAPER = {"hop_s": 1024 / 44100, "frame_s": 1024 / 44100}
STRETCHES = st.builds(
    Stretch,
    window_frames=st.integers(1, 40),
    history=st.integers(1, 50),
    future=st.integers(0, 10),
    n_samples=st.integers(1, 12),
)


@pytest.mark.parametrize(("length_s", "n_frames"), [(0.5, 22), (2.0, 88)])
def test_windows_of_the_paper(length_s, n_frames):
    assert count_window_frames(length_s, **PAPER) == n_frames


@given(length_s=st.floats(0.001, 30), window=st.sampled_from([256, 1024, 4096]), hops=st.integers(1, 8))
def test_window_is_the_index_of_the_nearest_frame_plus_one_rounded_up_to_even(length_s, window, hops):
    frame_s = window / 44100
    hop_s = frame_s / hops
    n_frames = count_window_frames(length_s, hop_s=hop_s, frame_s=frame_s)
    distances_s = np.abs(frame_s / 2 + hop_s * np.arange(n_frames + 2) - length_s)
    nearest = np.flatnonzero(np.isclose(distances_s, distances_s.min(), rtol=0, atol=1e-9 * hop_s))
    assert n_frames in {2 * ((index + 2) // 2) for index in nearest}


def test_stretch_of_the_paper_and_of_samples_that_share_their_windows():
    paper = Stretch(22, history=45, future=1)
    assert (paper.n_windows, paper.n_frames) == (46, 46 + 21)
    assert Stretch(22, history=45, future=1, n_samples=4).n_windows == 46 + 3
    assert Stretch(22, n_samples=4).n_frames == 25


def test_starts_follow_each_other_and_the_last_ends_with_the_song():
    stretch = Stretch(window_frames=3, history=2, future=1, n_samples=4)  # 8 frames
    assert stretch.starts(8).tolist() == [0]
    assert stretch.starts(16).tolist() == [0, 4, 8]
    assert stretch.starts(18).tolist() == [0, 4, 8, 10]


@given(stretch=STRETCHES, n_more=st.integers(0, 60))
def test_stretches_hold_every_sample_and_stay_in_the_song(stretch, n_more):
    n_frames = stretch.n_frames + n_more
    starts = stretch.starts(n_frames)
    n_song_windows = n_frames - stretch.window_frames + 1
    samples = range(stretch.history - 1, n_song_windows - stretch.future)
    held = starts[:, None] + stretch.history - 1 + np.arange(stretch.n_samples)
    assert set(held.ravel()) == set(samples)
    assert len(starts) == -(-len(samples) // stretch.n_samples)
    assert 0 <= starts.min() <= starts.max() == n_frames - stretch.n_frames


@pytest.mark.parametrize(
    ("centres_s", "frame_s", "starts_s", "times_s", "ends_s"),
    [
        ([0.5, 1.5, 2.5, 3.5], 1.0, [0, 1, 2], [1, 2, 3], [2, 3, 4]),
        ([1.0, 1.5, 2.0], 2.0, [0, 0.5], [1.25, 1.75], [2.5, 3]),
        ([0.5, 1.5], 1.0, [0], [1], [2]),
    ],
    ids=["without overlap", "with overlap", "of one window"],
)
def test_times_of_windows_of_two_frames(centres_s, frame_s, starts_s, times_s, ends_s):
    times = window_times(np.array(centres_s), window_frames=2, frame_s=frame_s)
    expected = {"starts_s": starts_s, "times_s": times_s, "ends_s": ends_s}
    assert {key: value.tolist() for key, value in times.items()} == expected


def test_of_a_long_song_evenly_spread_windows_are_taken():
    frames = np.arange(40.0)[:, None]
    windows = evenly_spread_windows(frames, 4, max_windows=10)
    assert windows[:, 0, 0].tolist() == list(range(0, 37, 4))
    assert windows[1, :, 0].tolist() == [4, 5, 6, 7]
    assert evenly_spread_windows(frames[:13], 4, max_windows=10)[:, 0, 0].tolist() == list(range(10))
