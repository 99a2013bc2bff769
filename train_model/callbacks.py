"""What happens between epochs: processor time, order of samples, memory of points, schedules."""

import time

import keras
import numpy as np
import tensorflow as tf

from pipeline.data_generator import windows
from pipeline.stored_frames import Frames


class SeedByEpoch(keras.callbacks.Callback):
    """Makes all that is random in an epoch a function of the seed and the index of the epoch.

    A training that resumes after an interruption then ends as one without: Keras saves no state of random numbers.

    The variable `epoch`, from which the data generator draws its order, is set to the epoch that begins.
    """

    def __init__(self, seed: int, epoch: tf.Variable):
        super().__init__()
        self.seed = seed
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch.assign(epoch)
        states = [variable for variable in self.model.variables if variable.path.endswith("seed_generator_state")]
        for index, state in enumerate(states):
            state.assign([(self.seed + index) % 2**32, epoch])


class ProcessorTime(keras.callbacks.Callback):
    """Adds ``cpu_s`` to the logs of an epoch: the seconds of processor time it took, in all threads of this process.

    The first epoch's hold the tracing and compilation of the model.
    """

    def on_epoch_begin(self, epoch, logs=None):
        self.began = time.process_time()

    def on_epoch_end(self, epoch, logs=None):
        logs["cpu_s"] = time.process_time() - self.began


class RefillMemory(keras.callbacks.Callback):
    """Encodes all windows of a song or film anew at the start of each epoch, and before it is validated."""

    def __init__(self, frames: Frames, window_frames: int):
        super().__init__()
        self.windows = windows(frames, window_frames)

    def on_epoch_begin(self, epoch, logs=None):
        self._refill()

    def on_test_begin(self, logs=None):
        self._refill()

    def _refill(self):
        encoder, memory = self.model.get_layer("encoder"), self.model.get_layer("memory")
        memory.points.assign(np.concatenate([encoder(batch) for batch in self.windows]))


class KSchedule(keras.callbacks.Callback):
    """Lets the number of winners fall, from `k_max` in the first epoch to `k`.

    It falls by `fall`, each time `every_epochs` have passed; the paper counts after an epoch's first step, so that the
    first stage is one epoch longer. The logs of an epoch get ``k``.
    """

    def __init__(self, k_max: int, k: int, fall: int, every_epochs: int):
        super().__init__()
        self.k_max, self.k, self.fall, self.every_epochs = k_max, k, fall, every_epochs

    def on_epoch_begin(self, epoch, logs=None):
        n_falls = max(0, epoch - 1) // self.every_epochs
        self.model.winners.k.assign(max(self.k, self.k_max - self.fall * n_falls))

    def on_epoch_end(self, epoch, logs=None):
        logs["k"] = int(self.model.winners.k)
