"""A trajectory as a video with the sound it was made of: H.264 and AAC in an MP4, picture and sound from time 0."""

import math
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from embed.song.film.draw_moving_point import MovingPoint
from embed.song.film.mp4 import open_mp4
from pipeline.atomic_write import atomic_write

SMALLEST = 64  # pixels


def write_video(
    path: Path,
    embedding: Mapping[str, np.ndarray],
    samples: np.ndarray,
    sample_rate_hz: int,
    *,
    spectrogram: Mapping[str, np.ndarray] | None = None,
    title: str = "",
    width: int = 1280,
    height: int = 720,
    frame_rate_hz: float = 30.0,
    tail_s: float = 0.5,
    rotation_deg_per_s: float = 0.0,
    frames_folder: Path | None = None,
    show_progress: bool = False,
) -> Path:
    """Write the MP4 of a point that moves along its trajectory as the sound goes; returns its path.

    There is a picture for every ``1 / frame_rate_hz`` that has begun, so the last one is held until the sound ends. The
    point is where the window is whose centre is heard, and rests before the first centre and after the last.

    Parameters
    ----------
    path : Path
        The file, there whole or not at all.
    embedding : mapping of str to np.ndarray
        As stored by step 3: ``z`` (n_points, latent_dim), ``times_s``, ``starts_s`` and ``ends_s`` (n_points,).
    samples : np.ndarray (n_samples,) or (n_samples, 2)
        The sound, in [-1, 1]; mono or stereo as it is.
    sample_rate_hz : int
        Its rate; one that AAC does not know is resampled to 48000 Hz.
    spectrogram : mapping of str to np.ndarray or None
        As stored by step 1, drawn below with a cursor.
    title : str
        Put into the upper left corner.
    width, height : int
        Size of the picture in pixels, even.
    frame_rate_hz : float
        Pictures a second.
    tail_s : float
        Length of the bright tail.
    rotation_deg_per_s : float
        How fast the camera goes round the trajectory; 0 for a camera that stands.
    frames_folder : Path or None
        A new or empty folder for the pictures as numbered PNG files.
    show_progress : bool
        Whether to show a progress bar.

    Raises
    ------
    ValueError
        If the size, a rate, the tail, the sound or the folder cannot be used.
    """
    _check_picture(width, height, frame_rate_hz, tail_s, rotation_deg_per_s)
    _check_sound(samples, sample_rate_hz)
    rate_hz = Fraction(frame_rate_hz).limit_denominator(1001)  # 24000 / 1001 is one
    duration_s = Fraction(len(samples), sample_rate_hz)
    numbers = range(math.ceil(duration_s * rate_hz))
    moving_point = MovingPoint(
        embedding,
        float(duration_s),
        spectrogram=spectrogram,
        title=title,
        width=width,
        height=height,
        tail_s=tail_s,
        rotation_deg_per_s=rotation_deg_per_s,
    )
    with (
        _whole_folder(frames_folder) as folder,
        atomic_write(path) as temporary,
        open_mp4(temporary, (width, height), rate_hz, samples, sample_rate_hz) as film,
    ):
        for number in tqdm(numbers, "video", unit="frame", disable=not show_progress):
            picture = moving_point.picture_at(float(number / rate_hz))
            film.add(picture)
            _save_picture(picture, folder, number, len(numbers))
    return path


def _save_picture(picture: np.ndarray, folder: Path | None, number: int, n_pictures: int) -> None:
    """A PNG whose number has leading zeros, so that names sort in time; nothing if there is no folder for it."""
    if folder is None:
        return
    name = f"frame_{number:0{len(str(n_pictures - 1))}}.png"
    Image.fromarray(picture[..., :3]).save(folder / name, compress_level=1)


@contextmanager
def _whole_folder(folder: Path | None) -> Iterator[Path | None]:
    """A temporary folder that takes the name of `folder` once all is written; None for no folder."""
    if folder is None:
        yield None
        return
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(f"frames_folder={folder}: must be new or empty")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as temporary:
        pictures = Path(temporary) / folder.name
        pictures.mkdir()
        yield pictures
        if folder.exists():
            folder.rmdir()
        pictures.rename(folder)


def _check_picture(width: int, height: int, frame_rate_hz: float, tail_s: float, rotation_deg_per_s: float) -> None:
    """Refuse what no player shows or no one can see."""
    for name, size in {"width": width, "height": height}.items():
        if size < SMALLEST or size % 2:
            raise ValueError(f"{name}={size}: must be even and at least {SMALLEST}")
    if not 1 <= frame_rate_hz <= 240:
        raise ValueError(f"frame_rate_hz={frame_rate_hz}: must be 1 to 240")
    if not 0 <= tail_s < math.inf:
        raise ValueError(f"tail_s={tail_s}: must be at least 0")
    if not math.isfinite(rotation_deg_per_s):
        raise ValueError(f"rotation_deg_per_s={rotation_deg_per_s}: must be finite")


def _check_sound(samples: np.ndarray, sample_rate_hz: int) -> None:
    """Refuse what cannot be heard."""
    if not 1000 <= sample_rate_hz <= 768000:
        raise ValueError(f"sample_rate_hz={sample_rate_hz}: must be 1000 to 768000")
    if samples.ndim > 2 or (samples.ndim == 2 and samples.shape[1] not in (1, 2)):
        raise ValueError(f"samples.shape={samples.shape}: must be (n_samples,) or (n_samples, 2)")
    if not samples.size:
        raise ValueError(f"samples.shape={samples.shape}: there is no sound")
    if not np.isfinite(samples).all():
        raise ValueError("samples: must be finite")
