"""The demo's piano pieces: they are made of the chords and cells that are said to be in them."""

import csv
import io

import numpy as np
import pretty_midi
import pytest

from pipeline.sections.symbolic import Pieces
from save_dataset.demo.composers import COMPOSERS
from save_dataset.demo.harmony import CHORD_TYPES, CHORDS, OCTAVE, SCALES, scale_degrees
from save_dataset.demo.piano import ChordSpan, compose_piano, play_voice, spans_of, to_csv, to_midi
from save_dataset.midi.files import to_bytes
from save_dataset.sound.synthesiser import render

ALL = Pieces(folder="demo", pieces_per_composer=6, bars=16)
SEMITONES = {"M": [0, 4, 7], "m": [0, 3, 7]}


@pytest.fixture(scope="module")
def pieces():
    return compose_piano(ALL)


def notes_in_beats(midi):
    """Rows of onset, end, both in quarter notes, and pitch."""
    beat_s = 60 / midi.get_tempo_changes()[1][0]
    return np.array([(note.start / beat_s, note.end / beat_s, note.pitch) for note in midi.instruments[0].notes])


def test_composers_have_cells_of_half_a_bar_and_progressions_of_eight_known_chords():
    for composer in COMPOSERS.values():
        for voice in composer.voices:
            cells = (*voice.cells, voice.cadence)
            assert all(len(cell) == 8 and set(cell) <= set("123456789c.-") and cell[0] != "-" for cell in cells)
            assert len(set(voice.order)) <= len(voice.cells)
            assert len(voice.order) == 7
        for mode, progressions in composer.progressions.items():
            for chords in map(str.split, progressions):
                assert len(chords) == 8
                assert set(chords) <= set(CHORDS[mode])


@pytest.mark.parametrize(("mode", "tonic"), [("major", "I"), ("minor", "i")])
def test_degrees_rise_odd_ones_are_the_chord_and_above_the_tonic_stands_the_scale(mode, tonic):
    for symbol, (_, chord_type) in CHORDS[mode].items():
        steps = scale_degrees(symbol, mode)
        assert (np.diff(steps) >= 0).all()
        assert np.isin(CHORD_TYPES[chord_type][1], steps[::2]).all()
    np.testing.assert_array_equal(scale_degrees(tonic, mode), [*SCALES[mode], 12, 14])


def test_a_voice_reads_degrees_rests_and_held_notes():
    voice = COMPOSERS["alba"].voices[0]  # centre 70: the C above is 72
    notes = list(play_voice(voice, ["1-3..5--"], ["I"], 0, "major"))
    assert [note[:3] for note in notes] == [(0, 2, 72), (2, 1, 76), (5, 3, 79)]


def test_a_chord_is_struck_whole():
    voice = COMPOSERS["dora"].voices[1]  # chords about 61
    notes = list(play_voice(voice, ["c-------", "c---c---"], ["I", "V7"], 0, "major"))
    assert [note[2] for note in notes[:3]] == [60, 64, 55]
    assert {note[2] % 12 for note in notes[3:7]} == {7, 11, 2, 5}
    assert [note[0] for note in notes[3:]] == [8] * 4 + [12] * 4


def test_one_key_is_struck_once_and_ends_before_it_is_struck_anew(rng):
    midi = to_midi(np.array([(0, 8, 60, 0), (0, 4, 60, 0), (4, 4, 60, 0), (0, 8, 62, 0)]), 60, rng)
    steps = [(note.pitch, round(4 * note.start, 3), round(4 * note.end, 3)) for note in midi.instruments[0].notes]
    assert steps == [(60, 0, 3.9), (60, 4, 7.9), (62, 0, 7.9)]


def test_spans_are_merged_and_say_root_and_quality_and_become_a_table():
    assert spans_of(["I", "I", "Vsus4", "V7"], 2, "major") == [
        ChordSpan(0, 4, 2, "M", "M", "I"),
        ChordSpan(4, 2, 9, "O", "sus4", "Vsus4"),
        ChordSpan(6, 2, 9, "M", "Mm7", "V7"),
    ]
    spans = spans_of(["i", "viio7", "i"], 11, "minor")
    names, *rows = csv.reader(io.StringIO(to_csv(spans)))
    assert names == ["onset_qb", "dur_qb", "root_pc", "quality", "chord_type", "label"]
    assert [(float(row[0]), *row[2:4]) for row in rows] == [(0, "11", "m"), (2, "10", "O"), (4, "11", "m")]


def test_spans_fill_the_piece_and_notes_lie_within_on_the_piano_and_on_sixteenths(pieces):
    n_beats = ALL.bars * 4
    for midi, spans in pieces.values():
        span_onsets, lengths = np.array([span[:2] for span in spans]).T
        np.testing.assert_array_equal(span_onsets, np.cumsum(lengths) - lengths)
        assert lengths.sum() == n_beats
        onsets, ends, pitches = notes_in_beats(midi).T
        assert n_beats - 2 < ends.max() < n_beats
        np.testing.assert_allclose(4 * onsets, np.round(4 * onsets), atol=0.01)
        assert (ends > onsets).all()
        assert pitches.min() >= 28
        assert pitches.max() <= 100
        assert spans[-1].label in ("I", "i")
        assert pitches[onsets > n_beats - 2.01].min() % OCTAVE == spans[-1].root_pc


def test_most_of_what_sounds_is_the_labelled_chord(pieces):
    """Labels can be learned: in each major or minor span its triad sounds longer than anything else, in sum."""
    fractions = []
    for midi, spans in pieces.values():
        starts, ends, pitches = notes_in_beats(midi).T
        in_chord = np.zeros(len(pitches), bool)
        for span in spans:
            within = (starts > span.onset_qb - 0.01) & (starts < span.onset_qb + span.dur_qb - 0.01)
            tones = CHORD_TYPES[span.chord_type][1]
            if span.quality != "O":
                assert list(tones[:3]) == SEMITONES[span.quality]
            in_chord[within] = np.isin((pitches[within] - span.root_pc) % OCTAVE, tones)
        fractions.append(np.average(in_chord, weights=ends - starts))
    assert min(fractions) > 0.7
    assert np.mean(fractions) > 0.9


def test_keys_modes_and_qualities_vary(pieces):
    assert len({spans[-1].root_pc for _, spans in pieces.values()}) >= 8
    assert {spans[-1].label for _, spans in pieces.values()} == {"I", "i"}
    all_spans = [span for _, spans in pieces.values() for span in spans]
    lengths = [sum(span.dur_qb for span in all_spans if span.quality == quality) for quality in "MmO"]
    assert min(lengths) > 0.05 * sum(lengths)


def test_velocities_are_about_eighty_and_accented(pieces):
    midi, _ = pieces["bruno/bruno_01.mid"]
    velocities = np.array([note.velocity for note in midi.instruments[0].notes])
    on_bar = np.isclose(notes_in_beats(midi)[:, 0] % 4, 0, atol=0.01)
    assert velocities.mean() == pytest.approx(80, abs=6)
    assert velocities[on_bar].mean() > velocities[~on_bar].mean() + 5


def test_first_phrase_comes_again_at_once_the_third_is_another(pieces):
    for midi, _ in pieces.values():
        notes = notes_in_beats(midi)
        first, second, third = (
            {(round(4 * (start - shift)), pitch) for start, _, pitch in notes if shift - 0.01 < start < shift + 13.99}
            for shift in (0, 16, 32)
        )
        assert first == second
        assert first != third


def test_each_composer_has_the_pieces_asked_for_piano_in_four_four_at_one_tempo(pieces):
    assert len(pieces) == 24
    assert list(pieces)[:2] == ["alba/alba_01.mid", "alba/alba_02.mid"]
    assert {name.split("/")[0] for name in pieces} == set(COMPOSERS)
    for midi, _ in pieces.values():
        assert [(instrument.is_drum, instrument.program) for instrument in midi.instruments] == [(False, 0)]
        assert [(metre.numerator, metre.denominator) for metre in midi.time_signature_changes] == [(4, 4)]
        assert len(midi.get_tempo_changes()[0]) == 1


@pytest.mark.parametrize("bars", [4, 6, 64])
def test_a_piece_has_the_bars_asked_for(bars):
    for midi, spans in compose_piano(Pieces(folder="demo", pieces_per_composer=1, bars=bars)).values():
        assert sum(span.dur_qb for span in spans) == 4 * bars
        assert notes_in_beats(midi)[:, 0].max() >= 4 * bars - 2.01


def test_a_piece_read_back_can_be_rendered(pieces, tmp_path):
    midi, _ = pieces["clara/clara_01.mid"]
    (tmp_path / "piece.mid").write_bytes(to_bytes(midi))
    read = pretty_midi.PrettyMIDI(str(tmp_path / "piece.mid"))
    assert notes_in_beats(read)[:, 2].sum() == notes_in_beats(midi)[:, 2].sum()
    sound = render(read, sample_rate_hz=8000)
    assert len(sound) / 8000 == pytest.approx(read.get_end_time() + 0.5, abs=0.01)
    assert np.sqrt(np.mean(sound**2)) > 0.02
