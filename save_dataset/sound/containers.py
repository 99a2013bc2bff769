"""What the bytes of a sound file say of its length, and where sounds that were joined begin.

Lengths in headers are often wrong in whole files: a program that writes to a pipe, or is killed, leaves 0 or a very
large number, and some count the header too. Such a length is not believed.
"""

import re
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from mmap import mmap
from typing import NamedTuple

NOT_KNOWN, NOT_KNOWN_64 = 0x7E000000, 2**62  # sizes in 4 and 8 bytes from there on
MAX_HEADER_BYTES = 512  # that some programs count as sound
WAVE64 = bytes.fromhex("f3acd3118cd100c04f8edb8a")  # ends the names of chunks of Sony Wave64
OGG_PAGE, OGG_HEADER_BYTES, OGG_FIRST = b"OggS", 27, 2  # RFC 3533, section 6; the flag of a stream's first page
REVERSED_BITS = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
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
    align: int = 2  # chunks begin at multiples of it
    counts_head: bool = False  # whether a size is that of the whole chunk, with name and size
    head_of_sound: int = 0  # bytes in the chunk of sound before the samples


WAVE = Layout(12, 4, "<I", b"data")
LAYOUTS = {
    b"RIFF": WAVE,
    b"RF64": WAVE,
    b"BW64": WAVE,
    b"RIFX": Layout(12, 4, ">I", b"data"),
    b"FORM": Layout(12, 4, ">I", b"SSND", head_of_sound=8),
    b"riff": Layout(40, 16, "<Q", b"data" + WAVE64, align=8, counts_head=True),
    b"caff": Layout(8, 4, ">Q", b"data", align=1, head_of_sound=4),
}
AU = b".snd"
PCM = (*LAYOUTS, AU)  # first bytes of files that contain sound as it is, most of them


class SoundChunk(NamedTuple):
    """Where the size of the sound stands, in which format, and what it counts besides; and where the samples begin."""

    size_at: int
    size_format: str
    others: int  # bytes that the size counts and that are no samples
    start: int
    size: int | None  # of the samples, in bytes; None if the file does not know it


def find_sound(content: mmap) -> SoundChunk | None:
    """Return the chunk of sound of a WAV, RF64, W64, AIFF, CAF or AU file; None in other files, or if it is missing."""
    kind = content[:4]
    if kind == AU and len(content) >= 24:
        start, size = struct.unpack(">II", content[4:12])
        return SoundChunk(8, ">I", 0, start, _believed(size, NOT_KNOWN))
    if (layout := LAYOUTS.get(kind)) is None:
        return None
    head_bytes = layout.name_bytes + struct.calcsize(layout.size)
    position, size_64 = layout.first, None
    while position + head_bytes <= len(content):
        size_at, body = position + layout.name_bytes, position + head_bytes
        size = struct.unpack(layout.size, content[size_at:body])[0] - head_bytes * layout.counts_head
        if content[position:size_at] == layout.sound:
            limit = NOT_KNOWN_64 if layout.size.endswith("Q") else NOT_KNOWN
            known, start = size_64 or _believed(size - layout.head_of_sound, limit), body + layout.head_of_sound
            if known and _goes_on(content, start + known + -(start + known) % layout.align):
                known = None
            others = head_bytes * layout.counts_head + layout.head_of_sound
            return SoundChunk(size_at, layout.size, others, start, known)
        if content[position:size_at] == b"ds64":  # sizes of an RF64 file and of its sound, in 8 bytes each
            size_64 = _believed(int.from_bytes(content[body + 8 : body + 16], "little"), NOT_KNOWN_64)
        position = body + max(size, 0)
        position += -position % layout.align
    return None


def _believed(size: int, limit: int) -> int | None:
    return size if 0 < size < limit else None


def _goes_on(content: mmap, end: int) -> bool:
    """Whether the sound goes on behind its end: there is something, and it is neither zeros nor begins with a name."""
    rest = content[end : end + 4]
    has_name = rest[:3].isalnum() or all(32 <= byte < 127 for byte in rest)
    return len(rest) == 4 and any(rest) and not has_name


def correct_size(content: mmap) -> bool:
    """Write the size of the sound into a header that does not know it, or not where decoders look for it.

    Returns whether anything was written.

    ValueError if the header knows it, and the sound is truncated.
    """
    chunk = find_sound(content)
    if chunk is None:
        return False
    n_bytes = max(len(content) - chunk.start, 0)
    if chunk.size and chunk.size > n_bytes + min(chunk.start, MAX_HEADER_BYTES):
        raise ValueError(f"is truncated: {n_bytes} of {chunk.size} bytes of its sound are there")
    size, largest = chunk.others + (chunk.size or n_bytes), 2 ** (8 * struct.calcsize(chunk.size_format)) - 1
    is_short_rf64 = content[:4] in (b"RF64", b"BW64") and size < largest
    if chunk.size and not is_short_rf64:
        return False
    if is_short_rf64:  # plain WAV has its size in one place
        content[:4] = b"RIFF"
    if content[:4] == b"FORM":
        struct.pack_into(">I", content, 4, min(len(content) - 8, largest))
    struct.pack_into(chunk.size_format, content, chunk.size_at, min(size, largest))
    return True


def split(content: mmap) -> tuple[Sequence[bytes | mmap], int]:
    """Return the sounds that were joined in an Ogg or MP3 file, and how many of its pages are damaged or missing.

    Of other files it is the whole content, and 0.

    ValueError if an Ogg file breaks off within a page.
    """
    if content[:4] == OGG_PAGE:
        streams, n_damaged = _find_ogg_streams(content)
        return [content[start:end] for start, end in streams], n_damaged
    starts = [match.start() for match in MP3_INFO.finditer(content)] if _may_be_mp3(content) else []
    if len(starts) < 2:
        return [content], 0
    starts[0] = 0  # with the tags before it
    return [content[start:end] for start, end in zip(starts, [*starts[1:], len(content)], strict=True)], 0


def _may_be_mp3(content: mmap) -> bool:
    return content[:3] == b"ID3" or (content[:1] == b"\xff" and content[1:2] >= b"\xe2")


def _find_ogg_streams(content: mmap) -> tuple[list[list[int]], int]:
    """Return where the streams of an Ogg file that follow one another begin and end, and how many pages are damaged.

    The streams of sound and image are one.
    """
    streams: list[list[int]] = []
    numbers: dict[bytes, int] = {}  # of the next page, by stream
    n_damaged, was_first, position = 0, False, 0
    while position >= 0:
        header = content[position : position + OGG_HEADER_BYTES]
        sizes_at = position + OGG_HEADER_BYTES
        sizes = content[sizes_at : sizes_at + header[-1]] if len(header) == OGG_HEADER_BYTES else b""
        end = sizes_at + header[-1] + sum(sizes)
        if end > len(content):
            raise ValueError(TRUNCATED_PAGE)
        if is_whole := _has_its_checksum(content[position:end]):
            serial, number = header[14:18], int.from_bytes(header[18:22], "little")
            n_damaged += max(number - numbers.get(serial, number), 0)  # with those whose checksum is wrong
            numbers[serial] = number + 1
        is_first = is_whole and bool(header[5] & OGG_FIRST)
        if not streams or (is_first and not was_first):
            streams.append([position, end])
        streams[-1][1] = end
        was_first = is_first
        position = content.find(OGG_PAGE, end)
        if position < 0 and OGG_PAGE.startswith(content[end:] or b" "):
            raise ValueError(TRUNCATED_PAGE)
    return streams, n_damaged


def _has_its_checksum(page: bytes) -> bool:
    """Whether a page of Ogg is as it was written: its CRC-32 goes from the highest bit to the lowest, unlike zlib's."""
    reflected = (page[:22] + bytes(4) + page[26:]).translate(REVERSED_BITS)
    checksum = f"{zlib.crc32(reflected, 0xFFFFFFFF) ^ 0xFFFFFFFF:032b}"
    return int(checksum[::-1], 2) == int.from_bytes(page[22:26], "little")


def count_mp3_frames(content: bytes | mmap) -> int:
    """Return how many frames an MP3 file says it has; 0 if it does not say so."""
    match = MP3_INFO.search(content)
    return int.from_bytes(match["n_frames"], "big") if match else 0
