import numpy as np
import pytest

from save_dataset.midi.chord_labels import (
    chords_per_step,
    convert_spans,
    find_labels,
    read_dcml,
    read_labels,
    read_pop909,
    to_spans,
    transpose_chords,
)
from save_dataset.midi.chord_qualities import MINOR, OTHER
from save_dataset.midi.corpus import NO_CHORD
from save_dataset.midi.event_tokens import to_midi_notes

HEADER = "onset_qb,dur_qb,root_pc,quality,chord_type,label\n"


@pytest.fixture
def write(tmp_path):
    def write_it(text, name="piece.chords.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write_it


def test_csv_becomes_spans_in_beats(write):
    spans = read_dcml(write(HEADER + "0.0,1.5,9,M,M,I\n1.5,2.5,4,m,mm7,ii\n4,1,11,O,o7,viio\n5,1,,O,,@none\n"))
    assert spans.in_beats
    assert spans.starts.tolist() == [0, 1.5, 4, 5]
    assert spans.ends.tolist() == [1.5, 4, 5, 6]
    assert spans.classes.tolist() == [9, MINOR + 4, OTHER, OTHER]


def test_pop909_becomes_spans_in_seconds(write):
    spans = read_pop909(write("0.05\t0.7\tN\n0.7\t2.0\tB:min7/b7\n\n", "chord_midi.txt"))
    assert not spans.in_beats
    assert spans.starts.tolist() == [0.05, 0.7]
    assert spans.classes.tolist() == [OTHER, MINOR + 11]


def test_files_of_other_programs_and_qualities_that_are_not_known(write):
    spans = read_labels(
        write("sep=;\nQuality;ROOT_PC;Onset_qb; dur_qb\nmm7;9.0;0;1\nsus;;1;1\nsus;0;2;1\n\x1a", "a.CHORDS.csv")
    )
    assert spans.classes.tolist() == [MINOR + 9, OTHER, OTHER]
    assert spans.unknown == ("sus",)
    spans = read_labels(write("\ufeff0  1 C:(1, b3, 5)\r\n1 2\tD:foo/3\r\n\x1a", "CHORD_MIDI.TXT"))
    assert spans.classes.tolist() == [MINOR, OTHER]
    assert spans.unknown == ("foo",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("onset_qb,dur_qb,quality\n0,1,M\n", "piece.chords.csv: has no column 'root_pc'; there are onset_qb"),
        ("", "has no column 'onset_qb'; there are none"),
        (HEADER + "0,1,0,M,M,I\n1,one,0,M,M,I\n", "line 3: 1,one,0,M: cannot be read"),
        (HEADER, "piece.chords.csv: contains no chords; remove it"),
        (
            "My chords\n" + HEADER + "0,1,0,M,M,I\n",
            "has no column 'onset_qb'; there are My chords; the first line must",
        ),
        (HEADER + "0\n", "line 2: 0,,,: cannot be read"),
        (HEADER + "0,1,C,M,M,I\n", "line 2: 0,1,C,M: cannot be read: 'C': must be a number"),
        (
            HEADER + "0,1,12,M,M,I\n",
            "line 2: 0,1,12,M: cannot be read: root_pc=12: must be a whole number from 0 to 11",
        ),
        (HEADER + "0,1,0.5,O,o,I\n", "line 2: 0,1,0.5,O: cannot be read: root_pc=0.5: must"),
        (HEADER + "0,-1,0,M,M,I\n", "line 2: 0,-1,0,M: cannot be read: ends before it starts"),
        (HEADER + "0,inf,0,M,M,I\n", "line 2: 0,inf,0,M: cannot be read: 'inf': must be a number"),
        (HEADER + "1,1,0,M,M,I\n0,1,0,M,M,I\n", "line 3: 0,1,0,M: cannot be read: starts before the line above"),
        (HEADER + "0,5,1,0,M,M,I\n", "line 2: has 7 cells for 6 columns; write decimals with a point"),
        (HEADER.replace(",", ";") + "0,5;1;0;M;M;I\n", "line 2: 0,5,1,0,M: cannot be read: '0,5': has a comma"),
    ],
)
def test_broken_csv_is_refused(write, text, message):
    with pytest.raises(ValueError, match=message):
        read_dcml(write(text))


@pytest.mark.parametrize(
    "text", ["0 1\n", "0 1 C:maj 3\n", "0 x C:maj\n", "0 1 Q\n", "1 0 N\n", "-1 0 N\n", "0 nan N", "0,1,N"]
)
def test_broken_text_is_refused(write, text):
    path = write("0 1 N\n" + text, "chord_midi.txt")
    with pytest.raises(ValueError, match=r"chord_midi.txt: line 2: .*: must be start, end and a chord"):
        read_pop909(path)
    path.write_text("# start end chord\n\n")
    with pytest.raises(ValueError, match=r"chord_midi.txt: contains no chords; remove it if they are not known$"):
        read_labels(path)
    path.write_bytes(b"0 1 \xff\xfe")
    with pytest.raises(ValueError, match=r"chord_midi.txt: line 1: is not text in UTF-8"):
        read_labels(path)


def test_labels_are_found_next_to_the_piece_and_read_by_their_kind(write, tmp_path):
    piece = tmp_path / "piece.mid"
    assert find_labels(piece) is None
    pop909 = write("0 1 N\n", "chord_midi.txt")
    assert find_labels(piece) == pop909
    own = write(HEADER + "0,1,0,M,M,I\n")
    assert find_labels(piece) == own
    assert find_labels(tmp_path / "other.mid") == pop909
    pop909 = pop909.rename(tmp_path / "CHORD_midi.TXT")
    assert find_labels(tmp_path / "other.mid") == pop909
    assert (read_labels(own).in_beats, read_labels(pop909).in_beats) == (True, False)


def test_steps_have_the_chord_that_is_nearest_and_none_outside():
    spans = to_spans([(1.1, 2.0, 5), (2.0, 2.9, 24), (3.5, 4.0, 7), (4.0, 4.0, 3)], in_beats=True)
    chords = chords_per_step(spans, 10, 2)
    assert chords.tolist() == [-1, -1, 5, 5, 24, 24, -1, 7, -1, -1]
    assert chords.dtype == np.int16
    assert chords_per_step(spans, 5, 2).tolist() == chords[:5].tolist()
    assert chords_per_step(to_spans([(1.0, 1e300, 5)], in_beats=True), 4, 2).tolist() == [-1, -1, 5, 5]
    # a chord before the beginning, the later of two, none
    spans = to_spans([(-1.0, 4.0, 1), (2.0, 3.0, 2), (-3.0, -2.0, 9)], in_beats=False)
    assert chords_per_step(spans, 5, 1).tolist() == [1, 1, 2, 1, -1]
    assert chords_per_step(to_spans([], in_beats=True), 3, 4).tolist() == [NO_CHORD] * 3


def test_seconds_become_beats_by_the_notes_and_back():
    steps = np.array([100, 200, 400, 500])  # at 120 bpm
    notes = to_midi_notes(steps[:-1], steps[1:], np.full(3, 60), np.full(3, 20))
    spans = to_spans([(0.0, 1.0, 0), (1.0, 2.5, 7), (2.5, 4.5, 24)], in_beats=False)
    in_beats = convert_spans(spans, notes, in_beats=True)
    assert in_beats.in_beats
    np.testing.assert_allclose(in_beats.starts, [0, 2, 5])
    np.testing.assert_allclose(in_beats.ends, [2, 5, 9])
    back = convert_spans(in_beats, notes, in_beats=False)
    np.testing.assert_allclose(back.ends, spans.ends)
    assert convert_spans(spans, notes, in_beats=False) is spans


def test_chords_transposed_and_back_are_the_same():
    chords = np.array([0, 11, 12, 23, 24, NO_CHORD])
    np.testing.assert_array_equal(transpose_chords(transpose_chords(chords, np.full(6, 7)), np.full(6, -7)), chords)
