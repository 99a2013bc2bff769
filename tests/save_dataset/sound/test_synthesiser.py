import numpy as np
import pretty_midi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from save_dataset.midi.files import make_midi
from save_dataset.sound.synthesiser import DRUMS, TAIL_S, render

PROGRAMS = [0, 11, 16, 24, 33, 48, 80]  # one per timbre
RATE_HZ = 44100


def midi_of(*notes, program=0, is_drum=False):
    """A MIDI of notes given as (start_s, end_s, pitch, velocity)."""
    rows = [(velocity, pitch, start_s, end_s) for start_s, end_s, pitch, velocity in notes]
    midi = make_midi(rows, bpm=120, name="drums" if is_drum else "piano")
    midi.instruments[0].program = program
    return midi


def magnitude(samples, sample_rate_hz=RATE_HZ):
    """Frequencies and magnitude spectrum, with a window whose side lobes do not hide what is weak."""
    return np.fft.rfftfreq(len(samples), 1 / sample_rate_hz), np.abs(np.fft.rfft(samples * np.blackman(len(samples))))


def peak_hz(samples, sample_rate_hz=RATE_HZ):
    frequencies_hz, spectrum = magnitude(samples, sample_rate_hz)
    return frequencies_hz[spectrum.argmax()]


@settings(deadline=None, max_examples=10)
@given(pitch=st.integers(36, 96), program=st.sampled_from(PROGRAMS))
def test_an_octave_higher_doubles_the_frequency(pitch, program):
    low, high = (render(midi_of((0, 1, p, 100), program=program)) for p in (pitch, pitch + 12))
    assert peak_hz(high) == pytest.approx(2 * peak_hz(low), abs=3)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a4_peaks_at_440_hz_and_every_partial_is_a_harmonic(program):
    frequencies_hz, spectrum = magnitude(render(midi_of((0, 2, 69, 100), program=program)))
    assert frequencies_hz[spectrum.argmax()] == pytest.approx(440, abs=1)
    off_harmonics = np.abs((frequencies_hz + 220) % 440 - 220) > 30
    assert spectrum[off_harmonics].max() < 0.01 * spectrum.max()


@pytest.mark.parametrize("program", PROGRAMS)
def test_nothing_is_folded_at_nyquist(program):
    frequencies_hz, spectrum = magnitude(render(midi_of((0, 1, 127, 127), program=program)))  # 12544 Hz
    elsewhere = np.abs(frequencies_hz - 12544) > 200
    assert spectrum[elsewhere].max() < 1e-3 * spectrum.max()


def test_note_above_nyquist_is_left_out_and_a_drum_is_not_folded():
    both = render(midi_of((0, 1, 60, 100), (0, 1, 127, 100)), sample_rate_hz=8000)
    np.testing.assert_array_equal(both, render(midi_of((0, 1, 60, 100)), sample_rate_hz=8000))
    triangle = midi_of((0, 1, 81, 100), is_drum=True)
    assert peak_hz(render(triangle)) == pytest.approx(5000, abs=5)
    samples = render(triangle, sample_rate_hz=8000)
    assert np.abs(samples[2000:]).max() < 0.01  # the sine would ring on at 3000 Hz


@pytest.mark.parametrize(("pitch", "is_drum"), [(60, False), (38, True)])
def test_amplitude_is_proportional_to_velocity(pitch, is_drum):
    samples = render(midi_of((0, 0.5, pitch, 50), (2, 2.5, pitch, 100), is_drum=is_drum))
    soft, loud = samples[:RATE_HZ], samples[2 * RATE_HZ :][:RATE_HZ]
    np.testing.assert_allclose(loud, 2 * soft, atol=1e-6)


@pytest.mark.parametrize("sample_rate_hz", [8000, 11025, 44100, 48000])
def test_peak_is_0_9_and_length_is_that_of_the_last_note_and_its_tail(sample_rate_hz):
    for end_s in (0.3, 1.0, 1.23457):
        samples = render(midi_of((0, end_s, 60, 10), program=11), sample_rate_hz=sample_rate_hz)
        assert samples.dtype == np.float32
        assert samples.shape == (np.ceil((end_s + TAIL_S) * sample_rate_hz),)
        assert np.abs(samples).max() == pytest.approx(0.9, abs=1e-6)


@pytest.mark.parametrize("start_s", [0.1, 0.12345, 0.12346])
def test_a_note_begins_at_its_sample(start_s):
    onset = round(start_s * RATE_HZ)
    drum = render(midi_of((start_s, start_s + 0.1, 38, 100), is_drum=True))
    assert np.flatnonzero(drum)[0] == onset
    tone = render(midi_of((start_s, start_s + 0.1, 69, 100)))
    assert np.flatnonzero(tone)[0] == onset + 1  # a sine begins at 0
    from_0 = render(midi_of((0, 0.1, 69, 100)))[: RATE_HZ // 2]
    np.testing.assert_allclose(tone[onset:][: len(from_0)], from_0, atol=1e-5)


def test_a_note_ends_after_its_release():
    samples = render(midi_of((0, 0.5, 60, 100), (2, 2.1, 60, 100), program=16))
    held, nearly_over, over = (samples[int(start_s * RATE_HZ) :][:200] for start_s in (0.49, 0.555, 0.56))
    assert np.abs(held).max() > 0.5
    assert 0 < np.abs(nearly_over).max() < 0.01
    assert not over.any()


def test_a_repeated_bar_of_drums_is_repeated_sample_for_sample():
    bar = [(0, 36), (0.25, 42), (0.5, 38), (0.75, 46), (1, 39), (1.25, 50), (1.5, 99)]
    strokes = [(2 * n + start, 2 * n + start + 0.1, pitch, 60 + pitch) for n in range(3) for start, pitch in bar]
    samples = render(midi_of(*strokes, is_drum=True))
    first, second = samples[: 2 * RATE_HZ], samples[2 * RATE_HZ : 4 * RATE_HZ]
    quiet = int(1.5 * RATE_HZ)  # the last drums of a bar ring on into the next
    np.testing.assert_array_equal(first[RATE_HZ:quiet], second[RATE_HZ:quiet])
    third = samples[4 * RATE_HZ : int(5.6 * RATE_HZ)]
    np.testing.assert_array_equal(second[: len(third)], third)


def test_order_of_notes_does_not_matter_and_the_same_midi_gives_the_same_samples():
    notes = [(start, start + 0.3, 60 + n % 5, 80) for n, start in enumerate(np.arange(0, 3, 0.125))]
    np.testing.assert_allclose(render(midi_of(*notes[::-1])), render(midi_of(*notes)), atol=1e-6)
    midi = midi_of((0, 1, 60, 80), (0.5, 1, 64, 80))
    midi.instruments += midi_of((0, 1, 38, 80), (0.3, 1, 57, 80), is_drum=True).instruments
    np.testing.assert_array_equal(render(midi), render(midi))


def test_instruments_are_added():
    both = midi_of((0, 1, 48, 100), program=33)
    both.instruments += midi_of((2, 3, 84, 100)).instruments
    samples = render(both)
    assert peak_hz(samples[:RATE_HZ]) == pytest.approx(130.8, abs=2)
    assert peak_hz(samples[2 * RATE_HZ : 3 * RATE_HZ]) == pytest.approx(1046.5, abs=2)


@pytest.mark.parametrize("pitch", [*DRUMS, 0, 127])
def test_every_drum_sounds_and_dies_away(pitch):
    samples = render(midi_of((0, 5, pitch, 100), is_drum=True), sample_rate_hz=22050)
    assert np.isfinite(samples).all()
    assert np.abs(samples[-22050:]).max() < 0.01


def test_kick_is_low_and_hat_is_high():
    kick, hat = (render(midi_of((0, 0.5, pitch, 100), is_drum=True)) for pitch in (36, 42))
    assert peak_hz(kick) < 120
    frequencies_hz, spectrum = magnitude(hat)
    assert np.average(frequencies_hz, weights=spectrum) > 7000


def test_what_cannot_be_rendered_is_refused():
    with pytest.raises(ValueError, match=r"midi.instruments=\[\]: must hold at least one note"):
        render(pretty_midi.PrettyMIDI())
    with pytest.raises(ValueError, match="must hold at least one note"):
        render(midi_of())
    with pytest.raises(ValueError, match="sample_rate_hz=8000: none of the notes sounds"):
        render(midi_of((0, 1, 127, 100)), sample_rate_hz=8000)
    for sample_rate_hz in (0, -44100, 10**7):
        with pytest.raises(ValueError, match=r"sample_rate_hz=.*: must be 1000 to 768000"):
            render(midi_of((0, 1, 60, 100)), sample_rate_hz=sample_rate_hz)
