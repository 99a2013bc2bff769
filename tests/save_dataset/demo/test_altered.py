import io

import mido
import numpy as np
import pretty_midi
import pytest

from save_dataset.demo.altered import alter, alter_folder
from save_dataset.midi.files import parse
from save_dataset.themes.score import write_patterns

PATTERN = [[(0.0, 60.0), (1.0, 64.0)], [(4.0, 60.0), (5.0, 64.0)], [(3.0, 67.0), (4.0, 60.0)]]


def midi_of(rows, tempos=((0, 120.0),)):
    """A MIDI file of notes (onset and length in beats, pitch), 480 ticks a beat, and tempos (beat, bpm)."""
    midi = mido.MidiFile(ticks_per_beat=480)
    events = [(beat * 480, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(bpm))) for beat, bpm in tempos]
    for onset, length, pitch in rows:
        events.append((onset * 480, mido.Message("note_on", note=pitch, velocity=80)))
        events.append(((onset + length) * 480, mido.Message("note_off", note=pitch)))
    events.sort(key=lambda event: event[0])
    deltas = np.diff([0, *(tick for tick, _ in events)]).astype(int)
    midi.tracks.append(mido.MidiTrack(event.copy(time=int(t)) for (_, event), t in zip(events, deltas, strict=True)))
    buffer = io.BytesIO()
    midi.save(file=buffer)
    return buffer.getvalue()


ROWS = [(0, 1, 60), (1, 1, 64), (3, 3, 67), (4, 1, 60), (5, 1, 64), (8, 1, 72)]  # its middle is beat 4


def rows_of(content):
    midi = parse(content)
    columns = midi.onsets_beats, midi.ends_beats - midi.onsets_beats, midi.pitches
    return [(float(onset), float(length), int(pitch)) for onset, length, pitch in zip(*columns, strict=True)]


@pytest.mark.parametrize("rows", [ROWS, [*ROWS, (20, 1, 1)]])  # one is too low to hear: left out, shifts no middle
def test_the_second_half_is_transposed_and_a_held_note_is_not(rows):
    content, _ = alter(midi_of(rows), [], transpose_semitones=3, tempo=1.0)
    assert rows_of(content) == [(0, 1, 60), (1, 1, 64), (3, 3, 67), (4, 1, 63), (5, 1, 67), (8, 1, 75)]


def test_the_second_half_is_faster_and_beats_stay():
    before = midi_of(ROWS, tempos=((0, 120.0), (2, 60.0), (6, 240.0)))
    content, _ = alter(before, [], transpose_semitones=0, tempo=1.25)
    assert rows_of(content) == rows_of(before)
    np.testing.assert_allclose(parse(before).onsets_s, [0, 0.5, 2, 3, 4, 5.5], atol=1e-4)
    np.testing.assert_allclose(parse(content).onsets_s, [0, 0.5, 2, 3, 3.8, 5.0], atol=1e-4)
    read = pretty_midi.PrettyMIDI(io.BytesIO(content))
    np.testing.assert_allclose(read.get_tempo_changes()[1], [120, 60, 75, 300], atol=1e-3)


def test_no_change_leaves_all_as_it_is():
    content, patterns = alter(midi_of(ROWS), [PATTERN[:2]], transpose_semitones=0, tempo=1.0)
    assert (rows_of(content), patterns) == (rows_of(midi_of(ROWS)), [PATTERN[:2]])
    np.testing.assert_allclose(parse(content).onsets_s, parse(midi_of(ROWS)).onsets_s)


def test_pitches_stay_those_of_midi():
    content, patterns = alter(midi_of(ROWS), [[[(5.0, 64.0)], [(8.0, 72.0)]]], transpose_semitones=60, tempo=1.0)
    assert [pitch for _, _, pitch in rows_of(content)] == [60, 64, 67, 120, 124, 127]
    assert patterns == [[[(5.0, 124.0)], [(8.0, 127.0)]]]


def test_patterns_follow_their_notes_and_those_of_both_halves_are_left_out():
    _, patterns = alter(midi_of(ROWS), [PATTERN, PATTERN[1:]], transpose_semitones=-2, tempo=1.0)
    assert patterns == [[PATTERN[0], [(4.0, 58.0), (5.0, 62.0)]]]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "piece.mid").write_bytes(midi_of(ROWS))
    write_patterns([PATTERN[:2]], tmp_path / "known" / "piece.txt")
    return tmp_path


def altered(folder, semitones=3):
    return list(alter_folder(folder, "known", transpose_semitones=semitones, tempo=1.0))


def test_a_folder_gives_names_scores_and_patterns(folder):
    (folder / "without.mid").write_bytes(midi_of(ROWS))
    (name, content, patterns), (other, _, none) = altered(folder)
    assert (name, other, none) == ("piece", "without", [])
    assert (content, patterns) == alter(midi_of(ROWS), [PATTERN[:2]], transpose_semitones=3, tempo=1.0)


def test_notes_are_mended_before_they_are_altered(folder, capsys):
    rows = [*ROWS, (9, 0, 76)]
    (folder / "piece.mid").write_bytes(midi_of(rows))
    ((_, content, _),) = altered(folder)
    assert len(parse(content).pitches) == len(rows)
    assert capsys.readouterr().out == "mended: 1 note of length 0 (piece.mid)\n"


def test_patterns_in_beats_of_a_table_become_those_of_the_midi(folder):
    (folder / "piece.csv").write_text("".join(f"{onset - 1},{pitch}\n" for onset, _, pitch in ROWS))
    shifted = [[[(onset - 1, pitch) for onset, pitch in occurrence] for occurrence in PATTERN[:2]]]
    write_patterns(shifted, folder / "known" / "piece.txt")
    ((_, _, patterns),) = altered(folder, semitones=0)
    assert patterns == [PATTERN[:2]]


def test_what_cannot_be_altered_is_named(folder, tmp_path):
    write_patterns([[[(0.0, 61.0)], [(4.0, 60.0)]]], folder / "known" / "piece.txt")
    with pytest.raises(ValueError, match=r"known/piece.txt: 1 of 2 notes are not in piece.mid: must be of that piece"):
        altered(folder)
    (folder / "piece.mid").write_bytes(b"no notes")
    (folder / "known" / "piece.txt").unlink()
    with pytest.raises(ValueError, match=r"piece.mid: cannot be read as MIDI"):
        altered(folder)
    with pytest.raises(FileNotFoundError, match=r"^altered.original: there is no MIDI in .*/nowhere$"):
        altered(tmp_path / "nowhere")
