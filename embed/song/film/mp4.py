"""Pictures and sound into one MP4: H.264 and AAC, ready to be played while it loads."""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

# x264 writes other bytes with another number of threads: a fixed one makes them independent of how many cores there are
PICTURE_CODING = {"preset": "veryfast", "crf": "20", "threads": "4"}
SOUND_BITS_PER_S = 192_000
RESAMPLED_HZ = 48_000


class Mp4:
    """A film in the making, which grows by one picture and its share of the sound at a time.

    Parameters
    ----------
    container : av.container.OutputContainer
        Where to.
    size : tuple of int
        Width and height in pixels, even.
    frame_rate_hz : Fraction
        Pictures a second.
    samples : np.ndarray (n_samples,) or (n_samples, 2)
        The sound of the whole film, mono or stereo.
    sample_rate_hz : int
        Its rate; one that AAC does not know is resampled.
    """

    def __init__(
        self,
        container: av.container.OutputContainer,
        size: tuple[int, int],
        frame_rate_hz: Fraction,
        samples: np.ndarray,
        sample_rate_hz: int,
    ):
        self.container, self.sample_rate_hz = container, sample_rate_hz
        self.samples = samples.reshape(len(samples), -1)  # (n_samples, n_channels)
        self.picture_s, self.n_pictures, self.n_heard = 1 / frame_rate_hz, 0, 0
        self.pictures = container.add_stream("libx264", rate=frame_rate_hz, options=PICTURE_CODING)
        self.pictures.width, self.pictures.height = size
        self.pictures.pix_fmt = "yuv420p"  # the one that every player shows
        self.pictures.codec_context.time_base = self.picture_s
        self.pictures.codec_context.colorspace = Colorspace.ITU709
        self.pictures.codec_context.color_range = ColorRange.MPEG
        self.pictures.codec_context.color_primaries = ColorPrimaries.BT709
        self.pictures.codec_context.color_trc = ColorTrc.BT709
        self.layout = "mono" if self.samples.shape[1] == 1 else "stereo"
        known = sample_rate_hz in (av.codec.Codec("aac", "w").audio_rates or [])
        self.sound = container.add_stream("aac", rate=sample_rate_hz if known else RESAMPLED_HZ, layout=self.layout)
        self.sound.bit_rate = SOUND_BITS_PER_S

    def add(self, picture: np.ndarray) -> None:
        """Append a picture ``(height, width, 4)`` and the sound that is heard while it is shown."""
        frame = av.VideoFrame.from_ndarray(picture, format="rgba")
        frame = frame.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG)
        frame.pts, frame.time_base = self.n_pictures, self.picture_s
        self.n_pictures += 1
        self.container.mux(self.pictures.encode(frame))
        self.add_sound(round(self.n_pictures * self.picture_s * self.sample_rate_hz))

    def add_sound(self, end: int) -> None:
        """Append the samples up to an end, if there are any left."""
        block = self.samples[self.n_heard : end]
        if not len(block):
            return
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block.T, np.float32), format="fltp", layout=self.layout)
        frame.sample_rate, frame.pts, frame.time_base = (
            self.sample_rate_hz,
            self.n_heard,
            Fraction(1, self.sample_rate_hz),
        )
        self.n_heard += len(block)
        self.container.mux(self.sound.encode(frame))

    def finish(self) -> None:
        """Append what the encoders still hold."""
        self.add_sound(len(self.samples))
        self.container.mux(self.pictures.encode(None))
        self.container.mux(self.sound.encode(None))


@contextmanager
def open_mp4(
    path: Path, size: tuple[int, int], frame_rate_hz: Fraction, samples: np.ndarray, sample_rate_hz: int
) -> Iterator[Mp4]:
    """A film to add pictures to, as `Mp4` describes it; the file is complete when the block ends."""
    options = {"movflags": "+faststart", "movie_timescale": str(sample_rate_hz)}  # or lengths are rounded to ms
    with av.open(str(path), "w", format="mp4", options=options) as container:
        film = Mp4(container, size, frame_rate_hz, samples, sample_rate_hz)
        yield film
        film.finish()
