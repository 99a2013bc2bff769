"""What the bytes of a sound file say of its length, and where sounds that were joined begin.

Lengths in headers are often wrong in whole files: a program that writes to a pipe, or is killed, leaves 0 or a very
large number, and some count the header too. Such a length is not believed.
"""

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from mmap import mmap
from typing import NamedTuple

NOT_KNOWN, NOT_KNOWN_64 = 0x7E000000, 2**62  # sizes in 4 and 8 bytes from there on
WAVE64 = bytes.fromhex("f3acd3118cd100c04f8edb8a")  # ends the names of chunks of Sony Wave64
OGG_PAGE, OGG_HEADER_BYTES, OGG_FIRST = b"OggS", 27, 2  # RFC 3533, section 6; the flag of a stream's first page
TRUNCATED_PAGE = "is truncated: its last page is not complete"
MP3_INFO = re.compile(  # the first frame that encoders write: header, side information, and the number of frames
    rb"\xff[\xe2-\xff]..(?:.{9}|.{17}|.{32})"
    rb"(?:(?:Xing|Info)\0\0\0[\x01\x03\x05\x07\x09\x0b\x0d\x0f]|VBRI.{10})(?P<n_frames>.{4})",
    re.DOTALL,
)


@dataclass(frozen=True)
class Layout:
    """How a file is divided into chunks, each with its name and size before it."""

    first: int  # byte at which the first chunk begins
    name_bytes: int
    size: str  # format of `struct`
    sound: bytes  # name of the chunk that is the sound
    counts_header: bool = False  # whether a size is that of the whole chunk
    align: int = 2  # chunks begin at multiples of it


WAVE = Layout(12, 4, "<I", b"data")
LAYOUTS = {
    b"RIFF": WAVE,
    b"RF64": WAVE,
    b"BW64": WAVE,
    b"RIFX": Layout(12, 4, ">I", b"data"),
    b"FORM": Layout(12, 4, ">I", b"SSND"),
    b"riff": Layout(40, 16, "<Q", b"data" + WAVE64, counts_header=True, align=8),
    b"caff": Layout(8, 4, ">Q", b"data", align=1),
}


class SoundChunk(NamedTuple):
    """Where the size of the sound stands, in which format, and how much of it is header; and where the sound begins."""

    size_at: int
    size_format: str
    header_bytes: int
    start: int
    size: int | None  # of the sound, in bytes; None if the file does not know it


def find_sound(content: mmap) -> SoundChunk | None:
    """Return the chunk of sound of a WAV, RF64, W64, AIFF, CAF or AU file; None in other files, or if it is missing."""
    kind = content[:4]
    if kind == b".snd" and len(content) >= 24:
        start, size = struct.unpack(">II", content[4:12])
        return SoundChunk(8, ">I", 0, start, _believed(size, NOT_KNOWN))
    if (layout := LAYOUTS.get(kind)) is None:
        return None
    head_bytes = layout.name_bytes + struct.calcsize(layout.size)
    counted_bytes = head_bytes if layout.counts_header else 0
    position, size_64 = layout.first, None
    while position + head_bytes <= len(content):
        size_at, start = position + layout.name_bytes, position + head_bytes
        size = struct.unpack(layout.size, content[size_at:start])[0] - counted_bytes
        if content[position:size_at] == layout.sound:
            limit = NOT_KNOWN_64 if layout.size.endswith("Q") else NOT_KNOWN
            known = size_64 if kind in (b"RF64", b"BW64") else _believed(size, limit)
            return SoundChunk(size_at, layout.size, counted_bytes, start, known)
        if content[position:size_at] == b"ds64":  # sizes of an RF64 file and of its sound, in 8 bytes each
            size_64 = _believed(int.from_bytes(content[start + 8 : start + 16], "little"), NOT_KNOWN_64)
        position = start + max(size, 0)
        position += -position % layout.align
    return None


def _believed(size: int, limit: int) -> int | None:
    return size if 0 < size < limit else None


def correct_size(content: mmap) -> None:
    """Write the size of the sound that is there into a header that does not know it, which decoders would believe.

    ValueError if the header knows it, and the sound is truncated.
    """
    chunk = find_sound(content)
    if chunk is None:
        return
    n_bytes = max(len(content) - chunk.start, 0)
    if chunk.size is None:
        if content[:4] in (b"RF64", b"BW64"):
            content[:4] = b"RIFF"
        if content[:4] == b"FORM":
            struct.pack_into(">I", content, 4, min(len(content) - 8, 2**32 - 1))
        size = min(chunk.header_bytes + n_bytes, 2 ** (8 * struct.calcsize(chunk.size_format)) - 1)
        struct.pack_into(chunk.size_format, content, chunk.size_at, size)
    elif chunk.size > len(content):
        raise ValueError(f"is truncated: {n_bytes} of {chunk.size} bytes of its sound are there")


def split(content: mmap) -> Sequence[bytes | mmap]:
    """Return the sounds that were joined in an Ogg or MP3 file; the whole content of other files.

    ValueError if an Ogg file breaks off within a page.
    """
    if content[:4] == OGG_PAGE:
        starts = _ogg_starts(content)
    else:
        starts = [match.start() for match in MP3_INFO.finditer(content)] if _may_be_mp3(content) else []
    if len(starts) < 2:
        return [content]
    starts[0] = 0  # with the tags before it
    return [content[start:end] for start, end in zip(starts, [*starts[1:], len(content)], strict=True)]


def _may_be_mp3(content: mmap) -> bool:
    return content[:3] == b"ID3" or (content[:1] == b"\xff" and content[1:2] >= b"\xe2")


def _ogg_starts(content: mmap) -> list[int]:
    """Return where the streams of an Ogg file begin that follow one another; those of sound and image are one."""
    starts, was_first, position = [], False, 0
    while position >= 0:
        header = content[position : position + OGG_HEADER_BYTES]
        sizes_at = position + OGG_HEADER_BYTES
        sizes = content[sizes_at : sizes_at + header[-1]] if len(header) == OGG_HEADER_BYTES else b""
        end = sizes_at + header[-1] + sum(sizes)
        if end > len(content):
            raise ValueError(TRUNCATED_PAGE)
        is_first = bool(header[5] & OGG_FIRST)
        if is_first and not was_first:
            starts.append(position)
        was_first = is_first
        position = content.find(OGG_PAGE, end)
        if position < 0 and OGG_PAGE.startswith(content[end:] or b" "):
            raise ValueError(TRUNCATED_PAGE)
    return starts


def count_mp3_frames(content: bytes | mmap) -> int:
    """Return how many frames an MP3 file says it has; 0 if it does not say so."""
    match = MP3_INFO.search(content)
    return int.from_bytes(match["n_frames"], "big") if match else 0
