import pytest

from pipeline import results
from pipeline.parameters import load
from save_dataset import step1_save_piano
from save_dataset.midi.corpus import Corpus
from tests.small_midi import CHORDS, END, TOML, write_midi

COMPOSED = '[composition]\nfolder = "scores"\n'


def test_corpus_is_saved_drawn_and_stale_after_an_edit_of_what_it_was_made_from(write_parameters, tmp_path, capsys):
    folder = tmp_path / "music" / "scores" / "Bach"
    write_midi(folder / "tune.mid", [(beat, 1, 60 + beat) for beat in range(8)])
    (folder / "tune.chords.csv").write_text(CHORDS)
    root = write_parameters(TOML + END)
    path = step1_save_piano.run("song", root=root)
    told = capsys.readouterr().out
    assert "music/scores: 1 pieces (Bach 1) in 1 groups, 1 with chord labels; 32 steps, 8 notes" in told
    assert "wrote output/song/corpus.npz" in told
    assert path == root / "output" / "song" / "corpus.npz"
    parameters = load("song", root)
    assert Corpus.from_arrays(results.load(parameters, "corpus", root)).piece(0).shape == (32, 176)
    assert results.figure_path(parameters, "music", root).with_suffix(".png").is_file()
    (folder / "tune.chords.csv").write_text(CHORDS + "5,1,0,M\n")
    with pytest.raises(ValueError, match="from another music/scores/Bach/tune.chords.csv"):
        results.load(parameters, "corpus", root)


def test_pieces_that_are_not_made_yet_are_told_with_the_way_out(write_parameters, tmp_path):
    write_parameters(TOML + COMPOSED + END)
    with pytest.raises(
        FileNotFoundError, match=r"music/scores: does not exist; run: python -m save_dataset.step0_make"
    ):
        step1_save_piano.run("song", root=tmp_path)
