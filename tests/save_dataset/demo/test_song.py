"""The demo song: its form, its repetitions, and whether they are in its sound."""

import itertools

import numpy as np
import pretty_midi
import pytest
import scipy.signal

from save_dataset.demo.song import CHORDS, SECTIONS, compose, section_starts_s, unroll
from save_dataset.midi.files import to_bytes
from save_dataset.sound.synthesiser import render


def notes_between(midi, start_s, end_s):
    """Rows of part, onset and length (both in s from `start_s`), pitch, velocity."""
    return np.array(
        [
            (part, note.start - start_s, note.end - note.start, note.pitch, note.velocity)
            for part, instrument in enumerate(midi.instruments)
            for note in instrument.notes
            if start_s <= note.start < end_s
        ]
    )


def windows_of_sound(samples):
    """Windows of 22 magnitude frames up to 4000 Hz, as the study `song` sees them, and the time between them."""
    taper = scipy.signal.windows.tukey(1024, 0.4)
    frequencies_hz, times_s, magnitude = scipy.signal.spectrogram(samples, 44100, taper, noverlap=0, mode="magnitude")
    pixels = magnitude[frequencies_hz < 4020].T
    pixels = (pixels - pixels.min()) / (pixels.max() - pixels.min())
    windows = np.lib.stride_tricks.sliding_window_view(pixels, 22, axis=0)
    return windows.reshape(len(windows), -1), times_s[1] - times_s[0]


def principal_components(points):
    centred = points - points.mean(axis=0)
    _, _, axes = np.linalg.svd(centred[::10], full_matrices=False)  # windows overlap: a tenth is enough
    return centred @ axes[:3].T


@pytest.fixture(scope="module")
def demo_windows():
    return windows_of_sound(render(compose("AABA")))


def test_aaba_at_120_bpm_lasts_32_s_and_sections_are_marked():
    assert 31.9 < compose("AABA", bpm=120).get_end_time() <= 32
    np.testing.assert_array_equal(section_starts_s("AABA", 120), [0, 8, 16, 24])
    markers = [(marker.text, marker.time) for marker in compose("ABCD", bpm=60).text_events]
    assert markers == [("A", 0), ("B", 16), ("C", 32), ("D", 48)]


def test_every_pattern_fills_its_section():
    assert unroll("x...|o... ") == 8 * "x...o..."
    for section in SECTIONS.values():
        for pattern in [section.strum, section.bass, section.melody, *section.drums.values()]:
            assert len(unroll(pattern)) == 64
        assert {len(pattern) for pattern in section.fill.values()} == {8}
        assert len(section.chords.split()) == 8


def test_no_voice_of_the_chords_leaps():
    progressions = [[CHORDS[name][1] for name in section.chords.split()] for section in SECTIONS.values()]
    within = [pair for progression in progressions for pair in itertools.pairwise(progression)]
    between = [(one[-1], other[0]) for one, other in itertools.product(progressions, repeat=2)]
    assert max(abs(np.subtract(*pair)).max() for pair in within + between) <= 3


def test_a_is_in_half_time():
    drums = compose("A").instruments[0]
    first_bars = [note for note in drums.notes if note.start < 6]
    assert {note.start % 2 < 1 for note in first_bars if note.pitch == 36} == {True}
    assert {note.start % 2 >= 1 for note in first_bars if note.pitch == 38} == {True}


@pytest.mark.parametrize("bpm", [40, 97, 120, 240])
def test_a_letter_is_repeated_note_for_note(bpm):
    midi = compose("ABAB", bpm=bpm)
    starts_s = section_starts_s("ABAB", bpm) - 1e-6
    length_s = starts_s[1] - starts_s[0]
    sections = [notes_between(midi, start_s, start_s + length_s) for start_s in starts_s]
    np.testing.assert_allclose(sections[2], sections[0], atol=1e-9)
    np.testing.assert_allclose(sections[3], sections[1], atol=1e-9)
    assert sum(len(section) for section in sections) == sum(len(part.notes) for part in midi.instruments)


def test_different_letters_differ_in_every_part():
    for parts in zip(*(compose(letter).instruments for letter in "ABCD"), strict=True):
        assert len({tuple((note.start, note.pitch) for note in part.notes) for part in parts}) == 4


def test_tempo_scales_time_only_and_the_seed_decides_velocities_only():
    slow, fast = (notes_between(compose("AB", bpm=bpm), 0, 100) for bpm in (60, 120))
    np.testing.assert_allclose(slow, fast * [1, 2, 2, 1, 1])
    assert to_bytes(compose(seed=3)) == to_bytes(compose(seed=3))
    one, other = (notes_between(compose(seed=seed), 0, 32) for seed in (3, 4))
    np.testing.assert_array_equal(one[:, :4], other[:, :4])
    assert not np.array_equal(one[:, 4], other[:, 4])
    assert np.abs(one[:, 4] - other[:, 4]).max() <= 10


def test_midi_file_holds_the_same_notes(tmp_path):
    midi = compose("ABCD", bpm=90)
    midi.write(str(tmp_path / "song.mid"))
    again = pretty_midi.PrettyMIDI(str(tmp_path / "song.mid"))
    notes, notes_again = (notes_between(piece, 0, 100) for piece in (midi, again))
    in_order = [rows[np.lexsort(rows[:, [1, 3, 0]].round(2).T)] for rows in (notes, notes_again)]
    np.testing.assert_allclose(*in_order, atol=0.002)
    assert [marker.text for marker in again.text_events] == list("ABCD")


@pytest.mark.parametrize("view", [np.asarray, principal_components])
def test_music_a_bar_apart_is_closer_than_half_a_bar_apart(demo_windows, view):
    windows, hop_s = demo_windows
    points = view(windows)
    n_inside_a = round(5.5 / hop_s)
    distance = {
        lag_s: np.linalg.norm(points[round(lag_s / hop_s) :][:n_inside_a] - points[:n_inside_a], axis=1)
        for lag_s in (1, 2)
    }
    assert np.median(distance[2]) < 0.6 * np.median(distance[1])


def test_last_a_sounds_like_the_first(demo_windows):
    windows, hop_s = demo_windows
    points = principal_components(windows)
    first, _, b, last = (points[round(start_s / hop_s) :][: round(7.4 / hop_s)] for start_s in section_starts_s("AABA"))
    std = np.sqrt(np.square(points - points.mean(axis=0)).sum(axis=1).mean())
    assert np.median(np.linalg.norm(last - first, axis=1)) < 0.2 * std
    assert np.median(np.linalg.norm(b - first, axis=1)) > 0.5 * std


def test_form_tempo_and_seed_must_be_in_range():
    for form in ("AXA", "", "aaba", "AABA\n", 17 * "A"):
        with pytest.raises(ValueError, match=r"form='.*': must be 1 to 16 letters from A to D"):
            compose(form)
    for function, bpm in itertools.product((compose, section_starts_s), (39.9, 241, float("nan"), -120)):
        with pytest.raises(ValueError, match=r"bpm=.*: must be 40 to 240"):
            function("AABA", bpm=bpm)
    with pytest.raises(ValueError, match="seed=-1: must be 0 or more"):
        compose(seed=-1)
