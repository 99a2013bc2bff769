"""The temporal convolutional winner-take-all autoencoder: music as a sum of a few atoms, each at its position.

    steps (batch, n_steps, n_channels)
      -> [temporal blocks] -> Conv1D, an activation for each atom and column -> winner take all
      -> code (batch, n_columns, n_atoms)
      -> Conv1DTranspose, whose kernels are the atoms
      -> steps

``model.encode`` and ``model.decode`` are the two halves, for music and codes of any length; columns are those of
`models.atoms`. With ``refine="pursuit"`` there is no Conv1D in front: winners are found by the atoms themselves, in
music that temporal blocks, if there are any, have learned to clean.

References
----------
"Shift-Invariant Dictionary Learning using Temporal CONV-WTA Autoencoders for Discovering Music Relations", 2021.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import partial
from typing import Any

import keras
from keras import ops

from models.atoms import correlate, synthesize
from models.chord_classifier import ChordClassifier
from models.corruption import Cleaner, Corruption
from models.dictionary_losses import HitLoss, SquareLoss
from models.matching_pursuit import fit_values, pursue
from models.temporal_block import TemporalBlock
from models.winner_take_all import WinnerTakeAll

MAX_ROUNDS = 8  # of a pursuit over columns that overlap
OVERLAP_ITERATIONS = 2  # of its conjugate gradients


@dataclass(frozen=True)
class DictionaryConfig:
    """The sizes and parts of a dictionary autoencoder, as they stand in saved files."""

    n_channels: int
    n_atoms: int
    atom_steps: int
    stride_steps: int  # divides atom_steps
    winners: Mapping[str, Any]  # k, scope, rank_by and window_steps of `WinnerTakeAll`
    refine: str = "none"  # by the atoms: "values" of the winners, winners too in a "pursuit"
    blocks: Sequence[Mapping[str, Any]] = ()  # arguments of each `TemporalBlock`
    sees_music: bool = True  # whether the encoder sees the music together with the output of the blocks
    n_hits: int = 1  # the first channels are the hits of n_hits drums or keys, for the `Cleaner`
    unit_norm: bool = True  # of the atoms
    bias: bool = False  # whether encoder and decoder add constants
    corruption: Mapping[str, Any] | None = None  # arguments of `Corruption`
    hit_loss: Mapping[str, Any] | None = None  # arguments of `HitLoss`; without, the loss is the mean square
    reconstruction_weight: float = 1.0
    chords: float = 0.0  # weight of the loss; chords of weight 0 are not computed
    chord_changes: float = 0.0  # its weight
    steps_per_beat: int = 4  # a beat has one chord


@keras.saving.register_keras_serializable(package="dictionary")
class DictionaryAutoencoder(keras.Model):
    """The autoencoder with its losses; called on music it gives the reconstruction."""

    def __init__(self, config: DictionaryConfig, **kwargs):
        super().__init__(**kwargs)
        self.config, self.stride_steps, self.refine = config, config.stride_steps, config.refine
        steps = {"atom_steps": config.atom_steps, "stride_steps": config.stride_steps}
        self.winners = WinnerTakeAll(**config.winners, **steps, name="winners")
        self.blocks = [TemporalBlock(**block, name=f"block_{n}") for n, block in enumerate(config.blocks, start=1)]
        uniform = keras.initializers.VarianceScaling(1 / 3, "fan_in", "uniform")  # PyTorch's default, the paper's
        kernels = {"kernel_size": config.atom_steps, "strides": config.stride_steps, "use_bias": config.bias}
        kernels["kernel_initializer"] = uniform
        if self.refine != "pursuit":
            self.scores = keras.layers.Conv1D(config.n_atoms, **kernels, name="scores")
        unit_norm = keras.constraints.UnitNorm(axis=[0, 1]) if config.unit_norm else None
        self.atoms = keras.layers.Conv1DTranspose(
            config.n_channels, **kernels, kernel_constraint=unit_norm, name="atoms"
        )
        if self.refine == "pursuit" and self.blocks:
            self.cleaner = Cleaner(config.n_hits, name="cleaner")
            self.cleaned = SquareLoss(name="cleaned")
        self.corruption = Corruption(**config.corruption, name="corruption") if config.corruption else None
        loss = HitLoss(**config.hit_loss, name="hits") if config.hit_loss else SquareLoss(name="square")
        loss.weight = config.reconstruction_weight
        self.reconstruction = loss
        self.judge = None  # an attribute's name is the path of its weights in saved files
        if config.chords or config.chord_changes:
            chord_losses = (config.steps_per_beat, config.chords, config.chord_changes)
            self.judge = ChordClassifier(*chord_losses, name="chord_classifier")

    def build(self, shape=None):
        """Make the weights, whose shapes depend on the configuration only."""
        n_channels, n_atoms = self.config.n_channels, self.config.n_atoms
        n_seen = n_channels
        for block in self.blocks:
            block.build((None, None, n_seen))
            n_seen = block.filters
        if self.refine != "pursuit":
            self.scores.build((None, None, n_seen + n_channels if self._sees_both() else n_seen))
        elif self.blocks:
            self.cleaner.build([(None, None, n_channels), (None, None, n_seen)])
        self.winners.build((None, None, n_atoms))
        self.atoms.build((None, None, n_atoms))
        self.uses = self.add_weight(shape=(n_atoms,), initializer="zeros", trainable=False, name="uses")
        if self.judge is not None:
            self.judge.build([(None, None), (None, None, n_channels)])
        self.built = True

    def _sees_both(self):
        """Whether the encoder sees music and the output of blocks."""
        return self.blocks and self.config.sees_music

    def encode(self, steps, training=False):
        """Return the code of music: ``(batch, n_steps, n_channels)`` to ``(batch, n_columns, n_atoms)``."""
        if self.refine == "pursuit":
            return ops.stop_gradient(self.pursue(self.clean(steps, training)))
        return self.code(steps, training)

    def clean(self, steps, training=False):
        """Return music as the blocks clean it; without blocks as it is."""
        return self.cleaner((steps, self.features(steps, training))) if self.blocks else steps

    def features(self, steps, training=False):
        """Return the output of the blocks, ``(batch, n_steps, n_features)``."""
        for block in self.blocks:
            steps = block(steps, training=training)
        return steps

    def code(self, steps, training=False):
        """Return the code of the encoder, its values refined."""
        kernel, stride = self.atoms.kernel, self.stride_steps
        code = self.winners(self.activations(steps, training), training=training)
        if self.refine == "values":
            chosen = ops.stop_gradient(ops.cast(code != 0, code.dtype))
            begin = ops.stop_gradient(code)
            unexplained = correlate(steps - synthesize(begin, kernel, stride), kernel, stride)
            best = fit_values(unexplained, begin, chosen, kernel, stride, self.iterations())
            code += ops.stop_gradient(best - code)
        return code

    def activations(self, steps, training=False):
        """Return the output of the encoder before winners are taken, shaped as the code."""
        seen = self.features(steps, training)
        if self._sees_both():
            seen = ops.concatenate([steps, seen], axis=-1)
        activations = correlate(seen, self.scores.kernel, self.stride_steps)
        return activations + self.scores.bias if self.config.bias else activations

    def pursue(self, steps):
        """Return the code of music by matching pursuit."""
        k_max = self.winners.k_max
        n_rounds = k_max if self.winners.scope == "column" else min(k_max, MAX_ROUNDS)
        join = partial(self.winners.join, n_rounds=n_rounds)
        return pursue(steps, self.atoms.kernel, self.stride_steps, join, n_rounds, self.iterations())

    def iterations(self):
        """Return the number of conjugate gradient steps: the winners that overlap, or a few."""
        are_apart = self.config.atom_steps == self.stride_steps and self.winners.scope == "column"
        return min(self.winners.k_max, MAX_ROUNDS) if are_apart else OVERLAP_ITERATIONS

    def decode(self, code):
        """Return the music of a code: ``(batch, n_columns, n_atoms)`` to ``(batch, n_steps, n_channels)``."""
        steps = synthesize(code, self.atoms.kernel, self.stride_steps)
        return steps + self.atoms.bias if self.config.bias else steps

    def call(self, inputs, training=False):
        """Return the reconstruction; `inputs` is music, or music and the chord of each beat, ``(batch, n_beats)``."""
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
        return super().get_config() | asdict(self.config)

    @classmethod
    def from_config(cls, config):
        own = {field.name for field in fields(DictionaryConfig)} & config.keys()
        others = {name: value for name, value in config.items() if name not in own}
        return cls(DictionaryConfig(**{name: config[name] for name in own}), **others)
