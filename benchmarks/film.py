"""Drawing the pictures of a trajectory's video: only what moves, beside the whole figure for each of them.

Prints processor milliseconds a picture of 1280 x 720 for a standing and a turning camera, with and without the encoder,
and how many times that is contained in new 3-D axes and a PNG a picture.
"""

import io
import tempfile
import time
from pathlib import Path

import numpy as np
from matplotlib.colors import Normalize

from benchmarks.clip import read_clip
from embed.song.draw_trajectory import draw_trajectory
from embed.song.film.draw_moving_point import MovingPoint
from embed.song.film.film import write_video
from pipeline.figures import new_figure
from pipeline.windows import window_times

WINDOW_FRAMES = 22
SAMPLE_RATE_HZ = 44100
N_PICTURES = 150
N_WHOLE_FIGURES = 12


def main():
    spectrogram = read_clip(__doc__)
    embedding = embed(spectrogram)
    duration_s = float(spectrogram["times_s"][-1] + spectrogram["frame_s"] / 2)
    times_s = np.arange(N_PICTURES) / 30
    reference_ms = measure(lambda: [whole_figure(embedding) for _ in range(N_WHOLE_FIGURES)]) / N_WHOLE_FIGURES
    print(f"whole figure and PNG            {reference_ms:6.1f} ms")
    for camera, rotation_deg_per_s in {"standing camera": 0.0, "turning camera": 10.0}.items():
        point = MovingPoint(embedding, duration_s, spectrogram=spectrogram, rotation_deg_per_s=rotation_deg_per_s)
        drawing_ms = measure(lambda point=point: [point.picture_at(time_s) for time_s in times_s]) / N_PICTURES
        encoded_ms = measure(lambda turn=rotation_deg_per_s: encode(embedding, spectrogram, turn)) / N_PICTURES
        for what, picture_ms in {"drawing": drawing_ms, "drawing, MP4": encoded_ms}.items():
            print(f"{camera}, {what:13s}  {picture_ms:6.1f} ms   {reference_ms / picture_ms:5.1f}x")


def embed(spectrogram):
    """The first three principal components of the windows, in the form of step 3."""
    frames = spectrogram["frames"]
    windows = np.lib.stride_tricks.sliding_window_view(frames, WINDOW_FRAMES, axis=0).reshape(
        -1, WINDOW_FRAMES * frames.shape[1]
    )
    centred = windows - windows.mean(axis=0)
    _, directions = np.linalg.eigh(centred.T @ centred)
    times = window_times(spectrogram["times_s"], WINDOW_FRAMES, float(spectrogram["frame_s"]))
    return {"z": centred @ directions[:, -3:], "mean_velocity_cosine": 0.0, "reconstruction_loss": 0.0, **times}


def whole_figure(embedding):
    """One picture the straightforward way."""
    figure = new_figure(1280 / 150, 720 / 150, layout=None)
    axes = figure.add_subplot(projection="3d")
    draw_trajectory(axes, "PCA", embedding, Normalize(0, embedding["times_s"][-1]))
    axes.plot(*embedding["z"][:1].T, "o")
    figure.savefig(io.BytesIO())


def encode(embedding, spectrogram, rotation_deg_per_s):
    """A video of as many pictures."""
    silence = np.zeros(N_PICTURES * SAMPLE_RATE_HZ // 30, np.float32)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "video.mp4"
        write_video(
            path, embedding, silence, SAMPLE_RATE_HZ, spectrogram=spectrogram, rotation_deg_per_s=rotation_deg_per_s
        )


def measure(draw):
    """Processor milliseconds of a call."""
    began = time.process_time()
    draw()
    return 1000 * (time.process_time() - began)


if __name__ == "__main__":
    main()
