"""From notes to sound: any MIDI, without a sound font.

A pitched note is a sum of damped partials in the timbre of its General MIDI family; a drum is a sine that falls in
pitch, plus filtered noise. All notes of one pitch and timbre are cut from one waveform, all strokes of a drum are the
same: music that repeats is sound that repeats, and fast. Pedals, pitch bends and controllers are not rendered.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from pretty_midi import Note, PrettyMIDI, note_number_to_hz

PEAK = 0.9
TAIL_S = 0.5  # no release is longer
FADE_S = 0.05  # of cymbals that outlast the tail
BLOCK_SAMPLES = 256
LIFETIME = np.log(1000)  # time constants after which a drum is 60 dB down
DROP_S = 0.025  # time constant of the fall in pitch


@dataclass(frozen=True)
class Timbre:
    """How the partials of a note begin, decay and end.

    Partial h has amplitude ``h ** -rolloff``. `decay_s` is the time constant of a partial at 440 Hz, lower ones ring
    longer; what is blown, bowed or held does not decay.
    """

    rolloff: float
    decay_s: float
    attack_s: float
    release_s: float
    gain: float
    n_partials: int = 32


PIANO = Timbre(rolloff=1.2, decay_s=0.8, attack_s=0.004, release_s=0.15, gain=0.18)
BELL = Timbre(rolloff=2.5, decay_s=0.6, attack_s=0.003, release_s=0.5, gain=0.18)
ORGAN = Timbre(rolloff=1.3, decay_s=np.inf, attack_s=0.01, release_s=0.06, gain=0.12, n_partials=8)
PLUCKED = Timbre(rolloff=1.3, decay_s=0.4, attack_s=0.002, release_s=0.1, gain=0.18)
BASS = Timbre(rolloff=1.2, decay_s=0.6, attack_s=0.006, release_s=0.06, gain=0.3, n_partials=16)
STRINGS = Timbre(rolloff=1.5, decay_s=np.inf, attack_s=0.12, release_s=0.4, gain=0.12)
LEAD = Timbre(rolloff=1.2, decay_s=np.inf, attack_s=0.02, release_s=0.1, gain=0.12)

# Per family of 8 General MIDI programs: piano, chromatic percussion, organ, guitar, bass, strings, ensemble, brass,
# reed, pipe, synth lead, synth pad, synth effects, ethnic, percussive, sound effects.
TIMBRES = [PIANO, BELL, ORGAN, PLUCKED, BASS, STRINGS, STRINGS, *4 * [LEAD], STRINGS, STRINGS, PLUCKED, BELL, LEAD]


@dataclass(frozen=True)
class Drum:
    """A sine falling from `start_hz` to `end_hz`, and noise from `low_hz` to `high_hz`; decays are time constants."""

    start_hz: float = 0
    end_hz: float = 0
    sine_decay_s: float = 0.05
    sine_gain: float = 0
    low_hz: float = 1000
    high_hz: float = 10000
    noise_decay_s: float = 0.05
    noise_gain: float = 0.2


KICK = Drum(160, 48, 0.12, 0.9, 20, 2000, 0.008, 0.25)
SNARE = Drum(330, 185, 0.06, 0.4, 700, 9000, 0.08, 0.3)
CLAP = Drum(low_hz=900, high_hz=3500, noise_decay_s=0.07, noise_gain=0.3)

# By General MIDI percussion number. Toms, bongos, congas, timbales: tuning.
SKINS = {41: 75, 43: 90, 45: 110, 47: 135, 48: 160, 50: 190}
SKINS |= {60: 400, 61: 300, 62: 330, 63: 280, 64: 210, 65: 420, 66: 320}
# Side stick, bells, claves, wood blocks, triangles: tuning and decay.
BARS = {37: (1700, 0.01), 53: (3200, 0.25), 56: (560, 0.08), 67: (1300, 0.12), 68: (960, 0.12)}
BARS |= {75: (2500, 0.02), 76: (1100, 0.02), 77: (800, 0.02), 80: (5000, 0.05), 81: (5000, 0.4)}
# Hats, cymbals, tambourine, shakers: lowest frequency and decay.
METALS = {42: (7000, 0.03), 44: (6000, 0.04), 46: (6000, 0.2), 49: (3000, 0.5), 51: (5000, 0.3), 52: (2500, 0.4)}
METALS |= {54: (7000, 0.08), 55: (4000, 0.3), 57: (3500, 0.5), 59: (5500, 0.3), 69: (4000, 0.03), 70: (5000, 0.02)}

DRUMS = {35: KICK, 36: KICK, 38: SNARE, 39: CLAP, 40: SNARE}
DRUMS |= {pitch: Drum(1.6 * hz, hz, 2 / hz**0.5, 0.45, 200, 3000, 0.03, 0.15) for pitch, hz in SKINS.items()}
DRUMS |= {pitch: Drum(hz, hz, decay_s, 0.4, noise_decay_s=0.004) for pitch, (hz, decay_s) in BARS.items()}
DRUMS |= {pitch: Drum(0, 0, 0.05, 0, hz, 16000, decay_s) for pitch, (hz, decay_s) in METALS.items()}


def render(midi: PrettyMIDI, *, sample_rate_hz: int = 44100) -> np.ndarray:
    """Return the sound of all instruments, ``(n_samples,)`` float32: the same MIDI gives the same samples.

    The waveform of a note begins at sample ``round(start * sample_rate_hz)`` and grows with velocity linearly; partials
    above half the sample rate are left out. The loudest sample is at 0.9 or -0.9. After the end of the last note half a
    second is left for releases: ``n_samples = ceil((end + 0.5) * sample_rate_hz)``.

    Raises
    ------
    ValueError
        If there is no note, none that sounds, or the sample rate is not 1000 to 768000.
    """
    if not 1000 <= sample_rate_hz <= 768000:
        raise ValueError(f"{sample_rate_hz=}: must be 1000 to 768000")
    notes_by_sound = _group_notes(midi)
    if not notes_by_sound:
        raise ValueError(f"{midi.instruments=}: must hold at least one note")
    end_s = max(note.end for notes in notes_by_sound.values() for note in notes)
    samples = np.zeros(int(np.ceil((end_s + TAIL_S) * sample_rate_hz)), np.float32)
    for (sound, pitch), notes in notes_by_sound.items():
        if isinstance(sound, Drum):
            _add_strokes(samples, sound, pitch, notes, sample_rate_hz)
        else:
            _add_notes(samples, sound, pitch, notes, sample_rate_hz)
    fade_samples = round(FADE_S * sample_rate_hz)
    samples[-fade_samples:] *= np.linspace(1, 0, fade_samples)
    peak = max(samples.max(), -samples.min())
    if peak == 0:
        raise ValueError(f"{sample_rate_hz=}: none of the notes sounds")
    return samples * (PEAK / peak)


def _group_notes(midi: PrettyMIDI) -> dict[tuple[Timbre | Drum, int], list[Note]]:
    """Return notes by what sounds and its pitch, in order of time."""
    groups = defaultdict(list)
    for instrument in midi.instruments:
        for note in sorted(instrument.notes, key=lambda note: note.start):
            sound = DRUMS.get(note.pitch, Drum()) if instrument.is_drum else TIMBRES[instrument.program // 8]
            groups[sound, note.pitch].append(note)
    return groups


def _add_notes(samples: np.ndarray, timbre: Timbre, pitch: int, notes: list[Note], sample_rate_hz: int) -> None:
    """Add notes of one pitch to `samples`, all cut from one waveform."""
    release_samples = int(timbre.release_s * sample_rate_hz)
    release = np.linspace(1, 0, release_samples, dtype=np.float32) ** 2
    spans = [(round(note.start * sample_rate_hz), round(note.end * sample_rate_hz)) for note in notes]
    waveform = _tone(timbre, pitch, max(end - start for start, end in spans) + release_samples, sample_rate_hz)
    for note, (start, end) in zip(notes, spans, strict=True):
        sound = waveform[: end - start + release_samples] * np.float32(note.velocity / 127)
        sound[end - start :] *= release
        samples[start : end + release_samples] += sound


def _add_strokes(samples: np.ndarray, drum: Drum, pitch: int, notes: list[Note], sample_rate_hz: int) -> None:
    """Add strokes of one drum to `samples`; it rings on whatever the length of the note."""
    waveform = _stroke(drum, pitch, sample_rate_hz)
    for note in notes:
        start = round(note.start * sample_rate_hz)
        sound = waveform[: len(samples) - start] * np.float32(note.velocity / 127)
        samples[start : start + len(sound)] += sound


def _tone(timbre: Timbre, pitch: int, n_samples: int, sample_rate_hz: int) -> np.ndarray:
    """Return the waveform of a note that is not released, ``(n_samples,)`` float32."""
    fundamental_hz = note_number_to_hz(pitch)
    partials = np.arange(1, timbre.n_partials + 1)
    partials = partials[partials * fundamental_hz < sample_rate_hz / 2]
    amplitudes = partials**-timbre.rolloff
    dampings_hz = np.sqrt(partials * fundamental_hz / 440) / timbre.decay_s
    exponents = (2j * np.pi * partials * fundamental_hz - dampings_hz) / sample_rate_hz
    waveform = _sum_of_exponentials(timbre.gain * amplitudes / np.linalg.norm(amplitudes), exponents, n_samples)
    attack = np.arange(n_samples, dtype=np.float32) / np.float32(timbre.attack_s * sample_rate_hz)
    return waveform * np.minimum(attack, 1)


def _sum_of_exponentials(amplitudes: np.ndarray, exponents: np.ndarray, n_samples: int) -> np.ndarray:
    """Return the imaginary part of ``sum(amplitudes * exp(exponents * n))`` for n below `n_samples`, float32.

    With n = first + offset, exp(n) is exp(first) exp(offset): a product of two small matrices stands for an
    exponential per sample and partial.
    """
    firsts = np.exp(np.outer(np.arange(0, n_samples, BLOCK_SAMPLES), exponents)) * amplitudes  # (n_blocks, n_partials)
    offsets = np.exp(np.outer(exponents, np.arange(BLOCK_SAMPLES)))  # (n_partials, block_samples)
    product = np.hstack([firsts.imag, firsts.real]) @ np.vstack([offsets.real, offsets.imag])
    return product.ravel()[:n_samples].astype(np.float32)


def _stroke(drum: Drum, pitch: int, sample_rate_hz: int) -> np.ndarray:
    """Return the waveform of a stroke at full strength, ``(n_samples,)`` float32; its noise is that of its pitch."""
    n_samples = int(LIFETIME * max(drum.sine_decay_s, drum.noise_decay_s) * sample_rate_hz)
    times_s = np.arange(n_samples) / sample_rate_hz
    fallen_s = DROP_S * (1 - np.exp(-times_s / DROP_S))
    cycles = drum.end_hz * times_s + (drum.start_hz - drum.end_hz) * fallen_s
    sine_gain = drum.sine_gain if drum.start_hz < sample_rate_hz / 2 else 0
    sine = sine_gain * np.sin(2 * np.pi * cycles) * np.exp(-times_s / drum.sine_decay_s)
    noise = drum.noise_gain * _band_noise(pitch, n_samples, drum.low_hz, drum.high_hz, sample_rate_hz)
    return (sine + noise * np.exp(-times_s / drum.noise_decay_s)).astype(np.float32)


def _band_noise(seed: int, n_samples: int, low_hz: float, high_hz: float, sample_rate_hz: int) -> np.ndarray:
    """Return noise between two frequencies, of unit variance if the sample rate leaves room for the band."""
    white = np.fft.rfft(np.random.default_rng(seed).standard_normal(n_samples))
    f = np.fft.rfftfreq(n_samples, 1 / sample_rate_hz)
    slopes = f**4 / (f**4 + low_hz**4) * high_hz**4 / (f**4 + high_hz**4)
    return np.fft.irfft(white * slopes, n_samples) * np.sqrt(sample_rate_hz / 2 / (high_hz - low_hz))
