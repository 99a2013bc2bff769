"""Embedding all windows of a song: one batched pass compared with one window at a time.

Prints processor seconds of each, the ratio, and the largest difference between the points.
"""

import numpy as np

from benchmarks.clock import timed
from benchmarks.inputs import read_clip
from models.conditioned_autoencoder import build_encoder
from pipeline.data_generator import windows

WINDOW_FRAMES = 22


def main():
    frames = read_clip(__doc__)["frames"]
    compare(frames, WINDOW_FRAMES, build_encoder(WINDOW_FRAMES, frames.shape[1], latent_dim=3))


def compare(frames, window_frames, encoder):
    """Print what embedding all windows of a song, or frames of a film, takes by an encoder."""
    starts = range(len(frames) - window_frames + 1)

    def batched():
        return np.concatenate([encoder(batch) for batch in windows(frames, window_frames)])

    def one_at_a_time():
        return np.concatenate([encoder(frames[start : start + window_frames][None]) for start in starts])

    def predict_one_at_a_time():
        return encoder.predict(windows(frames, window_frames, batch_windows=1), verbose=0)

    batched()  # the first call of a model builds what later ones reuse
    reference_s, reference = timed(batched)
    print(f"batched                    {reference_s:7.3f} s")
    for name, embed in {"one call a window": one_at_a_time, "predict, batches of one": predict_one_at_a_time}.items():
        seconds, z = timed(embed)
        difference = np.abs(z - reference).max()
        print(f"{name:25s}  {seconds:7.3f} s   {seconds / reference_s:5.1f}x   largest difference {difference:.1e}")


if __name__ == "__main__":
    main()
