import numpy as np
import pytest

from embed.themes.self_similarity import cosine_similarity, patch_similarity
from forecast.themes.lag import find_by_lag
from forecast.themes.nieto_farbood import find_by_nieto_farbood


def piece(rng, n_frames, *repeats):
    """Frames of which no two are alike, but for the repeats: (first frame, frames, starts of copies)."""
    frames = rng.normal(size=(n_frames, 60))
    for start, length, copies in repeats:
        for copy in copies:
            frames[copy : copy + length] = frames[start : start + length]
    return frames


def test_all_occurrences_of_a_theme_are_found_to_the_frame(rng):
    (theme,) = find_by_lag(cosine_similarity(piece(rng, 400, (20, 60, (150, 300)))), frames_per_beat=4)
    assert theme.occurrences.tolist() == [[20, 80], [150, 210], [300, 360]]
    assert theme.strength == pytest.approx(60, rel=0.01)
    matrix = cosine_similarity(piece(rng, 300, (0, 60, (240,))))  # at the ends of the piece
    for shared in (0, 0.5):  # thresholds are relative to what unrelated frames have in common
        (theme,) = find_by_lag(shared + (1 - shared) * matrix, frames_per_beat=4)
        assert theme.occurrences.tolist() == [[0, 60], [240, 300]]


def test_other_occurrences_may_be_a_little_less_alike():
    matrix, stripe = np.eye(500), np.arange(60)
    for start, alike in ((120, 0.95), (240, 0.7), (360, 0.6)):
        matrix[stripe + 20, stripe + start] = matrix[stripe + start, stripe + 20] = alike
    themes = find_by_lag(matrix, frames_per_beat=4)
    assert themes[0].occurrences.tolist() == [[20, 80], [120, 180], [240, 300]]


def test_longer_themes_come_first(rng):
    frames = piece(rng, 600, (10, 40, (100,)), (200, 90, (400,)), (310, 60, (520,)))
    themes = find_by_lag(cosine_similarity(frames), frames_per_beat=4)
    assert [theme.occurrences.tolist() for theme in themes] == [
        [[200, 290], [400, 490]],
        [[310, 370], [520, 580]],
        [[10, 50], [100, 140]],
    ]
    assert [theme.strength for theme in themes] == sorted([theme.strength for theme in themes], reverse=True)
    assert len(find_by_lag(cosine_similarity(frames), frames_per_beat=4, max_themes=2)) == 2


def test_part_of_a_theme_that_comes_alone_too_is_a_theme_of_its_own(rng):
    frames = piece(rng, 500, (20, 100, (200,)), (20, 40, (400,)))
    whole, part, *_ = find_by_lag(cosine_similarity(frames), frames_per_beat=4)
    assert whole.occurrences.tolist() == [[20, 120], [200, 300]]
    assert part.occurrences.tolist() == [[20, 60], [200, 240], [400, 440]]


def test_a_transposed_repeat_of_patches_is_found(rng):
    frames = np.zeros((260, 72))
    frames[:, 24:48] = rng.gamma(0.3, size=(260, 24))
    frames[180:240] = np.roll(frames[30:90], 10, axis=1)
    (theme,) = find_by_lag(patch_similarity(frames, 8, semitones=6), frames_per_beat=4)
    patches = np.array([[30, 90], [180, 240]]) - 4  # of 8 frames that are half inside
    assert theme.occurrences == pytest.approx(patches, abs=2)
    assert find_by_lag(patch_similarity(frames, 8), frames_per_beat=4) == []


def test_the_shortest_theme_is_counted_in_beats(rng):
    matrix = cosine_similarity(piece(rng, 300, (20, 30, (150,)), (60, 50, (200,))))
    lengths = [int(np.ptp(theme.occurrences[0])) for theme in find_by_lag(matrix, frames_per_beat=2)]
    assert lengths == [50, 30]
    assert [len(find_by_lag(matrix, frames_per_beat=beat)) for beat in (4, 14, 20)] == [2, 1, 0]


def test_a_repeat_that_is_less_alike_is_found_if_there_is_nothing_better(rng):
    frames = piece(rng, 300, (20, 60, (150,)))
    frames[150:210] += 1.1 * rng.normal(size=(60, 60))  # correlation of about .67
    themes = find_by_lag(cosine_similarity(frames), frames_per_beat=4)
    assert themes
    for theme in themes:  # similarity goes up and down, so parts of it
        assert np.diff(theme.occurrences[:, 0]).tolist() == [130]
        assert 18 <= theme.occurrences[0, 0] < theme.occurrences[0, 1] <= 82


def test_occurrences_are_as_long_and_apart(rng):
    tone = np.tile(rng.normal(size=(10, 60)), (30, 1))  # the same every ten frames
    for theme in find_by_lag(cosine_similarity(tone), frames_per_beat=2, min_beats=16):
        lengths = np.diff(theme.occurrences, axis=1)
        assert len(set(lengths.ravel())) == 1
        assert (np.diff(theme.occurrences[:, 0]) >= lengths[0] // 2).all()
        assert 0 <= theme.occurrences.min() < theme.occurrences.max() <= 300


@pytest.mark.parametrize(
    "matrix",
    [
        *(np.zeros((0, 0)), np.ones((1, 1)), np.ones((5, 5)), np.zeros((90, 90)), np.ones((90, 90)), np.eye(90)),
        cosine_similarity(np.random.default_rng(440).normal(size=(400, 60))),
    ],
    ids=["empty", "one cell", "tiny", "zeros", "ones", "nothing repeats", "noise"],
)
def test_where_nothing_repeats_there_are_no_themes(matrix):
    assert find_by_lag(matrix, frames_per_beat=4) == []


@pytest.mark.parametrize(
    ("matrix", "frames_per_beat", "message"),
    [
        (np.zeros((3, 4)), 1, r"matrix of shape \(3, 4\): must be \(n, n\)"),
        (np.full((4, 4), np.nan), 1, "matrix: must hold finite numbers only"),
        (np.zeros((4, 4)), -2.0, "frames_per_beat=-2.0: must be above 0"),
    ],
)
@pytest.mark.parametrize("find", [find_by_lag, find_by_nieto_farbood])
def test_what_cannot_be_searched_is_refused(find, matrix, frames_per_beat, message):
    with pytest.raises(ValueError, match=message):
        find(matrix, frames_per_beat=frames_per_beat)
