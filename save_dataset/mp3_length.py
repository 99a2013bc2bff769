"""Whether an MP3 file tells its length.

Most files tell in their first frame how many follow. Of the others libsndfile guesses the number from the size of the
file, a little too high if the bit rate is constant: they end where they end.
"""

from pathlib import Path

ID3_HEADER_BYTES = 10  # ID3v2, section 3.1: the last four are the size of the tag, seven bits in each
LARGEST_FRAME_BYTES = 2881  # of MPEG audio layer III: 320 kbit/s at 16 kHz; the numbers stand in the first
TELLS_LENGTH = (b"Xing", b"Info", b"VBRI")


def tells_length(path: Path) -> bool:
    """Whether the first frame of an MP3 file tells how many there are."""
    with path.open("rb") as file:
        header = file.read(ID3_HEADER_BYTES)
        tag_bytes = 0
        if header[:3] == b"ID3" and len(header) == ID3_HEADER_BYTES:
            tag_bytes = ID3_HEADER_BYTES + sum(
                byte << shift for byte, shift in zip(header[6:], (21, 14, 7, 0), strict=True)
            )
        file.seek(tag_bytes)
        first_frame = file.read(LARGEST_FRAME_BYTES)
    return any(word in first_frame for word in TELLS_LENGTH)
