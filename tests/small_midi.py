"""MIDI files of a few notes, and corpora of a few pieces."""

import numpy as np
import pretty_midi

from save_dataset.midi.corpus import NO_CHORD, Corpus
from save_dataset.midi.files import MidiNotes

N_DRUMS = 3
TOML = 'study = "piano"\n[collection]\nfolder = "scores"\n'
END = "\n[runs.A]\n"
CHORDS = "onset_qb,dur_qb,root_pc,quality\n0,2,0,M\n2,1,9,m\n3,1,11,O\n"


def make_corpus(pieces, splits=None, chords=None, channels=None):
    """A corpus of pieces ``(n_steps, n_channels)``, all for training by default, with two kinds of channels."""
    n_pieces, n_channels = len(pieces), pieces[0].shape[1]
    steps = np.concatenate(pieces).astype(np.float32)
    kinds = ["hit", "velocity"] if n_channels == 2 * N_DRUMS else ["onset"]
    names = [f"{kind} {index}" for kind in kinds for index in range(n_channels // len(kinds))]
    return Corpus(
        steps=steps,
        starts=np.cumsum([0, *map(len, pieces)]),
        names=np.array([f"{index}.mid" for index in range(n_pieces)]),
        labels=np.array(["jazz"] * n_pieces),
        groups=np.array([str(index) for index in range(n_pieces)]),
        splits=np.array(splits or ["train"] * n_pieces),
        bpm=np.full(n_pieces, 120.0),
        channels=np.array(channels or names),
        steps_per_beat=4,
        steps_per_bar=16,
        chords=np.full(len(steps), NO_CHORD) if chords is None else np.asarray(chords),
    )


def make_notes(notes, *, beat_s=0.5, is_drum=False, tracks=0, metre=None, pedal=()):
    """Notes of (onset, end, pitch, velocity), in beats."""
    onsets, ends, pitches, velocities = np.array(notes, float).reshape(-1, 4).T
    return MidiNotes(
        onsets_s=onsets * beat_s,
        ends_s=ends * beat_s,
        onsets_beats=onsets,
        ends_beats=ends,
        pitches=pitches.astype(np.int16),
        velocities=velocities.astype(np.int16),
        is_drum=np.broadcast_to(is_drum, len(onsets)),
        tracks=np.full(len(onsets), tracks, np.int16),
        tempo_bpm=60 / beat_s,
        n_tempos=1,
        time_signatures=np.array([(*metre, 0.0)] if metre else [], float).reshape(-1, 3),
        pedal=np.array(pedal, float).reshape(-1, 3),
    )


def write_midi(path, notes, *, metre=None, is_drum=False, bpm=120.0):
    """A file of notes of (onset, length, pitch), in beats."""
    midi = pretty_midi.PrettyMIDI(resolution=480, initial_tempo=bpm)
    if metre:
        midi.time_signature_changes.append(pretty_midi.TimeSignature(*metre, 0.0))
    track = pretty_midi.Instrument(0, is_drum=is_drum)
    track.notes = [pretty_midi.Note(82, p, t * 60 / bpm, (t + d) * 60 / bpm) for t, d, p in notes]
    midi.instruments.append(track)
    path.parent.mkdir(parents=True, exist_ok=True)
    midi.write(str(path))
    return path


def write_drums(path, onsets_beats=(0.0, 1.0), pitch=36, metre=(4, 4), is_drum=True, bpm=100.0):
    """A file of hits of one drum at these beats."""
    return write_midi(path, [(beat, 0.2, pitch) for beat in onsets_beats], metre=metre, is_drum=is_drum, bpm=bpm)


def write_far_apart(path, channel, beats=9_900_000):
    """A MIDI file of 72 bytes: two notes, years apart, at a tick a beat."""
    gap = bytes((beats >> shift & 127) | (128 if shift else 0) for shift in (21, 14, 7, 0))
    on, off = bytes([0x90 | channel, 40, 100]), bytes([0x80 | channel, 40, 0])
    track = b"\0" + on + b"\1" + off + gap + on + b"\1" + off + b"\0\xff\x2f\0"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"MThd\0\0\0\6\0\0\0\1\0\1MTrk" + len(track).to_bytes(4, "big") + track)
