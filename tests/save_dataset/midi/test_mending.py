import io
import warnings

import mido
import numpy as np
import pytest

from save_dataset.midi.files import parse
from save_dataset.midi.mending import NO_LENGTH, OPEN, read_mended
from save_dataset.midi.reading import print_mended

ON, OFF = "note_on", "note_off"


def content_of(*tracks, ticks_per_beat=10):
    """A file of tracks of (tick, type, value): the pitch of notes, on channel 9 if above 100, or of a meta event."""
    file = mido.MidiFile(ticks_per_beat=ticks_per_beat)
    for track in tracks:
        before = 0
        messages = mido.MidiTrack()
        for tick, kind, value in track:
            messages.append(message_of(kind, value).copy(time=tick - before))
            before = tick
        file.tracks.append(messages)
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def message_of(kind, value):
    if kind in (ON, OFF):
        return mido.Message(kind, note=value % 100, channel=9 * (value >= 100))
    if kind == "metre":
        return mido.MetaMessage("time_signature", numerator=value[0], denominator=value[1])
    if kind == "bpm":
        return mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(value))
    return mido.MetaMessage(kind, **value)


def notes_of(content):
    """Onset and end in ticks, and pitch."""
    notes = parse(content)
    ticks = np.rint(10 * np.stack([notes.onsets_beats, notes.ends_beats])).astype(int)
    return [*zip(*ticks.tolist(), notes.pitches.tolist(), strict=True)], notes.remarks.tolist()


LATER = (30, "text", {"text": "the end of the track"})


@pytest.mark.parametrize("pitch", [60, 136])
@pytest.mark.parametrize(
    ("events", "spans", "remarks"),
    [
        # an intact note, and one that ends where the next begins, either way round
        ([(0, ON), (5, OFF)], [(0, 5)], []),
        ([(0, ON), (5, OFF), (5, ON), (9, OFF)], [(0, 5), (5, 9)], []),
        ([(0, ON), (5, ON), (5, OFF), (9, OFF)], [(0, 5), (5, 9)], []),
        # two voices in unison: what pretty_midi makes of them
        ([(0, ON), (0, OFF), (0, ON), (9, OFF)], [(0, 9)], []),
        ([(0, ON), (0, ON), (5, OFF), (9, OFF)], [(0, 5), (0, 5)], []),
        ([(5, OFF), (6, ON), (8, OFF), (8, OFF)], [(6, 8)], []),
        # without length
        ([(0, ON), (0, OFF)], [(0, 1)], [NO_LENGTH]),
        ([(30, ON), (30, OFF)], [(30, 31)], [NO_LENGTH]),
        ([(0, ON), (0, OFF), (1, ON), (1, OFF)], [(0, 1), (1, 2)], [NO_LENGTH] * 2),
        ([(0, ON), (0, OFF), (1, ON), (7, OFF)], [(0, 1), (1, 7)], [NO_LENGTH]),
        ([(0, ON), (5, OFF), (5, ON), (5, OFF), (8, ON), (9, OFF)], [(0, 5), (5, 6), (8, 9)], [NO_LENGTH]),
        ([(0, ON), (5, ON), (5, OFF), (5, OFF)], [(0, 5), (5, 6)], [NO_LENGTH]),
        ([(0, ON), (0, ON), (0, OFF)], [(0, 1), (0, 1)], [NO_LENGTH] * 2),
        ([(0, ON), (0, OFF), (0, ON), (0, OFF)], [(0, 1)], [NO_LENGTH]),
        # whatever ends all keys later
        ([(0, ON), (0, OFF), (9, OFF)], [(0, 1)], [NO_LENGTH]),
        ([(0, ON), (0, OFF), (1, OFF), (9, OFF)], [(0, 1)], [NO_LENGTH]),
        ([(0, ON), (0, OFF), (3, ON), (3, OFF), (9, OFF)], [(0, 1), (3, 4)], [NO_LENGTH] * 2),
        ([(0, ON), (0, OFF), (9, OFF), (9, ON), (12, OFF)], [(0, 1), (9, 12)], [NO_LENGTH]),
        # open
        ([(0, ON)], [(0, 30)], [OPEN]),
        ([(30, ON)], [(30, 31)], [OPEN]),
        ([(0, ON), (5, ON), (9, OFF), (12, ON)], [(0, 9), (5, 9), (12, 30)], [OPEN]),
        ([(0, ON), (5, ON), (5, OFF)], [(0, 5), (5, 30)], [OPEN]),
    ],
)
def test_every_note_is_there_with_a_length(events, spans, remarks, pitch):
    track = [(tick, kind, pitch) for tick, kind in events]
    for of_file in ([[*track, LATER]], [[], [*track, LATER]]):
        assert notes_of(content_of(*of_file)) == ([(*span, pitch % 100) for span in spans], remarks)


def test_keys_channels_and_tracks_are_mended_by_themselves():
    one = [(0, ON, 60), (0, OFF, 60), (0, ON, 61), (5, OFF, 61), (5, ON, 62)]
    other = [(0, ON, 60), (1, ON, 160), (1, OFF, 160), (8, OFF, 60), (9, OFF, 62)]
    spans, remarks = notes_of(content_of(one, other))
    assert spans == [(0, 1, 60), (0, 8, 60), (0, 5, 61), (1, 2, 60), (5, 6, 62)]
    assert remarks == [NO_LENGTH, OPEN, NO_LENGTH]


def test_a_note_without_length_keeps_its_programme():
    track = [(0, ON, 60), (0, OFF, 60), (1, ON, 62), (2, OFF, 62)]
    content = content_of(track)
    midi = mido.MidiFile(file=io.BytesIO(content))
    midi.tracks[0].insert(2, mido.Message("program_change", program=40, time=1))
    midi.tracks[0][3].time = 0
    buffer = io.BytesIO()
    midi.save(file=buffer)
    assert parse(buffer.getvalue()).tracks.tolist() == [0, 1]


NOTE = [(0, ON, 60), (20, OFF, 60)]


@pytest.mark.parametrize(
    ("tracks", "end_s", "tempo_bpm", "metres"),
    [
        ([[(0, "bpm", 60)], NOTE], 2, 60, []),
        ([[], [(0, "bpm", 60), *NOTE]], 2, 60, []),
        ([[(0, "metre", (4, 4))], NOTE, [(0, "bpm", 60)]], 2, 60, [[4, 4, 0]]),
        ([[], [(0, "metre", (3, 4)), *NOTE]], 1, 120, [[3, 4, 0]]),
        ([[(0, "bpm", 60)], [*NOTE[:1], (10, "bpm", 240), *NOTE[1:]]], 1.25, 60, []),
        ([[*NOTE[:1], (10, "bpm", 240), *NOTE[1:]], [(0, "bpm", 60)]], 1.25, 60, []),
        ([[(0, "bpm", 60)], [(0, "bpm", 60), *NOTE], [(0, "bpm", 60)]], 2, 60, []),
        # of two at a tick the last counts
        ([[(0, "bpm", 120)], [(0, "bpm", 60), *NOTE]], 2, 60, []),
        ([[(10, "bpm", 240)], [*NOTE[:1], (10, "bpm", 60), *NOTE[1:]]], 1.5, 120, []),
        ([[(0, "metre", (3, 4)), (0, "metre", (4, 4)), *NOTE]], 1, 120, [[4, 4, 0]]),
        (
            [[(0, "metre", (3, 4)), *NOTE], [(0, "metre", (4, 4)), (10, "metre", (3, 4))]],
            1,
            120,
            [[4, 4, 0], [3, 4, 0.5]],
        ),
        # a metre that begins when all is over
        ([[(0, "metre", (4, 4)), (10, "metre", (3, 4))], NOTE], 1, 120, [[4, 4, 0], [3, 4, 0.5]]),
        ([[(0, "metre", (4, 4)), (20, "metre", (3, 4))], NOTE], 1, 120, [[4, 4, 0]]),
        ([[(0, "metre", (4, 4))], NOTE, [(9000, "metre", (3, 4))]], 1, 120, [[4, 4, 0]]),
    ],
)
def test_tempo_and_metre_of_every_track_count(tracks, end_s, tempo_bpm, metres):
    keys = [(0, "key_signature", {"key": "Bb"})]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        notes = parse(content_of(*tracks, keys))
    assert notes.ends_s.tolist() == pytest.approx([end_s])
    assert notes.tempo_bpm == pytest.approx(tempo_bpm)
    assert notes.time_signatures.tolist() == metres
    assert len(notes.remarks) == 0


def test_an_intact_file_stays_as_it_is():
    track = [(0, "track_name", {"name": "é"}), (0, "bpm", 100), *NOTE, (20, "lyrics", {"text": "la"}), LATER]
    for tracks in ([track], [[(0, "metre", (3, 4))], track[2:]]):
        content = content_of(*tracks)
        midi, remarks = read_mended(content)
        buffer = io.BytesIO()
        midi.save(file=buffer)
        assert remarks == []
        assert [track[:-1] for track in mido.MidiFile(file=io.BytesIO(buffer.getvalue())).tracks] == [
            track[:-1] for track in mido.MidiFile(file=io.BytesIO(content)).tracks
        ]


def test_what_was_mended_is_printed_with_counts_and_files(capsys):
    hits = parse(content_of([(0, ON, 136), (0, OFF, 136), (5, ON, 136), (5, OFF, 136), (6, ON, 160)]))
    held = parse(content_of([(0, ON, 60), LATER]))
    print_mended({"a.mid": hits, "b.mid": parse(content_of(NOTE)), "c.mid": held})
    print_mended({"c.mid": held})
    assert capsys.readouterr().out.splitlines() == [
        "mended: 2 notes of length 0 (a.mid)",
        "mended: 2 notes held to the end (a.mid, c.mid)",
        "mended: 1 note held to the end (c.mid)",
    ]
