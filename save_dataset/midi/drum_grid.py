"""Drum MIDI as a grid of steps, and back.

A grid is ``(n_steps, 3 * n_classes)``, time first, its channels [hits | velocities | offsets] with the classes of drums
in the same order in each: whether a class is hit in a step (0 or 1), how hard (MIDI velocity / 127), and how early, in
half steps (-1 to 1, positive is early). Where nothing is hit all three are 0. Steps are parts of a beat, so tempo is no
matter. This is the form of GrooVAE (Gillick et al., "Learning to Groove with Inverse Sequence Transformations", 2019).
"""

from collections.abc import Mapping

import numpy as np
import pretty_midi

from pipeline.notes import BEATS_PER_BAR, HIT_THRESHOLD
from save_dataset.midi.files import MidiNotes, make_midi

KINDS = ("hit", "velocity", "offset")
TICKS_PER_BEAT = 1920  # four times Groove's 480: a multiple of twice 4, 6 and 8 steps, as is asked for half steps


def to_grid(
    notes: MidiNotes, drums: Mapping[str, tuple[int, ...]], steps_per_bar: int
) -> tuple[np.ndarray, dict[str, int]]:
    """Return the grid of the drum notes of a file, float32, in whole bars; and what did not fit.

    Of two notes in a cell the louder wins; a note that is nearest to the step after a bar is in the next bar. Without a
    note of a known pitch the grid has no step. What did not fit are counts: ``notes``, ``collisions`` (lost to a louder
    one) and ``unknown_pitches``.

    Parameters
    ----------
    drums : mapping of str to tuple of int
        Classes of drums, and their MIDI pitches.
    steps_per_bar : int
        A multiple of 4.
    """
    classes = np.full(128, -1)
    for index, pitches in enumerate(drums.values()):
        classes[list(pitches)] = index
    drum_of = classes[notes.pitches]
    known = notes.is_drum & (drum_of >= 0)
    position = notes.onsets_beats[known] * (steps_per_bar // BEATS_PER_BAR)
    step = np.floor(position + 0.5).astype(int)
    loudness = notes.velocities[known]
    cells = step * len(drums) + drum_of[known]
    order = np.lexsort((position, -loudness, cells))  # in a cell the loudest first, of equals the earliest
    kept = order[np.unique(cells[order], return_index=True)[1]]
    n_bars = -(-(step.max() + 1) // steps_per_bar) if len(step) else 0
    grid = np.zeros((n_bars * steps_per_bar, len(KINDS), len(drums)), np.float32)
    values = np.stack([np.ones(len(kept)), loudness[kept] / 127, 2 * (step - position)[kept]], axis=1)
    grid[step[kept], :, drum_of[known][kept]] = values
    counts = {
        "notes": int(notes.is_drum.sum()),
        "collisions": len(cells) - len(kept),
        "unknown_pitches": int((notes.is_drum & (drum_of < 0)).sum()),
    }
    return grid.reshape(len(grid), len(KINDS) * len(drums)), counts


def to_midi(
    grid: np.ndarray, drums: Mapping[str, tuple[int, ...]], steps_per_bar: int, *, bpm: float,
    threshold: float = HIT_THRESHOLD,
) -> pretty_midi.PrettyMIDI:  # fmt: skip
    """Return the MIDI of a grid, also of one that is only nearly a grid, as models give it.

    Each class sounds with its first pitch, for a step or until it is hit again. A note keeps to its step, and begins
    at 0 at the earliest. What `to_grid` makes of it has the same hits, without the empty bars at the end.

    Hits above `threshold` are played; velocities and offsets beyond their range are clipped.
    """
    step_ticks = TICKS_PER_BEAT * BEATS_PER_BAR // steps_per_bar
    tick_s = 60 / (bpm * TICKS_PER_BEAT)
    notes: list[tuple[int, int, float, float]] = []
    hits, velocities, offsets = np.split(grid, len(KINDS), axis=1)
    for index, pitches in enumerate(drums.values()):
        steps = np.flatnonzero(hits[:, index] > threshold)
        late = np.rint(-offsets[steps, index] * step_ticks / 2).astype(int)
        late = np.clip(late, -step_ticks // 2, step_ticks // 2 - 1)  # half a step late would be early in the next
        starts = np.maximum(steps * step_ticks + late, 0)
        ends = np.minimum(starts + step_ticks, np.append(starts[1:], np.iinfo(int).max))
        loudness = np.clip(np.rint(127 * velocities[steps, index]), 1, 127).astype(int)
        notes += zip(loudness, [pitches[0]] * len(steps), starts * tick_s, ends * tick_s, strict=True)
    return make_midi(notes, bpm=bpm, name="drums", resolution=TICKS_PER_BEAT)
