"""What autoencoders of timbres learn from: sequences of the targets' frames, and of copies moved in pitch.

The network is to give the target's frames whatever it is that it sees. So it sees them coloured by a spectral envelope
that is drawn at random, as other instruments have others; and some are two sequences at once, which are chords.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import librosa
import numpy as np
import tensorflow as tf

from models.timbre_autoencoder import compress
from pipeline.data_generator import MAX_BATCHES
from pipeline.memory import check_memory, half_of_machine_gb
from pipeline.sections.timbre import ShortTimeFourier
from save_dataset.sound.stft import stft
from save_dataset.timbre.sounds import Targets

BYTES = 6  # of each magnitude: joined, and in TensorFlow, it is there three times
N_WAVES = 6  # cosines over the frequencies that an envelope is made of: formants are wider than a tenth of them
CHORD_GAIN_DB = 6.0  # the second of two sequences is up to this louder or softer


@dataclass(frozen=True)
class Learned:
    """Magnitudes of targets and of copies of them, all one after the other, each a *part*."""

    magnitudes: np.ndarray  # (n_frames, n_bins) float16
    part_starts: np.ndarray  # (n_parts,), first frame of each part
    part_frames: np.ndarray  # (n_parts,), how many it has
    levels: np.ndarray  # (n_targets,), as in `Targets`

    @property
    def n_copies(self) -> int:
        """Number of parts of each target; those of the first target come first."""
        return len(self.part_starts) // len(self.levels)


def read_learned(targets: Targets, section: ShortTimeFourier, copies_semitones: Sequence[float]) -> Learned:
    """Return the magnitudes that are learned from: of each target's sound, and of it resampled to sound higher.

    ValueError if they do not fit into memory.
    """
    learned = ~targets.piece_held_out
    n_samples = np.diff(targets.piece_ends, prepend=0)[learned].sum() * sum(
        2 ** (-s / 12) for s in (0, *copies_semitones)
    )
    n_values = n_samples / section.hop_samples * (1 + section.window_samples // 2)
    asked = f"training.copies_semitones={list(copies_semitones)}"
    hint = "take fewer, raise stft.hop_samples, or lower targets.max_s"
    check_memory(asked, BYTES * n_values, hint, half_of_machine_gb())
    parts = []
    for target in range(len(targets.names)):
        sound = targets.sound(target, held_out=False)
        for semitones in (0.0, *copies_semitones):
            moved = resample_to_sound_higher(sound, semitones)
            frames = stft(moved, **section.framing)
            parts.append(np.abs(frames).astype(np.float16))
    part_frames = np.array([len(part) for part in parts])
    return Learned(np.concatenate(parts), np.cumsum(part_frames) - part_frames, part_frames, targets.levels)


def resample_to_sound_higher(samples: np.ndarray, semitones: float) -> np.ndarray:
    """Return a sound that is so much higher, and shorter, when it is played at the same sample rate."""
    if semitones == 0:
        return samples
    return librosa.resample(samples, orig_sr=2 ** (semitones / 12), target_sr=1, res_type="soxr_hq")


def draw_batches(
    learned: Learned, *, batch_sequences: int, sequence_frames: int, n_batches: int, colour_db: float,
    chord_fraction: float, seed: int, epoch: tf.Variable,
) -> tf.data.Dataset:  # fmt: skip
    """Return the batches of an epoch: dicts of ``frames``, ``loudness``, ``targets``, ``clean`` as the trainer takes.

    Targets are drawn alike, then the target itself and its copies.

    Parameters
    ----------
    colour_db : float
        Standard deviation of the envelopes that colour what is seen.
    chord_fraction : float
        How many sequences are two of one target at once.
    seed, epoch : int, tf.Variable
        Determine all that is drawn; the epoch is read while the pass runs.
    """
    n_targets, n_copies, n_bins = len(learned.levels), learned.n_copies, learned.magnitudes.shape[1]
    magnitudes = tf.constant(learned.magnitudes)
    starts, lengths = tf.constant(learned.part_starts, tf.int32), tf.constant(learned.part_frames, tf.int32)
    levels = tf.constant(learned.levels, tf.float32)
    in_sequence = tf.range(sequence_frames)[None]

    def draw_sequences(target, part_seed, place_seed):
        part = target * n_copies + tf.random.stateless_uniform((batch_sequences,), part_seed, 0, n_copies, tf.int32)
        room = tf.cast(tf.gather(lengths, part) - sequence_frames + 1, tf.float32)
        first = tf.cast(room * tf.random.stateless_uniform((batch_sequences,), place_seed), tf.int32)
        rows = (tf.gather(starts, part) + first)[:, None] + in_sequence
        return tf.cast(tf.gather(magnitudes, rows), tf.float32)

    def draw(batch):
        seeds = tf.random.split(tf.stack([seed, epoch * MAX_BATCHES + tf.cast(batch, tf.int32)]), 8)
        target = tf.random.stateless_uniform((batch_sequences,), seeds[0], 0, n_targets, tf.int32)
        clean = draw_sequences(target, seeds[1], seeds[2])
        if chord_fraction:
            is_chord = tf.random.stateless_uniform((batch_sequences, 1, 1), seeds[3]) < chord_fraction
            gains_db = tf.random.stateless_uniform((batch_sequences, 1, 1), seeds[4], -CHORD_GAIN_DB, CHORD_GAIN_DB)
            second = draw_sequences(target, seeds[5], seeds[6]) * 10 ** (gains_db / 20)
            clean = tf.where(is_chord, tf.sqrt(clean**2 + second**2), clean)
        level = tf.gather(levels, target)[:, None, None]
        colours = draw_colours(batch_sequences, n_bins, colour_db, seeds[7])[:, None]
        frames, _ = compress(clean * colours, level)
        clean, loudness = compress(clean, level)
        targets = tf.one_hot(target, n_targets)
        return {"frames": frames, "loudness": loudness, "targets": targets, "clean": clean}

    return tf.data.Dataset.range(n_batches).map(draw).prefetch(2)


def draw_colours(n: int, n_bins: int, deviation_db: float, seed: tf.Tensor) -> tf.Tensor:
    """Return smooth spectral envelopes, factors of magnitudes ``(n, n_bins)``."""
    waves = tf.range(1, N_WAVES + 1, dtype=tf.float32)
    phases = tf.linspace(0.0, np.pi, n_bins)
    weights = tf.random.stateless_normal((n, N_WAVES), seed) * np.sqrt(2 / N_WAVES)
    decibels = deviation_db * weights @ tf.cos(waves[:, None] * phases[None])
    return 10 ** (decibels / 20)
