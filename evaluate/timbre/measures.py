"""Measures of what sources became by one run: a row for each output, their pitch curves, and the notes of sources."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline import results
from pipeline.parameters import ROOT, StudyParameters
from save_dataset.stored import Stored


@dataclass(frozen=True)
class Measures(Stored):
    """The measures of a run, in the order of its `Outputs`; an output is measured as far as its source goes.

    Notes are those of MIDI sources that sound alone and are no shorter than 0.1 s: an output has as many as its source.
    """

    source_names: np.ndarray  # (n_outputs,), of what is held out the name of the target
    target_names: np.ndarray  # (n_outputs,)
    held_out: np.ndarray  # (n_outputs,), whether it is the reconstruction of what is held out
    distance_db: np.ndarray  # (n_outputs,), log-spectral distance of its mean spectrum to the target's
    source_distance_db: np.ndarray  # (n_outputs,), the same of the source
    continuity: np.ndarray  # (n_outputs,), mean distance from frame to frame in MFCC
    bandwidth_hz: np.ndarray  # (n_outputs,), below it lie 95 % of the power
    level_error_db: np.ndarray  # (n_outputs,), median difference of the levels of output and source
    onset_correlation: np.ndarray  # (n_outputs,), with the target's own music; NaN of a blend, which has none
    source_onset_correlation: np.ndarray  # (n_outputs,), with the source
    pitch_kept: np.ndarray  # (n_outputs,), fraction of the source's voiced frames; NaN if there are none
    reconstruction_db: np.ndarray  # (n_outputs,), log-spectral distance frame by frame; NaN unless held out
    chord_kept: np.ndarray  # (n_outputs,), fraction of pitch classes of chords; NaN if there are none
    curve_ends: np.ndarray  # (n_outputs,), frame after the last of each pitch curve
    curve_hz: np.ndarray  # (n_frames,), pitch of outputs one after the other, NaN where unvoiced
    source_curve_hz: np.ndarray  # (n_frames,), of their sources
    curve_hop_s: np.ndarray  # (), from one frame of a curve to the next
    note_outputs: np.ndarray  # (n_notes,), index of the output that each note is of
    note_pitches: np.ndarray  # (n_notes,), MIDI pitch
    note_cents: np.ndarray  # (n_notes,), median deviation from it, NaN if voicing is lost
    note_lost: np.ndarray  # (n_notes,), whether voicing is lost or the deviation too large
    note_outside: np.ndarray  # (n_notes,), whether it lies beyond the pitches that are learned of the target

    def curves(self, output: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the pitch in Hz of an output and of its source, each ``(n_frames,)``."""
        first, second = (
            np.split(curve, self.curve_ends[:-1])[output] for curve in (self.curve_hz, self.source_curve_hz)
        )
        return first, second


def load_measures(parameters: StudyParameters, root: Path = ROOT) -> Measures:
    """Return the stored measures of a run; raises as `results.load` does."""
    return Measures.from_arrays(results.load(parameters, "measures", root))


def describe(measures: Measures) -> str:
    """Return in words what a reader wants of a run: pitches, timbre, reconstruction."""
    lost, outside = measures.note_lost, measures.note_outside
    words = []
    if len(lost):
        words.append(f"{lost.sum()} of {len(lost)} notes lost their pitch ({100 * lost.mean():.1f} %)")
    if outside.any():
        words[-1] += f", {lost[outside].sum()} of {outside.sum()} beyond the pitches that are learned"
    ours = ~measures.held_out
    before, after = np.nanmean(measures.source_distance_db[ours]), np.nanmean(measures.distance_db[ours])
    words.append(f"distance to the target {before:.1f} dB -> {after:.1f} dB")
    if measures.held_out.any():
        words.append(f"reconstruction {np.nanmean(measures.reconstruction_db):.1f} dB")
    return "; ".join(words)
