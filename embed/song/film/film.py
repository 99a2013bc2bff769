"""A trajectory as a video, with sound where there is any: H.264 and AAC in an MP4, both from time 0."""

import math
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from embed.song.film.draw_moving_point import MovingPoint
from pipeline.atomic_write import atomic_folder, atomic_write
from save_dataset.video.mp4 import TIMESCALE_HZ, open_mp4

MAX_DENOMINATOR = 10**6  # of a duration in samples or frames, which a float is a little off


def write_video(
    path: Path,
    moving_point: MovingPoint,
    samples: np.ndarray | None = None,
    sample_rate_hz: int = TIMESCALE_HZ,
    *,
    frame_rate_hz: float = 30.0,
    frames_folder: Path | None = None,
    show_progress: bool = False,
) -> Path:
    """Write the MP4 of a point that moves along its trajectory with the sound; returns its path.

    There is a frame for every interval of ``1 / frame_rate_hz`` that has begun: the last one is shown until the end of
    what the point was made from.

    Parameters
    ----------
    path : Path
        Written completely or not at all.
    moving_point : MovingPoint
        What draws the frames.
    samples : np.ndarray (n_samples,) or (n_samples, 2) or None
        The sound, in [-1, 1]; mono or stereo as it is; None for a video without.
    sample_rate_hz : int
        Its rate; one that AAC does not support is resampled to 48000 Hz.
    frames_folder : Path or None
        A folder for the frames as numbered PNG files; what is there is replaced.

    Raises
    ------
    ValueError
        If a rate, the sound or the folder cannot be used.
    """
    if not 1 <= frame_rate_hz <= 240:
        raise ValueError(f"frame_rate_hz={frame_rate_hz}: must be 1 to 240")
    if samples is not None:
        _check_sound(samples, sample_rate_hz)
    rate_hz = Fraction(frame_rate_hz).limit_denominator(1001)  # 24000 / 1001 is one
    duration_s = Fraction(moving_point.duration_s).limit_denominator(MAX_DENOMINATOR)
    indices = range(math.ceil(duration_s * rate_hz))
    size = (moving_point.layout.width, moving_point.layout.height)
    with (
        atomic_write(path) as temporary,
        atomic_folder(frames_folder) if frames_folder else nullcontext() as folder,
        open_mp4(temporary, size, rate_hz, samples, sample_rate_hz) as film,
        ThreadPoolExecutor(1) as encoder,
    ):
        encoding = encoder.submit(lambda: None)
        for index in tqdm(indices, "video", unit="frame", disable=not show_progress):
            frame = moving_point.frame_at(float(index / rate_hz))
            encoding.result()  # or its error; a frame is encoded while the next is drawn
            encoding = encoder.submit(film.add, frame.copy())
            if folder is not None:
                name = f"frame_{index:0{len(str(len(indices) - 1))}}.png"  # names sort in time
                Image.fromarray(frame[..., :3]).save(folder / name, compress_level=1)
        encoding.result()
    return path


def _check_sound(samples: np.ndarray, sample_rate_hz: int) -> None:
    if not 1000 <= sample_rate_hz <= 768000:
        raise ValueError(f"sample_rate_hz={sample_rate_hz}: must be 1000 to 768000")
    if samples.ndim > 2 or (samples.ndim == 2 and samples.shape[1] not in (1, 2)):
        raise ValueError(f"samples.shape={samples.shape}: must be (n_samples,) or (n_samples, 2)")
    if not samples.size:
        raise ValueError(f"samples.shape={samples.shape}: there is no sound")
    if not np.isfinite(samples).all():
        raise ValueError("samples: must be finite")
