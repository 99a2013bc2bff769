"""Laws of phrases: length, level, pitch, decay; what they are made of, and that a seed makes them again."""

import numpy as np
import pytest
from scipy.signal import fftconvolve

from pipeline.sections.instruments import Phrases
from save_dataset.instruments import phrases
from save_dataset.instruments.collection import Sound
from save_dataset.instruments.phrase_plans import plan_phrases, read_phrase
from save_dataset.instruments.phrases import (
    draw_gains_db,
    draw_note,
    draw_room,
    equalise,
    join_notes,
    make_phrase,
    move_pitch,
    to_gain,
    without_leading_silence,
)
from save_dataset.sound.files import write_sound

RATE_HZ, N_SAMPLES = 22050, 32768
SEEDS = range(8)


def sine(frequency_hz, n_samples=N_SAMPLES):
    return np.sin(2 * np.pi * frequency_hz * np.arange(n_samples) / RATE_HZ).astype(np.float32)


def loudest_hz(sound):
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return spectrum.argmax() * RATE_HZ / len(sound)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("has_chords", [False, True])
def test_phrases_have_length_and_level_and_are_made_again_by_their_seed(seed, has_chords):
    sounds = [sine(440.0), sine(660.0, 3000), np.pad(sine(220.0, 9000), (5000, 0))]
    first, second = (
        make_phrase(sounds, N_SAMPLES, RATE_HZ, np.random.default_rng(seed), has_chords=has_chords) for _ in range(2)
    )
    assert first.shape == (N_SAMPLES,)
    assert first.dtype == np.float32
    assert np.isfinite(first).all()
    assert to_gain(phrases.PEAK_DB[0]) * 0.999 <= np.abs(first).max() <= to_gain(phrases.PEAK_DB[1]) * 1.001
    np.testing.assert_array_equal(first, second)
    other = make_phrase(sounds, N_SAMPLES, RATE_HZ, np.random.default_rng(seed + 100), has_chords=has_chords)
    assert not np.allclose(first, other)


@pytest.mark.parametrize("sound", [np.eye(1, 5000, 4000)[0], np.full(3, 0.1), np.full(1, 0.1)])
def test_odd_sounds_make_finite_phrases(sound, rng):
    assert np.isfinite(make_phrase([sound], 4096, RATE_HZ, rng, has_chords=False)).all()


@pytest.mark.parametrize("semitones", [-5.0, -1.0, 0.0, 0.5, 1.0])
def test_pitch_is_moved_by_so_many_semitones_and_length_against_it(semitones):
    moved = move_pitch(sine(440.0), semitones)
    ratio = 2 ** (semitones / 12)
    assert len(moved) == pytest.approx(N_SAMPLES / ratio, abs=1)
    assert loudest_hz(moved) == pytest.approx(440 * ratio, rel=0.004)


@pytest.mark.parametrize("semitones", [-5.0, 0.0, 1.0])
def test_a_note_has_its_length_and_level_and_fades(semitones, rng):
    note = draw_note(sine(440.0), 8000, semitones, RATE_HZ, rng)
    assert len(note) == pytest.approx(8000, abs=1)
    assert note[0] == 0
    assert note[-1] == pytest.approx(0, abs=0.01)
    assert to_gain(phrases.NOTE_GAIN_DB[0]) * 0.9 < np.abs(note).max() <= 1
    assert loudest_hz(note) == pytest.approx(440 * 2 ** (semitones / 12), rel=0.01)
    short = draw_note(sine(440.0, 1000), 8000, 0.0, RATE_HZ, rng)
    assert len(short) == pytest.approx(1000, abs=1)


def test_notes_are_moved_by_a_semitone_at_most_unless_the_phrase_is(monkeypatch):
    moves = []
    monkeypatch.setattr(phrases, "move_pitch", lambda sound, semitones: moves.append(semitones) or sound)
    spans = []
    for seed in range(60):
        moves.clear()
        join_notes([sine(440.0)], N_SAMPLES, RATE_HZ, np.random.default_rng(seed), has_chords=False)
        assert min(moves) >= -6
        assert max(moves) <= 1
        assert max(moves) - min(moves) <= 2
        spans.append(min(moves) < -1)
    assert 5 < sum(spans) < 25  # now and then


def test_only_chords_have_several_notes_at_once():
    """Of two sines whose levels are never those of fades, both sound together in chords only."""
    sounds, together = [sine(440.0), sine(3000.0)], {}
    for has_chords in (False, True):
        lines = [join_notes(sounds, N_SAMPLES, RATE_HZ, np.random.default_rng(s), has_chords=has_chords) for s in SEEDS]
        together[has_chords] = np.mean([has_both(line) for line in lines])
    assert together[True] > 0.2
    assert together[False] < 0.1


def has_both(line):
    """Fraction of short frames in which there is much of both sines."""
    frames = line[: len(line) // 1024 * 1024].reshape(-1, 1024) * np.hanning(1024)
    power = np.square(np.abs(np.fft.rfft(frames)))
    split = round(1500 * 1024 / RATE_HZ)
    low, high = power[:, :split].max(axis=1), power[:, split:].max(axis=1)
    return np.mean(np.minimum(low, high) > 0.01 * np.maximum(low, high).max())


def test_leading_silence_is_left_out():
    sound = np.concatenate([np.zeros(100), [1e-4], np.ones(5)])
    np.testing.assert_array_equal(without_leading_silence(sound), np.ones(5))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_room_decays_by_60_db_in_its_time_and_its_level_is_drawn(seed):
    room = draw_room(RATE_HZ, np.random.default_rng(seed))
    rt60_s = len(room) / RATE_HZ
    assert phrases.RT60_S[0] * 0.99 <= rt60_s <= phrases.RT60_S[1] * 1.01
    assert room[0] == 1
    wet_db = 20 * np.log10(np.linalg.norm(room[1:]))
    assert phrases.WET_DB[0] <= wet_db <= phrases.WET_DB[1]
    fifths = [np.sqrt(np.mean(np.square(part))) for part in np.array_split(room[1:], 5)]
    slopes_db = -20 * np.diff(np.log10(fifths))
    np.testing.assert_allclose(slopes_db, 12, atol=3)  # 60 dB in five steps
    assert len(fftconvolve(np.ones(10), room)) == len(room) + 9


@pytest.mark.parametrize("seed", SEEDS)
def test_gains_stay_within_their_range_and_are_smooth(seed, monkeypatch):
    monkeypatch.setattr(phrases, "BAND_CHANCE", 0.0)
    gains_db = draw_gains_db(RATE_HZ, np.random.default_rng(seed))
    assert np.abs(gains_db).max() <= phrases.CURVE_DB + phrases.TILT_DB / 2
    assert np.ptp(gains_db) > 1
    monkeypatch.setattr(phrases, "BAND_CHANCE", 1.0)
    limited_db = draw_gains_db(RATE_HZ, np.random.default_rng(seed))
    assert limited_db[-1] < gains_db.min() or limited_db[0] < -40


def test_equalising_amplifies_by_the_gain_at_each_frequency():
    gains_db = np.interp(np.linspace(0, RATE_HZ / 2, 1025), [0, 1000, 1001, RATE_HZ], [0, 0, 6, 6])
    for frequency_hz, expected_db in ((440.0, 0.0), (4000.0, 6.0)):
        louder = equalise(sine(frequency_hz), gains_db)
        assert 20 * np.log10(louder.std() / sine(frequency_hz).std()) == pytest.approx(expected_db, abs=0.1)


def sounds_of(counts, collection="A"):
    """Sounds by source and class, as many as `counts` says; the files do not exist."""
    return [
        Sound(f"{source}/{label}/{i}.wav", f"{source}/{label}/{i}", source, label, "g", 60.0, collection)
        for (source, label), n in counts.items()
        for i in range(n)
    ]


def test_each_phrase_is_of_one_class_and_source_drawn_by_the_root_of_its_sounds():
    sounds = sounds_of({("a", "piano"): 90, ("b", "piano"): 10, ("a", "flute"): 3})
    plans = plan_phrases(Phrases(per_class=400, collections=("A",)), sounds)
    assert len(plans) == 800
    for plan in plans:
        assert {str(path).rsplit("/", 1)[0] for path in plan.paths} == {f"{plan.phrase.source}/{plan.phrase.label}"}
        assert len(set(plan.paths)) == len(plan.paths) <= 12
        assert plan.phrase.group == ""
        assert np.isnan(plan.phrase.pitch)
        assert plan.has_chords == (plan.phrase.label == "piano")
    of_b = np.mean([plan.phrase.source == "b" for plan in plans if plan.phrase.label == "piano"])
    assert of_b == pytest.approx(0.25, abs=0.07)  # sqrt(10) of sqrt(90) + sqrt(10); by number it were 0.1
    assert len({plan.phrase.name for plan in plans}) == 800


def test_more_phrases_and_other_classes_leave_phrases_as_they_are():
    sounds = sounds_of({("a", "piano"): 30, ("a", "flute"): 30})
    few = plan_phrases(Phrases(per_class=2, collections=("A",)), sounds[:30])
    more = plan_phrases(Phrases(per_class=5, collections=("A",)), sounds)
    assert [plan for plan in more if plan.phrase.label == "piano"][:2] == few
    other = plan_phrases(Phrases(per_class=2, collections=("A",), seed=1), sounds[:30])
    assert [plan.paths for plan in other] != [plan.paths for plan in few]


def test_a_class_that_a_collection_lacks_has_no_phrases_and_it_is_printed(capsys):
    sounds = sounds_of({("a", "piano"): 2}) + sounds_of({("b", "flute"): 2}, "B")
    plans = plan_phrases(Phrases(per_class=1, collections=("A",)), sounds)
    assert [plan.phrase.label for plan in plans] == ["piano"]
    assert capsys.readouterr().out == "no phrases of flute in A: it has no sounds of it\n"


def test_a_collection_that_is_not_there_is_named():
    with pytest.raises(ValueError, match=r"^phrases.collections='AA': is no collection; did you mean A\?$"):
        plan_phrases(Phrases(per_class=1, collections=("AA",)), sounds_of({("a", "piano"): 2}))


def test_a_phrase_is_read_from_its_files(tmp_path):
    path = write_sound(0.5 * sine(440.0), tmp_path / "a.wav", RATE_HZ)
    sound = Sound(path, "a.wav", "a", "flute", "g", 69.0, "A")
    (plan,) = plan_phrases(Phrases(per_class=1, collections=("A",)), [sound])
    first, second = (read_phrase(plan, sample_rate_hz=RATE_HZ, clip_samples=16384, max_clips=8) for _ in range(2))
    assert first[0].shape == (1, 16384)
    assert first[1].tolist() == [16384]
    np.testing.assert_array_equal(first[0], second[0])
    assert first[0].std() > 0.01
