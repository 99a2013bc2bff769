"""What figures and table of properties show."""

import numpy as np
import pytest

from evaluate.instruments.draw_properties import draw_clusters_of_pitch, draw_three, property_rows
from evaluate.instruments.pitch_shift import measure_pitch_shift
from tests.drawn import curves_of
from tests.noise_clips import noise_clips

MEASURES = {
    "names": np.array(["dft", "time"]),
    "recall": np.array([0.25, 0.5]),
    "stability": np.array([[0.9, 1.0], [0.1, 0.2]]),
    "dilations": np.array([0.01, 0.05]),
    "invariance": np.array([[0.0, 0.0], [0.01, 0.02]]),
    "shifts_ms": np.array([1.0, 200.0]),
    "semitone": np.array([1.0, 0.3]),
    "convergence": np.array([-140.0, np.nan]),
}


def test_curves_begin_where_nothing_is_changed():
    discriminability, stability, _ = draw_three(MEASURES).axes
    assert curves_of(stability)["|DFT|"].get_xydata().tolist() == [[0, 0], [1, 0.9], [5, 1.0]]
    assert [bar.get_width() for bar in discriminability.patches] == [25, 50]


def test_the_table_leaves_empty_what_is_not_there():
    dft, time = property_rows(MEASURES)
    assert [*dft.values()] == ["|DFT|", "25.0", "0.900", "1.000", "1.000", "0.000", "-140.0"]
    assert [*time.values()][-1] == ""


@pytest.mark.parametrize("n_classes", [1, 5])
def test_each_instrument_has_a_panel_and_each_cluster_its_number_of_pairs(n_classes, rng):
    clips = noise_clips(rng, n_classes, pitches=np.full(16 * n_classes, 60.0))
    figure = draw_clusters_of_pitch(measure_pitch_shift(clips))
    seen = [axes for axes in figure.axes if axes.get_visible()]
    assert [axes.get_title() for axes in seen] == [*clips.class_names]
    assert [text.get_text().strip() for text in seen[-1].texts][1:] == ["120", "120", "120"]
