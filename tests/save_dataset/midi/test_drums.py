import mido
import numpy as np
import pretty_midi
import pytest

from pipeline.parameters import load
from save_dataset import step1_save_drums
from save_dataset.midi.corpus import NO_CHORD, Corpus
from save_dataset.midi.drum_grid import to_grid
from save_dataset.midi.drums import read_drums
from save_dataset.midi.files import read_midi
from tests.small_midi import write_drums, write_far_apart, write_midi

HIT = mido.Message("note_on", channel=9, note=38)
DRUMS = 'study = "drums"\n[collection]\nfolder = "songs"\n{}\n[runs.A]\n'


@pytest.fixture
def songs(tmp_path):
    """A folder of two good files and one of each kind that cannot be used."""
    folder = tmp_path / "music" / "songs"
    write_drums(folder / "funk" / "one.mid", (0, 1, 4.5))
    write_drums(folder / "rock" / "two.mid", (0, 0.01), pitch=38, metre=None, bpm=150)
    write_drums(folder / "rock" / "waltz.mid", metre=(3, 4))
    write_drums(folder / "rock" / "piano.mid", is_drum=False)
    write_drums(folder / "rock" / "silent.mid", ())
    write_drums(folder / "rock" / "bells.mid", pitch=80)
    (folder / "rock" / "broken.mid").write_bytes(b"MThd")
    return folder


@pytest.fixture
def read(write_parameters, tmp_path):
    def read_it(more=""):
        return read_drums(load("drums", write_parameters(DRUMS.format(more), "drums")), tmp_path)

    return read_it


def test_pieces_are_the_grids_of_their_files(songs, read, capsys):
    corpus, paths = read()
    assert list(corpus.names) == ["funk/one.mid", "rock/two.mid"]
    assert list(corpus.labels) == ["funk", "rock"]
    assert paths == [songs / name for name in corpus.names]
    np.testing.assert_allclose(corpus.bpm, (100, 150), rtol=1e-5)
    assert set(corpus.splits) == {"train", "test"}
    np.testing.assert_array_equal(corpus.starts, (0, 32, 48))
    drums = load("drums", songs.parents[1]).grid.drums
    for index, path in enumerate(paths):
        np.testing.assert_array_equal(corpus.piece(index), to_grid(read_midi(path), drums, 16)[0])
    assert corpus.kinds() == {"hit": slice(0, 9), "velocity": slice(9, 18), "offset": slice(18, 27)}
    assert list(corpus.channels[[0, 10, 26]]) == ["hit kick", "velocity snare", "offset ride"]
    assert corpus.steps.dtype == np.float32
    assert (corpus.steps_per_beat, corpus.steps_per_bar) == (4, 16)
    assert (corpus.chords == NO_CHORD).all()
    assert len(corpus.chords) == len(corpus.steps)


def test_what_is_left_out_is_printed_by_reason_and_name(songs, read, capsys):
    read()
    out = capsys.readouterr().out
    reasons = {"broken": "broken", "waltz": "not in 4/4", "piano": "no drum track", "silent": "without notes"}
    for name, reason in (reasons | {"bells": "no pitch of grid.drums"}).items():
        assert f"left out: 1 of 7 files: {reason} (rock/{name}.mid)\n" in out
    assert "rock/broken.mid: cannot be read as MIDI: " in out
    assert "5 notes, 1 (20.0%) lost to a louder one in the same step" in out


def test_notes_years_apart_are_left_out_and_music_too_long_altogether_is_refused(songs, read, capsys, monkeypatch):
    write_far_apart(songs / "rock" / "far.mid", channel=9)
    assert list(read()[0].names) == ["funk/one.mid", "rock/two.mid"]
    assert "1 of 8 files: longer than 1000000 steps (rock/far.mid)\n" in capsys.readouterr().out
    monkeypatch.setattr("save_dataset.midi.reading.MAX_STEPS", 10)
    with pytest.raises(
        ValueError, match=r"^collection.folder='songs': \d+ steps are more than 10; use fewer files, or"
    ):
        read()


def test_many_names_are_counted_and_a_metre_that_changes_later_counts(songs, read, capsys):
    midi = pretty_midi.PrettyMIDI(str(songs / "funk" / "one.mid"))
    midi.time_signature_changes.append(pretty_midi.TimeSignature(7, 8, 1.0))
    midi.write(str(songs / "funk" / "one.mid"))
    write_drums(songs / "waltz.mid", metre=(3, 4))
    assert list(read()[0].names) == ["rock/two.mid"]
    assert "left out: 3 of 8 files: not in 4/4 (funk/one.mid, rock/waltz.mid, and 1 more)" in capsys.readouterr().out


def test_unknown_pitches_are_printed(songs, read, capsys):
    hits = [(0, 36), (1, 36), (4.5, 36), (0, 80), (0, 54), (0, 80)]
    write_midi(songs / "funk" / "one.mid", [(beat, 0.2, pitch) for beat, pitch in hits], is_drum=True, bpm=100.0)
    corpus, _ = read()
    out = capsys.readouterr().out
    assert "left out: 3 notes of pitches that grid.drums has not (54, 80)" in out
    assert corpus.steps[:, :9].sum() == 4


def test_tempo_of_the_table_wins_and_the_table_is_a_source(songs, read):
    (songs / "t.csv").write_text("path,bpm\nfunk/one.mid,93\nrock/two.mid,\n")
    corpus, paths = read('table = "t.csv"')
    np.testing.assert_allclose(corpus.bpm, (93, 150), rtol=1e-5)
    assert songs / "t.csv" in paths


def test_nothing_left_is_an_error_with_the_reasons(tmp_path, read):
    write_drums(tmp_path / "music" / "songs" / "a.mid", metre=(6, 8))
    with pytest.raises(ValueError, match="'songs': nothing can be used; left out: 1 of 1 files: not in 4/4"):
        read()


@pytest.mark.slow
def test_the_step_stores_and_draws_the_corpus(songs, read, tmp_path, capsys):
    expected, _ = read()
    path = step1_save_drums.run("drums", tmp_path)
    with np.load(path) as stored:
        corpus = Corpus.from_arrays(stored)
    np.testing.assert_array_equal(corpus.steps, expected.steps)
    assert (tmp_path / "output" / "drums" / "figures" / "music.png").is_file()
    out = capsys.readouterr().out
    assert "songs: 2 pieces\n" in out
    assert "wrote output/drums/corpus.npz" in out


def test_made_music_that_is_not_made_yet(write_parameters):
    root = write_parameters(DRUMS.format('[composition]\nfolder = "songs"'), "drums")
    with pytest.raises(FileNotFoundError, match="songs: does not exist; run: python -m .*step0_make_pieces drums"):
        step1_save_drums.run("drums", root)


def test_mended_notes_are_counted_and_a_metre_after_the_end_is_none(songs, read, capsys):
    path = songs / "rock" / "two.mid"
    midi = mido.MidiFile(ticks_per_beat=480)
    hits = [message for _ in range(4) for message in (HIT.copy(time=480), HIT.copy(velocity=0))]
    late = [mido.MetaMessage("time_signature", time=wait, numerator=n) for wait, n in ((0, 4), (9999, 3))]
    midi.tracks += [mido.MidiTrack(late), mido.MidiTrack(hits)]
    midi.save(path)
    corpus, _ = read()
    assert corpus.piece(1)[:, corpus.kinds()["hit"]].sum() == 4
    assert "\nmended: 4 notes of length 0 (rock/two.mid)\n" in capsys.readouterr().out
