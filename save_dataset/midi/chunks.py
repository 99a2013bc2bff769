"""The tracks of a MIDI file as bytes, found although a size or the header is a little wrong.

A track ends where its size says if an end of track is there, or if a chunk or the end of the file follows; else it goes
on to the next track. Between tracks, and after the last, there may be pad bytes, other chunks and junk.
"""

import re
import struct

HEADER_BYTES = 8 + 6
IN_FRAMES = 0x8000  # bit of the division
TRACK = b"MTrk"
END = b"\xff\x2f\0"
FILL = b"\0\xff"  # may follow an end of track
_AT_THE_END = re.compile(rb"\xff\x2f\0[\0\xff]*\Z")
_BEFORE_A_TRACK = re.compile(rb"\xff\x2f\0[\0\xff]*MTrk")
_NAME = re.compile(rb"[ -~]{4}")  # of a chunk
WRONG_SIZE = "mended: {n} track{s} of a wrong size"
TOO_MANY = "mended: {n} header{s} with too many tracks"


def split_tracks(content: bytes) -> tuple[int, list[bytes], list[str]]:
    """Return the ticks of a beat, the events of each track, also of more than the header says, and remarks.

    ValueError says what is wrong with a file that is cut short, in format 2, or has no ticks of a beat.
    """
    content = _unwrap(content)
    ticks_per_beat, n_tracks = _read_header(content)
    tracks: list[bytes] = []
    remarks = []
    position = HEADER_BYTES
    while 0 <= (found := content.find(TRACK, position)) <= len(content) - 8:
        start = found + 8
        stop = start + struct.unpack_from(">I", content, found + 4)[0]
        position = _find_end(content, start, stop)
        if position > len(content):
            raise ValueError(f"cut short in track {len(tracks) + 1}")
        if position != stop:
            remarks.append(WRONG_SIZE)
        tracks.append(content[start:position])
    if len(tracks) < n_tracks or not tracks:
        rest = content[position:].strip(FILL)[: len(TRACK)]
        if not tracks or not _AT_THE_END.search(tracks[-1]) or (rest and TRACK.startswith(rest)):
            raise ValueError(f"cut short: has {len(tracks)} of {n_tracks} tracks")
        remarks.append(TOO_MANY)
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


def _read_header(content: bytes) -> tuple[int, int]:
    """Return the ticks of a beat and the number of tracks."""
    if content[:4] != b"MThd":
        raise ValueError("it does not begin with MThd")
    if len(content) < HEADER_BYTES:
        raise ValueError("cut short")
    kind, n_tracks, division = struct.unpack_from(">HHH", content, 8)
    if kind > 1:
        raise ValueError(f"format {kind}" + " (independent tracks)" * (kind == 2) + ", must be 0 or 1")
    if division & IN_FRAMES:
        raise ValueError("times in SMPTE frames, must be in ticks of a quarter note")
    if not division:
        raise ValueError("0 ticks of a quarter note")
    return division, n_tracks


def _find_end(content: bytes, start: int, stop: int) -> int:
    """Return where a track ends, which by its size is at `stop`; that is beyond the file if it is cut short."""
    if _is_end(content, start, stop):
        return stop
    next_track = content.find(TRACK, start)
    limit = len(content) if next_track < 0 else next_track
    if stop > len(content) == limit:
        return limit if _AT_THE_END.search(content, start) else stop
    end = content.rfind(END, start, limit)
    if end >= 0:
        return end + len(END)
    only_pad_bytes = stop < limit and not content[stop:limit].strip(FILL)
    return stop if only_pad_bytes else limit


def _is_end(content: bytes, start: int, stop: int) -> bool:
    """Say whether a track from `start` on can be one that ends at `stop`."""
    if stop > len(content) or _BEFORE_A_TRACK.search(content, start, stop):
        return False
    return stop == len(content) or _begins_chunk(content, stop) or bool(_AT_THE_END.search(content, start, stop))


def _begins_chunk(content: bytes, position: int) -> bool:
    """Say whether a track begins there, or another chunk that is wholly there: events may look like a name."""
    if content.startswith(TRACK, position):
        return True
    if position + 8 > len(content) or not _NAME.match(content, position):
        return False
    return position + 8 + struct.unpack_from(">I", content, position + 4)[0] <= len(content)
