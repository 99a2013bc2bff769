"""Phrases made of notes: what isolated notes lack of music that is played, and one recording of another.

Fragments of random sounds of one class and source follow each other, each moved in pitch and level; then the phrase is
put into a random room, equalised and recorded with some noise. Everything is drawn from the generator that is given.
"""

from collections.abc import Sequence

import librosa
import numpy as np
from scipy.signal import fftconvolve

NOTE_S = (0.1, 1.5)  # lengths of notes, drawn on a logarithmic scale
FADE_S = (0.005, 0.03)
GAP_S, GAP_CHANCE = (0.02, 0.3), 0.3
ONSET_CHANCE = 0.6  # a fragment begins with its sound, not anywhere in it
NOTE_SEMITONES = (-1.0, 1.0)
PHRASE_SEMITONES, MOVED_CHANCE = (-5.0, 0.0), 0.25  # -5: an alto saxophone becomes a tenor
NOTE_GAIN_DB = (-12.0, 0.0)
CHORD_NOTES, CHORD_CHANCE, RINGING = (2, 4), 0.4, 2.5  # notes at once; how much longer than their beat they may sound
RT60_S, WET_DB, ROOM_CHANCE = (0.1, 1.5), (-20.0, 3.0), 0.8
TILT_DB, CURVE_DB, N_CURVE = 6.0, 6.0, 6  # of the spectrum from end to end; of a smooth curve, drawn at some points
LOWEST_HZ = 50.0  # of the curve
LOW_PASS_HZ, HIGH_PASS_HZ, BAND_CHANCE = (2500.0, 8000.0), (80.0, 300.0), 0.25
NOISE_DB = (-80.0, -45.0)  # below the phrase, RMS
PEAK_DB = (-20.0, -1.0)
AUDIBLE = 1e-3  # fraction of a sound's peak: what is before its first sample above is left out


def make_phrase(
    sounds: Sequence[np.ndarray], n_samples: int, sample_rate_hz: int, rng: np.random.Generator, *, has_chords: bool
) -> np.ndarray:
    """Return a phrase made of sounds, each ``(n_sound,)`` and not silent: ``(n_samples,)`` float32, peak at most 1."""
    sounds = [without_leading_silence(sound) for sound in sounds]
    phrase = join_notes(sounds, n_samples, sample_rate_hz, rng, has_chords=has_chords)
    if rng.random() < ROOM_CHANCE:
        room = draw_room(sample_rate_hz, rng)
        phrase = fftconvolve(phrase, room)[:n_samples]
    phrase = equalise(phrase, draw_gains_db(sample_rate_hz, rng))
    rms = np.sqrt(np.mean(np.square(phrase)))
    phrase = phrase + rms * to_gain(rng.uniform(*NOISE_DB)) * rng.normal(size=n_samples)
    return (phrase / peak_of(phrase) * to_gain(rng.uniform(*PEAK_DB))).astype(np.float32)


def join_notes(
    sounds: Sequence[np.ndarray], n_samples: int, sample_rate_hz: int, rng: np.random.Generator, *, has_chords: bool
) -> np.ndarray:
    """Return fragments of random sounds that follow each other, sometimes after a gap, ``(n_samples,)``.

    With `has_chords` there are several at once sometimes, and they ring on into the next.
    """
    line = np.zeros(n_samples)
    start = 0
    phrase_semitones = rng.uniform(*PHRASE_SEMITONES) if rng.random() < MOVED_CHANCE else 0.0
    while start < n_samples:
        beat = round(_draw_logarithmic(NOTE_S, rng) * sample_rate_hz)
        n_notes = rng.integers(*CHORD_NOTES, endpoint=True) if has_chords and rng.random() < CHORD_CHANCE else 1
        longest = 0
        for _ in range(n_notes):
            sound = sounds[int(rng.integers(len(sounds)))]
            length = round(beat * rng.uniform(1, RINGING)) if has_chords else beat
            semitones = phrase_semitones + rng.uniform(*NOTE_SEMITONES)
            note = draw_note(sound, length, semitones, sample_rate_hz, rng)[: n_samples - start]
            line[start : start + len(note)] += note / np.sqrt(n_notes)
            longest = max(longest, min(len(note), beat))
        gap_s = rng.uniform(*GAP_S) if rng.random() < GAP_CHANCE else 0.0
        start += max(longest, 1) + round(gap_s * sample_rate_hz)
    return line


def draw_note(
    sound: np.ndarray, n_samples: int, semitones: float, sample_rate_hz: int, rng: np.random.Generator
) -> np.ndarray:
    """Return a fragment of a sound at a random level, moved in pitch, at most `n_samples` long, with short fades."""
    needed = round(n_samples * 2 ** (semitones / 12))  # before it is moved
    latest = max(len(sound) - needed, 0)
    start = 0 if rng.random() < ONSET_CHANCE else rng.integers(latest + 1)
    note = move_pitch(sound[start : start + needed], semitones)[:n_samples]
    gain = to_gain(rng.uniform(*NOTE_GAIN_DB)) / peak_of(note)
    n_fade = min(round(rng.uniform(*FADE_S) * sample_rate_hz), len(note) // 2)
    fade = np.linspace(0, 1, n_fade, endpoint=False)
    return gain * note * np.concatenate([fade, np.ones(len(note) - 2 * n_fade), fade[::-1]])


def peak_of(sound: np.ndarray) -> float:
    """Return the largest absolute sample; 1 in silence, which stays what it is."""
    return float(np.abs(sound).max(initial=0)) or 1.0


def move_pitch(sound: np.ndarray, semitones: float) -> np.ndarray:
    """Return a sound played faster or slower, so that it is so many semitones higher; formants move with it."""
    return librosa.resample(sound, orig_sr=2 ** (semitones / 12), target_sr=1.0, res_type="soxr_mq")


def without_leading_silence(sound: np.ndarray) -> np.ndarray:
    """Return a sound from the first sample on that is above a thousandth of its peak."""
    return sound[np.argmax(np.abs(sound) > AUDIBLE * np.abs(sound).max()) :]


def draw_room(sample_rate_hz: int, rng: np.random.Generator) -> np.ndarray:
    """Return the impulse response of a random room: the direct sound, and noise that falls by 60 dB in `RT60_S`."""
    rt60_s = _draw_logarithmic(RT60_S, rng)
    times_s = np.arange(1, round(rt60_s * sample_rate_hz)) / sample_rate_hz
    tail = rng.normal(size=len(times_s)) * 10 ** (-3 * times_s / rt60_s)
    tail *= to_gain(rng.uniform(*WET_DB)) / np.linalg.norm(tail)
    return np.concatenate([[1.0], tail])


def draw_gains_db(sample_rate_hz: int, rng: np.random.Generator, n_gains: int = 1025) -> np.ndarray:
    """Return a random smooth equalisation in dB at frequencies from 0 to half of the sample rate, ``(n_gains,)``.

    It is a tilt and a curve along log-frequency, and sometimes a band limit of 24 dB an octave (Butterworth).
    """
    frequencies_hz = np.linspace(0, sample_rate_hz / 2, n_gains)
    octaves = np.log2(np.maximum(frequencies_hz, LOWEST_HZ) / LOWEST_HZ)
    position = octaves / octaves[-1]  # 0 to 1
    curve = np.interp(position, np.linspace(0, 1, N_CURVE), rng.uniform(-CURVE_DB, CURVE_DB, N_CURVE))
    gains_db = rng.uniform(-TILT_DB, TILT_DB) * (position - 0.5) + curve
    if rng.random() < BAND_CHANCE:
        gains_db -= 10 * np.log10(1 + (frequencies_hz / _draw_logarithmic(LOW_PASS_HZ, rng)) ** 8)
    if rng.random() < BAND_CHANCE:
        above_zero = np.maximum(frequencies_hz, frequencies_hz[1] / 2)
        gains_db -= 10 * np.log10(1 + (_draw_logarithmic(HIGH_PASS_HZ, rng) / above_zero) ** 8)
    return gains_db


def equalise(sound: np.ndarray, gains_db: np.ndarray) -> np.ndarray:
    """Return a sound whose spectrum is amplified by gains at frequencies from 0 to half of the sample rate."""
    spectrum = np.fft.rfft(sound)
    frequencies = np.linspace(0, len(gains_db) - 1, len(spectrum))
    return np.fft.irfft(spectrum * to_gain(np.interp(frequencies, np.arange(len(gains_db)), gains_db)), len(sound))


def to_gain(db):
    """Return the factor of amplitudes that decibels mean.

    >>> float(to_gain(-20.0))
    0.1
    """
    return np.power(10.0, np.asarray(db) / 20)


def _draw_logarithmic(ends: tuple[float, float], rng: np.random.Generator) -> float:
    return float(np.exp(rng.uniform(*np.log(ends))))
