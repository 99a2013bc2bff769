import numpy as np
import pretty_midi
import pytest

from evaluate.dictionary.music_statistics import (
    has_statistics,
    interval_histogram,
    notes_of,
    statistics_of,
    time_histogram,
)
from pipeline.notes import LOWEST_KEY

BOTH = {"onset": slice(0, 88), "frame": slice(88, 176)}
DRUMS = {"hit": slice(0, 2), "velocity": slice(2, 4), "offset": slice(4, 6)}
BEAT = 6  # bin of times of one beat: from an eighth of a beat on, two bins an octave
UNISON = 17
C4 = 60


def play(notes, n_steps=16):
    """Onsets and frames of notes (pitch, first step, number of steps)."""
    steps = np.zeros((n_steps, 176), np.float32)
    for pitch, start, n_held in notes:
        steps[start, pitch - LOWEST_KEY] = 1
        steps[start : start + n_held, 88 + pitch - LOWEST_KEY] = 1
    return steps


def test_quarter_notes_that_rise_by_whole_tones():
    statistics = statistics_of(play([(C4 + 2 * n, 4 * n, 4) for n in range(4)]), BOTH, 16)
    assert {name: len(values) for name, values in statistics.items()} == {
        "rhythm_and_melody": 59,
        "pitches": 88,
        "pitch_classes": 12,
    }
    durations, waits, intervals = np.split(statistics["rhythm_and_melody"], [12, 24])
    assert durations[BEAT] == waits[BEAT] == intervals[UNISON + 2] == 1
    assert statistics["rhythm_and_melody"].sum() == 3
    np.testing.assert_array_equal(np.flatnonzero(statistics["pitches"]), C4 - LOWEST_KEY + np.array([0, 2, 4, 6]))
    np.testing.assert_array_equal(statistics["pitch_classes"][[0, 2, 4, 6]], 0.25)


def test_times_are_counted_in_half_octaves_of_a_beat():
    steps = np.array([0, 1, 2, 3, 4, 6, 8, 16, 24, 999])  # of a quarter of a beat
    bins = [time_histogram(np.array([n_steps]), 16).argmax() - BEAT for n_steps in steps]
    assert bins == [-6, -4, -2, -1, 0, 1, 2, 4, 5, 5]
    np.testing.assert_array_equal(time_histogram(steps * 6, 96), time_histogram(steps, 16))


def test_intervals_are_clipped_and_go_upwards_in_a_chord():
    steps = play([(C4, 0, 1), (C4 + 4, 0, 1), (C4 - 30, 4, 1), (C4 + 30, 8, 1)])
    assert interval_histogram(notes_of(steps, BOTH)[0][:, 1]).nonzero()[0].tolist() == [0, UNISON + 4, 34]


def test_note_ends_where_its_key_is_struck_anew_or_the_piece_is_over():
    notes, ends = notes_of(play([(C4, 0, 3), (C4, 3, 9), (108, 8, 8), (21, 15, 1)]), BOTH)
    assert notes.tolist() == [[0, 39], [3, 39], [8, 87], [15, 0]]
    assert ends.tolist() == [3, 12, 16, 16]


def test_notes_are_those_of_pretty_midi(rng):
    instrument = pretty_midi.Instrument(0)
    for pitch in range(40, 80):
        cuts = np.sort(rng.choice(64, 6, replace=False)).tolist()
        for start, end in zip(cuts[:-1:2], cuts[1::2], strict=True):
            instrument.notes.append(pretty_midi.Note(80, pitch, start, end))
    sounds = instrument.get_piano_roll(fs=1).T[:, LOWEST_KEY : LOWEST_KEY + 88] > 0
    steps = np.pad(sounds, ((0, 64 - len(sounds)), (0, 0))).astype(float)
    notes, ends = notes_of(steps, {"frame": slice(0, 88)})
    found = sorted(zip(notes[:, 0].tolist(), (notes[:, 1] + LOWEST_KEY).tolist(), ends.tolist(), strict=True))
    assert found == sorted((note.start, note.pitch, note.end) for note in instrument.notes)


def test_frames_alone_give_all_and_onsets_all_but_durations():
    steps = play([(C4, 0, 3), (C4 + 7, 4, 2), (C4, 8, 8)])
    both = statistics_of(steps, BOTH, 16)
    for name, values in statistics_of(steps[:, 88:], {"frame": slice(0, 88)}, 16).items():
        np.testing.assert_array_equal(values, both[name])
    onsets = statistics_of(steps[:, :88], {"onset": slice(0, 88)}, 16)
    assert (onsets["rhythm_and_melody"][:12] == 0).all()
    np.testing.assert_array_equal(onsets["rhythm_and_melody"][12:], both["rhythm_and_melody"][12:])
    np.testing.assert_array_equal(onsets["pitches"], both["pitches"])


def test_key_matters_for_pitches_only(rng):
    notes = [(int(pitch), start, 2) for start, pitch in enumerate(rng.integers(40, 60, 30))] + [(50, 30, 1)] * 2
    piece = statistics_of(play(notes, 32), BOTH, 16)
    higher = statistics_of(play([(pitch + 5, *rest) for pitch, *rest in notes], 32), BOTH, 16)
    for name in ("rhythm_and_melody", "pitch_classes"):
        np.testing.assert_array_equal(higher[name], piece[name])
    np.testing.assert_array_equal(higher["pitches"], np.roll(piece["pitches"], 5))


def test_mean_bar_of_drums_and_histograms_of_silence():
    assert not any(values.any() for values in statistics_of(np.zeros((16, 176)), BOTH, 16).values())
    steps = np.zeros((32, 6))
    steps[0, [0, 2]] = 1, 0.8
    steps[16, [0, 2]] = 1, 0.4
    steps[20, [1, 3, 5]] = 1, 0.5, -0.3
    mean = statistics_of(steps, DRUMS, 16)["mean_bar"].reshape(16, 4)
    np.testing.assert_allclose(mean[0], [1, 0, 0.6, 0])
    np.testing.assert_allclose(mean[4], [0, 0.5, 0, 0.25])
    assert mean.sum() == pytest.approx(2.35)


@pytest.mark.parametrize(
    ("steps", "kinds", "message"),
    [
        (np.zeros((20, 176)), BOTH, r"steps of shape \(20, 176\): must be a whole number of bars of 16 steps"),
        (np.zeros((0, 176)), BOTH, r"steps of shape \(0, 176\): must be a whole number of bars of 16 steps"),
        (np.zeros((16, 1)), {"token": slice(0, 1)}, r"kinds=\['token'\]: must be hit and velocity, or onset or .*"),
        (np.zeros((16, 12)), {"onset": slice(0, 12)}, r"kinds=\['onset'\]: must be .* of 88 keys"),
    ],
)
def test_what_is_no_drums_and_no_piano(steps, kinds, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        statistics_of(steps, kinds, 16)


def test_which_music_has_statistics():
    frames = {"frame": slice(0, 88)}
    assert all(has_statistics(kinds) for kinds in (DRUMS, frames, BOTH))
    assert not any(has_statistics(kinds) for kinds in ({"hit": slice(0, 9)}, {"token": slice(0, 88)}))
