import numpy as np
import pytest

from save_dataset.themes.draw_recordings import MAX_PIECES, draw_pieces, times_of
from save_dataset.themes.recordings import Recordings

TRUTH = [(0, 0, 0, 4, 60), (0, 0, 0, 6, 62), (0, 0, 1, 10, 60), (0, 0, 1, 12, 62), (0, 1, 0, 4, 60), (0, 1, 1, 10, 60)]


def recordings_of(n_pieces, rng, n_frames=100, n_bins=120):
    return Recordings(
        frames=rng.standard_normal((n_pieces * n_frames, n_bins)).astype(np.float32),
        starts=np.arange(n_pieces + 1) * n_frames,
        names=np.array([f"piece_{index}" for index in range(n_pieces)]),
        paths=np.array(["x.wav"] * n_pieces),
        splits=np.array(["train"] * n_pieces),
        is_searched=np.ones(n_pieces, bool),
        lead_ins_s=np.full(n_pieces, 0.5),
        durations_s=np.full(n_pieces, n_frames * 0.1),
        bpm=np.array([90.0, *[np.nan] * (n_pieces - 1)]),
        notes=np.array([(0, 0.5 + beat * 0.5, beat + 3, 60) for beat in range(12)]),
        truth=np.array(TRUTH, float),
        hop_s=0.1,
    )


def test_pitches_time_and_patterns_are_where_they_belong(rng):
    figure = draw_pieces(recordings_of(2, rng), 65.406, 24)
    transform, bars, other = figure.axes
    labels = [label.get_text() for label in transform.get_yticklabels()]
    assert labels == ["C2", "C3", "C4", "C5", "C6", "C7"]
    np.testing.assert_allclose(transform.get_yticks(), [0, 24, 48, 72, 96, 120], atol=0.01)
    assert transform.get_xlim() == bars.get_xlim() == (0, 10)
    assert transform.get_title(loc="left") == "piece_0, 90 bpm"
    assert other.get_title(loc="left") == "piece_1"
    np.testing.assert_allclose(transform.lines[0].get_xdata(), 0.5)
    spans = [(bar.get_x(), bar.get_width(), round(bar.get_y() + bar.get_height() / 2)) for bar in bars.patches]
    np.testing.assert_allclose(spans, [(1, 1, 0), (4, 1, 0), (1, 0, 1), (4, 0, 1)])
    assert other.get_xlabel() == "time (s)"


def test_the_first_pieces_are_drawn(rng):
    figure = draw_pieces(recordings_of(MAX_PIECES + 2, rng), 65.4, 24)
    titles = [axes.get_title(loc="left") for axes in figure.axes if axes.get_title(loc="left")]
    assert len(titles) == MAX_PIECES
    assert titles[-1] == "piece_4"


def test_beats_become_seconds_of_the_score():
    score = np.array([(1.0, 0, 60), (2.0, 2, 60), (3.0, 6, 60)])
    assert times_of(np.array([0, 1, 4, 6]), score) == pytest.approx([1, 1.5, 2.5, 3])
