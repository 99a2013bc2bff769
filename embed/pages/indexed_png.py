"""A picture of at most 256 colours as PNG, written here because no other dependency writes one with a palette."""

import struct
import zlib

import numpy as np


def encode_png(indices: np.ndarray, palette: np.ndarray) -> bytes:
    """A PNG of one byte a pixel, the index of its colour.

    Parameters
    ----------
    indices : np.ndarray (height, width)
        uint8, the top row first.
    palette : np.ndarray (n_colours, 3)
        uint8, red, green and blue.

    References
    ----------
    Portable Network Graphics Specification, W3C, sections 5 and 11: colour type 3, bit depth 8.
    """
    height, width = indices.shape
    rows = np.pad(indices, ((0, 0), (1, 0)))  # the filter type of each row comes before it, 0 for none
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            chunk(b"PLTE", palette.tobytes()),
            chunk(b"IDAT", zlib.compress(rows.tobytes(), 9)),
            chunk(b"IEND", b""),
        )
    )


def chunk(name: bytes, content: bytes) -> bytes:
    """A chunk of a PNG with its length and checksum."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
