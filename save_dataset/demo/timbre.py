"""Sounds for the study `timbre`: notes of a reed to learn; a voice that glides, a melody and chords to pass through it.

The reed is `single_reed` of `save_dataset.demo.instruments` with two formants; what is louder is brighter. The voice is
the `singer` there, but pitch, vowel and level move all the time. Both are dry, no room answers.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from pretty_midi import PrettyMIDI, note_number_to_hz
from scipy.interpolate import PchipInterpolator

from save_dataset.demo.instruments import KINDS, MAX_PARTIALS, RELEASE_S, SAMPLE_RATE_HZ, amplitudes_of, play
from save_dataset.midi.files import make_midi

REED = replace(KINDS["single_reed"], attack_s=0.05, resonances=((640, 2.5), (1750, 2.0)))
LOWEST_PITCH, HIGHEST_PITCH = 57, 75  # of the reed, A3 to D#5
NOTE_S = (0.6, 1.8)  # shortest and longest
LOUDEST_DB, SOFTEST_DB = -3.0, -24.0  # the softest below the loudest
BRIGHTNESS = 1.0  # by which the slope of the softest notes exceeds that of the loudest

# Formants of women: frequencies by G. E. Peterson and H. L. Barney, "Control methods used in a study of the vowels",
# JASA 24, 1952, table II; gains are ours.
VOWELS = {
    "a": ((850, 4), (1220, 3), (2810, 3)),
    "i": ((310, 4), (2790, 4), (3310, 3)),
    "u": ((370, 4), (950, 2), (2670, 1)),
    "e": ((610, 4), (2330, 3), (2990, 3)),
}
# When (part of the whole), MIDI pitch, vowel, level in dB. Two notes; a glide of 14 semitones up and one down; a
# crescendo. Silence between them.
SONG = (
    (0.00, 60, "a", -60), (0.02, 60, "a", -8), (0.10, 60, "a", -6), (0.12, 64, "e", -6), (0.19, 64, "e", -6),
    (0.21, 67, "i", -5), (0.28, 67, "i", -8), (0.30, 67, "i", -60),
    (0.33, 58, "u", -60), (0.35, 58, "u", -9), (0.40, 58, "u", -6), (0.51, 72, "a", -2), (0.56, 72, "a", -2),
    (0.66, 60, "e", -6), (0.69, 60, "e", -8), (0.71, 60, "e", -60),
    (0.74, 69, "u", -60), (0.76, 69, "u", -28), (0.96, 69, "a", 0), (0.98, 69, "a", 0), (1.00, 69, "a", -60),
)  # fmt: skip
SINGER_SLOPE = 1.2
VIBRATO_HZ, VIBRATO_CENTS = 5.4, 35.0
BREATH = 0.004
CONTROL_SAMPLES = 64  # from one amplitude of a partial to the next

MELODY_BPM = 100
SCALE = (0, 2, 4, 5, 7, 9, 11)
N_NOTES = 20
ABOVE = {5: 77, 10: 79, 11: 81, 17: 79}  # notes of the melody above the highest of the reed
CHORDS = ((60, 64), (57, 60, 64), (65, 69), (62, 65, 69), (67, 71), (59, 62, 67), (60, 67), (60, 64, 72))


def make_reed_notes(total_s: float, seed: int) -> Iterator[tuple[int, np.ndarray]]:
    """Yield MIDI pitch and samples of notes that last so long together; each pitch comes before any comes again."""
    rng = np.random.default_rng([seed, 0])
    pitches: list[int] = []
    n_left = round(total_s * SAMPLE_RATE_HZ)
    while n_left > 0:
        pitches = pitches or rng.permutation(np.arange(LOWEST_PITCH, HIGHEST_PITCH + 1)).tolist()
        pitch, softness = pitches.pop(), rng.uniform()
        duration_s = min(rng.uniform(*NOTE_S), max(n_left / SAMPLE_RATE_HZ, 0.3))
        kind = replace(REED, slope=REED.slope + BRIGHTNESS * softness)
        sound = play(kind, note_number_to_hz(pitch), duration_s - RELEASE_S, rng)
        yield pitch, sound * 10 ** ((SOFTEST_DB * softness + LOUDEST_DB) / 20)
        n_left -= len(sound)


def sing(total_s: float, seed: int) -> np.ndarray:
    """Return the voice, ``(n_samples,)``, within -1 and 1."""
    rng = np.random.default_rng([seed, 1])
    n_samples = round(total_s * SAMPLE_RATE_HZ)
    times = np.arange(0, n_samples + CONTROL_SAMPLES, CONTROL_SAMPLES)  # of what is controlled
    pitches, levels_db, weights = _controls(times / n_samples)
    vibrato = VIBRATO_CENTS * np.sin(2 * np.pi * (VIBRATO_HZ * times / SAMPLE_RATE_HZ + rng.uniform()))
    frequencies_hz = note_number_to_hz(pitches + vibrato / 100)
    partials = np.arange(1, MAX_PARTIALS + 1)[:, None]
    amplitudes = _amplitudes(partials, partials * frequencies_hz, levels_db, weights)
    samples = np.arange(n_samples)
    cycles = np.cumsum(np.interp(samples, times, frequencies_hz)) / SAMPLE_RATE_HZ
    sound = np.zeros(n_samples)
    for partial, amplitude in enumerate(amplitudes, start=1):
        phase = (partial * cycles) % 1
        sound += np.interp(samples, times, amplitude) * np.sin(2 * np.pi * phase.astype(np.float32))
    sound /= np.abs(sound).max()
    loudness = 10 ** (np.interp(samples, times, levels_db) / 20)
    return 0.9 * (sound + BREATH * loudness * rng.standard_normal(n_samples)) / (1 + 5 * BREATH)


def _controls(when: np.ndarray) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Return pitch, level in dB, and the weight of each vowel, at parts of the whole."""
    knots, pitches, vowels, levels_db = zip(*SONG, strict=True)
    when = np.clip(when, 0, 1)
    weights = {vowel: np.interp(when, knots, [float(sung == vowel) for sung in vowels]) for vowel in VOWELS}
    return PchipInterpolator(knots, pitches)(when), np.interp(when, knots, levels_db), weights


def _amplitudes(
    partials: np.ndarray, frequencies_hz: np.ndarray, levels_db: np.ndarray, weights: dict[str, np.ndarray]
) -> np.ndarray:
    """Return the amplitude of each partial over time, ``(n_partials, n_times)``: louder is brighter, vowels blend."""
    blended = np.zeros(frequencies_hz.shape)
    for vowel, weight in weights.items():
        kind = replace(KINDS["singer"], slope=SINGER_SLOPE, resonances=VOWELS[vowel])
        blended += weight * amplitudes_of(kind, partials, frequencies_hz)
    softness = np.clip(levels_db / SOFTEST_DB, 0, 1)
    blended *= partials ** (-BRIGHTNESS * softness)
    blended *= np.clip((0.45 * SAMPLE_RATE_HZ - frequencies_hz) / 500, 0, 1)
    return blended / np.linalg.norm(blended, axis=0) * 10 ** (levels_db / 20)


def compose_melody(seed: int) -> PrettyMIDI:
    """Return a melody of 20 notes that walks over the reed's range, and four times jumps above it."""
    rng = np.random.default_rng([seed, 2])
    scale = [pitch for pitch in range(LOWEST_PITCH, HIGHEST_PITCH + 1) if pitch % 12 in SCALE]
    degree, start_s = len(scale) // 2, 0.0
    notes: list[tuple[float, ...]] = []
    for index in range(N_NOTES):
        degree = int(np.clip(degree + rng.choice([-3, -2, -1, 1, 2, 3]), 0, len(scale) - 1))
        beats = rng.choice([0.5, 1.0, 1.0, 1.5])
        end_s = start_s + beats * 60 / MELODY_BPM
        notes.append((int(rng.integers(60, 120)), ABOVE.get(index, scale[degree]), start_s, end_s))
        start_s = end_s
    return make_midi(notes, bpm=MELODY_BPM)


def compose_chords() -> PrettyMIDI:
    """Return eight chords of two or three notes, 20 notes in all, within the reed's range."""
    beat_s = 60 / MELODY_BPM
    notes = [(90, pitch, 2 * n * beat_s, (2 * n + 1.8) * beat_s) for n, chord in enumerate(CHORDS) for pitch in chord]
    return make_midi(notes, bpm=MELODY_BPM)
