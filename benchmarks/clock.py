"""Processor seconds: of a call, of the steps of a training, of its epochs."""

import time

import keras
import numpy as np
import tensorflow as tf


def timed(call):
    """Processor seconds of a call, and what it returns."""
    began = time.process_time()
    result = call()
    return time.process_time() - began, result


def median_seconds(call, repetitions):
    """The median of the processor seconds of several calls."""
    return float(np.median([timed(call)[0] for _ in range(repetitions)]))


def time_steps(model, data, n_steps):
    """Median processor milliseconds of training steps on the same data, and the losses before the first and after all.

    The first step, which compiles, and the last one are not counted.
    """
    dataset = tf.data.Dataset.from_tensors(data).cache().repeat()
    clock = StepClock()
    first, _, last = (
        model.fit(dataset, steps_per_epoch=n, shuffle=False, verbose=0, callbacks=callbacks).history["loss"][0]
        for n, callbacks in ((1, []), (n_steps, [clock]), (1, []))
    )
    return 1000 * float(np.median(clock.seconds)), (first, last)


def time_until(rows, target, target_s):
    """How soon the rows of an `EpochClock` reached an error, in words, and how much sooner than the target."""
    reached = next((seconds for seconds, error, *_ in rows if error <= target), None)
    return "not reached" if reached is None else f"reached after {reached:.1f} s, {target_s / reached:.1f}x less"


class StepClock(keras.callbacks.Callback):
    """Processor seconds of each training step."""

    def on_train_begin(self, logs=None):
        self.seconds = []

    def on_train_batch_begin(self, batch, logs=None):
        self.began = time.process_time()

    def on_train_batch_end(self, batch, logs=None):
        self.seconds.append(time.process_time() - self.began)


class EpochClock(keras.callbacks.Callback):
    """A row an epoch: processor seconds so far and what `measure` returns; the time of measuring is not counted.

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
