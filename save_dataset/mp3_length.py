"""The length of an MP3 file that does not tell it.

Most files tell in their first frame how many follow. Of the others libsndfile guesses the number from the size of the
file, a little too high if the bit rate is constant, and a reader that trusts it finds them truncated.
"""

from pathlib import Path

import soundfile

ID3_HEADER_BYTES = 10  # ID3v2, section 3.1: the last four are the size of the tag, seven bits in each
LARGEST_FRAME_BYTES = 2881  # of MPEG audio layer III: 320 kbit/s at 16 kHz; the numbers stand in the first
TELLS_LENGTH = (b"Xing", b"Info", b"VBRI")
BLOCK_SAMPLES = 2**20


def readable_length(path: Path) -> float | None:
    """Seconds that can be read of an MP3 file that does not tell its length; None for any other file.

    Raises
    ------
    ValueError
        If it cannot be read at all; the message begins with the file.
    """
    if path.suffix.lower() != ".mp3" or tells_length(path):
        return None
    try:
        with soundfile.SoundFile(path) as file:
            n_samples = sum(iter(lambda: len(file.read(BLOCK_SAMPLES, dtype="float32")), 0))
            return n_samples / file.samplerate
    except soundfile.LibsndfileError as error:
        raise ValueError(f"{path}: cannot be read as sound ({error.error_string.strip().rstrip('.')})") from error


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
