import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.notes import LOWEST_KEY, N_KEYS
from save_dataset.midi.files import make_midi, read_midi
from save_dataset.midi.piano_roll import (
    bar_steps,
    channel_names,
    find_tonic,
    on_keys,
    to_midi,
    to_roll,
    transpose,
    transpose_to,
)  # fmt: skip
from tests import small_midi

KINDS = ("onsets", "frames", "onsets_frames")


def make_notes(*notes, **settings):
    """Notes of (onset, end, pitch), in beats."""
    return small_midi.make_notes([(*note, 80) for note in notes], **settings)


def written_and_read(midi, tmp_path):
    midi.write(str(tmp_path / "piece.mid"))
    return read_midi(tmp_path / "piece.mid")


def same_but_for_silence_at_the_end(one, other):
    n_steps = max(len(one), len(other))
    one, other = (np.pad(roll, ((0, n_steps - len(roll)), (0, 0))) for roll in (one, other))
    return np.array_equal(one, other)


def test_notes_are_where_they_should_be():
    roll = to_roll(make_notes((0, 1, 21), (1, 1.5, 108)), "onsets_frames", steps_per_beat=2)
    assert roll.shape == (8, 176)
    assert roll.dtype == bool
    assert set(zip(*np.nonzero(roll), strict=True)) == {(0, 0), (0, 88), (1, 88), (2, 87), (2, 175)}


def test_kinds_are_the_parts_of_both_and_channels_named_from_a0_to_c8():
    notes = make_notes((0, 2, 60), (0.5, 3, 64))
    onsets, frames, both = (to_roll(notes, kind, steps_per_beat=4) for kind in KINDS)
    np.testing.assert_array_equal(both, np.hstack([onsets, frames]))
    names = channel_names("onsets_frames")
    assert len(names) == 176
    assert [names[index] for index in (0, 39, 87, 88)] == ["onset A0", "onset C4", "onset C8", "frame A0"]


@pytest.mark.parametrize(
    ("onset", "end", "steps"), [(0.99, 1.0, [1]), (1.1, 1.12, [1]), (0.6, 2.4, [1]), (1, 2.5, [1, 2])]
)
def test_events_belong_to_the_nearest_step_and_a_note_sounds_in_one_at_least(onset, end, steps):
    roll = to_roll(make_notes((onset, end, 60)), "frames", steps_per_beat=1)
    assert list(np.flatnonzero(roll[:, 39])) == steps


def test_frames_agree_with_pretty_midi(rng):
    onsets, lengths, pitches = rng.integers([[0], [1], [21]], [[400], [40], [109]], (3, 300))
    rows = list(zip(onsets / 16, (onsets + lengths) / 16, pitches, strict=True))
    midi = make_midi([(80, pitch, start_s, end_s) for start_s, end_s, pitch in rows], bpm=120)
    expected = midi.get_piano_roll(fs=16)[21:109].T > 0
    roll = to_roll(make_notes(*rows, beat_s=1.0), "frames", step_s=1 / 16)
    assert same_but_for_silence_at_the_end(roll > 0, expected)


def test_a_grid_of_seconds_does_not_look_at_beats():
    notes = make_notes((0, 2, 60), beat_s=0.3)
    assert to_roll(notes, "frames", step_s=0.1)[:, 39].sum() == 6


def test_drums_and_notes_that_no_piano_has_are_left_out():
    assert to_roll(make_notes((0, 1, 40), is_drum=True), "frames", steps_per_beat=4).shape == (0, 88)
    notes = make_notes((0, 1, 20), (0, 1, 21), (0, 1, 108), (0, 1, 109))
    assert on_keys(notes).tolist() == [False, True, True, False]
    assert to_roll(notes, "onsets", steps_per_beat=4).sum() == 2


@pytest.mark.parametrize(("metre", "n_steps"), [(None, 16), ((4, 4), 16), ((3, 4), 12), ((6, 8), 12), ((5, 4), 20)])
def test_roll_has_whole_bars(metre, n_steps):
    notes = make_notes((0, 0.25, 60), metre=metre)
    assert bar_steps(notes, 4) == n_steps
    assert len(to_roll(notes, "frames", steps_per_beat=4)) == n_steps
    assert len(to_roll(notes, "frames", steps_per_beat=4, steps_per_bar=7)) == 7


@st.composite
def rolls(draw, kind):
    """Rolls that a piece can have, with sound in their last step."""
    cells = draw(arrays(np.int8, (draw(st.integers(1, 12)), 6), elements=st.integers(0, 2)))  # off, held, struck
    cells[-1, 0] = max(cells[-1, 0], 1)
    held = cells == 1
    for step in range(len(cells)):
        before = cells[step - 1] > 0 if step else np.zeros(6, bool)
        cells[step][held[step] & ~before] = 2
    parts = np.zeros((2, len(cells), N_KEYS), np.float32)
    keys = [0, 1, 39, 40, 86, 87]
    parts[0][:, keys], parts[1][:, keys] = cells == 2, cells > 0
    return {"onsets": parts[0], "frames": parts[1], "onsets_frames": np.concatenate(parts, axis=1)}[kind]


@pytest.mark.parametrize("steps_per_beat", [1, 4, 7, 96])
@pytest.mark.parametrize("kind", KINDS)
def test_roll_becomes_midi_and_the_same_roll_again(kind, steps_per_beat, tmp_path_factory):
    folder = tmp_path_factory.mktemp("midi")

    @given(rolls(kind), st.sampled_from([30.0, 90.000225, 120.0, 287.3]))
    def check(roll, bpm):
        notes = written_and_read(to_midi(roll, kind, steps_per_beat=steps_per_beat, bpm=bpm), folder)
        again = to_roll(notes, kind, steps_per_beat=steps_per_beat, steps_per_bar=1)
        assert same_but_for_silence_at_the_end(again, roll)

    check()


def test_long_roll_of_seconds_survives_too(rng, tmp_path):
    roll = (rng.uniform(size=(5000, N_KEYS)) < 0.01).astype(np.float32)
    roll[-1, 0] = 1
    midi = to_midi(roll, "onsets", steps_per_beat=4, bpm=60 / (0.05 * 4))
    again = to_roll(written_and_read(midi, tmp_path), "onsets", step_s=0.05)
    np.testing.assert_array_equal(again, roll)


def test_notes_of_midi_last_as_their_kind_says():
    struck, sounding = np.zeros((2, 8, N_KEYS))
    struck[[0, 2], 39] = 1
    sounding[[1, 2, 3, 6], 39] = 1

    def notes_of(roll, kind):
        midi = to_midi(roll, kind, steps_per_beat=4, bpm=60)
        return [(4 * note.start, 4 * note.end, note.pitch) for note in midi.instruments[0].notes]

    assert notes_of(struck, "onsets") == [(0, 2, 60), (2, 6, 60)]
    assert notes_of(sounding, "frames") == [(1, 4, 60), (6, 7, 60)]
    assert notes_of(np.hstack([struck, sounding]), "onsets_frames") == [(0, 2, 60), (2, 4, 60)]


def test_threshold_separates_on_from_off():
    roll = np.zeros((4, N_KEYS))
    roll[0, :3] = (0.2, 0.5, 0.8)
    for threshold, n_notes in ((0.1, 3), (0.5, 1), (0.9, 0)):
        midi = to_midi(roll, "frames", steps_per_beat=4, bpm=120, threshold=threshold)
        assert len(midi.instruments[0].notes) == n_notes
    assert to_midi(roll, "frames", steps_per_beat=4, bpm=90).get_tempo_changes()[1] == pytest.approx([90])
    to_midi(roll, "frames", steps_per_beat=4, bpm=90).write(io.BytesIO())


@pytest.mark.parametrize("tonic", range(12))
@pytest.mark.parametrize(("tonic_triad", "subdominant"), [((0, 4, 7), (5, 9, 0)), ((0, 3, 7), (5, 8, 0))])
def test_a_cadence_in_any_key_is_transposed_to_c(tonic, tonic_triad, subdominant):
    triads = (tonic_triad, subdominant, (7, 11, 2), tonic_triad)
    notes = [(4 * bar, 4 * bar + 4, 48 + tonic + tone) for bar, triad in enumerate(triads) for tone in triad]
    roll = to_roll(make_notes(*notes), "onsets_frames", steps_per_beat=4)
    transposed, shift = transpose_to(roll, "tonic")
    assert find_tonic(roll[:, 88:]) == tonic
    assert find_tonic(transposed[:, 88:]) == 0
    assert shift == (5 - tonic) % 12 - 5
    np.testing.assert_array_equal(transpose(transposed, -shift), roll)


def test_a_roll_without_notes_and_pitches_as_they_are_stay():
    roll = np.zeros((16, N_KEYS), np.float32)
    for relative_to in ("keys", "tonic"):
        transposed, shift = transpose_to(roll, relative_to)
        np.testing.assert_array_equal(transposed, roll)
        assert shift == 0
    np.testing.assert_array_equal(transpose_to(np.eye(16, N_KEYS), "keys")[0], np.eye(16, N_KEYS))


def test_keys_that_leave_the_keyboard_are_lost():
    transposed = transpose(np.eye(N_KEYS), 2)
    np.testing.assert_array_equal(transposed[:-2, 2:], np.eye(N_KEYS - 2))
    assert not transposed[-2:].any()


def test_what_cannot_be_is_refused():
    notes = make_notes((0, 1, LOWEST_KEY))
    with pytest.raises(ValueError, match="kind='chroma': must be one of onsets, frames, onsets_frames"):
        to_roll(notes, "chroma", steps_per_beat=4)
    with pytest.raises(ValueError, match=r"steps_per_beat=4, step_s=0.1: must be one of the two"):
        to_roll(notes, "onsets", steps_per_beat=4, step_s=0.1)
    with pytest.raises(ValueError, match=r"shape \(4, 88\): must be \(n_steps, 176\)"):
        to_midi(np.zeros((4, 88)), "onsets_frames", steps_per_beat=4, bpm=120)
    with pytest.raises(ValueError, match="relative_to='root'"):
        transpose_to(np.zeros((4, 88)), "root")
