"""Three short pieces of chords, made in seconds: a theme of four seconds comes twice, in two of them transposed."""

import numpy as np
import pretty_midi

from save_dataset.sound.files import write_sound
from save_dataset.sound.synthesiser import render
from save_dataset.themes.score import write_patterns

TEXT = """
study = "themes"

[pieces]
folder = "songs"
files = "*.wav"
bpm.one = 120.0

[cqt]
sample_rate_hz = 8000
hop_samples = 800
n_bins = 48
bins_per_octave = 12

[model]
n_bases = 8
patch_frames = 6

[training]
pitch_shift_bins = 6
time_shift_frames = 3
shifts = "both"
pairs_per_epoch = 96
batch_pairs = 32
epochs = 3
validation_pairs = 40
plot_every_epochs = 2

[lag]
min_beats = 5.0

[nieto_farbood]
min_beats = 5.0

[choice]
high = [0.75, 0.85]

[invariance]
n_patches = 60

[runs.LEARNED]

[runs.RANDOM]
model.features = "random"

[runs.CQT]
model.features = "cqt"

[runs.TRANSPOSED]
model.features = "cqt"
similarity.transpositions = 6

[runs.FOURIER]
model.features = "fourier"
"""
RATE_HZ = 8000
BEAT_S, CHORDS_A_BEAT = 0.5, 2
THEME_BEATS, EPISODE_BEATS = 8, 8
MOVES = {"one": 3, "two": -4, "three": 0}  # semitones of the theme when it comes again
FIRST_BEATS = {"one": 3, "two": 0}  # of the score; nothing is known of the third piece
LEAD_INS_S = {"one": 0.5, "two": 0.2, "three": 0.0}
TRUE_BEATS = ((0, THEME_BEATS), (THEME_BEATS + EPISODE_BEATS, 2 * THEME_BEATS + EPISODE_BEATS))


def true_spans_s(name):
    """Where the theme sounds in a recording, ``(2, 2)``."""
    return LEAD_INS_S[name] + BEAT_S * np.array(TRUE_BEATS)


def chords(rng, n_beats):
    """Onsets in beats and pitches, three at a time."""
    return [
        (number / CHORDS_A_BEAT, int(pitch))
        for number in range(n_beats * CHORDS_A_BEAT)
        for pitch in sorted(rng.choice(np.arange(48, 76), 3, replace=False))
    ]


def moved(notes, beats, semitones=0):
    """Notes later and higher."""
    return [(onset + beats, pitch + semitones) for onset, pitch in notes]


def write_songs(folder):
    """Write sound, scores (a table of one, MIDI of another, none of the third) and the patterns known."""
    folder.mkdir(parents=True)
    for number, (name, semitones) in enumerate(MOVES.items()):
        rng = np.random.default_rng([12, number])
        theme, episode = chords(rng, THEME_BEATS), chords(rng, EPISODE_BEATS)
        occurrences = [theme, moved(theme, TRUE_BEATS[1][0], semitones)]
        notes = sorted([*theme, *moved(episode, THEME_BEATS), *occurrences[1]])
        midi = to_midi(notes)
        sound = render(midi, sample_rate_hz=RATE_HZ)
        lead_in = np.zeros(round(LEAD_INS_S[name] * RATE_HZ))
        write_sound(np.concatenate([lead_in, sound]), folder / f"{name}.wav", RATE_HZ)
        if name not in FIRST_BEATS:
            continue
        first = FIRST_BEATS[name]
        if name == "one":
            rows = [f"{onset}, {pitch}\n" for onset, pitch in moved(notes, first)]
            (folder / "one.csv").write_text("".join(rows))
        else:
            midi.write(str(folder / f"{name}.mid"))
        write_patterns([[moved(each, first) for each in occurrences]], folder / "groundtruth" / f"{name}.txt")


def to_midi(notes):
    """An organ playing the notes, each until the next."""
    midi = pretty_midi.PrettyMIDI(initial_tempo=60 / BEAT_S)
    midi.instruments.append(pretty_midi.Instrument(16))
    for onset, pitch in notes:
        end = (onset + 0.9 / CHORDS_A_BEAT) * BEAT_S
        midi.instruments[0].notes.append(pretty_midi.Note(90, pitch, onset * BEAT_S, end))
    return midi
