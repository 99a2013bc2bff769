import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.windows import Sample, count_window_frames, evenly_spread_windows, window_times

PAPER = {"hop_s": 1024 / 44100, "frame_s": 1024 / 44100}
SAMPLES = st.builds(Sample, st.integers(1, 40), *(st.integers(0, 50) for _ in range(4)))


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


def test_samples_of_the_paper_begin_with_a_whole_clip_and_end_before_the_last_window():
    for sample in (Sample(22, before=44, after=1), Sample(22, after=1, remembered=44)):
        assert sample.n_frames == 46 + 21
        assert sample.of_song(100).tolist() == list(range(44, 78))


@given(sample=SAMPLES, n_more=st.integers(0, 60))
def test_samples_stay_in_the_song_and_none_is_left_out(sample, n_more):
    n_windows = sample.n_frames + n_more - sample.window_frames + 1
    t = sample.of_song(sample.n_frames + n_more)
    assert len(t) == 1 + n_more
    assert t[0] == sample.before + sample.remembered
    assert t[-1] + max(sample.after, sample.max_lag) == n_windows - 1
    with pytest.raises(ValueError, match=rf"^model.clip_windows, .*a sample takes {sample.n_frames} frames"):
        sample.of_song(sample.n_frames - 1)


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


@pytest.mark.parametrize("shape", [(2**26, 1), (2**20, 64)])
def test_of_long_windows_fewer_are_taken(shape):
    frames = np.broadcast_to(np.float32(0), shape)
    windows = evenly_spread_windows(frames, 2**16 // shape[1])
    assert 0.9 * 2**10 <= len(windows) <= 2**10
