"""A decoded frame as an array, as it is shown: rotated or mirrored as its file says, with square pixels."""

from typing import Any, Literal

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

SCALING = {  # in colour, white is 253 without the others
    "gray": Interpolation.AREA,
    "rgb24": Interpolation.AREA | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT,
}
PixelFormat = Literal["gray", "rgb24"]
Size = tuple[int, int]  # height and width


def shown_size(frame: av.VideoFrame, stream: av.VideoStream) -> Size:
    """Return height and width of a frame as it is shown."""
    size = frame.height, max(round(frame.width * (stream.sample_aspect_ratio or 1)), 1)
    return size[::-1] if _lies_on_its_side(_matrix_of(frame)) else size


def to_picture(
    frame: av.VideoFrame, reformatter: VideoReformatter, size: Size, pixel_format: PixelFormat
) -> np.ndarray:
    """Return a frame as shown, uint8, ``(height, width)`` or ``(height, width, 3)``; black is 0 and white 255."""
    matrix = _matrix_of(frame)
    right, _, _, down = matrix
    height, width = size
    if is_on_its_side := _lies_on_its_side(matrix):
        _, down, right, _ = matrix
        height, width = width, height
    scaling = SCALING[pixel_format]
    picture = reformatter.reformat(frame, width, height, pixel_format, interpolation=scaling, threads=1).to_ndarray()
    if is_on_its_side:
        picture = picture.swapaxes(0, 1)
    return picture[:: -1 if down < 0 else 1, :: -1 if right < 0 else 1]


def _matrix_of(frame: av.VideoFrame) -> tuple[int, int, int, int]:
    """Return where a step to the right goes, right and down, and where a step down goes, as the file says it."""
    matrix: Any = frame.side_data.get("DISPLAYMATRIX")
    if matrix is None:
        return 1, 0, 0, 1
    a, b, _, c, d, *_ = np.frombuffer(bytes(matrix), np.int32).tolist()  # a, b, u, c, d, v, x, y, w of ISO/IEC 14496-12
    return a, b, c, d


def _lies_on_its_side(matrix: tuple[int, int, int, int]) -> bool:
    return abs(matrix[1]) > abs(matrix[0])
