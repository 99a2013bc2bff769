import numpy as np

from forecast.themes.notes import from_beats, notes_of, patterns_of, to_beats, to_whole_beats
from tests.themes_of_scale import LEAD_IN_S, PATTERN, scale_recordings

# one second of silence, four beats of 0.5 s, then beats of 1 s; the first beat is -1, as in a piece with an upbeat
SLOWER = np.array([(1.0, -1, 60), (1.0, -1, 64), (1.5, 0, 62), (3.0, 3, 64), (4.0, 4, 65), (7.0, 7, 67)])


def test_seconds_are_beats_after_the_leading_silence():
    score = scale_recordings().score(0)
    np.testing.assert_allclose(to_beats(np.array([LEAD_IN_S, LEAD_IN_S + 2.25]), score), [0, 4.5])


def test_beats_follow_a_change_of_tempo_and_go_on_at_the_tempo_of_either_end():
    times_s = np.array([[1.0, 1.25], [2.0, 2.5], [3.5, 6.5]])
    np.testing.assert_allclose(to_beats(times_s, SLOWER), [[-1, -0.5], [1, 2], [3.5, 6.5]])
    np.testing.assert_allclose(to_beats(np.array([0.0, 0.5, 8.0, 10.0]), SLOWER), [-3, -2, 8, 10])


def test_beats_are_the_inverse_of_seconds(rng):
    beats = rng.uniform(-5, 15, 50)
    np.testing.assert_allclose(to_beats(from_beats(beats, SLOWER), SLOWER), beats)


def test_a_score_of_one_chord_has_beats_of_half_a_second():
    chord = np.array([(2.0, 4, 60), (2.0, 4, 64)])
    np.testing.assert_allclose(to_beats(np.array([1.0, 2.0, 3.0]), chord), [2, 4, 6])
    np.testing.assert_allclose(from_beats(np.array([4, 5]), chord), [2, 2.5])


def test_spans_become_the_nearest_whole_beats():
    np.testing.assert_array_equal(to_whole_beats(np.array([[1.2, 2.4], [2.6, 6.4]]), SLOWER), [[-1, 2], [2, 6]])


def test_notes_of_a_span_begin_in_it_and_not_at_its_end():
    assert notes_of(np.array([1.4, 3.1]), SLOWER) == [(0.0, 62.0)]
    assert notes_of(np.array([1.4, 4.1]), SLOWER) == [(0.0, 62.0), (3.0, 64.0)]
    # those of a chord are all there in order of pitch, and those twice in the score are one
    for score in (SLOWER[::-1], np.vstack([SLOWER, SLOWER])):
        assert notes_of(np.array([0.9, 1.6]), score) == [(-1.0, 60.0), (-1.0, 64.0)]


def test_notes_off_the_beat_are_there_and_a_span_without_notes_has_none():
    triplet = np.array([(1.0, 0, 60), (1 + 1 / 3, 1 / 3, 62), (1 + 2 / 3, 2 / 3, 64), (2.0, 1, 65)])
    assert [pitch for _, pitch in notes_of(np.array([1.0, 2.0]), triplet)] == [60, 62, 64]
    assert notes_of(np.array([9.6, 9.9]), SLOWER) == []


def test_spans_that_are_the_pattern_are_its_notes():
    recordings = scale_recordings()
    assert patterns_of([np.array([[1.02, 2.45], [4.9, 6.6]])], recordings.score(0)) == [PATTERN]


def test_a_theme_with_notes_in_one_occurrence_only_is_no_pattern():
    silence, music = [20.0, 22.0], [1.0, 2.0]
    themes = [np.array([music, silence]), np.array([music, silence, [5.0, 6.0]])]
    (pattern,) = patterns_of(themes, scale_recordings().score(0))
    assert [len(notes) for notes in pattern] == [2, 2]
