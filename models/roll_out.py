"""A layer that rolls a forecaster out inside the model that trains it.

An LSTM has no window: what it keeps of a clip is its state. So the clip is read once, and each forecast point is then
one more step of the same cell, which is exactly the forecaster run again on a clip that grows by its own points.
"""

import keras
from keras import layers, ops


class OwnPointsCell(layers.Layer):
    """A step of the forecaster that sees the point it came to itself; its input only counts the steps.

    The states are the point and the state of the LSTM that has seen it.
    """

    def __init__(self, cell, velocity, **kwargs):
        super().__init__(**kwargs)
        self.cell = cell
        self.velocity = velocity
        self.output_size = velocity.units
        self.state_size = [velocity.units, *cell.state_size]

    def build(self, input_shape):
        self.built = True  # the parts are

    def call(self, step, states):
        z, *state = states
        z = z + self.velocity(state[0])
        _, state = self.cell(z, state, training=False)  # Keras would hand on that of the model
        return z, [z, *state]


@keras.saving.register_keras_serializable(package="song")
class RollOut(layers.Layer):
    """The points that a forecaster comes to, step by step from the last of a clip, each seen before the next.

    Dropout, if the forecaster has any, applies to the clip only, not to its own points.

    Input shape: clips of points, ``(batch, clip_windows, latent_dim)``. Output shape: ``(batch, n_steps, latent_dim)``.

    Parameters
    ----------
    forecaster : keras.Model
        With the layers ``lstm`` and ``v_hat``. Its weights are used, not copied.
    """

    def __init__(self, forecaster, n_steps, **kwargs):
        super().__init__(**kwargs)
        self.forecaster = forecaster
        self.n_steps = n_steps
        cell = forecaster.get_layer("lstm").cell
        self.read = layers.RNN(cell, return_state=True)
        self.write = layers.RNN(OwnPointsCell(cell, forecaster.get_layer("v_hat")), return_sequences=True)

    def build(self, clips_shape):
        self.read.build(clips_shape)
        self.write.build((clips_shape[0], self.n_steps, clips_shape[2]))

    def call(self, clips, training=False):
        last = clips[:, -1]
        _, *state = self.read(clips, training=training)
        # a loop: unrolled, 30 steps run as fast and take XLA twice as long to compile
        return self.write(ops.repeat(last[:, None], self.n_steps, axis=1), initial_state=[last, *state])

    def get_config(self):
        forecaster = keras.saving.serialize_keras_object(self.forecaster)
        return super().get_config() | {"forecaster": forecaster, "n_steps": self.n_steps}

    @classmethod
    def from_config(cls, config):
        return cls(**config | {"forecaster": keras.saving.deserialize_keras_object(config["forecaster"])})
