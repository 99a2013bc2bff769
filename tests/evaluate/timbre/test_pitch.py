import numpy as np
import pretty_midi
import pytest

from evaluate.timbre import pitch
from pipeline import memory
from pipeline.sections.timbre import TimbreMeasures
from save_dataset.sound.synthesiser import render

RATE_HZ, HOP_S = 22050, 512 / 22050
SETTINGS = {"sample_rate_hz": RATE_HZ, "hop_samples": 512, "min_pitch_hz": 60.0, "max_pitch_hz": 2000.0}
CENTS_60 = 2 ** (60 / 1200)


def glide(from_hz, to_hz, duration_s=1.5):
    """A tone that glides along a straight line, and the pitch of its frames."""
    times_s = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    pitch_hz = from_hz + (to_hz - from_hz) * times_s / duration_s
    phases = 2 * np.pi * np.cumsum(pitch_hz) / RATE_HZ
    return sum(np.sin(h * phases) / h for h in range(1, 5)).astype(np.float32), pitch_hz[::512]


@pytest.fixture(scope="module")
def curve():
    samples, _ = glide(220.0, 330.0)
    return pitch.track_pitch(samples, **SETTINGS)[0]


def test_glide_is_followed(curve):
    _, expected_hz = glide(220.0, 330.0)
    inner = slice(5, -5)
    assert np.isfinite(curve[inner]).all()
    assert np.abs(1200 * np.log2(curve[inner] / expected_hz[inner])).max() < 25  # on a grid of 20 cents, moving


def test_there_is_a_frame_for_each_hop_and_none_of_silence_is_voiced():
    curve = pitch.track_pitch(np.zeros(5000, np.float32), **SETTINGS)[0]
    assert curve.shape == (1 + 5000 // 512,)
    assert np.isnan(curve).all()


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        (lambda curve: curve, 1.0),
        (lambda curve: curve * 2 ** (40 / 1200), 1.0),
        (lambda curve: curve * CENTS_60, 0.0),
        (lambda curve: curve / CENTS_60, 0.0),
        (lambda curve: np.full_like(curve, np.nan), 0.0),
    ],
)
def test_frames_keep_their_pitch_if_they_are_voiced_and_near(curve, change, kept):
    assert pitch.kept_fraction(change(curve), curve, 50.0) == kept


def test_what_has_no_pitch_has_none_to_keep(curve):
    assert np.isnan(pitch.kept_fraction(curve, np.full_like(curve, np.nan), 50.0))


ONE_SECOND = np.full(44, 440.0)


@pytest.mark.parametrize(
    ("frames_hz", "cents"),
    [
        (ONE_SECOND, 0),
        (ONE_SECOND * CENTS_60, 60),
        (np.where(np.arange(44) < 15, 220.0, 440.0), 0),  # an octave too low for a third
        (np.where(np.arange(44) < 3, np.nan, 440.0), 0),  # before the tone is there
        (np.where(np.arange(44) < 20, np.nan, 440.0), 0),
        (np.where(np.arange(44) < 25, np.nan, 440.0), np.nan),
    ],
)
def test_note_deviates_by_the_median_of_its_voiced_frames(frames_hz, cents):
    found = pitch.note_cents(frames_hz, HOP_S, np.array([0.0]), np.array([1.0]), np.array([69]))
    np.testing.assert_allclose(found, cents, atol=1e-9)


def test_notes_are_measured_that_sound_alone_and_are_not_too_short():
    starts_s, ends_s = np.array([0.0, 1.0, 1.9, 3.0, 4.0]), np.array([1.04, 2.0, 2.5, 4.0, 4.09])
    assert pitch.can_be_measured(starts_s, ends_s).tolist() == [True, False, False, True, False]


def test_melody_of_leaps_loses_no_note(rng):
    """Of these, librosa's usual rate of transitions finds a third octaves too low."""
    pitches = np.tile([48, 83, 60, 77, 81, 55, 79, 50, 82, 64], 2)
    starts_s = 0.4 * np.arange(20)
    instrument = pretty_midi.Instrument(73)
    instrument.notes = [pretty_midi.Note(90, int(p), s, s + 0.4) for s, p in zip(starts_s, pitches, strict=True)]
    midi = pretty_midi.PrettyMIDI()
    midi.instruments.append(instrument)
    curve = pitch.track_pitch(render(midi, sample_rate_hz=RATE_HZ), **SETTINGS)[0]
    cents = pitch.note_cents(curve, HOP_S, starts_s, starts_s + 0.4, pitches)
    np.testing.assert_allclose(cents, 0, atol=1)


def test_curves_are_made_once(tmp_path, monkeypatch):
    sounds = [glide(220.0, hz, 0.2)[0] for hz in (220.0, 260.0, 220.0)]
    first = pitch.pitch_curves(sounds, tmp_path, SETTINGS)
    assert len([*tmp_path.rglob("*.npz")]) == 2  # the third is the first
    monkeypatch.setattr(pitch, "track_pitch", None)
    for curve, again in zip(first, pitch.pitch_curves(sounds, tmp_path, SETTINGS), strict=True):
        np.testing.assert_array_equal(curve, again)
    with pytest.raises(TypeError):  # other settings
        pitch.pitch_curves(sounds, tmp_path, SETTINGS | {"min_pitch_hz": 80.0})


def test_pitches_that_are_looked_for_are_an_octave_at_least():
    with pytest.raises(ValueError, match=r"min_pitch_hz=150.0: must be at most half of max_pitch_hz=250.0"):
        TimbreMeasures(min_pitch_hz=150.0, max_pitch_hz=250.0)


def test_sounds_whose_frames_do_not_fit_into_memory_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "MAX_GB", 1e-2)
    monkeypatch.setattr(memory, "machine_gb", lambda: 0.0)
    sounds = [np.zeros(RATE_HZ, np.float32), np.zeros(10 * RATE_HZ, np.float32)]
    with pytest.raises(
        ValueError, match="^measures.min_pitch_hz=60: would need .*; raise it or stft.hop_samples, or use"
    ):
        pitch.pitch_curves(sounds, tmp_path, SETTINGS)
    assert not [*tmp_path.iterdir()]
