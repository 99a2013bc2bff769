"""Whether the harmony is still in a reconstruction: chords told from it, beat by beat, as a loss.

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
class ChordJudge(keras.layers.Layer):
    """Tells chords from the sum of each beat's steps by a linear layer, and adds how wrong it is to the loss.

    Input shape: classes ``(batch, n_beats)``, below 0 where unknown, and music ``(batch, n_steps, n_channels)``.
    There is no output.

    Parameters
    ----------
    steps_per_beat : int
        Steps of a beat, which has one chord.
    chords, chord_changes : float
        Weights of the two losses; what has weight 0 is not computed.
    """

    def __init__(self, steps_per_beat, chords=1.0, chord_changes=0.0, **kwargs):
        super().__init__(**kwargs)
        self.config = {"steps_per_beat": steps_per_beat, "chords": chords, "chord_changes": chord_changes}
        if chords:
            self.chord_head = keras.layers.Dense(N_CHORD_CLASSES, name="chord_head")
            self.chord_loss = ChordLoss(chords, name="chords")
        if chord_changes:
            self.change_head = keras.layers.Dense(1, name="change_head")
            self.change_loss = ChordChangeLoss(chord_changes, name="chord_changes")

    def build(self, shapes):
        _, (*_, n_channels) = shapes
        if self.config["chords"]:
            self.chord_head.build((None, None, n_channels))
        if self.config["chord_changes"]:
            self.change_head.build((None, None, 2 * n_channels))

    def call(self, inputs):
        chords, steps = inputs
        _, n_steps, n_channels = steps.shape
        steps_per_beat = self.config["steps_per_beat"]
        beats = ops.sum(ops.reshape(steps, (-1, n_steps // steps_per_beat, steps_per_beat, n_channels)), axis=2)
        if self.config["chords"]:
            self.chord_loss((chords, self.chord_head(beats)))
        if self.config["chord_changes"]:
            pairs = ops.concatenate([beats, ops.roll(beats, 1, axis=1)], axis=-1)  # the first of a window is not judged
            self.change_loss((chords, self.change_head(pairs)[..., 0]))

    def get_config(self):
        return super().get_config() | self.config
