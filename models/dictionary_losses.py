"""Loss layers of the dictionaries of symbolic music; channels of one kind stand together."""

import keras
from keras import ops

from models.losses import WeightedLoss


@keras.saving.register_keras_serializable(package="dictionary")
class SquareLoss(WeightedLoss):
    """Mean square error over all channels, the paper's loss; 0 or more, lower is better.

    Input shape: music and reconstruction, both ``(batch, n_steps, n_channels)``.
    """

    def raw_loss(self, steps, reconstructions):
        return ops.mean(ops.square(steps - reconstructions))


@keras.saving.register_keras_serializable(package="dictionary")
class HitLoss(WeightedLoss):
    """Cross-entropy of hits, in nats; for other kinds that too, or the square error where there is a hit.

    A reconstruction r is a hit with probability ``sigmoid(slope (r - 1/2))``: above one half it is one, as everywhere
    else. 0 or more, lower is better.

    Input shape: music and reconstruction, both ``(batch, n_steps, n_channels)``.

    Parameters
    ----------
    n_hits : int
        The first channels are the hits of n_hits drums or keys; each other kind has as many channels.
    slope : float
        Steepness of the logistic function.
    entropies, squares : mapping of str to float
        Index of a kind, 1 for the one after the hits, to the weight of its cross-entropy (frames) or square error
        where there is a hit (velocities, offsets); both are means over all cells, without a hit too.
    """

    def __init__(self, n_hits, slope=10.0, entropies=None, squares=None, **kwargs):
        super().__init__(**kwargs)
        self.n_hits, self.slope = n_hits, slope
        self.entropies, self.squares = entropies or {}, squares or {}

    def raw_loss(self, steps, reconstructions):
        loss = self.cross_entropy(self.kind(steps, 0), self.kind(reconstructions, 0))
        for index, weight in self.entropies.items():
            loss += weight * self.cross_entropy(self.kind(steps, index), self.kind(reconstructions, index))
        hits = self.kind(steps, 0)
        for index, weight in self.squares.items():
            errors = ops.square(self.kind(steps, index) - self.kind(reconstructions, index))
            loss += weight * ops.mean(hits * errors)
        return loss

    def kind(self, steps, index):
        """Return the channels of a kind."""
        return steps[..., int(index) * self.n_hits : (int(index) + 1) * self.n_hits]

    def cross_entropy(self, truth, reconstruction):
        """Return the mean over all cells, a scalar."""
        logits = self.slope * (reconstruction - 0.5)
        return ops.mean(ops.binary_crossentropy(truth, logits, from_logits=True))


@keras.saving.register_keras_serializable(package="dictionary")
class ChordLoss(WeightedLoss):
    """Cross-entropy of chord classes, in nats, mean over the beats whose chord is known; 0 or more, lower is better.

    Input shape: classes ``(batch, n_beats)``, below 0 where unknown, and logits ``(batch, n_beats, n_classes)``.
    """

    def raw_loss(self, chords, logits):
        known = ops.cast(chords >= 0, logits.dtype)
        entropies = ops.sparse_categorical_crossentropy(ops.maximum(chords, 0), logits, from_logits=True)
        return ops.sum(known * entropies) / ops.maximum(ops.sum(known), 1.0)


@keras.saving.register_keras_serializable(package="dictionary")
class ChordChangeLoss(WeightedLoss):
    """Cross-entropy of whether the chord changes with a beat, in nats, mean over beats with known chords around.

    Input shape: classes ``(batch, n_beats)``, below 0 where unknown, and logits ``(batch, n_beats)``; the logit of a
    window's first beat does not count.
    """

    def raw_loss(self, chords, logits):
        before, after = chords[:, :-1], chords[:, 1:]
        known = ops.cast(ops.logical_and(before >= 0, after >= 0), logits.dtype)
        changes = ops.cast(before != after, logits.dtype)
        entropies = ops.binary_crossentropy(changes[..., None], logits[:, 1:, None], from_logits=True)[..., 0]
        return ops.sum(known * entropies) / ops.maximum(ops.sum(known), 1.0)
