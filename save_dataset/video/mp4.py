"""Frames, and sound where there is any, into one MP4: H.264 and AAC, ready to be played while it loads."""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

# So that the same frames give the same bytes: x264 writes others with another number of threads, and, on processors
# with AVX-512, now and then where it weighs macroblocks by what refers to them
VIDEO_CODING = {"preset": "veryfast", "crf": "20", "threads": "1", "x264-params": "mbtree=0"}
TIMESCALE_HZ = 90_000  # of a film without sound: the clock of MPEG
SOUND_BITS_PER_S = 192_000
RESAMPLED_HZ = 48_000


class Mp4:
    """A film that is written frame by frame, each with the sound that is played while it is shown.

    Parameters
    ----------
    size : tuple of int
        Width and height in pixels, even.
    frame_rate_hz : Fraction
        Frames a second.
    samples, sample_rate_hz : np.ndarray (n_samples,) or (n_samples, 2) or None, int
        The sound of the whole film, mono or stereo; a rate that AAC does not support is resampled. What is longer than
        the frames is left out.
    coding : dict of str to str
        Options of x264 in place of the usual ones.
    """

    def __init__(
        self,
        container: av.container.OutputContainer,
        size: tuple[int, int],
        frame_rate_hz: Fraction,
        samples: np.ndarray | None,
        sample_rate_hz: int,
        coding: dict[str, str],
    ):
        self.container = container
        self.frame_s, self.n_frames = 1 / frame_rate_hz, 0
        self.video = container.add_stream("libx264", rate=frame_rate_hz, options=VIDEO_CODING | coding)
        self.video.width, self.video.height = size
        self.video.pix_fmt = "yuv420p"  # the one that every player shows
        self.video.codec_context.time_base = self.frame_s
        self.video.codec_context.colorspace = Colorspace.ITU709
        self.video.codec_context.color_range = ColorRange.MPEG
        self.video.codec_context.color_primaries = ColorPrimaries.BT709
        self.video.codec_context.color_trc = ColorTrc.BT709
        self.sound = None if samples is None else Sound(container, samples, sample_rate_hz)

    def add(self, image: np.ndarray) -> None:
        """Append a frame ``(height, width, 3 or 4)`` and the sound that is played while it is shown."""
        frame = av.VideoFrame.from_ndarray(image, format="rgba" if image.shape[2] == 4 else "rgb24")
        frame = frame.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG)
        frame.pts, frame.time_base = self.n_frames, self.frame_s
        self.n_frames += 1
        self.container.mux(self.video.encode(frame))
        if self.sound:
            self.sound.add_until(self.n_frames * self.frame_s)

    def finish(self) -> None:
        """Append what the encoders still hold."""
        self.container.mux(self.video.encode(None))
        if self.sound:
            self.container.mux(self.sound.stream.encode(None))


class Sound:
    """The sound of an MP4, appended bit by bit."""

    def __init__(self, container: av.container.OutputContainer, samples: np.ndarray, sample_rate_hz: int):
        self.container, self.sample_rate_hz = container, sample_rate_hz
        self.samples, self.n_samples = samples.reshape(len(samples), -1), 0  # (n_samples, n_channels)
        self.layout = "mono" if self.samples.shape[1] == 1 else "stereo"
        is_supported = sample_rate_hz in (av.codec.Codec("aac", "w").audio_rates or [])
        rate_hz = sample_rate_hz if is_supported else RESAMPLED_HZ
        self.stream = container.add_stream("aac", rate=rate_hz, layout=self.layout)
        self.stream.bit_rate = SOUND_BITS_PER_S

    def add_until(self, time_s: Fraction) -> None:
        """Append the samples up to a time, if there are any left."""
        end = round(time_s * self.sample_rate_hz)
        block = self.samples[self.n_samples : end]
        if not len(block):
            return
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block.T, np.float32), format="fltp", layout=self.layout)
        frame.sample_rate, frame.pts = self.sample_rate_hz, self.n_samples
        frame.time_base = Fraction(1, self.sample_rate_hz)
        self.n_samples += len(block)
        self.container.mux(self.stream.encode(frame))


@contextmanager
def open_mp4(
    path: Path,
    size: tuple[int, int],
    frame_rate_hz: Fraction,
    samples: np.ndarray | None = None,
    sample_rate_hz: int = TIMESCALE_HZ,
    coding: dict[str, str] | None = None,
) -> Iterator[Mp4]:
    """A film to add frames to, as `Mp4` describes it; the file is complete when the block ends."""
    options = {"movflags": "+faststart", "movie_timescale": str(sample_rate_hz)}  # or durations are rounded to ms
    with av.open(str(path), "w", format="mp4", options=options) as container:
        film = Mp4(container, size, frame_rate_hz, samples, sample_rate_hz, coding or {})
        yield film
        film.finish()
