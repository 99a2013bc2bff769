"""Measures of the study `timbre` made by hand: two sources, the second with two notes, become two targets."""

import numpy as np

from evaluate.timbre.measures import Measures

HOP_S = 0.25
SOURCE_HZ = np.array([440.0, np.nan, 220.0, 220.0])


def small_measures(distance_db=5.0, lost=(False, False, False, True), pitch_kept=0.75, octave=1.0):
    """Of outputs (voice, reed), (voice, bell), (reed, reed), (reed, bell) and what is held out of both targets.

    `lost` is of the notes of the second source, first those for the reed, of which the second lies beyond what is
    learned; curves are those of the source, transposed.
    """
    held_out = np.array([False] * 4 + [True] * 2)
    n_outputs = len(held_out)
    constants = {"source_distance_db": 12.0, "continuity": 2.0, "bandwidth_hz": 3000.4, "level_error_db": 0.5,
                 "onset_correlation": 0.125, "source_onset_correlation": 0.75, "chord_kept": np.nan}  # fmt: skip
    return Measures(
        source_names=np.array(["voice", "voice", "reed", "reed", "reed", "bell"]),
        target_names=np.array(["reed", "bell"] * 3),
        held_out=held_out,
        distance_db=np.where(held_out, 99.0, distance_db + np.array([-1.0, -1.0, 1.0, 1.0, 0.0, 0.0])),
        pitch_kept=np.where(held_out, np.nan, pitch_kept),
        reconstruction_db=np.where(held_out, 3.0, np.nan),
        **{name: np.full(n_outputs, value) for name, value in constants.items()},
        curve_ends=len(SOURCE_HZ) * np.arange(1, n_outputs + 1),
        curve_hz=np.tile(octave * SOURCE_HZ, n_outputs),
        source_curve_hz=np.tile(SOURCE_HZ, n_outputs),
        curve_hop_s=np.array(HOP_S),
        note_outputs=np.array([2, 2, 3, 3]),
        note_pitches=np.array([60, 72, 60, 72]),
        note_cents=np.zeros(4),
        note_lost=np.array(lost),
        note_outside=np.array([False, True, False, True]),
    )
