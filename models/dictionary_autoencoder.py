"""The temporal convolutional winner-take-all autoencoder: music as a sum of a few atoms, each at its place in time.

    steps (batch, n_steps, n_channels)
      -> [temporal blocks] -> Conv1D, an activity for each atom and column -> winner take all
      -> code (batch, n_columns, n_atoms)
      -> Conv1DTranspose, whose kernels are the atoms
      -> steps

``model.encode`` and ``model.decode`` are the two halves, for music and codes of any length; columns are those of
`models.atoms`. With ``refine="pursuit"`` there is no Conv1D in front: the atoms themselves find their places, in music
that temporal blocks, if there are any, have learned to clean.

References
----------
"Shift-Invariant Dictionary Learning using Temporal CONV-WTA Autoencoders for Discovering Music Relations", 2021.
"""

import keras
from keras import ops

from models.atoms import correlate, synthesize
from models.chord_judge import ChordJudge
from models.corruption import Cleaner, Corruption
from models.dictionary_losses import HitLoss, SquareLoss
from models.matching_pursuit import fit_values, pursue
from models.temporal_block import TemporalBlock
from models.winner_take_all import WinnerTakeAll

MAX_ROUNDS = 8  # of a pursuit over columns that overlap
OVERLAP_ITERATIONS = 2  # of its conjugate gradients


@keras.saving.register_keras_serializable(package="dictionary")
class DictionaryAutoencoder(keras.Model):
    """The autoencoder with its losses; called on music it gives the reconstruction.

    Parameters
    ----------
    n_channels, n_atoms, atom_steps, stride_steps : int
        Shape of music and atoms; the stride divides atom_steps.
    winners : dict
        ``k``, ``scope``, ``rank_by`` and ``window_steps`` of `WinnerTakeAll`.
    refine : {"none", "values", "pursuit"}
        Whether values, or winners too, are found by the atoms.
    blocks : sequence of dict
        Arguments of each `TemporalBlock`.
    sees_music : bool
        Whether the encoder sees the music beside what the blocks make of it.
    n_hits : int
        The first channels are the hits of so many drums or keys, for the `Cleaner`.
    unit_norm, bias : bool
        Whether atoms have length one; whether encoder and decoder add constants.
    corruption : dict
        Arguments of `Corruption`, or empty.
    hit_loss : dict
        Arguments of `HitLoss`; empty for the mean square.
    reconstruction_weight, chords, chord_changes : float
        Weights of the losses; chords of weight 0 are not computed.
    steps_per_beat : int
        Steps of a beat, which has one chord.
    """

    def __init__(self, n_channels, n_atoms, atom_steps, stride_steps, winners, *, refine="none", blocks=(),
                 sees_music=True, n_hits=1, unit_norm=True, bias=False, corruption=None, hit_loss=None,
                 reconstruction_weight=1.0, chords=0.0, chord_changes=0.0, steps_per_beat=4, **kwargs):  # fmt: skip
        super().__init__(**kwargs)
        self.config = {"n_channels": n_channels, "n_atoms": n_atoms, "atom_steps": atom_steps}
        self.config |= {"stride_steps": stride_steps, "winners": dict(winners), "refine": refine}
        self.config |= {"blocks": [dict(block) for block in blocks], "sees_music": sees_music, "unit_norm": unit_norm}
        self.config |= {"n_hits": n_hits}
        self.config |= {"bias": bias, "corruption": corruption, "hit_loss": hit_loss, "chords": chords}
        self.config |= {"reconstruction_weight": reconstruction_weight, "chord_changes": chord_changes}
        self.config |= {"steps_per_beat": steps_per_beat}
        self.stride_steps, self.refine, self.sees_music = stride_steps, refine, sees_music
        self.winners = WinnerTakeAll(**winners, atom_steps=atom_steps, stride_steps=stride_steps, name="winners")
        self.blocks = [TemporalBlock(**block, name=f"block_{n}") for n, block in enumerate(blocks, start=1)]
        uniform = keras.initializers.VarianceScaling(1 / 3, "fan_in", "uniform")  # PyTorch's default, the paper's
        if refine != "pursuit":
            self.scores = keras.layers.Conv1D(
                n_atoms, atom_steps, stride_steps, use_bias=bias, kernel_initializer=uniform, name="scores"
            )
        self.atoms = keras.layers.Conv1DTranspose(
            n_channels,
            atom_steps,
            stride_steps,
            use_bias=bias,
            kernel_initializer=uniform,
            kernel_constraint=keras.constraints.UnitNorm(axis=[0, 1]) if unit_norm else None,
            name="atoms",
        )
        if refine == "pursuit" and blocks:
            self.cleaner = Cleaner(n_hits, name="cleaner")
            self.cleaned = SquareLoss(name="cleaned")
        self.corruption = Corruption(**corruption, name="corruption") if corruption else None
        loss = HitLoss(**hit_loss, name="hits") if hit_loss else SquareLoss(name="square")
        loss.weight = reconstruction_weight
        self.reconstruction = loss
        self.judge = None
        if chords or chord_changes:
            self.judge = ChordJudge(steps_per_beat, chords, chord_changes, name="judge")

    def build(self, shape=None):
        """Make the weights; they depend on nothing but the configuration."""
        n_channels, n_atoms = self.config["n_channels"], self.config["n_atoms"]
        n_seen = n_channels
        for block in self.blocks:
            block.build((None, None, n_seen))
            n_seen = block.own["filters"]
        if self.refine != "pursuit":
            both = self.blocks and self.sees_music
            self.scores.build((None, None, n_seen + n_channels if both else n_seen))
        elif self.blocks:
            self.cleaner.build([(None, None, n_channels), (None, None, n_seen)])
        self.winners.build((None, None, n_atoms))
        self.atoms.build((None, None, n_atoms))
        self.uses = self.add_weight(shape=(n_atoms,), initializer="zeros", trainable=False, name="uses")
        if self.judge is not None:
            self.judge.build([(None, None), (None, None, n_channels)])
        self.built = True

    def encode(self, steps, training=False):
        """Code of music: ``(batch, n_steps, n_channels)`` to ``(batch, n_columns, n_atoms)``."""
        if self.refine == "pursuit":
            return ops.stop_gradient(self.pursue(self.clean(steps, training)))
        return self.code(steps, training)

    def clean(self, steps, training=False):
        """Music as the blocks have it, shaped as the music: it itself where there are none."""
        return self.cleaner((steps, self.features(steps, training))) if self.blocks else steps

    def features(self, steps, training=False):
        """What the blocks make of music, ``(batch, n_steps, n_features)``."""
        for block in self.blocks:
            steps = block(steps, training=training)
        return steps

    def code(self, steps, training=False):
        """The code that the encoder finds, and its values refined."""
        kernel, stride = self.atoms.kernel, self.stride_steps
        code = self.winners(self.activities(steps, training), training=training)
        if self.refine == "values":
            chosen = ops.stop_gradient(ops.cast(code != 0, code.dtype))
            begin = ops.stop_gradient(code)
            unexplained = correlate(steps - synthesize(begin, kernel, stride), kernel, stride)
            best = fit_values(unexplained, begin, chosen, kernel, stride, self.iterations())
            code += ops.stop_gradient(best - code)
        return code

    def activities(self, steps, training=False):
        """What the encoder says before winners are taken, shaped as the code."""
        seen = self.features(steps, training)
        if self.blocks and self.sees_music:
            seen = ops.concatenate([steps, seen], axis=-1)
        activities = correlate(seen, self.scores.kernel, self.stride_steps)
        return activities + self.scores.bias if self.config["bias"] else activities

    def pursue(self, steps):
        """The code that matching pursuit finds, shaped as the code."""
        k = self.winners.first_k
        n_rounds = k if self.winners.scope == "column" else min(k, MAX_ROUNDS)

        def choose(unexplained, winners, round_number):
            return self.winners.join(unexplained, winners, round_number, n_rounds)

        return pursue(steps, self.atoms.kernel, self.stride_steps, choose, n_rounds, self.iterations())

    def iterations(self):
        """Of conjugate gradients: as many as winners overlap, or enough."""
        apart = self.config["atom_steps"] == self.stride_steps and self.winners.scope == "column"
        return min(self.winners.first_k, MAX_ROUNDS) if apart else OVERLAP_ITERATIONS

    def decode(self, code):
        """Music of a code: ``(batch, n_columns, n_atoms)`` to ``(batch, n_steps, n_channels)``."""
        steps = synthesize(code, self.atoms.kernel, self.stride_steps)
        return steps + self.atoms.bias if self.config["bias"] else steps

    def call(self, inputs, training=False):
        """The reconstruction; `inputs` is music, or music and the chord of each beat, ``(batch, n_beats)``."""
        steps, chords = inputs if isinstance(inputs, (tuple, list)) else (inputs, None)
        seen = self.corruption(steps, training=training) if self.corruption else steps
        if self.blocks and self.refine == "pursuit":
            cleaned = self.clean(seen, training)
            self.cleaned((steps, cleaned))
            code = ops.stop_gradient(self.pursue(cleaned))
        else:
            code = self.encode(seen, training)
        if training:
            self.uses.assign_add(ops.sum(ops.cast(code != 0, self.uses.dtype), axis=(0, 1)))
        reconstructions = self.decode(code)
        self.reconstruction((steps, reconstructions))
        if chords is not None:
            self.judge((chords, reconstructions))
        return reconstructions

    def get_config(self):
        return super().get_config() | self.config
