"""Makes tests/data/*.npz, one stored result per stage: `python -m tests.make_regression_data`.

The encoder's points come from an implementation in NumPy that shares no code with the Keras layers.
"""

import tempfile
from pathlib import Path

import numpy as np

from models.conditioned_autoencoder import PRESETS
from pipeline.studies.song import Parameters
from save_dataset.demo.song import compose
from save_dataset.sound.spectrogram import compute_spectrogram
from save_dataset.sound.synthesiser import render

DATA = Path(__file__).parent / "data"
LATENT_DIM, N_BINS = 3, 6
WINDOW_FRAMES = {"half_second": 22, "two_seconds": 88}
KERNELS = {"half_second": (3, 3, 3), "two_seconds": (3, 3, 3, 1)}
CHANNELS = (N_BINS, 32, 64, 128, 128)


def spectrogram():
    """Step 1: the first seconds of a small song."""
    return {"frames": short_song()["frames"][:40]}


def short_song():
    """Spectrogram of one section of the demo, 4 s."""
    return compute_spectrogram(render(compose("A", bpm=240)))


def training():
    """Step 2: the terms of the loss over two epochs."""
    from train_model.song.training import train

    with tempfile.TemporaryDirectory() as folder:
        _, history = train(short_song()["frames"], 22, training_parameters(), Path(folder))
    return {term: history[term] for term in ("reconstruction", "forecast")}


def training_parameters():
    """Of a training that takes seconds."""
    values = {"name": "regression", "study": "song", "run": "RF", "runs": {"RF": {}}, "sound": {"file": "none"}}
    return Parameters(**values, training={"epochs": 2})


def embedding():
    """Step 3: what the encoders of both presets make of the same windows."""
    return {preset: encode(windows(preset), encoder_weights(preset), preset) for preset in PRESETS}


def windows(preset):
    """Five windows of noise, ``(5, window_frames, n_bins)``."""
    return np.random.default_rng(1).uniform(size=(5, WINDOW_FRAMES[preset], N_BINS))


def encoder_weights(preset):
    """Kernels and biases in the order of the encoder's layers."""
    rng = np.random.default_rng(2)
    weights = []
    for index, kernel in enumerate(KERNELS[preset]):
        weights += [
            rng.normal(0, 0.1, (kernel, CHANNELS[index], CHANNELS[index + 1])),
            rng.normal(0, 0.1, CHANNELS[index + 1]),
        ]
    n_flat = {"half_second": 2, "two_seconds": 9}[preset] * 128
    return [*weights, rng.normal(0, 0.1, (n_flat, LATENT_DIM)), rng.normal(0, 0.1, LATENT_DIM)]


def encode(x, weights, preset):
    """The encoder in NumPy: convolutions with ReLU, pooling by pairs after those of kernel 3, a dense layer."""
    *convolutions, dense, bias = weights
    for kernel, offset in zip(convolutions[::2], convolutions[1::2], strict=True):
        x = np.maximum(convolve(x, kernel, same=preset == "half_second") + offset, 0)
        if len(kernel) == 3:
            n_pairs = x.shape[1] // 2
            x = x[:, : 2 * n_pairs].reshape(len(x), n_pairs, 2, -1).max(axis=2)
    return x.reshape(len(x), -1) @ dense + bias


def convolve(x, kernel, *, same):
    """Convolution over time as neural networks have it, ``(batch, time, channels)``."""
    if same:
        x = np.pad(x, ((0, 0), (len(kernel) // 2, len(kernel) // 2), (0, 0)))
    n_steps = x.shape[1] - len(kernel) + 1
    return sum(x[:, tap : tap + n_steps] @ kernel[tap] for tap in range(len(kernel)))


STAGES = {"spectrogram": spectrogram, "training": training, "embedding": embedding}

if __name__ == "__main__":
    DATA.mkdir(exist_ok=True)
    for name, make in STAGES.items():
        np.savez(DATA / f"{name}.npz", **make())
