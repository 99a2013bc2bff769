import struct

import pytest

from save_dataset.midi.chunks import TOO_MANY, WRONG_SIZE
from save_dataset.midi.events import read_events
from save_dataset.midi.files import parse

BEAT = b"\x83\x60"  # a wait of 480 ticks
HIT = b"\0\x99\x24\x50" + BEAT + b"\x89\x24\x40"  # of a beat
END = b"\0\xff\x2f\0"
METRE, TEMPO = b"\0\xff\x58\4\4\2\x18\x08", b"\0\xff\x51\3\x07\xa1\x20"


def chunk(name, content):
    return name + struct.pack(">I", len(content)) + content


def midi_of(*tracks, kind=1, n_tracks=None, division=480, extra=b"", between=b""):
    header = struct.pack(">HHH", kind, len(tracks) if n_tracks is None else n_tracks, division)
    return chunk(b"MThd", header + extra) + b"".join(between + chunk(b"MTrk", track) for track in tracks)


def riff_of(midi, size=None, before=b""):
    return b"RIFF" + struct.pack("<I", 4 + len(before) + 8 + len(midi)) + b"RMID" + before + b"data" + (
        struct.pack("<I", len(midi) if size is None else size) + midi
    )  # fmt: skip


FIRST, SECOND = METRE + TEMPO + END, HIT + HIT + END
PLAIN = midi_of(FIRST, SECOND)


def sized(track, size):
    return b"MTrk" + struct.pack(">I", size) + track


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        midi_of(METRE + TEMPO + END, HIT + HIT),  # no end of a track
        midi_of(METRE + TEMPO + END, HIT + HIT + END + bytes(5)),
        midi_of(METRE + TEMPO + END, HIT + HIT + END + b"\xff" * 5),
        midi_of(METRE + TEMPO + END, HIT + END + HIT),  # what pretty_midi reads
        midi_of(METRE + TEMPO + END, HIT + b"\0\x99\x24\x50" + BEAT + b"\x24\0" + END),  # running status
        midi_of(METRE + TEMPO + END, HIT + b"\0\x99\x24\x50\0\xff\1\1a" + BEAT + b"\x24\0" + END),  # over a text
        midi_of(METRE[:3] + b"\2\4\2" + TEMPO + END, HIT + HIT + END),  # a metre of two bytes
        midi_of(METRE + TEMPO + END, HIT + HIT + END, n_tracks=1),
        midi_of(METRE + TEMPO + END, HIT + HIT + END, extra=b"more"),
        midi_of(METRE + TEMPO + HIT + HIT, kind=0),
        midi_of(METRE + TEMPO + b"\0\xf0\3\x7e\xff\xf7\0\xf7\2\xf3\1" + END, HIT + b"\0\xf8\0\xf2\1\2" + HIT + END),
        midi_of(METRE + TEMPO + END, HIT + b"\0\xff\1\2\xe9\xff" + HIT + END),  # a text in any encoding
        midi_of(FIRST, SECOND, between=b"\0"),
        midi_of(FIRST[:-4], HIT + HIT, between=b"\0") + b"\0",
        midi_of(FIRST, HIT + HIT, between=b"junk\xff") + b"\0" * 100,
        midi_of(FIRST, HIT + HIT) + chunk(b"XFKM", b"abc"),
        midi_of(FIRST, HIT + b"\0\xff\1\4MTrk" + HIT + END),
        midi_of(FIRST, HIT + b"\0\xff\0\1\1" + HIT + END),  # half a sequence number
        PLAIN[:14] + chunk(b"XFIH", b"abc") + PLAIN[14:] + b"\0junk after the end",
        riff_of(PLAIN),
        riff_of(PLAIN, before=chunk(b"DISP", b"")),
        riff_of(PLAIN, before=b"LIST\3\0\0\0abc\0"),
        riff_of(PLAIN, size=len(PLAIN) - 1),
        riff_of(PLAIN, size=0) + b"LIST\4\0\0\0abcd",
    ],
)
def test_whole_files_of_all_forms_are_the_same_music(content):
    notes = parse(content)
    assert notes.onsets_beats.tolist() == [0, 1]
    assert notes.ends_beats.tolist() == [1, 2]
    assert (notes.tempo_bpm, notes.time_signatures.tolist(), len(notes.remarks)) == (120, [[4, 4, 0]], 0)


HEADER = midi_of(n_tracks=2)
RIGHT = chunk(b"MTrk", FIRST)


@pytest.mark.parametrize("size", [0, 4, 9, 14, *range(len(SECOND) - 4, len(SECOND)), len(SECOND) + 3, 2**32 - 1])
@pytest.mark.parametrize(
    "content_of",
    [
        lambda size: HEADER + RIGHT + sized(SECOND, size),
        lambda size: HEADER + sized(SECOND, size) + RIGHT,
        lambda size: HEADER + sized(SECOND, size) + b"\0" + RIGHT,
        lambda size: riff_of(HEADER + RIGHT + sized(SECOND, size)),
    ],
)
def test_a_track_of_a_wrong_size_is_there_as_a_whole(content_of, size):
    notes = parse(content_of(size))
    assert notes.onsets_beats.tolist() == [0, 1]
    assert notes.ends_beats.tolist() == [1, 2]
    assert notes.remarks.tolist() == [WRONG_SIZE]


@pytest.mark.parametrize(
    ("content", "n_notes", "remarks"),
    [
        (HEADER + sized(SECOND, 0) + b"\0junk after the end", 2, [WRONG_SIZE, TOO_MANY]),
        (HEADER + sized(SECOND, len(SECOND) + 3) + b"\0junk after the end", 2, [WRONG_SIZE, TOO_MANY]),
        (HEADER + sized(SECOND, 2 * len(SECOND) + 8) + chunk(b"MTrk", SECOND), 4, [WRONG_SIZE]),  # names both
        (HEADER + sized(b"", 0) + chunk(b"MTrk", SECOND), 2, []),
        (HEADER + sized(HIT + HIT, 0) + chunk(b"MTrk", HIT + HIT), 4, [WRONG_SIZE]),  # no end of a track
        (HEADER + chunk(b"MTrk", SECOND), 2, [TOO_MANY]),
        (HEADER + chunk(b"MTrk", SECOND) + b"\0\xff", 2, [TOO_MANY]),
        (HEADER + chunk(b"MTrk", SECOND) + chunk(b"XFKM", b"abc"), 2, [TOO_MANY]),
    ],
)
def test_tracks_are_found_by_their_ends(content, n_notes, remarks):
    notes = parse(content)
    assert len(notes.pitches) == n_notes
    assert notes.remarks.tolist() == remarks


@pytest.mark.parametrize(
    ("event", "remark"),
    [
        (b"\0\xff\x59\2\x0b\1", "left out: {n} invalid key signature{s}"),  # 11 sharps
        (b"\0\xff\x59\2\0\2", "left out: {n} invalid key signature{s}"),
        (b"\0\xff\x59\0", "left out: {n} invalid key signature{s}"),
        (b"\0\xff\x20\0", "left out: {n} invalid channel prefix{s}"),
        (b"\0\xff\x54\5\xff\0\0\0\0", "left out: {n} invalid SMPTE offset{s}"),
    ],
)
@pytest.mark.parametrize("track", [0, 1])
def test_broken_events_that_play_nothing_are_left_out_and_named(event, remark, track):
    notes = parse(midi_of(*(event * (index == track) + HIT + HIT + END for index in range(2))))
    assert notes.onsets_beats.tolist() == [0, 0, 1, 1]
    assert notes.remarks.tolist() == [remark]


def test_only_notes_may_not_be_far_away():
    for event in (b"\xff\x2f\0", b"\xb9\x40\0", METRE[1:], TEMPO[1:]):
        notes = parse(midi_of(HIT + b"\xff\xff\xff\x7f" + event + END))
        assert notes.ends_beats.tolist() == [1]
    held = parse(midi_of(HIT[:4] + HIT[:1] + b"\x99\x26\x50" + b"\xff\xff\xff\x7f" + END[1:]))
    assert held.ends_beats.tolist() == [1 / 480, 1 / 480]
    far = parse(midi_of(b"\x85\x80\x80\0" + HIT[1:], division=0x7FFF))
    assert far.onsets_beats.tolist() == [5 * 2**21 / 0x7FFF]


def test_the_wait_before_an_event_counts_whatever_it_is():
    for event in (b"\xff\x60\1\1", b"\xff\x20\0", b"\xf0\1\xf7", b"\xf8", b"\xff\x2f\0"):
        assert parse(midi_of(BEAT + event + HIT + END)).onsets_beats.tolist() == [1]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "it does not begin with MThd"),
        (bytes(128) + PLAIN, "it does not begin with MThd"),
        (b"RIFF\4\0\0\0WAVE", "it does not begin with MThd"),
        (b"RIFF\4\0\0\0RMID", "RIFF without MIDI in it"),
        (PLAIN[:12], "cut short"),
        (PLAIN[:14], "cut short: has 0 of 2 tracks"),
        (midi_of(), "cut short: has 0 of 0 tracks"),
        (PLAIN[:-28], "cut short: has 1 of 2 tracks"),
        (PLAIN[:-25], "cut short: has 1 of 2 tracks"),
        (midi_of(HIT, n_tracks=2), "cut short: has 1 of 2 tracks"),
        (PLAIN[:-1], "cut short in track 2"),
        (midi_of(HIT[:-1]), "track 1 ends within an event"),
        (midi_of(HIT + b"\0\xff\1\7abc"), "track 1 ends within an event"),
        (midi_of(END, END, kind=2), r"format 2 \(independent tracks\), must be 0 or 1"),
        (midi_of(END, kind=7), "format 7, must be 0 or 1"),
        (midi_of(END, division=0xE728), "times in SMPTE frames, must be in ticks of a quarter note"),
        (midi_of(END, division=0), "0 ticks of a quarter note"),
        (midi_of(END, HIT + b"\0\xff\x51\3\0\0\0"), "tempo 0 in track 2 at beat 1"),
        (midi_of(b"\0\xff\x51\2\0\1"), "a tempo of 2 bytes in track 1 at beat 0"),
        (midi_of(b"\0\xff\x58\4\0\2\x18\x08"), "metre 0/4 in track 1 at beat 0"),
        (midi_of(b"\0\xff\x58\4\4\x09\x18\x08"), "metre 4/512 in track 1 at beat 0"),
        (midi_of(b"\0\xff\x58\1\4"), "a metre of 1 bytes in track 1 at beat 0"),
        (midi_of(b"\0\x24\x50"), "no event begins with byte 36 in track 1 at beat 0"),
        (midi_of(HIT + b"\0\xf4\0"), "no event begins with byte 244 in track 1 at beat 1"),
        (midi_of(HIT + b"\0\x99\x24\xd0" + HIT), "data byte 208, above 127, in track 1 at beat 1"),
        (midi_of(b"\xff\xff\xff\x7f" + HIT[1:]), "track 1 goes on to tick 268435935, must be at most 49999998"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, content, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        read_events(content)
    with pytest.raises(ValueError, match=f"^cannot be read as MIDI: {message}$"):
        parse(content)
