"""What a training has reached after each epoch, and in how much time."""

import time

import keras


class Watch(keras.callbacks.Callback):
    """Keeps a row an epoch: processor seconds so far and what `measure` tells; the time of measuring is not counted.

    Parameters
    ----------
    measure : callable
        From the model to a tuple of numbers.
    """

    def __init__(self, measure):
        super().__init__()
        self.measure = measure
        self.rows = []
        self.seconds = 0.0

    def on_train_begin(self, logs=None):
        self.began = time.process_time()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds += time.process_time() - self.began
        self.rows.append((self.seconds, *self.measure(self.model)))
        self.began = time.process_time()
