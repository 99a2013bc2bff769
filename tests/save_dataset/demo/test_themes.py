"""Composed pieces: their themes come again where the patterns say so, and nothing else does."""

import io
from collections import Counter

import numpy as np
import pretty_midi
import pytest

from pipeline.sections.recordings import ComposedThemes
from save_dataset.demo.themes import EPISODE, FORMS, THEME_BEATS, compose_themes
from save_dataset.midi.files import parse, to_bytes

COMPOSITION = ComposedThemes(folder="made", n_pieces=6)


@pytest.fixture(scope="module")
def pieces():
    return compose_themes(COMPOSITION)


def notes_of(midi):
    parsed = parse(to_bytes(midi))
    return list(zip(parsed.onsets_beats.tolist(), parsed.pitches.tolist(), strict=True))


def intervals(occurrence):
    """Onsets since the first, pitches above the lowest."""
    first, lowest = min(occurrence)[0], min(pitch for _, pitch in occurrence)
    return Counter((onset - first, pitch - lowest) for onset, pitch in occurrence)


def test_the_same_seed_gives_the_same_pieces_and_more_of_them_change_none(pieces):
    again = compose_themes(COMPOSITION.model_copy(update={"n_pieces": 2}))
    other = compose_themes(COMPOSITION.model_copy(update={"seed": 1}))
    for name, (midi, patterns) in again.items():
        assert to_bytes(midi) == to_bytes(pieces[name][0])
        assert patterns == pieces[name][1]
        assert to_bytes(midi) != to_bytes(other[name][0])


def test_pieces_last_about_a_minute_and_no_note_is_struck_twice(pieces):
    for midi, _ in pieces.values():
        assert 60 < midi.get_end_time() < 75
        notes = notes_of(midi)
        assert len(set(notes)) == len(notes)
        assert min(pitch for _, pitch in notes) >= 36


def test_an_occurrence_is_all_notes_of_its_span(pieces):
    for midi, patterns in pieces.values():
        notes = np.array(notes_of(midi))
        for pattern, beats in zip(patterns, THEME_BEATS, strict=True):
            for occurrence in pattern:
                first = min(occurrence)[0]
                there = notes[(notes[:, 0] >= first - 1e-6) & (notes[:, 0] < first + beats - 1e-6)]
                np.testing.assert_allclose(there[np.lexsort(there.T[::-1])], sorted(occurrence), atol=1e-6)


def test_occurrences_are_the_theme_but_for_a_turn(pieces):
    for _, patterns in pieces.values():
        for pattern in patterns:
            assert len(pattern) > 1
            theme = intervals(pattern[0])
            for occurrence in pattern:
                assert (theme - intervals(occurrence)).total() == 0
                assert (intervals(occurrence) - theme).total() <= 1


def test_themes_are_transposed_as_far_as_they_may_be(pieces):
    def transpositions(pieces):
        patterns = [pattern for _, patterns in pieces.values() for pattern in patterns]
        return {int(min(notes)[1] - min(pattern[0])[1]) for pattern in patterns for notes in pattern}

    assert transpositions(pieces) == {0, 3, -4, 5}
    assert transpositions(compose_themes(COMPOSITION.model_copy(update={"transpositions": (0,)}))) == {0}


def test_nothing_else_comes_again(pieces):
    """No two stretches of four beats of different themes or episodes are alike, in any transposition."""
    for midi, patterns in pieces.values():
        notes = notes_of(midi)
        last = int(max(notes)[0])
        known = [(n, min(theme)[0], max(theme)[0]) for n, pattern in enumerate(patterns) for theme in pattern]
        seen = {}
        for beat in range(0, last - 3, 4):
            stretch = [(onset, pitch) for onset, pitch in notes if beat <= onset < beat + 4]
            names = [n for n, first, end in known if first <= beat <= end]
            part = names[0] if names else f"episode at {beat // 8}"
            key = frozenset(intervals(stretch).items())
            assert seen.setdefault(key, part) == part


def test_a_piece_keeps_its_tempo_and_has_episodes():
    ((midi, _),) = compose_themes(COMPOSITION.model_copy(update={"n_pieces": 1, "bpm": 97.0})).values()
    read = pretty_midi.PrettyMIDI(io.BytesIO(to_bytes(midi)))
    assert read.get_tempo_changes()[1] == pytest.approx([97], abs=1e-3)
    assert {onset % 0.5 for onset, _ in notes_of(midi)} == {0}
    assert {form.count(EPISODE) for form in FORMS} == {3}
