import numpy as np
import pytest

from pipeline.parameters import load
from save_dataset.midi.above_bass import to_roll
from save_dataset.midi.corpus import NO_CHORD
from save_dataset.midi.event_tokens import from_numbers, to_notes
from save_dataset.midi.piano import count_notes, describe, read_piano
from tests.small_midi import CHORDS, END, TOML, write_far_apart, write_midi


@pytest.fixture
def scores(tmp_path):
    """A waltz without labels, and a piece in 4/4 with chord labels."""
    folder = tmp_path / "music" / "scores"
    write_midi(folder / "Chopin" / "waltz.mid", [(0, 1, 48), (1, 1, 60), (2, 1, 64)], metre=(3, 4), bpm=90.0)
    write_midi(folder / "Bach" / "tune.mid", [(0, 1, 62), (1, 1, 64), (2, 2, 66), (4, 0.5, 62)])
    (folder / "Bach" / "tune.chords.csv").write_text(CHORDS)
    return folder


@pytest.fixture
def read(write_parameters, tmp_path):
    """What `read_piano` gives for a section [roll]."""

    def read_it(roll=""):
        return read_piano(load("song", write_parameters(TOML + f"[roll]\n{roll}" + END)), tmp_path)

    return read_it


def test_pieces_are_where_their_starts_say(scores, read):
    corpus, _ = read()
    assert describe(corpus) == "2 pieces (Bach 1, Chopin 1) in 2 groups, 1 with chord labels; 48 steps, 7 notes"
    assert corpus.names.tolist() == ["Bach/tune.mid", "Chopin/waltz.mid"]
    assert corpus.labels.tolist() == ["Bach", "Chopin"]
    assert corpus.starts.tolist() == [0, 32, 48]
    assert (corpus.steps_per_beat, corpus.steps_per_bar) == (4, 16)
    assert corpus.bpm == pytest.approx([120, 90], rel=1e-5)
    steps = np.asarray(corpus.steps)
    assert (steps.dtype, steps.shape) == (np.float32, (48, 176))
    onsets = steps[:, corpus.kinds()["onset"]]
    assert np.argwhere(onsets).tolist() == [[0, 41], [4, 43], [8, 45], [16, 41], [32, 27], [36, 39], [40, 43]]


def test_chords_are_filled_where_labels_are(scores, read):
    corpus, raw = read("steps_per_beat = 1")
    assert corpus.chords.tolist() == [0, 0, 21, 24, *[NO_CHORD] * 8]
    assert [path.name for path in raw] == ["tune.mid", "waltz.mid", "tune.chords.csv"]


def test_labels_in_seconds_fit_a_grid_of_beats_and_labels_in_beats_one_of_seconds(scores, read):
    (scores / "Chopin" / "chord_midi.txt").write_text("0.0 0.667 C:maj\n0.667 2.0 N\n")
    assert read("steps_per_beat = 1")[0].chords[8:].tolist() == [0, 24, 24, NO_CHORD]
    chords = read("step_s = 0.25")[0].chords
    assert chords[:8].tolist() == [0, 0, 0, 0, 21, 21, 24, 24]
    assert chords[16:24].tolist() == [0, 0, 0, *[24] * 5]


def test_chords_are_transposed_with_their_music(scores, read):
    as_it_is, _ = read("steps_per_beat = 1")
    transposed, _ = read("steps_per_beat = 1\nrelative_to = 'tonic'")
    up = int(transposed.piece(0)[0, :88].argmax() - as_it_is.piece(0)[0, :88].argmax())
    assert up != 0
    assert transposed.chords[:4].tolist() == [up % 12, up % 12, 12 + (9 + up) % 12, 24]


def test_a_view_from_the_bass_holds_the_same_notes(scores, read):
    keys, view = read()[0], read('kind = "above_bass"')[0]
    assert view.steps.shape == (48, 175)
    np.testing.assert_array_equal(to_roll(np.asarray(view.steps)), np.asarray(keys.steps))
    assert view.chords.tolist() == keys.chords.tolist()


def test_step_of_seconds(scores, read):
    corpus, _ = read('kind = "frames"\nstep_s = 0.125')
    assert corpus.starts.tolist() == [0, 32, 48]
    assert corpus.bpm == pytest.approx([120, 120])  # 60 / (0.125 * 4)
    assert corpus.piece(0)[:4, 41].tolist() == [1, 1, 1, 1]


def test_tokens_are_numbers_whose_music_is_the_piece(scores, read):
    corpus, raw = read('kind = "tokens"')
    assert corpus.channels.tolist() == ["token"]
    assert set(np.diff(corpus.starts) % 16) == {0}
    assert (corpus.chords == NO_CHORD).all()
    assert [path.suffix for path in raw] == [".mid", ".mid"]
    notes = to_notes(from_numbers(corpus.piece(0)[:, 0]))
    assert notes.pitches.tolist() == [62, 64, 66, 62]
    assert notes.onsets_s.tolist() == [0, 0.5, 1, 2]
    assert notes.ends_s.tolist() == [0.5, 1, 2, 2.25]


def test_notes_are_counted_in_every_kind(scores, read):
    for kind in ("onsets", "frames", "onsets_frames", "above_bass", "tokens"):
        assert count_notes(read(f'kind = "{kind}"')[0]) == 7


def test_what_cannot_be_used_is_left_out_and_named(scores, read, capsys):
    (scores / "broken.mid").write_bytes(b"MThd and no more")
    write_midi(scores / "drums.mid", [(0, 1, 36)], is_drum=True)
    write_midi(scores / "empty.mid", [])
    write_midi(scores / "whistle.mid", [(0, 1, 120)])
    write_midi(scores / "Bach" / "tune.mid", [(0, 1, 62), (0, 1, 10)])
    corpus, raw = read()
    printed = capsys.readouterr().out
    assert corpus.n_pieces == 2
    assert len(raw) == 3
    for line in (
        "1 of 6 files: broken (broken.mid)", "broken.mid: cannot be read as MIDI", "with drums only (drums.mid)",
        "without notes (empty.mid)", "without a note on a piano's keys (whistle.mid)",
        "left out: 1 notes of 5: on no key of a piano",
    ):  # fmt: skip
        assert line in printed


@pytest.mark.parametrize("roll", ["", "step_s = 1.0"])
def test_notes_years_apart_are_left_out(scores, read, capsys, roll):
    write_far_apart(scores / "Bach" / "far.mid", channel=0)
    assert len(read(roll)[0].names) == 2
    assert "1 of 3 files: longer than 1000000 steps (Bach/far.mid)\n" in capsys.readouterr().out


def test_broken_labels_are_named(scores, read):
    (scores / "Bach" / "tune.chords.csv").write_text("onset_qb\n0\n")
    with pytest.raises(ValueError, match=r"tune.chords.csv: has no column 'dur_qb'; there are onset_qb"):
        read()


def test_qualities_that_are_not_known_are_counted_and_named(scores, read, capsys):
    (scores / "Bach" / "tune.chords.csv").write_text(CHORDS.replace("M", "foo").replace("m", "bar"))
    (scores / "Chopin" / "chord_midi.txt").write_text("0 1 C:foo\n")
    read()
    line = (
        "3 chords count as other: their qualities are not known (foo 2, bar 1; in Bach/tune.chords.csv, Chopin/chord_"
    )
    assert line in capsys.readouterr().out


@pytest.mark.parametrize("more", ["step_s = 0.1", 'relative_to = "tonic"'])
def test_tokens_refuse_what_only_rolls_can(scores, read, more):
    with pytest.raises(ValueError, match="roll: kind='tokens': has no step_s, and relative_to='keys'"):
        read(f'kind = "tokens"\n{more}')
