from dataclasses import replace

import mido
import numpy as np
import pytest

from pipeline import results
from pipeline.parameters import load
from save_dataset import step1_save_themes
from save_dataset.midi.files import make_midi
from save_dataset.sound.files import write_sound
from save_dataset.sound.synthesiser import render
from save_dataset.themes.pieces import check_lengths, check_split, describe, read_recordings, split_last
from save_dataset.themes.recordings import Recordings
from save_dataset.themes.score import write_patterns
from tests import small_recordings

RATE_HZ = 8000
TOML = """
study = "themes"
[pieces]
folder = "set"
{pieces}
[cqt]
sample_rate_hz = 8000
hop_samples = 800
n_bins = 48
bins_per_octave = 12
[runs.CQT]
model.features = "cqt"
model.patch_frames = 8
"""
PITCHES = {"one": (60, 64, 67, 60, 64, 67), "two": (62, 65, 69), "three": (72, 71, 69), "four": (55, 50, 48)}


def write_piece(folder, name, lead_in_s, table=True):
    """Notes of a beat at 120 bpm after some silence, the first at beat 3, with a table."""
    midi = make_midi([(90, pitch, beat / 2, beat / 2 + 0.45) for beat, pitch in enumerate(PITCHES[name])], bpm=120)
    midi.instruments[0].program = 16
    samples = render(midi, sample_rate_hz=RATE_HZ)
    write_sound(np.concatenate([np.zeros(round(lead_in_s * RATE_HZ)), samples]), folder / f"{name}.wav", RATE_HZ)
    if table:
        rows = [f"{3 + beat}, {pitch}, 0\n" for beat, pitch in enumerate(PITCHES[name])]
        (folder / f"{name}.csv").write_text("".join(rows))
    return midi


@pytest.fixture
def folder(tmp_path):
    """Two pieces with scores, one with patterns, and one without."""
    folder = tmp_path / "music" / "set"
    folder.mkdir(parents=True)
    write_piece(folder, "one", 0.5)
    write_piece(folder, "two", 0.0).write(str(folder / "two.mid"))
    write_piece(folder, "three", 0.2, table=False)
    theme = [(3.0, 60.0), (4.0, 64.0), (5.0, 67.0)]
    write_patterns([[theme, [(onset + 3, pitch) for onset, pitch in theme]]], folder / "groundtruth" / "one.txt")
    return folder


@pytest.fixture
def read(write_parameters, tmp_path):
    """The recordings of a parameter file, and the files they are made from."""

    def read_it(pieces="bpm.one = 120.0"):
        write_parameters(TOML.format(pieces=pieces), "mine")
        return read_recordings(load("mine", tmp_path), tmp_path)

    return read_it


def test_pieces_come_in_order_with_what_is_known_of_them(folder, read):
    recordings, raw = read()
    assert recordings.names.tolist() == ["one", "three", "two"]
    assert recordings.paths.tolist() == ["music/set/one.wav", "music/set/three.wav", "music/set/two.wav"]
    assert recordings.splits.tolist() == ["train", "train", "validation"]
    assert recordings.is_searched.all()
    np.testing.assert_allclose(recordings.lead_ins_s, [0.5, 0.2, 0], atol=0.02)
    np.testing.assert_allclose(recordings.durations_s, [3.95, 2.15, 1.95], atol=0.01)
    np.testing.assert_allclose(recordings.bpm, [120, np.nan, 120])
    assert recordings.frames.shape == (recordings.starts[-1], 48)
    assert recordings.frames.dtype == np.float32
    assert np.diff(recordings.starts).tolist() == [1 + int(s * 10 + 1e-6) for s in recordings.durations_s]
    assert recordings.hop_s == 0.1
    names = {path.name for path in raw}
    assert names == {"one.wav", "three.wav", "two.wav", "one.csv", "two.csv", "two.mid", "one.txt"}


def test_notes_are_where_they_sound_and_patterns_are_read(folder, read):
    recordings, _ = read()
    for piece in (0, 2):
        score = recordings.score(piece)
        assert score[:, 1].tolist() == list(range(3, 3 + len(score)))
        middles = np.rint((score[:, 0] + 0.25) / recordings.hop_s).astype(int)
        loudest = recordings.piece(piece)[middles].argmax(axis=1)
        np.testing.assert_array_equal(loudest, score[:, 2] - 36)  # its lowest bin is C2
    assert len(recordings.score(1)) == 0
    assert recordings.patterns(0) == [[[(3, 60), (4, 64), (5, 67)], [(6, 60), (7, 64), (8, 67)]]]
    assert recordings.patterns(1) == recordings.patterns(2) == []


def test_names_in_other_forms_and_capitals_belong_together(folder, read):
    (folder / "one.wav").rename(folder / "e\u0301.wav")
    (folder / "one.csv").rename(folder / "\u00e9.CSV")
    (folder / "groundtruth" / "one.txt").rename(folder / "groundtruth" / "\u00e9.TXT")
    recordings, raw = read('bpm."\u00e9" = 120.0')
    assert recordings.names.tolist() == ["\u00e9", "three", "two"]
    assert recordings.paths[0] == "music/set/e\u0301.wav"
    assert (len(recordings.score(0)), len(recordings.patterns(0))) == (6, 1)
    assert {"\u00e9.CSV", "\u00e9.TXT"} <= {path.name for path in raw}


def test_midi_without_sound_is_rendered_and_what_is_mended_of_it_printed(folder, read, capsys):
    (folder / "two.wav").unlink()
    midi = mido.MidiFile(folder / "two.mid")
    midi.tracks[1].insert(-1, mido.Message("note_on", note=72))  # at the end of the piece
    midi.save(folder / "two.mid")
    recordings, _ = read()
    assert (recordings.paths[2], recordings.durations_s[2]) == ("music/set/two.mid", pytest.approx(1.95, abs=0.01))
    assert capsys.readouterr().out == "mended: 1 note held to the end (two.mid)\n"


def test_training_pieces_are_learned_from_and_the_pieces_only_searched(folder, read, tmp_path, capsys):
    training_pieces = tmp_path / "music" / "training_pieces" / "deep"
    training_pieces.mkdir(parents=True)
    write_piece(training_pieces, "four", 2.0)
    write_piece(training_pieces, "three", 0.1).write(str(training_pieces / "three.mid"))
    (training_pieces / "same.wav").write_bytes((folder / "one.wav").read_bytes())
    recordings, raw = read('training_pieces = "training_pieces"\nmax_training_piece_s = 2.5\nbpm.one = 120.0')
    assert recordings.is_searched.tolist() == [True] * 3 + [False] * 2
    assert recordings.splits[:3].tolist() == ["none"] * 3
    assert sorted(recordings.splits[3:]) == ["train", "validation"]
    assert sorted(recordings.names[3:]) == ["four", "three"]
    lengths_s = dict(zip(recordings.names[3:], recordings.durations_s[3:], strict=True))
    assert lengths_s["four"] == 2.5
    assert lengths_s["three"] == pytest.approx(2.05, abs=0.01)
    assert training_pieces / "four.wav" in raw
    assert training_pieces / "four.csv" not in raw
    assert capsys.readouterr().out == "left out of the training pieces: same.wav: is the same as another file\n"
    for name in ("four.wav", "three.wav", "three.mid"):
        (training_pieces / name).unlink()
    with pytest.raises(ValueError, match=r"deep: every training piece is a piece that is searched$"):
        read('training_pieces = "training_pieces"\nbpm.one = 120.0')


@pytest.mark.parametrize(
    ("n_files", "fraction", "n_held_out"),
    [(0, 0.2, 0), (1, 0.2, 0), (2, 0.2, 1), (2, 0.9, 1), (5, 0.2, 1), (10, 0.3, 3)],
)
def test_the_last_files_are_held_out_one_at_least(n_files, fraction, n_held_out):
    expected = ["train"] * (n_files - n_held_out) + ["validation"] * n_held_out
    assert split_last(n_files, fraction) == expected


def test_one_file_is_enough_to_search_but_not_to_learn(folder, read, tmp_path):
    recordings, _ = read('files = "three.wav"')
    assert recordings.n_searched == 1
    assert recordings.truth.shape == (0, 5)
    assert recordings.notes.shape == (0, 4)
    with pytest.raises(ValueError, match=r"^pieces.validation_fraction=0.2: needs at least 2 files, music/set has 1$"):
        check_split(recordings.splits, load("mine", tmp_path))
    recordings, _ = read('files = ["three.wav", "two.wav"]')
    check_split(recordings.splits, load("mine", tmp_path))


def test_a_score_of_another_tempo_is_refused(folder, read):
    message = r"/one.csv: at [0-9.]+ bpm its last note is at 5.5 s, one.wav is 4.0 s long: give its tempo"
    with pytest.raises(ValueError, match=message):
        read("bpm.one = 60.0")
    with pytest.raises(ValueError, match=r"one.csv: has no tempo: give it under pieces.bpm$"):
        read("")


@pytest.mark.slow
def test_step_1_prints_what_there_is_and_a_changed_file_makes_it_stale(folder, read, tmp_path, capsys):
    recordings, _ = read()
    step1_save_themes.run("mine", tmp_path)
    assert describe(recordings) in capsys.readouterr().out
    assert describe(recordings) == (
        "3 pieces to search, scores of 2, patterns known of 1 (1 in all); "
        "to learn from: 2 files, 0.1 min; held out: 1 file, 0.0 min"
    )
    parameters = load("mine", tmp_path)
    stored = Recordings.from_arrays(results.load(parameters, "recordings", tmp_path))
    np.testing.assert_array_equal(stored.frames, recordings.frames)
    write_patterns([], folder / "groundtruth" / "one.txt")
    with pytest.raises(ValueError, match=r"was made from another music/set/groundtruth/one.txt; run: "):
        results.load(parameters, "recordings", tmp_path)


def test_a_piece_of_too_many_frames_to_compare_is_refused(write_parameters):
    parameters = load("small", write_parameters(small_recordings.TEXT, "small"))
    recordings = small_recordings.small_recordings()
    check_lengths(recordings, parameters)
    long = replace(recordings, frames=np.zeros((50000, 1), np.float32), starts=np.arange(6) * 10000 + [0, *[4999] * 5])
    message = (
        "^cqt.hop_samples=1984: would need 9.9 GB of memory, more than 8.0 GB; A has 14996 frames, any two of .* raise"
    )
    with pytest.raises(ValueError, match=message):
        check_lengths(long, parameters)
