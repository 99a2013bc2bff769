"""The events of a MIDI file, track by track, as messages of mido at their ticks.

Bytes are read here and not by mido: it refuses a whole file for an event that plays nothing, takes no more tracks than
the header says, and forgets the wait before a meta event that it does not know. What plays nothing is left out here;
what would change the music, or the file's end, is refused.
"""

import mido
import pretty_midi
from mido.messages import SPEC_BY_STATUS
from mido.midifiles.meta import build_meta_message

from save_dataset.midi.chunks import FILL, split_tracks

Event = tuple[int, mido.Message]  # ticks since the beginning
Track = list[Event]  # in order, the last is its end

DATA = 0x80  # bytes below it are data, the others begin an event
SYSEX, ESCAPE, META = 0xF0, 0xF7, 0xFF
END_OF_TRACK, TEMPO, METRE = 0x2F, 0x51, 0x58  # meta events
NOTES = ("note_on", "note_off")
NAMES = {0x20: "channel prefix", 0x54: "SMPTE offset", 0x59: "key signature"}
TEMPO_BYTES, METRE_BYTES = 3, 2  # those that say something
pretty_midi.pretty_midi.MAX_TICK = 5e7  # it makes an array of all ticks, 400 MB; 1e7 is 6 minutes at high resolutions
MAX_TICK = pretty_midi.pretty_midi.MAX_TICK - 2
MAX_EXPONENT = 8  # of two, in the lower number of a metre
CLICKS = (24, 8)  # end a metre: MIDI clocks of a click, and 32nds of a quarter note


def read_events(content: bytes) -> tuple[int, list[Track], list[str]]:
    """Return the ticks of a beat and the tracks of a MIDI file, and a remark on each event that was left out.

    ValueError says what is wrong with a file that is broken, in format 2, or has no ticks of a beat.
    """
    ticks_per_beat, chunks, remarks = split_tracks(content)
    tracks = [_read_track(chunk, f"track {n}", ticks_per_beat, remarks) for n, chunk in enumerate(chunks, 1)]
    return ticks_per_beat, tracks, remarks


def _read_track(chunk: bytes, name: str, ticks_per_beat: int, remarks: list[str]) -> Track:
    track: Track = []
    position, tick, running = 0, 0, 0
    try:
        while position < len(chunk):
            wait, position = _read_number(chunk, position)
            tick += wait
            status, data, position = _read_event(chunk, position, running)
            running = status if status < SYSEX else running  # the standard ends it there; not all programs do
            if status == META and data[0] == END_OF_TRACK and not chunk[position:].strip(FILL):
                break  # other events after an end are read
            if (message := _to_message(status, data, remarks)) is not None:
                track.append((tick, message))
    except IndexError as error:
        raise ValueError(f"{name} ends within an event") from error
    except ValueError as error:
        raise ValueError(f"{error} in {name} at beat {tick / ticks_per_beat:g}") from error
    if tick > MAX_TICK:  # what is no note plays nothing there
        track = [event for event in track if event[0] <= MAX_TICK or event[1].type in NOTES]
        tick = track[-1][0] if track else 0
    if tick > MAX_TICK:
        raise ValueError(f"{name} goes on to tick {tick}, must be at most {MAX_TICK:.0f}")
    return [*track, (tick, mido.MetaMessage("end_of_track"))]


def _read_number(chunk: bytes, position: int) -> tuple[int, int]:
    """Return a number of 7 bits a byte, and the position after it."""
    number = 0
    while chunk[position] & DATA:
        number = number << 7 | chunk[position] & ~DATA
        position += 1
    return number << 7 | chunk[position], position + 1


def _read_event(chunk: bytes, position: int, running: int) -> tuple[int, bytes, int]:
    """Return status and data of an event, those of a meta event with its type first, and the position after it."""
    first = chunk[position]
    status, position = (running, position) if first < DATA else (first, position + 1)
    if status in (SYSEX, ESCAPE, META):
        kind = chunk[position : position + (status == META)]
        size, start = _read_number(chunk, position + len(kind))
        stop = start + size
        data = kind + chunk[start:stop]
    elif status in SPEC_BY_STATUS:
        stop = position + SPEC_BY_STATUS[status]["length"] - 1
        data = chunk[position:stop]
    else:
        raise ValueError(f"no event begins with byte {first}")
    if stop > len(chunk):
        raise IndexError
    return status, data, stop


def _to_message(status: int, data: bytes, remarks: list[str]) -> mido.Message | None:
    """Return a message of a channel, or a meta event that is right; ValueError if notes or times are not known."""
    if status == META:
        return _to_meta(data[0], data[1:], remarks)
    if status >= SYSEX:
        return None
    if max(data) >= DATA:
        raise ValueError(f"data byte {max(data)}, above 127,")
    return mido.Message.from_bytes([status, *data])


def _to_meta(kind: int, data: bytes, remarks: list[str]) -> mido.MetaMessage | None:
    if kind == END_OF_TRACK:
        return None
    if kind == TEMPO and len(data) < TEMPO_BYTES:
        raise ValueError(f"a tempo of {len(data)} bytes")
    if kind == TEMPO and not any(data[:TEMPO_BYTES]):
        raise ValueError("tempo 0")
    if kind == METRE:
        if len(data) < METRE_BYTES:
            raise ValueError(f"a metre of {len(data)} bytes")
        if not data[0] or data[1] > MAX_EXPONENT:
            raise ValueError(f"metre {data[0]}/{2 ** data[1]}")
        data += bytes(CLICKS)
    try:
        return build_meta_message(kind, data)
    except (LookupError, ValueError, mido.KeySignatureError):
        if kind in NAMES:
            remarks.append(f"left out: {{n}} invalid {NAMES[kind]}{{s}}")
        return None
