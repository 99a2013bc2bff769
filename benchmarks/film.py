"""Drawing the frames of a trajectory's video: only what moves, compared with the complete figure for each of them.

Prints processor milliseconds a frame of 1280 x 720 for a fixed and a rotating camera, with and without the encoder,
and how many times that is contained in new 3-D axes and a PNG a frame.
"""

import io
import tempfile
from pathlib import Path

import numpy as np
from matplotlib.colors import Normalize

from benchmarks.clock import timed
from benchmarks.inputs import principal_components, read_clip
from embed.song.draw_trajectory import draw_trajectory
from embed.song.film.draw_moving_point import MovingPoint
from embed.song.film.film import write_video
from pipeline.figures import new_figure
from pipeline.windows import window_times

WINDOW_FRAMES = 22
SAMPLE_RATE_HZ = 44100
N_FRAMES = 150
N_COMPLETE = 12


def main():
    spectrogram = read_clip(__doc__)
    embedding = embed(spectrogram)
    duration_s = float(spectrogram["times_s"][-1] + spectrogram["frame_s"] / 2)
    times_s = np.arange(N_FRAMES) / 30
    reference_ms = milliseconds(lambda: [complete_figure(embedding) for _ in range(N_COMPLETE)], N_COMPLETE)
    print(f"complete figure and PNG         {reference_ms:6.1f} ms")
    for camera, rotation_deg_per_s in {"fixed camera": 0.0, "rotating camera": 10.0}.items():
        point = MovingPoint(embedding, duration_s, spectrogram=spectrogram, rotation_deg_per_s=rotation_deg_per_s)
        drawing_ms = milliseconds(lambda point=point: [point.frame_at(time_s) for time_s in times_s])
        encoded_ms = milliseconds(lambda rotation=rotation_deg_per_s: encode(embedding, spectrogram, rotation))
        for what, frame_ms in {"drawing": drawing_ms, "drawing, MP4": encoded_ms}.items():
            print(f"{camera}, {what:13s}  {frame_ms:6.1f} ms   {reference_ms / frame_ms:5.1f}x")


def embed(spectrogram):
    """The first three principal components of the windows, in the form of step 3."""
    z = principal_components(spectrogram["frames"], WINDOW_FRAMES)
    times = window_times(spectrogram["times_s"], WINDOW_FRAMES, float(spectrogram["frame_s"]))
    return {"z": z, "mean_velocity_cosine": 0.0, "reconstruction_loss": 0.0, **times}


def complete_figure(embedding):
    """One frame the straightforward way."""
    figure = new_figure(1280 / 150, 720 / 150, layout=None)
    axes = figure.add_subplot(projection="3d")
    draw_trajectory(axes, "PCA", embedding, Normalize(0, embedding["times_s"][-1]))
    axes.plot(*embedding["z"][:1].T, "o")
    figure.savefig(io.BytesIO())


def encode(embedding, spectrogram, rotation_deg_per_s):
    """A video of `N_FRAMES`."""
    silence = np.zeros(N_FRAMES * SAMPLE_RATE_HZ // 30, np.float32)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "video.mp4"
        duration_s = len(silence) / SAMPLE_RATE_HZ
        point = MovingPoint(embedding, duration_s, spectrogram=spectrogram, rotation_deg_per_s=rotation_deg_per_s)
        write_video(path, point, silence, SAMPLE_RATE_HZ)


def milliseconds(draw, n_frames=N_FRAMES):
    return 1000 * timed(draw)[0] / n_frames


if __name__ == "__main__":
    main()
