"""What a trained autoencoder makes of the magnitudes of a source."""

import keras
import numpy as np

from models.timbre_autoencoder import compress, expand
from save_dataset.timbre.levels import loud_level


def transfer_magnitudes(model: keras.Model, magnitudes: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the magnitudes that the target would have for the frames of a source, ``(n_frames, n_bins)``.

    The loud frames of the source are taken to be as loud as those of the target. Levels are not the source's: who calls
    it puts them back.

    Parameters
    ----------
    magnitudes : np.ndarray (n_frames, n_bins)
    weights : np.ndarray (n_targets,)
        Of the targets, with sum 1.
    """
    frames, loudness = compress(magnitudes, loud_level(magnitudes))
    seen = {"frames": frames, "loudness": loudness, "targets": weights}
    batch = {name: np.asarray(value, np.float32)[None] for name, value in seen.items()}
    return np.asarray(
        expand(model.predict(batch, verbose=0)[0])
    )  # called outside a graph, an LSTM takes ten times as long
