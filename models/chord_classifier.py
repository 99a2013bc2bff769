"""Whether the harmony is still in a reconstruction: chords classified from it, beat by beat, as a loss.

References
----------
The losses and their weights, 4 mean squares to 1.5 chord changes to 1 chord, are those of VaryCHarm's autoencoder in
front of the Harmony Transformer, which had no sparse code.
"""

import keras
from keras import ops

from models.dictionary_losses import ChordChangeLoss, ChordLoss
from pipeline.notes import N_CHORD_CLASSES


@keras.saving.register_keras_serializable(package="dictionary")
@keras.saving.register_keras_serializable(package="dictionary", name="ChordJudge")  # its name in files of before
class ChordClassifier(keras.layers.Layer):
    """Classifies chords from the sum of each beat's steps by a linear layer, and adds its cross-entropy to the loss.

    Input shape: classes ``(batch, n_beats)``, below 0 where unknown, and music ``(batch, n_steps, n_channels)``.
    There is no output.

    Parameters
    ----------
    chords, chord_changes : float
        Weights of the two losses; what has weight 0 is not computed.
    """

    def __init__(self, steps_per_beat, chords=1.0, chord_changes=0.0, **kwargs):
        super().__init__(**kwargs)
        self.steps_per_beat, self.has_chords, self.has_changes = steps_per_beat, chords > 0, chord_changes > 0
        if self.has_chords:
            self.chord_head = keras.layers.Dense(N_CHORD_CLASSES, name="chord_head")
            self.chord_loss = ChordLoss(chords, name="chords")
        if self.has_changes:
            self.change_head = keras.layers.Dense(1, name="change_head")
            self.change_loss = ChordChangeLoss(chord_changes, name="chord_changes")

    def build(self, shapes):
        _, (*_, n_channels) = shapes
        if self.has_chords:
            self.chord_head.build((None, None, n_channels))
        if self.has_changes:
            self.change_head.build((None, None, 2 * n_channels))

    def call(self, inputs):
        chords, steps = inputs
        _, n_steps, n_channels = steps.shape
        by_beat = (-1, n_steps // self.steps_per_beat, self.steps_per_beat, n_channels)
        beats = ops.sum(ops.reshape(steps, by_beat), axis=2)
        if self.has_chords:
            self.chord_loss((chords, self.chord_head(beats)))
        if self.has_changes:
            pairs = ops.concatenate(
                [beats, ops.roll(beats, 1, axis=1)], axis=-1
            )  # the first of a window does not count
            self.change_loss((chords, self.change_head(pairs)[..., 0]))
