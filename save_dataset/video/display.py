"""A decoded frame as an array, as it is shown: rotated or mirrored as its file says, with square pixels."""

from typing import Any, Literal

import av
import numpy as np
from av.sidedata.sidedata import SideDataContainer
from av.video.reformatter import Colorspace, Interpolation, VideoReformatter

SAME = Colorspace.ITU601
SETTINGS: dict[str, dict[str, Any]] = {
    # the luma of the film as it is: another colour space would only take time
    "gray": {"interpolation": Interpolation.AREA, "src_colorspace": SAME, "dst_colorspace": SAME},
    # white is 253 with less
    "rgb24": {"interpolation": Interpolation.AREA | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT},
}
PixelFormat = Literal["gray", "rgb24"]
Size = tuple[int, int]  # height and width


def shown_size(frame: av.VideoFrame, stream: av.VideoStream) -> Size:
    """Return height and width of a frame as it is shown."""
    size = frame.height, max(round(frame.width * (stream.sample_aspect_ratio or 1)), 1)
    is_on_its_side, _, _ = _orientation(frame)
    return size[::-1] if is_on_its_side else size


def to_picture(
    frame: av.VideoFrame, reformatter: VideoReformatter, size: Size, pixel_format: PixelFormat
) -> np.ndarray:
    """Return a frame as shown, uint8, ``(height, width)`` or ``(height, width, 3)``; black is 0 and white 255."""
    is_on_its_side, down, right = _orientation(frame)
    height, width = size[::-1] if is_on_its_side else size
    picture = reformatter.reformat(frame, width, height, pixel_format, threads=1, **SETTINGS[pixel_format]).to_ndarray()
    if is_on_its_side:
        picture = picture.swapaxes(0, 1)
    return picture[::down, ::right]


def _orientation(frame: av.VideoFrame) -> tuple[bool, int, int]:
    """Return whether rows are shown as columns, and then whether they run down and right, 1, or up and left, -1."""
    # frame.side_data would be a cycle that keeps the frame
    matrix: Any = SideDataContainer(frame).get("DISPLAYMATRIX")  # type: ignore[call-arg]
    if matrix is None:
        return False, 1, 1
    a, b, _, c, d, *_ = np.frombuffer(bytes(matrix), np.int32).tolist()  # a, b, u, c, d, v, x, y, w of ISO/IEC 14496-12
    is_on_its_side = abs(b) > abs(a)
    down, right = (b, c) if is_on_its_side else (d, a)
    return is_on_its_side, -1 if down < 0 else 1, -1 if right < 0 else 1
