"""The range of pitch of recordings and notes, and which sources reach beyond those of targets."""

import numpy as np
import pytest

from save_dataset.timbre.describe import warn_of_pitches
from save_dataset.timbre.ranges import describe_range, find_range, reaches_beyond

RATE_HZ = 8000


def sing(pitches_hz, seconds):
    """Partials whose pitch moves from one frequency to the next in octaves evenly."""
    n_samples = round(seconds * RATE_HZ)
    octaves = np.interp(np.linspace(0, 1, n_samples), np.linspace(0, 1, len(pitches_hz)), np.log2(pitches_hz))
    phases = 2 * np.pi * np.cumsum(2**octaves) / RATE_HZ
    return (sum(np.sin(k * phases) / k for k in (1, 2, 3)) / 4).astype(np.float32)


def test_the_range_of_a_recording_is_that_of_all_but_its_extreme_frames():
    lowest, highest = find_range([sing([220, 440], 4.0)], RATE_HZ)
    assert 220 <= lowest < 232
    assert 418 < highest <= 445


def test_the_range_of_notes_is_that_of_their_pitches():
    notes = [sing([hz, hz], 0.5) for hz in (440, 220, 330)]
    lowest, highest = find_range(notes, RATE_HZ)
    assert lowest == pytest.approx(220 + 0.04 * 110, rel=0.01)  # the lowest 2 % of three notes
    assert highest == pytest.approx(440 - 0.04 * 110, rel=0.01)


def test_noise_has_no_pitch_and_never_reaches_beyond(rng):
    noise = find_range([rng.normal(size=RATE_HZ).astype(np.float32)], RATE_HZ)
    assert np.isnan(noise).all()
    assert describe_range(noise) == "no pitch"
    assert not reaches_beyond(noise, (220, 440))
    assert not reaches_beyond((220, 440), noise)


@pytest.mark.parametrize(
    ("pitches", "is_beyond"),
    [((220, 440), False), ((214.5, 451), False), ((213, 440), True), ((220, 453), True), ((300, 310), False)],
)
def test_half_a_semitone_does_not_count(pitches, is_beyond):
    assert reaches_beyond(pitches, (220, 440)) == is_beyond


def test_a_source_beyond_targets_is_named_with_all_ranges():
    learned = {"reed": (220.0, 415.3), "bell": (200.0, 2000.0), "bass": (60.0, 200.0)}
    sources = {"vox": (293.7, 493.9), "low": (70.0, 150.0), "noise": (np.nan, np.nan)}
    assert [*warn_of_pitches({"bell": learned["bell"]}, {"vox": sources["vox"]})] == []
    lines = [*warn_of_pitches(learned, sources)]
    assert lines[0] == (
        "vox: D4 to B4 (294 to 494 Hz) reaches beyond reed: A3 to G#4 (220 to 415 Hz), bass: B1 to G3 (60 to 200 Hz)"
    )
    assert lines[1].startswith("low: C#2 to D3 (70 to 150 Hz) reaches beyond reed: ")
    assert lines[2].startswith("2 of 3 sources reach beyond the pitches of targets, ")
    assert len([*warn_of_pitches(learned, {str(n): (50.0, 60.0) for n in range(30)})]) == 9
