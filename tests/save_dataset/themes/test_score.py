import mir_eval
import numpy as np
import pytest

from save_dataset.midi.files import make_midi
from save_dataset.themes.score import check_length, read_patterns, read_score, write_patterns
from save_dataset.themes.score_table import read_table

TABLE = "-1.0, 65.0, 63.0, 2.5, 0\n0.0, 77.0, 70.0, 2.0, 0\n0.0, 60.0, 70.0, 2.0, 0\n3.0, 65.0, 70.0, 2.0, 0\n"
PATTERNS = [[[(-1.0, 65.0), (0.0, 77.0)], [(3.0, 65.0)]], [[(0.0, 60.0)], [(0.3333333, 62.0)]]]


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "piece.csv"
    path.write_text(TABLE)
    return path


def write_midi(path, bpm=120.0):
    """A piece of three notes from beat 2 on, the last too low to hear, and a drum at the beginning."""
    starts_s = np.array([2.0, 3.5, 5.0]) * 60 / bpm
    midi = make_midi([(80, pitch, s, s + 0.1) for pitch, s in zip((60, 64, 1), starts_s, strict=True)], bpm=bpm)
    midi.instruments += make_midi([(80, 36, 0.0, 0.1)], bpm=bpm, name="drums").instruments
    midi.write(str(path))
    return path


def test_a_table_gives_beats_as_they_are_and_seconds_since_the_first_note(table):
    score = read_score(table.with_suffix(".mp3"), 60.0)
    assert score.notes.tolist() == [[0, -1, 65], [1, 0, 60], [1, 0, 77], [4, 3, 65]]
    assert score.bpm == 60
    assert score.paths == (table,)
    assert read_score(table.with_suffix(".mp3"), 120.0).notes[:, 0].tolist() == [0, 0.5, 0.5, 2]


def test_the_tempo_of_a_table_is_that_of_the_midi_next_to_it(table):
    midi = write_midi(table.with_suffix(".MID"), bpm=240.0)
    score = read_score(table.with_suffix(".mp3"), None)
    assert score.bpm == 240
    assert score.notes[-1, 0] == 1
    assert score.paths == (table, midi)
    table.rename(table.with_suffix(".CSV"))
    assert read_score(table.with_suffix(".mp3"), None).paths == (table.with_suffix(".CSV"), midi)
    table.with_suffix(".CSV").rename(table)
    midi.unlink()
    with pytest.raises(ValueError, match=r"piece.csv: has no tempo: give it under pieces.bpm$"):
        read_score(table.with_suffix(".mp3"), None)


def test_midi_gives_its_own_seconds_without_drums_and_what_is_too_low_to_hear(tmp_path):
    midi = write_midi(tmp_path / "piece.mid", bpm=120.0)
    score = read_score(tmp_path / "piece.wav", None)
    np.testing.assert_allclose(score.notes, [[0, 2, 60], [0.75, 3.5, 64]], atol=1e-6)
    assert score.bpm == 120
    assert score.paths == (midi,)
    np.testing.assert_allclose(read_score(midi, 60.0).notes[:, 0], [0, 1.5], atol=1e-6)
    assert read_score(tmp_path / "another.wav", 100.0) is None


@pytest.mark.parametrize(
    "text",
    [
        "onset,pitch\n1,60\n\n2.5,61\n",
        "1;60\n2.5;61\n",
        "1\t60\t\n2.5\t61\t\n",
        "sep=;\n1;60\n2.5;61\n\x1a",
        "Measure, ONSET, Length, Pitch\n1, 1, 1, 60.0\n1, 2.5, 1, 61.0\n",
        "beat (1/4 notes),note\n1,60\n2.5,61",
        "1,60,,4\n2.5,61,,\n",
        "1e0,6e1,,\n2.5,61\n",
        "0,1\n1,60\n2.5,61\n",
        "# my notes\nTonbeginn,Tonhöhe\n1,60\n2.5,61\n",
        ",pitch,onset\n0,60,1\n1,61,2.5\n",
        "# pitch,onset\n60,1\n61,2.5\n",
        "onset_beats,midi_pitch,end_time\n1,60,2\n2.5,61,3\n",
    ],
)
def test_tables_of_many_programs_are_the_same_notes(table, text):
    table.write_text(text)
    assert read_table(table).tolist() == [[1, 60], [2.5, 61]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", ": contains no notes: must be a table of onsets in beats and MIDI pitches"),
        ("onset,pitch\n", ": contains no notes"),
        ("Onset,onset,pitch\n0,1,60", ": line 1: two columns are called 'onset'"),
        ("1,60\n2,C4\n", ": line 2: 'C4': must be a number: must be a table of onsets"),
        *(
            (header + "\n60,61\n", f": has no column '{missing}'; there are {header.strip(',')}".replace(",", ", "))
            for header, missing in (
                ("pitch,onset_beats", "onset"),
                ("pitch,start", "onset"),
                ("id,onset,note", "pitch"),
                ("start,end,Pitch", "onset"),
                ("MIDI number,velocity", "onset"),
                ("note,velocity", "onset"),
                ("bar,Beat", "onset"),
                (",x,y", "onset"),
            )
        ),
        ("My score\nonset,pitch\n0,60\n", ": has no column 'onset'; there are My score; the first line must name the"),
        ("onset pitch\n0 60\n", ": has no column 'onset'; there are onset pitch; the first line must name the columns"),
        (
            "0 60\n",
            ": line 1: has 1 cells, .* pitches, with commas, semicolons, tabs or bars between cells, not '0 60'",
        ),
        ("nan,60\n", ": line 1: 'nan': must be a number"),
        ("1,inf\n", ": line 1: 'inf': must be a number"),
        ("1\n2\n", ": line 1: has 1 cells, the first line has 1: must be a table"),
        ("onset,pitch\n1,60\n2\n", ": line 3: has 1 cells, the first line has 2"),
        ("1,128\n", ": line 1: pitch 128: must be a whole number from 0 to 127"),
        ("1,-1\n", ": line 1: pitch -1: must"),
        ("1,60\n2,60.5\n", ": line 2: pitch 60.5: must"),
        ("1,60\n\n0.5,60\n", ": line 3: onset 0.5 after 1: must be in order of onsets"),
        ("0,60\n0,5,62\n", ": line 2: has 3 cells, the first line has 2: .*; write decimals with a point"),
        ("0,5,60\n1,62\n", ": line 1: 0,5: is a decimal comma, or a pitch too low to hear; write decimals"),
        ("0,25,60\n1,62\n", ": line 2: has 2 cells, the first line has 3"),
        ("1,0,60\n1,5,62\n", ": line 1: 1,0: is a decimal comma, or a pitch too low"),
        ("onset,pitch\n0,5,60\n", ": line 2: has 3 cells, the first line has 2"),
        ("0;60\n0,5;62\n", ": line 2: '0,5': has a comma; write decimals with a point"),
        ('0,60\n"0,5",62\n', ": line 2: '0,5': has a comma"),
    ],
)
def test_what_is_no_table_of_notes_is_refused_with_its_line(table, text, message):
    table.write_text(text)
    with pytest.raises(ValueError, match=rf"piece.csv{message}"):
        read_table(table)


def test_the_lowest_and_the_highest_pitch_are_read(table):
    table.write_text("0,0\n0,127\n")
    assert read_table(table).tolist() == [[0, 0], [0, 127]]
    table.write_text("0.0,1.0,60\n")
    assert read_table(table).tolist() == [[0, 1]]


@pytest.mark.parametrize("duration_s", [4.9, 12.0])
def test_a_recording_of_another_length_is_refused(table, tmp_path, duration_s):
    sound, score = tmp_path / "piece.mp3", read_score(table, 60.0)
    check_length(score, 1.0, 5.5, sound)
    message = rf"^{table}: at 60 bpm its last note is at 5.0 s, piece.mp3 is {duration_s:.1f} s long: give its tempo"
    with pytest.raises(ValueError, match=message):
        check_length(score, 1.0, duration_s, sound)


def test_patterns_written_are_the_patterns_read(tmp_path):
    path = write_patterns(PATTERNS, tmp_path / "groundtruth" / "piece.txt")
    assert path.read_text().startswith("pattern1\noccurrence1\n-1.000000, 65.000000\n")
    for read in (mir_eval.io.load_patterns(str(path)), read_patterns(path, None)):
        for pattern, expected in zip(read, PATTERNS, strict=True):
            for notes, expected_notes in zip(pattern, expected, strict=True):
                np.testing.assert_allclose(notes, expected_notes, atol=1e-6)


def test_patterns_of_another_score_are_refused(table, tmp_path):
    score = read_score(table, 60.0)
    path = write_patterns(PATTERNS[:1], tmp_path / "known.txt")
    assert len(read_patterns(path, score)) == 1
    write_patterns(PATTERNS, path)
    message = r"known.txt: 1 of 5 notes are not in piece.csv, the first at beat 0.333333 with pitch 62: must be "
    with pytest.raises(ValueError, match=message):
        read_patterns(path, score)


def test_patterns_of_other_programs_are_the_same_patterns(tmp_path):
    path = tmp_path / "known.txt"
    lines = ["\ufeff", "Pattern 1", "OCCURRENCE1", "0,60", "", "1;62", "occurrence2", "4\t60.0 ", "", "\x1a"]
    path.write_bytes("\r\n".join(lines).encode())
    assert read_patterns(path, None) == [[[(0, 60), (1, 62)], [(4, 60)]]]
    path.write_text("pattern1\n0, 60\n")  # mir_eval reads it so
    assert read_patterns(path, None) == mir_eval.io.load_patterns(str(path)) == [[[(0, 60)]]]
    path.write_text("# mine\npattern1 (A)\n0.5, 60,\n1.5, 62.0, 80, x\n")
    assert read_patterns(path, None) == [[[(0.5, 60), (1.5, 62)]]]
    path.write_text("\n# none\n")
    with pytest.raises(ValueError, match=r"known.txt: contains no patterns; remove it if they are not known$"):
        read_patterns(path, None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pattern1\noccurrence1\n1.0\n", "line 3: '1.0': must be onset and pitch, as in the MIREX format"),
        ("pattern1\noccurrence1\n0,5, 60\n", "line 3: '0,5, 60': must be onset and pitch.*decimals with a point"),
        (
            "pattern1\noccurrence1\nA, b\n",
            "line 3: 'A, b': 'A': must be a number: must be onset and pitch, as in",
        ),
        ("pattern1\noccurrence1\n1, nan\n", "line 3: '1, nan': 'nan': must be a number"),
        ("pattern1\noccurrence1\n0,5; 60\n", "line 3: '0,5; 60': '0,5': has a comma"),
        ("pattern1\noccurrence1\n1, 60\nThe pattern\n", "line 4: 'The pattern': 'The': must be a number: must be"),
        ("pattern1, occurrence1\n1, 60\n", "line 1: 'pattern1, occurrence1': the first line must be pattern1, as in"),
        ("pattern1\noccurrence1\n\n1, 128\n", "line 4: '1, 128': pitch 128: must be a whole number from 0 to 127"),
        ("\n1, 60\npattern1\n", "line 2: '1, 60': the first line must be pattern1"),
        ("occurrence1\n1, 60\n", "line 1: 'occurrence1': the first line must be pattern1"),
        ("pattern1\noccurrence1\noccurrence2\n1, 60\n", "line 3: pattern 1 has no notes in its last occurrence"),
        ("pattern1\npattern2\noccurrence1\n1, 60\n", "line 2: pattern 1 has no notes"),
        ("pattern1\noccurrence1\n1, 60\npattern2\n\n", "line 4: pattern 2 has no notes"),
    ],
)
def test_what_is_no_file_of_patterns_is_refused_with_its_line(tmp_path, text, message):
    path = tmp_path / "known.txt"
    path.write_text(text)
    with pytest.raises(ValueError, match=rf"known.txt: {message}"):
        read_patterns(path, None)
