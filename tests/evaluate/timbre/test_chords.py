import numpy as np
import pretty_midi
import pytest

from evaluate.timbre.chords import Chord, chords_of, kept_fraction
from save_dataset.sound.synthesiser import render

TRIADS = [(60, 64, 67), (57, 60, 64), (55, 59, 62)]


def test_a_chord_ends_where_a_note_begins_or_ends():
    starts_s, ends_s = np.array([0.0, 0.0, 1.0, 1.98]), np.array([1.0, 2.0, 2.0, 3.0])
    chords = chords_of(starts_s, ends_s, np.array([60, 64, 67, 72]))
    assert chords == [Chord(0.0, 1.0, frozenset({0, 4})), Chord(1.0, 1.98, frozenset({4, 7}))]


@pytest.mark.parametrize("pitches", [[60], [60, 72]])
def test_one_pitch_class_is_no_chord(pitches):
    n = len(pitches)
    assert chords_of(np.zeros(n), np.ones(n), np.array(pitches)) == []


@pytest.fixture(scope="module")
def triads():
    """The sound of three triads, and their notes."""
    notes = [(float(index), index + 1.0, pitch) for index, triad in enumerate(TRIADS) for pitch in triad]
    instrument = pretty_midi.Instrument(0)
    instrument.notes = [pretty_midi.Note(90, pitch, start_s, end_s) for start_s, end_s, pitch in notes]
    midi = pretty_midi.PrettyMIDI()
    midi.instruments.append(instrument)
    return render(midi, sample_rate_hz=22050), [np.array(column) for column in zip(*notes, strict=True)]


@pytest.mark.parametrize(("transposed", "kept"), [(0, 1.0), (12, 1.0), (1, 0.0)])
def test_rendered_chords_are_kept_and_no_others(triads, transposed, kept):
    samples, (starts_s, ends_s, pitches) = triads
    assert kept_fraction(samples, chords_of(starts_s, ends_s, pitches + transposed), 22050) == kept


def test_without_chords_none_is_kept(triads):
    assert np.isnan(kept_fraction(triads[0], [], 22050))
