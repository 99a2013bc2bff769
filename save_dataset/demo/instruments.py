"""Notes of eight kinds of instruments that do not exist, recorded in a room and in a studio that do not either.

A note is a sum of partials whose amplitudes are the product of a source (how fast partials weaken, how weak even ones
are, where a string is plucked) and of resonances that stay where they are when the pitch moves, under an envelope that
is struck, plucked, blown or bowed. Vibrato, noise of breath or bow, stiffness of strings and distortion come on top.
What a collection changes (reverberation, equalisation, noise, register, makers of instruments) says nothing about kind.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.fft import next_fast_len
from scipy.signal import butter, fftconvolve, sosfilt

SAMPLE_RATE_HZ = 22050
MAX_PARTIALS = 60
RELEASE_S = 0.08
N_PITCHES = 16  # semitones above the lowest, so that pitches come again


@dataclass(frozen=True)
class Kind:
    """How a kind of instrument sounds."""

    lowest_pitch: int  # MIDI
    slope: float  # amplitude of partial k falls with k to this power
    even: float = 1.0  # amplitude of even partials
    plucked_at: float = 0.0  # part of the string; 0: nowhere, no partial is missing
    resonances: tuple[tuple[float, float], ...] = ()  # Hz, gain; each a third of its frequency wide
    attack_s: float = 0.005
    attack_of_partials_s: float = 0.0  # by which each partial comes later than the one below
    decay_s: float = 0.0  # time constant of the first partial at middle C; 0: sustained
    damping: float = 0.0  # by how much faster each further partial decays
    vibrato_cents: float = 0.0
    vibrato_hz: float = 5.5
    noise: float = 0.0  # of breath or bow, against the partials
    inharmonicity: float = 0.0  # B of f_k = k f sqrt(1 + B k^2), as of stiff strings
    drive: float = 0.0  # of the distortion


KINDS = {
    "struck_string": Kind(
        48, 1.3, attack_s=0.004, decay_s=0.9, damping=0.12, inharmonicity=4e-4, resonances=((180, 1), (900, 0.5))
    ),
    "plucked_string": Kind(
        48, 1.0, plucked_at=0.18, attack_s=0.002, decay_s=0.5, damping=0.3, resonances=((110, 1.5), (420, 1))
    ),
    "bowed_string": Kind(
        55, 1.0, attack_s=0.09, vibrato_cents=22, noise=0.03, resonances=((290, 1), (700, 1), (2600, 2))
    ),
    "single_reed": Kind(50, 0.9, even=0.12, attack_s=0.04, noise=0.015, resonances=((1500, 0.7),)),
    "flute_like": Kind(60, 2.2, attack_s=0.07, vibrato_cents=9, vibrato_hz=4.8, noise=0.1, resonances=((800, 0.4),)),
    "brass_like": Kind(52, 0.8, attack_s=0.03, attack_of_partials_s=0.006, noise=0.006, resonances=((1250, 2.5),)),
    "singer": Kind(
        55, 1.4, attack_s=0.06, vibrato_cents=55, noise=0.02, resonances=((650, 4), (1100, 3), (2900, 6))
    ),
    "distorted_string": Kind(45, 1.0, plucked_at=0.12, decay_s=1.5, damping=0.1, drive=9, resonances=((2200, 1.5),)),
}  # fmt: skip


@dataclass(frozen=True)
class Recording:
    """How a collection is recorded, and on what instruments."""

    reverberation_s: float  # time to fall by 60 dB
    wet: float  # part of the sound that comes from the walls
    tilt_db: float  # of the highest against the lowest frequency
    noise_db: float  # floor, against the loudest sample
    level_db: float
    register: int  # semitones by which notes are moved
    resonances: float  # factor on their frequencies: larger instruments have lower ones
    slope: float  # added to the kinds'


RECORDINGS = {
    "room": Recording(0.9, 0.4, -9, -48, -12, -3, 0.92, 0.15),
    "studio": Recording(0.15, 0.1, 3, -75, -3, 2, 1.06, -0.1),
}


@dataclass(frozen=True)
class Note:
    """A note, and what is known of it."""

    kind: str
    collection: str
    pitch: int  # MIDI
    samples: np.ndarray  # (n_samples,), within -1 and 1


def make_note(kind: str, collection: str, index: int, seed: int) -> Note:
    """Return one note of a kind in a collection, drawn from its own random numbers: more notes change none."""
    numbers = [seed, [*KINDS].index(kind), [*RECORDINGS].index(collection), index]
    rng = np.random.default_rng(numbers)
    recording = RECORDINGS[collection]
    pitch = KINDS[kind].lowest_pitch + recording.register + int(rng.integers(N_PITCHES))
    maker = _vary(KINDS[kind], recording, rng)
    dry = play(maker, 440 * 2 ** ((pitch - 69) / 12), rng.uniform(0.5, 2.0) - RELEASE_S, rng)
    return Note(kind, collection, pitch, record(dry, recording, rng))


def _vary(kind: Kind, recording: Recording, rng: np.random.Generator) -> Kind:
    """Return one of the instruments of a kind, played louder or softer: no two notes are quite the same."""
    factors = recording.resonances * rng.uniform(0.93, 1.07, len(kind.resonances))
    return replace(
        kind,
        slope=kind.slope + recording.slope + rng.uniform(-0.25, 0.25),
        resonances=tuple((hz * factor, gain) for (hz, gain), factor in zip(kind.resonances, factors, strict=True)),
        attack_s=kind.attack_s * rng.uniform(0.6, 1.6),
        decay_s=kind.decay_s * rng.uniform(0.6, 1.6),
        vibrato_cents=kind.vibrato_cents * rng.uniform(0.3, 1.3),
        noise=kind.noise * rng.uniform(0.5, 2.0),
    )


def play(kind: Kind, frequency_hz: float, duration_s: float, rng: np.random.Generator) -> np.ndarray:
    """Return a note as it leaves the instrument, with its release; its loudest sample is 1."""
    times_s = np.arange(int((duration_s + RELEASE_S) * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    partials = np.arange(1, MAX_PARTIALS + 1)
    frequencies_hz = frequency_hz * partials * np.sqrt(1 + kind.inharmonicity * partials**2)
    audible = frequencies_hz < 0.45 * SAMPLE_RATE_HZ
    partials, frequencies_hz = partials[audible], frequencies_hz[audible]
    amplitudes = amplitudes_of(kind, partials, frequencies_hz)
    seconds = _warped_time(kind, times_s, rng)
    sound = np.zeros(len(times_s))
    coarse_s = times_s.astype(np.float32)  # of which functions are computed six times faster
    for partial, amplitude, hz in zip(partials.tolist(), amplitudes, frequencies_hz, strict=True):
        cycles = hz * seconds + rng.uniform()
        wave = np.sin(2 * np.pi * (cycles - np.floor(cycles)).astype(np.float32))
        sound += amplitude * envelope_of(kind, partial, frequency_hz, coarse_s) * wave
    sound /= np.abs(sound).max()
    sound += kind.noise * _noise(rng, len(times_s), frequency_hz) * envelope_of(kind, 1, frequency_hz, coarse_s)
    if kind.drive:
        sound = np.tanh(kind.drive * sound)
    sound *= np.clip((times_s[-1] - times_s) / RELEASE_S, 0, 1)
    return sound / np.abs(sound).max()


def amplitudes_of(kind: Kind, partials: np.ndarray, frequencies_hz: np.ndarray) -> np.ndarray:
    """Return the amplitude of each partial: of its number, from the source, times of its frequency, from resonances."""
    source = partials.astype(float) ** -kind.slope
    source[partials % 2 == 0] *= kind.even
    if kind.plucked_at:
        source *= np.abs(np.sin(np.pi * partials * kind.plucked_at))
    octaves = [(np.log2(frequencies_hz / hz), gain) for hz, gain in kind.resonances]
    return source * (0.3 + sum((gain * np.exp(-0.5 * (above / 0.33) ** 2) for above, gain in octaves), np.zeros(1)))


def envelope_of(kind: Kind, partial: int, frequency_hz: float, times_s: np.ndarray) -> np.ndarray:
    """Return the amplitude of a partial over time: an attack, then a decay, or neither more nor less."""
    attack_s = kind.attack_s + kind.attack_of_partials_s * (partial - 1)
    rise = 1 - np.exp(-3 * times_s / attack_s)
    if not kind.decay_s:
        return rise
    decay_s = kind.decay_s * (262 / frequency_hz) ** 0.5 / (1 + kind.damping * (partial - 1))
    return rise * np.exp(-times_s / decay_s)


def _warped_time(kind: Kind, times_s: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the time that runs faster and slower as the vibrato says, which sets in after a tenth of a second."""
    cents = kind.vibrato_cents * np.clip((times_s - 0.1) / 0.2, 0, 1)
    wave = np.sin(2 * np.pi * (kind.vibrato_hz * rng.uniform(0.9, 1.1) * times_s + rng.uniform()))
    return np.cumsum(2 ** (cents * wave / 1200)) / SAMPLE_RATE_HZ


def _noise(rng: np.random.Generator, n_samples: int, frequency_hz: float) -> np.ndarray:
    """Return noise above a pitch, of unit standard deviation."""
    band_hz = (frequency_hz, min(8 * frequency_hz, 0.45 * SAMPLE_RATE_HZ))
    noise = sosfilt(butter(2, band_hz, "bandpass", fs=SAMPLE_RATE_HZ, output="sos"), rng.standard_normal(n_samples))
    return noise / noise.std()


def record(sound: np.ndarray, recording: Recording, rng: np.random.Generator) -> np.ndarray:
    """Return a note as a collection has it: with its room, equalisation, noise floor and level."""
    times_s = np.arange(int(recording.reverberation_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    walls = rng.standard_normal(len(times_s)) * 10 ** (-3 * times_s / recording.reverberation_s)
    walls *= recording.wet * rng.uniform(0.5, 1.5) / np.linalg.norm(walls)
    walls[0] += 1 - recording.wet
    sound = _tilt(fftconvolve(sound, walls), recording.tilt_db + rng.uniform(-3, 3))
    sound = sound / np.abs(sound).max() + 10 ** (recording.noise_db / 20) * rng.standard_normal(len(sound))
    level_db = recording.level_db + rng.uniform(-6, 0)
    return sound / np.abs(sound).max() * 10 ** (level_db / 20)


def _tilt(sound: np.ndarray, tilt_db: float) -> np.ndarray:
    """Return a sound whose spectrum is tilted, over its logarithmic frequency, by so much from 50 Hz to the highest."""
    n_samples = next_fast_len(len(sound), real=True)
    octaves = np.log2(np.maximum(np.fft.rfftfreq(n_samples, 1 / SAMPLE_RATE_HZ), 50) / 50)
    gains = 10 ** (tilt_db * octaves / octaves[-1] / 20)
    return np.fft.irfft(gains * np.fft.rfft(sound, n_samples), n_samples)[: len(sound)]
