"""The complex autoencoder: bases whose magnitudes do not change under a transformation while their phases carry it.

A pair is two views x and y of one thing: shifted, transposed, rotated.

    x, y (batch, n_values) -> dropout -> complex bases -> magnitudes r_x, r_y and phasors u_x, u_y
      -> swapped: r_x with u_y must give y, r_y with u_x must give x

To make y of the magnitudes of x, they must not depend on what differs between x and y. Where the transformations
commute and keep norms, their common eigenvectors are the best bases: Fourier's for shifts, circular harmonics for
rotations. There is no bias: of a louder thing the magnitudes are larger, the phases the same. A complex number is
stored as two real ones: vectors of ``2 * n_bases`` are the real parts, then the imaginary parts.

References
----------
S. Lattner, M. Dörfler, A. Arzt, "Learning Complex Basis Functions for Invariant Representations of Audio", ISMIR 2019.
"""

import keras
from keras import ops

from models.complex_losses import EqualNormLoss, NormLoss, SwapLoss

NEARLY_ZERO = 1e-10  # added to squared magnitudes, which are about 1e-2: the gradient at 0 is finite


@keras.saving.register_keras_serializable(package="complex")
class ComplexBases(keras.layers.Layer):
    """Complex bases without bias that analyse values and synthesise them again; called, the layer encodes.

    Parameters
    ----------
    learn_norm, norm : bool, float
        Whether all bases have one norm, which is learned; its first value.
    """

    def __init__(self, n_bases, learn_norm=False, norm=0.43, **kwargs):
        super().__init__(**kwargs)
        self.n_bases, self.learn_norm, self.norm = n_bases, learn_norm, norm

    def build(self, shape):
        limit = shape[-1] ** -0.5  # as PyTorch's linear layer, the paper's
        uniform = keras.initializers.RandomUniform(-limit, limit)
        self.kernel = self.add_weight((2 * self.n_bases, shape[-1]), initializer=uniform, name="kernel")
        if self.learn_norm:
            first = keras.initializers.Constant(self.norm)
            self.common_norm = self.add_weight((), initializer=first, name="common_norm")

    def rows(self):
        """Return the bases, ``(2 * n_bases, n_values)``: real parts, then imaginary parts."""
        if not self.learn_norm:
            return self.kernel
        squares = ops.sum(ops.square(self.kernel), axis=1, keepdims=True)
        return self.kernel * (self.common_norm * ops.rsqrt(squares + NEARLY_ZERO))

    def call(self, values):
        return self.encode(values)

    def encode(self, values):
        """Return magnitudes ``(batch, n_bases)`` and phasors ``(batch, 2 * n_bases)`` of ``(batch, n_values)``."""
        return self.polar(self.project(values))

    def decode(self, magnitudes, phasors):
        """Return values ``(batch, n_values)`` of magnitudes and phasors."""
        return self.synthesise(ops.concatenate([magnitudes, magnitudes], axis=-1) * phasors)

    def project(self, values):
        """Return complex coefficients ``(batch, 2 * n_bases)``."""
        return ops.matmul(values, ops.transpose(self.rows()))

    def synthesise(self, coefficients):
        """Return the sum of the bases with these complex coefficients, ``(batch, n_values)``."""
        return ops.matmul(coefficients, self.rows())

    def polar(self, coefficients):
        """Return magnitudes and phasors of complex coefficients; the phasor of 0 is 0."""
        real, imaginary = ops.split(coefficients, 2, axis=-1)
        magnitudes = ops.sqrt(ops.square(real) + ops.square(imaginary) + NEARLY_ZERO)
        return magnitudes, coefficients / ops.concatenate([magnitudes, magnitudes], axis=-1)

    def compute_output_shape(self, shape):
        return (*shape[:-1], self.n_bases), (*shape[:-1], 2 * self.n_bases)


@keras.saving.register_keras_serializable(package="complex")
class ComplexAutoencoder(keras.Model):
    """The autoencoder with its losses; called on pairs ``(batch, 2, n_values)`` it gives their reconstructions.

    Parameters
    ----------
    power : float
        Of the error in the loss: 1 or 2.
    dropout : float
        Fraction of the values that the encoder does not see in training, drawn for x and y apart.
    norm_weight, equal_norm_weight : float
        Weights of `NormLoss` and `EqualNormLoss`; those of weight 0 are left out.
    """

    def __init__(self, n_values, n_bases, *, power=1.0, dropout=0.0, learn_norm=False, norm=0.43, norm_weight=0.0,
                 equal_norm_weight=0.0, **kwargs):  # fmt: skip
        super().__init__(**kwargs)
        self.n_values, self.n_bases = n_values, n_bases
        self.settings = {"power": power, "dropout": dropout, "learn_norm": learn_norm, "norm": norm}
        self.settings |= {"norm_weight": norm_weight, "equal_norm_weight": equal_norm_weight}
        self.dropout = keras.layers.Dropout(dropout, name="dropout")
        self.bases = ComplexBases(n_bases, learn_norm, norm, name="bases")
        self.swap = SwapLoss(power, name="swap")
        self.norms = [NormLoss(norm_weight, name="norm")] if norm_weight else []
        self.norms += [EqualNormLoss(equal_norm_weight, name="equal_norm")] if equal_norm_weight else []

    def build(self, shape=None):
        """Make the weights, whose shapes depend on the configuration only."""
        self.bases.build((None, self.n_values))
        self.built = True

    def call(self, pairs, training=False):
        reconstructions = self.reconstruct(pairs, training)
        self.swap((pairs, reconstructions))
        for loss in self.norms:
            loss((self.bases.rows(),))
        return reconstructions

    def reconstruct(self, pairs, training=False):
        """Return each of a pair from the magnitudes of the other and its own phases, ``(batch, 2, n_values)``."""
        seen = ops.reshape(self.dropout(pairs, training=training), (-1, self.n_values))
        magnitudes, phasors = self.encode(seen)
        swapped = ops.flip(ops.reshape(magnitudes, (-1, 2, self.n_bases)), axis=1)
        return ops.reshape(self.decode(ops.reshape(swapped, (-1, self.n_bases)), phasors), (-1, 2, self.n_values))

    def encode(self, patches):
        """Return magnitudes ``(batch, n_bases)`` and phasors ``(batch, 2 * n_bases)`` of ``(batch, n_values)``."""
        return self.bases(patches)

    def decode(self, magnitudes, phasors):
        return self.bases.decode(magnitudes, phasors)

    def get_config(self):
        return super().get_config() | {"n_values": self.n_values, "n_bases": self.n_bases} | self.settings


def build_encoder(autoencoder: ComplexAutoencoder) -> keras.Model:
    """Return the encoder of an autoencoder, for flat patches that are standardised as in training.

    Returns
    -------
    keras.Model
        From ``(batch, n_values)`` to a dict of ``magnitudes`` and ``phases``, both ``(batch, n_bases)``; phases are
        angles in radians, -pi to pi.
    """
    patches = keras.Input((autoencoder.n_values,), name="patches")
    magnitudes, phasors = autoencoder.get_layer("bases")(patches)
    real, imaginary = ops.split(phasors, 2, axis=-1)
    return keras.Model(patches, {"magnitudes": magnitudes, "phases": ops.arctan2(imaginary, real)}, name="encoder")
