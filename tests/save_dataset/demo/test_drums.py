"""The demo's drum pieces: the patterns and habits that are said to be in them are there."""

import numpy as np
import pytest

from pipeline.sections.symbolic import Grid, Pieces
from save_dataset.demo.drums import CLASSES, PATTERNS, PLAYERS, compose_drums, to_velocities

ALL = Pieces(folder="demo", pieces_per_composer=6, bars=16)


@pytest.fixture(scope="module")
def pieces():
    return compose_drums(ALL)


def step_s_of(midi):
    return 60 / midi.get_tempo_changes()[1][0] / 4


def grid_of(midi, bars):
    """Hits ``(bars, 16, n_classes)``, counted note by note from times in seconds."""
    pitches = list(CLASSES.values())
    hits = np.zeros((bars * 16, len(pitches)))
    for note in midi.instruments[0].notes:
        hits[round(note.start / step_s_of(midi)), pitches.index(note.pitch)] += 1
    return hits.reshape(bars, 16, -1)


def planted_patterns(player):
    """The patterns of a player as hits, 0 or 1, ``(n_patterns, 16, n_classes)``, in the order of tastes."""
    return np.stack([to_velocities(PATTERNS[pattern], 16) > 0 for pattern in PLAYERS[player].tastes]).astype(float)


def shifts_ms(pieces, player, drum):
    """Milliseconds after the written time of all hits of a drum."""
    shifts = []
    for name, midi in pieces.items():
        step_s = step_s_of(midi)
        starts = np.array([note.start for note in midi.instruments[0].notes if note.pitch == CLASSES[drum]])
        if name.startswith(player):
            shifts.append(1000 * (starts - np.round(starts / step_s) * step_s))
    return np.concatenate(shifts)


def test_every_line_is_as_long_as_its_bar_and_says_nothing_unknown():
    lines = [(line, 16) for pattern in PATTERNS.values() for line in pattern.values()]
    lines += [(line, 8) for player in PLAYERS.values() for line in player.fill.values()]
    assert all(len(line) == length and set(line) <= set("Xxo.") for line, length in lines)
    assert set().union(*PATTERNS.values(), *(player.fill for player in PLAYERS.values())) <= set(CLASSES)


def test_strengths_of_a_line_become_velocities():
    velocities = to_velocities({"snare": "X.xo"}, 4)
    np.testing.assert_array_equal(velocities[:, 1], [112, 0, 84, 46])
    assert velocities[:, 0].sum() == 0


def test_classes_are_those_that_the_grid_has_by_default():
    assert list(CLASSES.items()) == [(name, pitches[0]) for name, pitches in Grid().drums.items()]


def test_bars_are_planted_patterns_and_phrases_end_in_the_players_fill(pieces):
    for name, midi in pieces.items():
        player, bars = name.split("/")[0], grid_of(midi, ALL.bars)
        assert bars.max() == 1
        assert (bars[3::4, 8:] == (to_velocities(PLAYERS[player].fill, 8) > 0)).all()
        bars[4::4, 0, list(CLASSES).index("crash")] -= 1  # begins a phrase after a fill
        known = planted_patterns(player)
        plain, last = bars[np.arange(ALL.bars) % 4 != 3], bars[3::4, :8]
        assert all((bar == known).all(axis=(1, 2)).any() for bar in plain), name
        assert all((bar == known[:, :8]).all(axis=(1, 2)).any() for bar in last), name


def test_a_player_keeps_to_the_tastes():
    many = compose_drums(Pieces(folder="demo", pieces_per_composer=60, bars=16))
    rock = planted_patterns("ada")[0]
    first_bars = [grid_of(midi, 16)[0] for name, midi in many.items() if name.startswith("ada")]
    fraction = np.mean([(bar == rock).all() for bar in first_bars])
    assert fraction == pytest.approx(0.4, abs=0.19)  # three standard deviations of 60 draws


def test_some_patterns_are_shared_and_some_are_not():
    n_players = {pattern: sum(pattern in player.tastes for player in PLAYERS.values()) for pattern in PATTERNS}
    assert all(n_players.values())
    assert {name for name, n in n_players.items() if n > 1} == {"backbeat", "funk", "half_time", "rock"}
    assert all(sum(player.tastes.values()) == pytest.approx(1) for player in PLAYERS.values())
    assert len({(to_velocities(lines, 16) > 0).tobytes() for lines in PATTERNS.values()}) == len(PATTERNS)


@pytest.mark.parametrize(
    ("player", "drum", "late_ms"), [("ada", "snare", 15), ("bo", "closed_hat", -12), ("dee", "snare", 0)]
)
def test_players_are_late_and_early_by_habit(pieces, player, drum, late_ms):
    shifts = shifts_ms(pieces, player, drum)
    assert shifts.mean() == pytest.approx(late_ms, abs=1)
    assert shifts.std() == pytest.approx(1000 * PLAYERS[player].timing_std_s, rel=0.25)


def test_soft_players_are_softer_than_loud_ones(pieces):
    def mean_velocity(player):
        notes = [note for name in pieces if name.startswith(player) for note in pieces[name].instruments[0].notes]
        return np.mean([note.velocity for note in notes])

    assert mean_velocity("ada") > mean_velocity("cleo") + 15


def test_each_player_has_the_pieces_asked_for_drums_in_four_four_at_a_tempo_of_their_own(pieces):
    assert len(pieces) == 24
    assert list(pieces)[:2] == ["ada/ada_01.mid", "ada/ada_02.mid"]
    assert {name.split("/")[0] for name in pieces} == set(PLAYERS)
    for midi in pieces.values():
        assert [instrument.is_drum for instrument in midi.instruments] == [True]
        assert [(metre.numerator, metre.denominator) for metre in midi.time_signature_changes] == [(4, 4)]
        assert len(midi.get_tempo_changes()[0]) == 1
    tempos_bpm = [60 / step_s_of(midi) / 4 for midi in pieces.values()]
    assert len(set(np.round(tempos_bpm))) > 10
    assert min(tempos_bpm) >= 79.99
    assert max(tempos_bpm) <= 140.01


@pytest.mark.parametrize("bars", [4, 6, 64])
def test_a_piece_has_the_bars_asked_for(bars):
    midi = compose_drums(Pieces(folder="demo", pieces_per_composer=1, bars=bars))["dee/dee_01.mid"]
    last_step = max(round(note.start / step_s_of(midi)) for note in midi.instruments[0].notes)
    assert last_step // 16 == bars - 1
