"""Sections of the parameters of the complex autoencoder: its bases, its loss, its training on pairs, and its results.

Defaults are those of the paper ("Learning Complex Basis Functions for Invariant Representations of Audio", Lattner,
Dörfler, Arzt, ISMIR 2019, and its code) unless the description says otherwise.
"""

from typing import Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from pipeline.memory import check_memory, half_of_machine_gb
from pipeline.parameters import Section
from pipeline.results import Result

TRAIN = "train_model.step2_train_complex"
TRAINED = ("model", "loss", "training")


def trained_from(data: str) -> dict[str, Result]:
    """Return the results of training on a kind of data."""
    return {
        "complex_autoencoder": Result("{run}/complex_autoencoder.keras", TRAIN, TRAINED, (data,)),
        "history": Result("{run}/history.npz", TRAIN, TRAINED, (data,)),
    }


def check_size(model: "Bases", training: "PairTraining", n_values: int) -> None:
    """ValueError if training bases of so many values each would take too much memory.

    The factors are measured: with gradients, what is kept, and what is computed in between.
    """
    pairs = max(training.batch_pairs, min(training.validation_pairs, 500))  # of which losses are evaluated at once
    parts = {
        f"model.n_bases={model.n_bases}": 36 * model.n_bases * n_values,
        f"training.batch_pairs={training.batch_pairs}": pairs * (20 * n_values + 36 * model.n_bases),
        f"training.validation_pairs={training.validation_pairs}": 17 * training.validation_pairs * n_values,
    }
    largest = max(parts, key=lambda part: parts[part])
    hint = f"take fewer, or less than {n_values} values of each"
    check_memory(largest, 4 * sum(parts.values()), hint, half_of_machine_gb())


class Bases(Section):
    """The complex bases."""

    n_bases: PositiveInt = Field(256, le=8192, description="complex bases, each a real and an imaginary one")
    dropout: float = Field(
        0.5, ge=0, lt=1, description="fraction of the input dropped in training, scaled up by the rest"
    )
    learn_norm: bool = Field(False, description="whether all bases have one common, learned norm")

    @property
    def is_learned(self) -> bool:
        """Whether there is anything to train."""
        return True


class SignalBases(Bases):
    """The complex bases of a signal."""

    n_bases: PositiveInt = Field(128, le=8192, description="complex bases, each a real and an imaginary one")
    dropout: float = Field(
        0.0, ge=0, lt=1, description="fraction of the input dropped in training, scaled up by the rest"
    )
    window_samples: int = Field(512, ge=8, le=16384, description="length of a window, under Hann's window")


class DigitBases(Bases):
    """The complex bases of images."""

    learn_norm: bool = Field(True, description="whether all bases have one common, learned norm")


class PatchBases(Bases):
    """The features of patches of a constant-Q transform."""

    features: Literal["learned", "random", "cqt", "fourier"] = Field(
        "learned",
        description="learned: magnitudes in the learned complex bases; random: in random bases; cqt: the patch; "
        "fourier: magnitudes of its 2-D Fourier transform",
    )
    patch_frames: int = Field(32, ge=2, le=512, description="length of a patch")

    @property
    def is_learned(self) -> bool:
        """Whether the features are learned."""
        return self.features == "learned"


class SwapLoss(Section):
    """The loss: each of a pair is reconstructed from the magnitudes of the other and phases of its own."""

    power: Literal[1, 2] = Field(2, description="power of the absolute error")
    norm: NonNegativeFloat = Field(0.0, le=1e6, description="weight of the mean norm of the bases")
    equal_norm: NonNegativeFloat = Field(0.0, le=1e6, description="weight of the variance of their norms")


class PatchSwapLoss(SwapLoss):
    """The loss for patches."""

    power: Literal[1, 2] = Field(1, description="power of the absolute error")


class PairTraining(Section):
    """How the bases are trained."""

    pairs_per_epoch: PositiveInt = Field(100_000, le=10_000_000, description="pairs drawn in an epoch")
    batch_pairs: PositiveInt = Field(1000, le=10_000, description="pairs in a batch")
    epochs: PositiveInt = Field(
        10, le=10_000, description="epochs; the paper's 500 of patches are 28 hours of processor time"
    )
    learning_rate: PositiveFloat = Field(1e-3, le=1, description="of Adam")
    decay: bool = Field(False, description="whether the learning rate falls to zero along a cosine")
    growth: float = Field(
        0.0, ge=0, le=1, description="fraction of the epochs in which shifts grow to their maximum; 0: none, the paper"
    )
    jit_compile: bool = Field(
        False, description="whether a training step is compiled with XLA, which on a processor is no faster here"
    )
    validation_pairs: PositiveInt = Field(
        2000, le=1_000_000, description="fixed pairs, held out and not, of the evaluated losses"
    )
    plot_every_epochs: PositiveInt = Field(
        10, le=10_000, description="epochs between figures of bases and reconstructions"
    )
    seed: NonNegativeInt = Field(1, lt=2**32, description="draws first weights and pairs")


class PatchTraining(PairTraining):
    """How the bases of patches are trained."""

    pitch_shift_bins: NonNegativeInt = Field(24, le=480, description="largest shift of a pair in pitch, either way")
    time_shift_frames: NonNegativeInt = Field(12, le=10_000, description="largest shift of a pair in time, either way")
    shifts: Literal["either", "both"] = Field(
        "either", description="a pair is shifted in pitch or in time (the paper), or in both"
    )


class SignalTraining(PairTraining):
    """How the bases of a signal are trained."""

    batch_pairs: PositiveInt = Field(500, le=10_000, description="pairs in a batch")
    shift_samples: PositiveInt = Field(64, le=100_000, description="largest shift of a pair, either way")


class DigitTraining(PairTraining):
    """How the bases of images are trained."""

    max_angle_deg: float = Field(180.0, gt=0, le=180, description="each of a pair is rotated by up to this angle")
