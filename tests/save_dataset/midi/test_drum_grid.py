import io

import numpy as np
import pretty_midi
import pytest

from pipeline.sections.symbolic import Grid
from save_dataset.midi.drum_grid import TICKS_PER_BEAT, to_grid, to_midi
from save_dataset.midi.files import parse, to_bytes
from tests import small_midi

DRUMS = {"kick": (36, 35), "snare": (38,), "hat": (42, 44)}
STEPS = (16, 24, 32)


def make_notes(*notes, is_drum=True):
    """Notes of (onset in beats, pitch, velocity)."""
    return small_midi.make_notes([(onset, onset + 0.2, *rest) for onset, *rest in notes], is_drum=is_drum)


def make_grid(rng, steps_per_bar, drums=DRUMS, n_bars=3):
    """A grid whose velocities are MIDI's and whose offsets are whole ticks."""
    hits = rng.random((n_bars * steps_per_bar, len(drums))) < 0.4
    hits[-1] = True
    half_ticks = TICKS_PER_BEAT * 2 // steps_per_bar
    velocities = rng.integers(1, 128, hits.shape) / 127
    offsets = rng.integers(-half_ticks + 1, half_ticks + 1, hits.shape) / half_ticks
    offsets[0] = -np.abs(offsets[0])  # none before the beginning
    return np.concatenate([hits, hits * velocities, hits * offsets], axis=1).astype(np.float32)


def read_back(midi, steps_per_bar, drums=DRUMS):
    return to_grid(parse(to_bytes(midi)), drums, steps_per_bar)


def test_known_notes_stand_in_their_cells():
    grid, counts = to_grid(make_notes((0, 35, 127), (0.25, 38, 64), (4.0, 44, 1)), DRUMS, 16)
    expected = np.zeros((32, 9), np.float32)
    expected[0, [0, 3]] = 1
    expected[1, [1, 4]] = 1, 64 / 127
    expected[16, [2, 5]] = 1, 1 / 127
    np.testing.assert_allclose(grid, expected)
    assert grid.dtype == np.float32
    assert counts == {"notes": 3, "collisions": 0, "unknown_pitches": 0}


@pytest.mark.parametrize("steps_per_bar", STEPS)
def test_early_is_positive_in_half_steps(steps_per_bar):
    step = 4 / steps_per_bar  # in beats
    positions = np.array([1, 2.25, 2.75, 4.5]) * step
    grid, _ = to_grid(make_notes(*((at, 36, 100) for at in positions)), DRUMS, steps_per_bar)
    np.testing.assert_array_equal(np.flatnonzero(grid[:, 0]), (1, 2, 3, 5))
    np.testing.assert_allclose(grid[[1, 2, 3, 5], 6], (0, -0.5, 0.5, 1), atol=1e-6)
    assert len(grid) == steps_per_bar


def test_the_louder_of_two_notes_wins_and_the_other_is_counted():
    for notes in (((0.0, 36, 30), (0.05, 35, 90)), ((0.0, 36, 90), (0.05, 35, 30))):
        grid, counts = to_grid(make_notes(*notes), DRUMS, 16)
        assert grid[0, 3] == np.float32(90 / 127)
        assert counts["collisions"] == 1
        assert grid[:, 0].sum() == 1
    grid, _ = to_grid(make_notes((0.0, 36, 90), (0.05, 36, 90)), DRUMS, 16)
    assert grid[0, 6] == 0  # of equals the earlier


def test_other_drums_and_other_instruments_are_left_out():
    grid, counts = to_grid(make_notes((0, 36, 90), (40, 60, 90)), DRUMS, 16)
    assert counts == {"notes": 2, "collisions": 0, "unknown_pitches": 1}
    assert grid.shape == (16, 9)
    grid, counts = to_grid(make_notes((0, 36, 90), is_drum=False), DRUMS, 16)
    assert grid.shape == (0, 9)
    assert counts == {"notes": 0, "collisions": 0, "unknown_pitches": 0}


def test_a_note_nearest_to_the_next_bar_gets_one():
    before, after = (to_grid(make_notes((beat, 36, 90)), DRUMS, 16)[0] for beat in (3.87, 3.88))
    assert (before.shape, after.shape, after[16, 0]) == ((16, 9), (32, 9), 1)


@pytest.mark.parametrize(("steps_per_bar", "bpm"), [(16, 60.0), (24, 97.3), (32, 290.0)])
def test_round_trip_through_a_midi_file_is_exact(rng, steps_per_bar, bpm):
    drums = Grid().drums
    grid = make_grid(rng, steps_per_bar, drums)
    midi = to_midi(grid, drums, steps_per_bar, bpm=bpm)
    again, counts = read_back(midi, steps_per_bar, drums)
    n = len(drums)
    np.testing.assert_array_equal(again[:, : 2 * n], grid[:, : 2 * n])
    np.testing.assert_allclose(again[:, 2 * n :], grid[:, 2 * n :], atol=1e-6)
    assert counts == {"notes": int(grid[:, :n].sum()), "collisions": 0, "unknown_pitches": 0}


@pytest.mark.parametrize("steps_per_bar", STEPS)
def test_any_offset_keeps_its_step_and_half_a_tick(rng, steps_per_bar):
    grid = make_grid(rng, steps_per_bar)
    grid[1:, 6:] = grid[1:, :3] * rng.uniform(-3, 3, (len(grid) - 1, 3))
    again, _ = read_back(to_midi(grid, DRUMS, steps_per_bar, bpm=120), steps_per_bar)
    np.testing.assert_array_equal(again[:, :3], grid[:, :3])
    tick = 2 * steps_per_bar / (4 * TICKS_PER_BEAT)  # a tick in half steps
    np.testing.assert_allclose(again[:, 6:], np.clip(grid[:, 6:], -1, 1), atol=tick * 1.01)


def test_what_a_model_gives_becomes_notes():
    grid = np.zeros((16, 9), np.float32)
    grid[0, [0, 3, 6]] = 0.6, 1.7, 0.9  # too loud, before the beginning
    grid[4, [0, 3]] = 0.5, 0.9  # not above the threshold
    grid[8, [1, 4]] = 1.2, -0.3  # softer than soft
    midi = to_midi(grid, DRUMS, 16, bpm=120)
    [instrument] = midi.instruments
    assert instrument.is_drum
    found = [(note.pitch, note.velocity, note.start) for note in instrument.notes]
    assert found == [(36, 127, 0.0), (38, 1, 1.0)]
    assert instrument.notes[1].get_duration() == pytest.approx(0.125)
    [metre] = midi.time_signature_changes
    assert (metre.numerator, metre.denominator) == (4, 4)
    assert len(to_midi(grid, DRUMS, 16, bpm=120, threshold=0.4).instruments[0].notes) == 3


def test_a_note_ends_when_its_drum_is_hit_again(rng):
    midi = to_midi(make_grid(rng, 16), DRUMS, 16, bpm=120)
    for pitch in (36, 38, 42):
        notes = [note for note in midi.instruments[0].notes if note.pitch == pitch]
        for note, following in zip(notes, notes[1:], strict=False):
            assert note.start < note.end <= following.start + 1e-9


def test_the_beginning_of_a_bar_agrees_with_pretty_midi(rng):
    grid = make_grid(rng, 16)
    midi = pretty_midi.PrettyMIDI(io.BytesIO(to_bytes(to_midi(grid, DRUMS, 16, bpm=90))))
    beats = midi.get_beats()
    np.testing.assert_allclose(beats, np.arange(len(beats)) * 60 / 90, atol=1e-4)
    onsets = np.sort([note.start for note in midi.instruments[0].notes])
    steps, drums = np.nonzero(grid[:, :3])
    np.testing.assert_allclose(onsets, np.sort((steps - grid[steps, drums + 6] / 2) * 60 / 90 / 4), atol=1e-3)
