"""The events of a MIDI file, track by track, as messages of mido at their ticks.

Bytes are read here and not by mido: it refuses a whole file for an event that plays nothing, takes no more tracks than
the header says, and forgets the wait before a meta event that it does not know. What plays nothing is left out here;
what would change the music, or the file's end, is refused.
"""

import struct
from collections.abc import Iterator

import mido
import pretty_midi
from mido.messages import SPEC_BY_STATUS
from mido.midifiles.meta import build_meta_message

Event = tuple[int, mido.Message]  # ticks since the beginning
Track = list[Event]  # in order, the last is its end

HEADER_BYTES = 6
IN_FRAMES = 0x8000  # bit of the division
DATA = 0x80  # bytes below it are data, the others begin an event
SYSEX, ESCAPE, META = 0xF0, 0xF7, 0xFF
END_OF_TRACK, TEMPO, METRE = 0x2F, 0x51, 0x58  # meta events
NAMES = {0x20: "channel prefix", 0x54: "SMPTE offset", 0x59: "key signature"}
TEMPO_BYTES, METRE_BYTES = 3, 2  # those that say something
MAX_TICK = pretty_midi.pretty_midi.MAX_TICK - 2  # it makes an array of all ticks
MAX_EXPONENT = 8  # of two, in the lower number of a metre
CLICKS = (24, 8)  # end a metre: MIDI clocks of a click, and 32nds of a quarter note


def read_events(content: bytes) -> tuple[int, list[Track], list[str]]:
    """Return the ticks of a beat and the tracks of a MIDI file, and a remark on each event that was left out.

    ValueError says what is wrong with a file that is broken, in format 2, or has no ticks of a beat.
    """
    content = _unwrap(content)
    ticks_per_beat, n_tracks, position = _read_header(content)
    remarks: list[str] = []
    tracks = []
    for number, chunk in enumerate(_split_chunks(content, position, n_tracks), 1):
        tracks.append(_read_track(chunk, f"track {number}", ticks_per_beat, remarks))
    return ticks_per_beat, tracks, remarks


def _unwrap(content: bytes) -> bytes:
    """Return the MIDI in a RIFF file; its end is found by the tracks, as sizes may be a little wrong."""
    if content[:4] != b"RIFF" or content[8:12] != b"RMID":
        return content
    position = 12
    while position + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, position)
        position += 8
        if name == b"data":
            return content[position:]
        position += size + size % 2
    raise ValueError("RIFF without MIDI in it")


def _read_header(content: bytes) -> tuple[int, int, int]:
    """Return the ticks of a beat, the number of tracks, and where the header ends."""
    if content[:4] != b"MThd":
        raise ValueError("it does not begin with MThd")
    if len(content) < 8 + HEADER_BYTES:
        raise ValueError("cut short")
    size, kind, n_tracks, division = struct.unpack_from(">IHHH", content, 4)
    if kind > 1:
        raise ValueError(f"format {kind}" + " (independent tracks)" * (kind == 2) + ", must be 0 or 1")
    if division & IN_FRAMES:
        raise ValueError("times in SMPTE frames, must be in ticks of a quarter note")
    if not division:
        raise ValueError("0 ticks of a quarter note")
    return division, n_tracks, 8 + max(size, HEADER_BYTES)


def _split_chunks(content: bytes, position: int, n_tracks: int) -> Iterator[bytes]:
    """Yield what each track holds, also more than the header says; other chunks are no music."""
    n_found = 0
    while position + 8 <= len(content):
        name, size = struct.unpack_from(">4sI", content, position)
        chunk = content[position + 8 : position + 8 + size]
        position += 8 + size
        if name == b"MTrk":
            n_found += 1
            if len(chunk) < size:
                raise ValueError(f"cut short in track {n_found}")
            yield chunk
    if n_found < n_tracks or not n_found:
        raise ValueError(f"cut short: has {n_found} of {n_tracks} tracks")


def _read_track(chunk: bytes, name: str, ticks_per_beat: int, remarks: list[str]) -> Track:
    track: Track = []
    position, tick, running = 0, 0, 0
    try:
        while position < len(chunk):
            wait, position = _read_number(chunk, position)
            tick += wait
            status, data, position = _read_event(chunk, position, running)
            running = status if status < SYSEX else running  # the standard ends it there; not all programs do
            if status == META and data[0] == END_OF_TRACK and not any(chunk[position:]):
                break  # zeros may fill a chunk; other events after an end are read
            if (message := _to_message(status, data, remarks)) is not None:
                track.append((tick, message))
    except IndexError as error:
        raise ValueError(f"{name} ends within an event") from error
    except ValueError as error:
        raise ValueError(f"{error} in {name} at beat {tick / ticks_per_beat:g}") from error
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
        remarks.append(f"left out: {{n}} invalid {NAMES.get(kind, 'meta event')}{{s}}")
        return None
