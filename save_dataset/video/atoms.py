"""The boxes (atoms) that MP4 and MOV files consist of: is the one there that says where the frames lie?"""

import struct
from mmap import mmap

FIRST = (b"ftyp", b"wide", b"mdat", b"moov", b"free", b"skip")  # one of them begins a file
HEAD_BYTES = 8  # of a box: its size and name
SIZE_FOLLOWS, TO_THE_END = 1, 0  # in place of a size


def lacks_table(content: mmap) -> bool:
    """Whether an MP4 or MOV file breaks off before the end of its table of frames, `moov`; no other file does."""
    if content[4:8] not in FIRST:
        return False
    position = 0
    while position + HEAD_BYTES <= len(content):
        size, name = struct.unpack(">I4s", content[position : position + HEAD_BYTES])
        if size == SIZE_FOLLOWS:
            size = int.from_bytes(content[position + HEAD_BYTES : position + 2 * HEAD_BYTES], "big")
        if name == b"moov":
            return position + size > len(content)
        if size == TO_THE_END:
            return True
        position += max(size, HEAD_BYTES)
    return True
