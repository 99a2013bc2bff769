"""Drum pieces whose patterns and players' habits are known: does a dictionary find them?

A pattern is a bar of 4/4, written as a step sequencer: one character is a sixteenth, `.` is a rest, and `X`, `x` and
`o` are three strengths. Four players each keep one pattern through a phrase of 4 bars, drawn by their own taste; the
second half of its last bar is their fill, and a crash begins the phrase after it. Some patterns belong to several
players: a single bar does not give one away. A hit is also a little louder or softer, earlier or later than written,
each player in their own way.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from pretty_midi import PrettyMIDI

from pipeline.sections.symbolic import Pieces
from save_dataset.midi.files import make_midi

BAR_STEPS = 16
BEAT_STEPS = 4
PHRASE_BARS = 4
FILL_STEPS = 8
CLASSES = {  # rows of a grid, as those of [grid], and their General MIDI pitches
    "kick": 36,
    "snare": 38,
    "closed_hat": 42,
    "open_hat": 46,
    "low_tom": 43,
    "mid_tom": 47,
    "high_tom": 50,
    "crash": 49,
    "ride": 51,
}
STRENGTHS = {"X": 112, "x": 84, "o": 46}  # velocities
CRASH_VELOCITY = 108
SLOWEST_BPM, FASTEST_BPM = 80, 140
MAX_SHIFT_STEPS = 0.4  # a hit stays nearer to its own step than to the next
NOTE_STEPS = 0.5
RESOLUTION = 960  # ticks of a quarter note: at 80 bpm less than a millisecond each

PATTERNS: dict[str, dict[str, str]] = {
    "rock": {"kick": "X.......X.x.....", "snare": "....X.......X...", "closed_hat": "x.o.x.o.x.o.x.o."},
    "rock_ride": {"kick": "X.....x.X.......", "snare": "....X.......X...", "ride": "x.x.x.x.x.x.x.x."},
    "half_time": {"kick": "X.....x.........", "snare": "........X.......", "closed_hat": "x...x...x...x..."},
    "backbeat": {"kick": "X.......X.......", "snare": "x...X...x...X...", "closed_hat": "x.x.x.x.x.x.x.x."},
    "funk": {"kick": "X..x......x..x..", "snare": "....X..o.o..X..o", "closed_hat": "xoxoxoxoxoxoxoxo"},
    "funk_open": {
        "kick": "X.x....x..X.....",
        "snare": "....X.......X..o",
        "closed_hat": "x.x.x.x.x.x.x...",
        "open_hat": "..............x.",
    },
    "linear": {"kick": "X..x..x....x..x.", "snare": "....X..o....X..o", "closed_hat": "..x..o..x.o..o.."},
    "bossa": {"kick": "X..oX..oX..oX..o", "snare": "x..x..x...x..x..", "closed_hat": "xoxoxoxoxoxoxoxo"},
    "samba": {"kick": "x..oX..ox..oX..o", "snare": "o.xo.xo.x.xo.xo.", "ride": "x.xxx.xxx.xxx.xx"},
    "toms": {"kick": "X...X...X...X...", "low_tom": "X..x..x.........", "high_tom": "........x..x..x."},
    "disco": {
        "kick": "X...X...X...X...",
        "snare": "....X.......X...",
        "closed_hat": "x...x...x...x...",
        "open_hat": "..x...x...x...x.",
    },
    "disco_busy": {"kick": "X...X...X...X...", "snare": "....X.......X...", "closed_hat": "xoooxoooxoooxooo"},
}


@dataclass(frozen=True)
class Player:
    """The habits of a player."""

    tastes: Mapping[str, float]  # patterns, and how often each is played
    fill: Mapping[str, str]  # the half bar that ends a phrase
    loudness: float  # factor of written velocities
    velocity_std: float  # of what is added to them
    late_s: Mapping[str, float]  # how much later, in the mean, than written a class is hit; negative is early
    timing_std_s: float  # of that


PLAYERS = {
    "ada": Player(
        tastes={"rock": 0.4, "rock_ride": 0.25, "half_time": 0.2, "backbeat": 0.15},
        fill={"kick": "X.......", "snare": "xxxx....", "high_tom": "....xx..", "low_tom": "......xX"},
        loudness=1.1,
        velocity_std=4,
        late_s={"snare": 0.015},
        timing_std_s=0.003,
    ),
    "bo": Player(
        tastes={"funk": 0.4, "funk_open": 0.25, "linear": 0.2, "rock": 0.15},
        fill={"kick": "X..x..x.", "snare": "..o.X.oX", "open_hat": "...x...."},
        loudness=0.95,
        velocity_std=7,
        late_s={"closed_hat": -0.012, "open_hat": -0.012},
        timing_std_s=0.004,
    ),
    "cleo": Player(
        tastes={"bossa": 0.4, "samba": 0.3, "toms": 0.15, "half_time": 0.15},
        fill={"kick": "X...X...", "mid_tom": "x..x..x.", "high_tom": ".x..x...", "low_tom": "..x..x.X"},
        loudness=0.8,
        velocity_std=6,
        late_s={"kick": -0.006, "snare": 0.008},
        timing_std_s=0.006,
    ),
    "dee": Player(
        tastes={"disco": 0.4, "disco_busy": 0.3, "backbeat": 0.15, "funk": 0.15},
        fill={"kick": "X...X...", "snare": "x.x.xxXX"},
        loudness=1.0,
        velocity_std=3,
        late_s={},
        timing_std_s=0.002,
    ),
}


def compose_drums(composition: Pieces) -> dict[str, PrettyMIDI]:
    """Return all pieces by file name, ``"ada/ada_01.mid"``; a piece stays the same when there are more of them."""
    return {
        f"{name}/{name}_{piece + 1:02d}.mid": _play_piece(player, composition.bars, [composition.seed, index, piece])
        for index, (name, player) in enumerate(PLAYERS.items())
        for piece in range(composition.pieces_per_composer)
    }


def _play_piece(player: Player, bars: int, seed: list[int]) -> PrettyMIDI:
    rng = np.random.default_rng(seed)
    bpm = int(rng.integers(SLOWEST_BPM, FASTEST_BPM, endpoint=True))
    step_s = 60 / bpm / BEAT_STEPS
    velocities = _write_piece(player, bars, rng)
    steps, rows = np.nonzero(velocities)
    played = velocities[steps, rows] * player.loudness + rng.normal(0, player.velocity_std, len(steps))
    late_s = np.array([player.late_s.get(name, 0) for name in CLASSES])[rows]
    shifts_s = rng.normal(late_s, player.timing_std_s)
    shifts_s = np.clip(shifts_s, -MAX_SHIFT_STEPS * step_s, MAX_SHIFT_STEPS * step_s)
    starts_s = np.maximum(steps * step_s + shifts_s, 0)
    pitches = np.array(list(CLASSES.values()))[rows]
    notes = zip(np.clip(np.rint(played), 1, 127), pitches, starts_s, starts_s + NOTE_STEPS * step_s, strict=True)
    return make_midi(notes, bpm=bpm, name="drums", resolution=RESOLUTION)


def _write_piece(player: Player, bars: int, rng: np.random.Generator) -> np.ndarray:
    """Return the velocities of a piece before it is played by hand, 0 for no hit, ``(n_steps, n_classes)``."""
    n_phrases = -(-bars // PHRASE_BARS)
    drawn = rng.choice(list(player.tastes), n_phrases, p=list(player.tastes.values()))
    fill = to_velocities(player.fill, FILL_STEPS)
    phrases = []
    for index, name in enumerate(drawn):
        phrase = np.tile(to_velocities(PATTERNS[name], BAR_STEPS), (PHRASE_BARS, 1))
        phrase[-FILL_STEPS:] = fill
        if index > 0:
            phrase[0, list(CLASSES).index("crash")] = CRASH_VELOCITY
        phrases.append(phrase)
    return np.concatenate(phrases)[: bars * BAR_STEPS]


def to_velocities(lines: Mapping[str, str], n_steps: int) -> np.ndarray:
    """Return the velocities of the lines of a pattern or fill, ``(n_steps, n_classes)``, 0 for no hit."""
    rows = [[STRENGTHS.get(mark, 0) for mark in lines.get(name, n_steps * ".")] for name in CLASSES]
    return np.array(rows).T
