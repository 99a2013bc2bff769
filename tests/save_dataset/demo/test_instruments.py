"""Synthetic notes: each kind has what it is named for, and a collection changes what says nothing about kinds."""

from dataclasses import replace

import numpy as np
import pytest

from save_dataset.demo.instruments import (
    KINDS,
    RECORDINGS,
    RELEASE_S,
    SAMPLE_RATE_HZ,
    Kind,
    amplitudes_of,
    make_note,
    play,
    record,
)

SECOND = 1 - RELEASE_S  # with its release a note of one second
PLAIN = Kind(60, 1.0, attack_s=0.01)


def spectrum(sound):
    """Amplitudes at 0, 1, 2 ... Hz of the first second of a sound."""
    n = SAMPLE_RATE_HZ
    return np.abs(np.fft.rfft(sound[:n] * np.hanning(len(sound[:n])), n))


def level_db(sound, start_s, end_s):
    part = sound[int(start_s * SAMPLE_RATE_HZ) : int(end_s * SAMPLE_RATE_HZ)]
    return 10 * np.log10(np.mean(part**2))


@pytest.mark.parametrize("collection", RECORDINGS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_note_comes_from_its_own_random_numbers_and_fits_a_file(kind, collection):
    note, again, next_one = (make_note(kind, collection, index, seed=3) for index in (1, 1, 2))
    np.testing.assert_array_equal(note.samples, again.samples)
    assert len(note.samples) != len(next_one.samples)
    assert not np.array_equal(note.samples, make_note(kind, collection, 1, seed=4).samples)
    assert 0.5 < len(note.samples) / SAMPLE_RATE_HZ < 2.97
    assert 0.05 < np.abs(note.samples).max() < 1
    assert 0 <= note.pitch - KINDS[kind].lowest_pitch - RECORDINGS[collection].register < 16


@pytest.mark.parametrize(
    ("kind", "fades"),
    [("struck_string", True), ("plucked_string", True), ("bowed_string", False), ("flute_like", False),
     ("single_reed", False), ("brass_like", False), ("singer", False)],
)  # fmt: skip
def test_strings_that_are_struck_or_plucked_fade_others_hold(kind, fades, rng):
    sound = play(KINDS[kind], 262, SECOND, rng)
    fall_db = level_db(sound, 0.2, 0.4) - level_db(sound, 0.7, 0.9)
    assert fall_db > 4 if fades else abs(fall_db) < 1.5


def test_a_single_reed_has_odd_partials(rng):
    magnitudes = spectrum(play(replace(KINDS["single_reed"], noise=0.0), 200, SECOND, rng))
    assert magnitudes[[200, 600, 1000]].min() > 5 * magnitudes[[400, 800, 1200]].max()


def test_a_string_lacks_the_partials_that_have_a_node_where_it_is_plucked(rng):
    magnitudes = spectrum(play(replace(PLAIN, plucked_at=0.25), 200, SECOND, rng))
    assert magnitudes[[800, 1600]].max() < 1e-3 * magnitudes[[200, 600]].min()


def test_a_stiff_string_has_its_tenth_partial_sharp(rng):
    magnitudes = spectrum(play(replace(PLAIN, inharmonicity=1e-3), 200, SECOND, rng))
    assert 1900 + magnitudes[1900:2200].argmax() == round(2000 * np.sqrt(1.1))


@pytest.mark.parametrize("frequency_hz", [130.0, 220.0, 311.0])
def test_the_resonances_of_a_singer_stay_when_the_pitch_moves(frequency_hz):
    partials = np.arange(1, 30)
    singer, source = KINDS["singer"], replace(KINDS["singer"], resonances=())
    gains = np.divide(*(amplitudes_of(kind, partials, frequency_hz * partials) for kind in (singer, source)))
    around = abs(frequency_hz * partials - 2900).argmin()
    assert gains[around] > 2 * gains[abs(frequency_hz * partials - 1900).argmin()]
    assert gains[around] > 5 * gains[abs(frequency_hz * partials - 6000).argmin() if frequency_hz > 210 else 0]


def test_vibrato_moves_the_pitch_by_its_cents(rng):
    kind = replace(PLAIN, vibrato_cents=50, slope=9.0)  # hardly more than one partial
    sound = play(kind, 1000, 2.0, rng)[SAMPLE_RATE_HZ // 2 : -SAMPLE_RATE_HZ // 4]
    crossings = np.flatnonzero(np.diff(np.signbit(sound)))
    periods_s = 2 * np.convolve(np.diff(crossings), np.ones(32) / 32, "valid") / SAMPLE_RATE_HZ
    cents = 1200 * np.log2(1 / (1000 * periods_s))
    assert cents.max() == pytest.approx(50, abs=8)
    assert cents.min() == pytest.approx(-50, abs=8)


def test_upper_partials_of_brass_come_later(rng):
    sound = play(replace(KINDS["brass_like"], noise=0.0), 200, SECOND, rng)
    early, late = (np.abs(np.fft.rfft(sound[start : start + 882] * np.hanning(882))) for start in (0, 9000))
    assert late[96] / late[8] > 1.5 * early[96] / early[8]  # bins of 25 Hz: partials 12 and 1


def test_distortion_brings_partials_that_were_not_there(rng):
    clean = replace(PLAIN, slope=9.0)
    quiet, loud = (spectrum(play(kind, 200, SECOND, rng)) for kind in (clean, replace(clean, drive=9.0)))
    assert loud[1000] / loud[200] > 0.1 > 100 * quiet[1000] / quiet[200]


def test_a_room_rings_longer_has_more_noise_and_is_duller_and_softer(rng):
    click = np.zeros(SAMPLE_RATE_HZ // 2)
    click[0] = 1
    room, studio = (record(click, recording, rng) for recording in RECORDINGS.values())
    assert np.abs(room).max() < np.abs(studio).max()
    peaks_db = [20 * np.log10(np.abs(sound).max()) for sound in (room, studio)]
    assert level_db(room, 0.3, 0.4) - peaks_db[0] > 20 + level_db(studio, 0.3, 0.4) - peaks_db[1]
    highs = [spectrum(sound)[8000:10000].mean() / spectrum(sound)[100:300].mean() for sound in (room, studio)]
    assert highs[0] < highs[1]
