"""From codes to what they stand for: the spectrograms that a generator's decoder makes of them."""

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from pipeline import results
from pipeline.parameters import ROOT, StudyParameters

CODES_AT_ONCE = 16


class Decoder:
    """The decoder of a generator, ready for the first code; threads may call it at the same time."""

    def __init__(self, generator: keras.Model):
        self.network = generator.get_layer("decoder")
        self.units = self.network.input_shape[-1]
        signature = [tf.TensorSpec((None, self.units), tf.float32)]
        self._call = tf.function(lambda codes: self.network(codes, training=False), input_signature=signature)
        self._call(np.zeros((1, self.units), np.float32))  # warm: the first call traces the graph

    def decode(self, codes: np.ndarray) -> np.ndarray:
        """Return spectrograms of codes ``(n_codes, units)``, as clips are stored: ``(n_codes, n_frames, n_mels)``."""
        parts = np.split(codes.astype(np.float32), range(CODES_AT_ONCE, len(codes), CODES_AT_ONCE))
        return np.concatenate([self._call(part).numpy() for part in parts])


def load_decoder(parameters: StudyParameters, root: Path = ROOT) -> Decoder:
    """Return the decoder of the generator that step 2 trained for a run; raises as `results.load_model` does."""
    return Decoder(results.load_model(parameters, "generator", root))
