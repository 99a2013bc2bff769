"""Small films made by PyAV, whose frame k has the grey level of `LEVELS`, and parameters that read one."""

from fractions import Fraction

import av
import numpy as np

LEVELS = tuple(range(20, 220, 8))
SIZE = 48, 64
TEXT = """
study = "video"
film.file = "film.mp4"
film.height_px = 48
runs.R.loss.alpha = 0.0
"""


class Pipe:
    """Where a program writes that cannot seek: it does not know how long the film will be."""

    def __init__(self, path):
        self.file = path.open("wb", buffering=0)

    def write(self, content):
        return self.file.write(content)


def write_film(
    path, pictures=LEVELS, *, codec="libx264", rate_hz=25, times=None, ticks_hz=None, pixels="yuv420p", size=SIZE,
    rotation_deg=0, is_mirrored=False, aspect=None, sound_from_s=None, is_piped=False, options=None, **muxing,
):  # fmt: skip
    """Write pictures, or grey levels, at times in ticks, and silence; returns the path."""
    form = {".mkv": "matroska", ".ts": "mpegts"}.get(path.suffix, path.suffix[1:])
    with av.open(Pipe(path) if is_piped else str(path), "w", format=form, options=muxing) as container:
        stream = container.add_stream(codec, rate=rate_hz, options=options or {})
        stream.height, stream.width = size
        stream.pix_fmt = pixels
        if ticks_hz:
            stream.codec_context.time_base = Fraction(1, ticks_hz)
        if rotation_deg or is_mirrored:
            stream.set_display_rotation(rotation_deg, hflip=is_mirrored)
        if aspect:
            stream.sample_aspect_ratio = aspect
        sound = sound_from_s is not None and container.add_stream("aac", rate=48000, layout="mono")
        for index, picture in enumerate(pictures):
            frame = to_frame(picture, size, pixels)
            frame.pts, frame.time_base = index if times is None else times[index], 1 / Fraction(ticks_hz or rate_hz)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if sound:
            write_silence(container, sound, round(sound_from_s * 48000))
    return path


def to_frame(picture, size, pixels):
    whole = np.full(size, picture, np.uint8) if np.ndim(picture) == 0 else picture
    return av.VideoFrame.from_ndarray(whole, "gray").reformat(format=pixels)


def write_silence(container, stream, first, n_blocks=20):
    for index in range(n_blocks):
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate, frame.pts = 48000, first + 1024 * index
        container.mux(stream.encode(frame))
    container.mux(stream.encode())
