"""Demo sounds: the reed's formants stay and loud is brighter, the voice glides, the melody leaves the reed's range."""

import numpy as np
import pytest

from save_dataset.demo.instruments import SAMPLE_RATE_HZ, amplitudes_of
from save_dataset.demo.timbre import (
    HIGHEST_PITCH,
    LOWEST_PITCH,
    REED,
    compose_chords,
    compose_melody,
    make_reed_notes,
    sing,
)
from save_dataset.timbre.ranges import find_range


def level_db(sound):
    return 10 * np.log10(np.mean(np.square(sound)))


def centroid_hz(sound):
    power = np.abs(np.fft.rfft(sound)) ** 2
    return (power * np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE_HZ)).sum() / power.sum()


@pytest.fixture(scope="module")
def notes():
    return list(make_reed_notes(45.0, seed=0))


@pytest.fixture(scope="module")
def voice():
    return sing(8.0, seed=0)


def test_notes_last_as_long_as_asked_and_every_pitch_comes_before_any_again(notes):
    assert sum(len(samples) for _, samples in notes) / SAMPLE_RATE_HZ == pytest.approx(45, abs=0.3)
    n_pitches = HIGHEST_PITCH - LOWEST_PITCH + 1
    assert {pitch for pitch, _ in notes[:n_pitches]} == set(range(LOWEST_PITCH, HIGHEST_PITCH + 1))
    assert max(np.abs(samples).max() for _, samples in notes) < 1


def test_of_two_notes_of_a_pitch_the_louder_is_brighter(notes):
    of_pitch = [[samples for pitch, samples in notes if pitch == wanted] for wanted, _ in notes]
    pairs = [sorted(sounds[:2], key=level_db) for sounds in of_pitch if len(sounds) > 1]
    clear = [(soft, loud) for soft, loud in pairs if level_db(loud) - level_db(soft) > 4]
    assert len(clear) > 5
    assert all(centroid_hz(loud) > centroid_hz(soft) for soft, loud in clear)


def test_the_formants_of_the_reed_stay_when_its_pitch_moves():
    odd = np.arange(1, 40, 2)
    for hz in (110.0, 160.0):
        gains = amplitudes_of(REED, odd, odd * hz) * odd**REED.slope
        at = {where: gains[abs(odd * hz - where).argmin()] for where in (640, 1100, 1750, 4000)}
        assert min(at[640], at[1750]) > 1.5 * at[1100] > 1.5 * at[4000]


def test_the_voice_glides_over_more_than_an_octave(voice):
    glide = voice[round(0.36 * len(voice)) : round(0.54 * len(voice))]
    lowest, highest = find_range([glide], SAMPLE_RATE_HZ)
    assert lowest < 250
    assert highest > 500


def test_the_voice_rests_and_grows_louder_and_brighter(voice):
    early, late, rest = (
        voice[round(start * len(voice)) : round((start + width) * len(voice))]
        for start, width in ((0.77, 0.03), (0.93, 0.03), (0.312, 0.01))
    )
    assert level_db(late) > level_db(early) + 15
    assert centroid_hz(late) > 1.3 * centroid_hz(early)
    assert level_db(rest) < level_db(late) - 50
    assert 0.5 < np.abs(voice).max() < 1


def test_the_same_seed_gives_the_same_sounds_and_another_one_others(notes):
    again, other = (next(make_reed_notes(45.0, seed)) for seed in (0, 1))
    np.testing.assert_array_equal(again[1], notes[0][1])
    assert len(other[1]) != len(again[1])
    np.testing.assert_array_equal(sing(2.0, 3), sing(2.0, 3))


def test_four_of_twenty_notes_of_the_melody_lie_above_the_reed_and_none_below():
    (part,) = compose_melody(seed=0).instruments
    pitches = [note.pitch for note in part.notes]
    assert len(pitches) == 20
    assert sum(pitch > HIGHEST_PITCH for pitch in pitches) == 4
    assert min(pitches) >= LOWEST_PITCH
    assert pitches != [note.pitch for note in compose_melody(seed=1).instruments[0].notes]


def test_chords_are_within_the_reed_and_do_not_overlap():
    (part,) = compose_chords().instruments
    assert len(part.notes) == 20
    assert all(LOWEST_PITCH <= note.pitch <= HIGHEST_PITCH for note in part.notes)
    ends = {note.start: note.end for note in part.notes}
    assert len(ends) == 8
    assert all(end < later for end, later in zip(ends.values(), [*ends][1:], strict=False))
