import numpy as np
import pytest
from matplotlib.collections import PolyCollection, QuadMesh

from pipeline.figures import new_figure
from save_dataset.midi.draw_music import draw_music

DRUMS = [f"{kind} {name}" for kind in ("hit", "velocity", "offset") for name in ("kick", "closed_hat")]
NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
KEYS = [f"{name}{octave}" for octave in (3, 4, 5) for name in NAMES]
ROLL = [f"{kind} {key}" for kind in ("onset", "frame") for key in KEYS]


@pytest.fixture
def axes():
    return new_figure().add_subplot()


def boxes_of(axes):
    """Left, bottom, width, height of each cell."""
    (cells,) = (artist for artist in axes.collections if type(artist) is PolyCollection)
    return np.array([path.get_extents().bounds for path in cells.get_paths()]), cells


def labels_of(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


def test_a_hit_is_a_cell_as_dark_as_its_velocity_and_as_early_as_its_offset(axes):
    steps = np.zeros((16, 6))
    steps[4] = [0, 1, 0, 0.6, 0, 0.5]  # half of half a step early
    draw_music(axes, steps, DRUMS, 4, steps_per_bar=16)
    boxes, cells = boxes_of(axes)
    np.testing.assert_allclose(boxes, [[3.75, 1 - 0.43, 0.8, 0.86]])
    np.testing.assert_array_equal(cells.get_array(), [0.6])
    assert cells.get_clim() == (-1, 1)
    assert labels_of(axes.yaxis) == ["kick", "closed hat"]


def test_half_a_hit_is_half_as_high_and_a_negative_one_has_the_other_colour(axes):
    steps = np.zeros((4, 6))
    steps[1, [0, 2]] = 0.5
    steps[2, [0, 2]] = -0.5
    draw_music(axes, steps, DRUMS, 4)
    boxes, cells = boxes_of(axes)
    np.testing.assert_allclose(boxes[:, 3], 0.43)
    red, _, blue, _ = np.transpose(cells.to_rgba(cells.get_array()))
    assert blue[0] > red[0]
    assert red[1] > blue[1]


def test_what_is_beyond_the_range_stays_in_its_row_and_near_its_step_and_the_music_is_left_alone(axes):
    steps = np.full((4, 6), 7.0)
    draw_music(axes, steps, DRUMS, 4)
    boxes, _ = boxes_of(axes)
    assert boxes[:, 3].max() == pytest.approx(0.86)
    np.testing.assert_allclose(np.unique(boxes[:, 0]), np.arange(4) - 0.5)
    assert (steps == 7).all()


def test_hits_without_velocities_are_as_dark_as_they_are_high(axes):
    draw_music(axes, np.array([[0.3], [0.9]]), ["hit kick"], 4)
    _, cells = boxes_of(axes)
    np.testing.assert_array_equal(cells.get_array(), [0.3, 0.9])


def test_frames_are_light_onsets_dark(axes):
    steps = np.zeros((16, len(ROLL)))
    steps[4, 14] = 1  # D4
    steps[4:8, len(KEYS) + 14] = 1
    draw_music(axes, steps, ROLL, 4, steps_per_bar=16)
    boxes, onsets = boxes_of(axes)
    np.testing.assert_allclose(boxes, [[4, 13.5, 0.4, 1]])
    (mesh,) = (artist for artist in axes.collections if isinstance(artist, QuadMesh))
    sounding = np.argwhere(~np.ma.getmaskarray(mesh.get_array()))
    np.testing.assert_array_equal(sounding, [[14, step] for step in range(4, 8)])
    assert axes.get_axisbelow()  # no line crosses what sounds
    assert onsets.to_rgba([1.0])[0, :3].sum() < 0.6 * mesh.to_rgba([1.0])[0, :3].sum()


def test_only_octaves_in_use_are_shown_and_all_in_silence(axes):
    steps = np.zeros((4, len(KEYS)))
    draw_music(axes, steps, [f"frame {key}" for key in KEYS], 4)
    assert axes.get_ylim() == (-0.5, len(KEYS) - 0.5)
    steps[0, 14] = 1
    draw_music(axes, steps, [f"frame {key}" for key in KEYS], 4)
    assert axes.get_ylim() == (11.5, 24.5)  # C4 to C5
    assert labels_of(axes.yaxis) == ["C3", "C4", "C5"]


@pytest.mark.parametrize(
    ("steps_per_bar", "ticks", "word"), [(16, [0, 16], "bar"), (None, [0, 4, 8, 12, 16, 20, 24, 28], "beat")]
)
def test_ticks_are_bars_or_else_beats_counted_from_one(axes, steps_per_bar, ticks, word):
    draw_music(axes, np.ones((32, 6)), DRUMS, 4, steps_per_bar=steps_per_bar, title="two bars")
    assert axes.get_xticks().tolist() == ticks
    assert labels_of(axes.xaxis) == [str(index + 1) for index in range(len(ticks))]
    assert axes.get_xlabel() == word
    assert axes.get_title(loc="left") == "two bars"


def test_tokens_are_dots_over_steps(axes, rng):
    tokens = rng.normal(size=(50, 1))
    draw_music(axes, tokens, np.array(["token"]), 4)
    (line,) = axes.lines
    np.testing.assert_array_equal(line.get_ydata(), tokens[:, 0])
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("step", "token")


@pytest.mark.parametrize("shape", [(16, 5), (16,), (0, 6)])
def test_arrays_that_do_not_fit_their_channels_are_refused(axes, shape):
    with pytest.raises(ValueError, match=r"steps\.shape=.*must be \(n_steps, 6\)"):
        draw_music(axes, np.zeros(shape), DRUMS, 4)
