import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from save_dataset.midi.event_tokens import (
    MEAN,
    STD,
    from_numbers,
    hold_by_pedal,
    to_midi,
    to_midi_notes,
    to_notes,
    to_numbers,
    to_tokens,
)  # fmt: skip
from save_dataset.midi.files import MidiNotes, read_midi
from tests import small_midi


def make_notes(*notes, **settings):
    """Notes of (onset_s, end_s, pitch, velocity)."""
    return small_midi.make_notes(notes, beat_s=1.0, **settings)


def rows_of(notes):
    return list(zip(notes.onsets_s, notes.ends_s, notes.pitches, notes.velocities, strict=True))


def test_two_notes_in_tokens():
    notes = make_notes((0.5, 1.0, 60, 80), (1.0, 3.3, 64, 82))
    expected = [305, 376, 60, 305, 188, 64, 355, 355, 285, 192]  # 80 and 82 are in one bin of velocities
    assert to_tokens(notes).tolist() == expected


def test_notes_of_tokens_end_where_they_are_released():
    notes = to_notes(np.array([356 + 20, 60, 64, 355, 188, 356, 60, 265, 188, 192]))
    assert rows_of(notes) == [(0.0, 1.0, 60, 82), (0.0, 1.1, 64, 82), (1.0, 1.1, 60, 2)]
    assert notes.ends_beats.tolist() == [2.0, 2.2, 2.2]


@st.composite
def notes_on_the_grid(draw):
    """Notes of the grid that do not overlap on a key."""
    rows = []
    for pitch in draw(st.sets(st.integers(0, 127), min_size=1, max_size=4)):
        time = 0
        for _ in range(draw(st.integers(1, 5))):
            onset = time + draw(st.integers(0, 350))
            time = onset + draw(st.integers(1, 350))
            rows.append((onset, time, pitch, draw(st.integers(0, 31))))
    rows.sort(key=lambda row: (row[0], row[2]))
    return to_midi_notes(*np.array(rows).T)


@given(notes_on_the_grid())
def test_notes_become_tokens_and_the_same_notes_again(notes):
    again = to_notes(to_tokens(notes))
    for field in dataclasses.fields(MidiNotes):
        np.testing.assert_array_equal(getattr(again, field.name), getattr(notes, field.name))


@given(
    st.lists(
        st.tuples(st.floats(0, 5), st.floats(0, 3), st.integers(58, 61), st.integers(1, 127)), min_size=1, max_size=20
    ),
    st.lists(st.tuples(st.floats(0, 8), st.integers(0, 127), st.just(0)), max_size=6),
)
def test_tokens_become_notes_and_the_same_tokens_again(notes, pedal):
    tokens = to_tokens(make_notes(*((onset, onset + length, *rest) for onset, length, *rest in notes), pedal=pedal))
    np.testing.assert_array_equal(to_tokens(to_notes(tokens)), tokens)


@given(st.lists(st.integers(0, 387), max_size=60))
def test_any_row_of_tokens_is_music_whose_notes_do_not_overlap_on_a_key(tokens):
    notes = to_notes(np.array(tokens, int))
    assert (notes.ends_s > notes.onsets_s).all()
    for pitch in np.unique(notes.pitches):
        of_key = notes.pitches == pitch
        assert (notes.onsets_s[of_key][1:] >= notes.ends_s[of_key][:-1]).all()
    np.testing.assert_array_equal(to_notes(to_tokens(notes)).onsets_s, notes.onsets_s)


def decode_one_by_one(tokens):
    """The plain way: what is pressed waits for its release."""
    time, velocity_bin, pressed, rows = 0, 16, {}, []
    for token in tokens:
        if token >= 356:
            velocity_bin = token - 356
        elif token >= 256:
            time += token - 255
        else:
            if token % 128 in pressed:
                onset, velocity = pressed.pop(token % 128)
                if time > onset:
                    rows.append((onset / 100, time / 100, token % 128, velocity))
            if token < 128:
                pressed[token] = (time, 4 * velocity_bin + 2)
    return sorted(rows)


def test_tokens_agree_with_reading_them_one_by_one(rng):
    tokens = rng.choice(np.r_[50:56, 178:184, 260:300, 356:388], 4000)
    tokens = np.concatenate([tokens, [355], np.arange(178, 184)])
    decoded = set(rows_of(to_notes(tokens)))
    assert set(decode_one_by_one(tokens)) <= decoded
    struck_at_once = decoded - set(decode_one_by_one(tokens))  # pressed and released at once: 10 ms
    assert {round(100 * (end - onset)) for onset, end, *_ in struck_at_once} == {1}


def test_pedal_holds_to_its_release_or_the_next_note_of_the_key():
    pedal = [(0.5, 100, 0), (2.0, 0, 0), (2.5, 0, 0)]
    notes = make_notes((0, 1, 60, 82), (0, 1, 64, 82), (1.5, 1.7, 64, 82), (2.2, 3, 67, 82), pedal=pedal)
    assert rows_of(to_notes(to_tokens(notes))) == [(0, 2, 60, 82), (0, 1.5, 64, 82), (1.5, 2, 64, 82), (2.2, 3, 67, 82)]


@pytest.mark.parametrize(
    ("pedal", "end_s"),
    [
        ([(0.5, 63, 0), (2, 0, 0)], 1),  # not down
        ([(1.5, 127, 0), (2, 0, 0)], 1),  # too late
        ([(0.2, 127, 0), (0.9, 0, 0)], 1),  # released before
        ([(0.2, 127, 1), (2, 0, 1)], 1),  # another track's
        ([(2, 0, 0), (0.2, 127, 0)], 2),  # in any order
        ([(0.2, 127, 0), (0.3, 90, 0), (2, 0, 0), (3, 0, 0)], 2),  # down twice, up twice
        ([(0.2, 127, 0)], 4),  # never released: to the end of the piece
    ],
)
def test_end_of_a_note_under_a_pedal(pedal, end_s):
    assert hold_by_pedal(make_notes((0, 1, 60, 80), (3, 4, 62, 80), pedal=pedal))[0] == end_s


def test_notes_that_overlap_or_have_no_length_are_mended():
    notes = make_notes((0, 2, 60, 10), (1, 3, 60, 10), (1, 1.5, 60, 90), (4, 4, 62, 10))
    assert rows_of(to_notes(to_tokens(notes))) == [(0, 1, 60, 10), (1, 3, 60, 10), (4, 4.01, 62, 10)]


def test_drums_are_left_out_and_nothing_is_no_tokens():
    assert to_tokens(make_notes((0, 1, 36, 100), is_drum=True)).tolist() == []
    assert len(to_notes(np.zeros(0, int)).pitches) == 0
    assert to_tokens(make_notes((0, 1, 36, 82), (0, 1, 38, 82), is_drum=[True, False]))[1] == 38


def test_midi_file_of_tokens_has_the_same_tokens(rng, tmp_path):
    onsets_s = np.sort(rng.integers(0, 60_000, 3000)) / 100
    lengths_s, pitches, velocities = rng.integers([[1], [21], [1]], [[300], [109], [127]], (3, 3000))
    notes = make_notes(*zip(onsets_s, onsets_s + lengths_s / 100, pitches, velocities, strict=True))
    tokens = to_tokens(notes)
    to_midi(tokens).write(str(tmp_path / "tokens.mid"))
    np.testing.assert_array_equal(to_tokens(read_midi(tmp_path / "tokens.mid")), tokens)


def test_numbers_are_the_paper_s_and_lead_back_to_the_nearest_token():
    tokens = np.arange(388)
    numbers = to_numbers(tokens)
    assert numbers.dtype == np.float32
    assert numbers[0] == pytest.approx(-MEAN / STD)
    np.testing.assert_array_equal(from_numbers(numbers), tokens)
    np.testing.assert_array_equal(from_numbers(numbers + 0.49 / STD), tokens)
    assert from_numbers(np.array([-1e9, 1e9])).tolist() == [0, 387]


def test_what_is_no_token_is_refused():
    for tokens in ([388], [-1], [[1, 2]], [0.5]):
        with pytest.raises(ValueError, match="must be a row of whole numbers from 0 to 387"):
            to_notes(np.array(tokens))
