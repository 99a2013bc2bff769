"""Sections of the parameters that say what dictionary is learned, and how it is used and evaluated.

Defaults are ours; what the paper (SIDL, "Shift-Invariant Dictionary Learning using Temporal CONV-WTA Autoencoders",
2021) did is in the descriptions, and set in ``parameters/drums_paper.toml`` and ``piano_paper.toml``.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeInt, PositiveInt, field_validator, model_validator

from pipeline.parameters import Section

PieceNumber = Annotated[int, Field(ge=0, lt=1_000_000)]
Method = Literal["zeros", "mean", "pca", "pca_first", "pca_largest", "nmf", "kmeans", "dictionary_learning", "mod"]


class Dictionary(Section):
    """The temporal convolutional winner-take-all autoencoder."""

    n_atoms: PositiveInt = Field(100, le=10_000, description="patterns in the dictionary")
    atom_steps: PositiveInt = Field(4, le=4096, description="length of a pattern")
    stride_steps: PositiveInt = Field(
        4,
        le=4096,
        description="from one position of a pattern to the next; 1: anywhere; atom_steps, as in the paper: in blocks",
    )
    scope: Literal["column", "window", "map", "lifetime"] = Field(
        "column",
        description="winners are the k strongest of all atoms at one position (the paper); of a window, over positions "
        "and atoms, one within an atom's length; of each atom, over positions; of each atom, over batch and positions",
    )
    k: PositiveInt = Field(1, le=10_000, description="number of winners in the scope")
    k_max: PositiveInt | None = Field(
        None, le=10_000, description="winners in the first epoch; left out: k from the beginning"
    )
    k_every_epochs: PositiveInt = Field(
        30, le=10_000, description="epochs after which their number falls from k_max, by k_fall, until it is k"
    )
    k_fall: PositiveInt = Field(1, le=10_000, description="by how much it falls")
    window_steps: PositiveInt | None = Field(
        None, le=65_536, description="scope window: steps in which there are k winners; left out: those of [training]"
    )
    rank_by: Literal["magnitude", "signed", "positive"] = Field(
        "magnitude",
        description="strength of an activation: its magnitude; its value (the paper); negative ones are cut",
    )
    refine: Literal["none", "values", "pursuit"] = Field(
        "none",
        description="none: the encoder's word in one pass; values: of its winners the values that reconstruct best; "
        "pursuit: winners found one after the other in what is not yet explained (orthogonal matching pursuit)",
    )
    tcn_channels: tuple[Annotated[int, Field(ge=1, le=4096)], ...] = Field(
        (),
        max_length=16,
        description="channels of residual blocks of dilated convolutions before the encoder; with refine pursuit they "
        "clean the music; (): none",
    )
    tcn_kernel_steps: PositiveInt = Field(
        4, le=1024, description="length of their kernels; block n is dilated by 2^(n - 1)"
    )
    tcn_causal: bool = Field(True, description="whether they see what was before (the paper), or after too")
    tcn_dropout: float = Field(0.2, ge=0, lt=1, description="fraction of their channels dropped in training")
    start: Literal["data", "random"] = Field(
        "data", description="first atoms: pieces of the music, the encoder their transpose; or random (the paper)"
    )
    unit_norm: bool = Field(True, description="whether atoms are kept at unit norm")
    bias: bool = Field(False, description="whether encoder and decoder add constants, as the paper's for piano")

    @model_validator(mode="after")
    def check_that_winners_and_positions_fit(self) -> Self:
        """No more winners than atoms at one position; atoms are a whole number of strides."""
        for key in ("k", "k_max"):
            if self.scope == "column" and (getattr(self, key) or 0) > self.n_atoms:
                raise ValueError(f"{key}={getattr(self, key)}: must be at most n_atoms={self.n_atoms}")
        if self.k_max is not None and self.k_max < self.k:
            raise ValueError(f"k_max={self.k_max}: must be at least k={self.k}")
        if self.atom_steps % self.stride_steps:
            raise ValueError(f"stride_steps={self.stride_steps}: must divide atom_steps={self.atom_steps}")
        if self.refine == "pursuit" and self.scope not in ("column", "window"):
            raise ValueError(f"refine='pursuit': needs scope column or window, not {self.scope}")
        if self.refine != "none" and (self.rank_by == "positive" or self.bias):
            raise ValueError(f"refine={self.refine!r}: values may be negative, and there is no bias")
        return self


class DictionaryLoss(Section):
    """The loss of the reconstruction in training."""

    reconstruction: Literal["mse", "hits"] = Field(
        "mse",
        description="mean square over all channels (the paper); or cross-entropy of hits, velocity and offset at hits",
    )
    velocities: float = Field(
        1.0,
        ge=0,
        le=1e6,
        description="hits: weight of the square error of velocities where there is a hit; that of hits is 1",
    )
    offsets: float = Field(
        0.5, ge=0, le=1e6, description="hits: weight of the square error of offsets where there is a hit"
    )
    frames: float = Field(
        0.2, ge=0, le=1e6, description="hits: weight of the cross-entropy of frames, next to that of onsets"
    )
    slope: float = Field(10.0, gt=0, le=1e4, description="hits: steepness of the logistic function around one half")
    chords: float = Field(
        0.0, ge=0, le=1e6, description="weight of the cross-entropy of 25 chord classes; the paper: 1, with 4 mse"
    )
    chord_changes: float = Field(
        0.0, ge=0, le=1e6, description="weight of the cross-entropy of chord changes; the paper: 1.5"
    )
    reconstruction_weight: float = Field(1.0, gt=0, le=1e6, description="weight of the reconstruction, next to chords")


class Corruption(Section):
    """Noise on what the encoder sees in training: the clean music is its target."""

    spurious: float = Field(0.0, ge=0, lt=1, description="fraction of empty cells that become hits")
    deleted: float = Field(0.0, ge=0, lt=1, description="fraction of hits that are deleted")

    @property
    def is_on(self) -> bool:
        """Whether there is any."""
        return self.spurious > 0 or self.deleted > 0


class DictionaryTraining(Section):
    """How long, how fast, from which windows."""

    epochs: PositiveInt = Field(20, le=10_000, description="passes over all windows; the paper: 1000 of one batch each")
    window_steps: PositiveInt = Field(
        64, le=65_536, description="steps of a window: a multiple of stride_steps, an atom or more"
    )
    hop_steps: PositiveInt | None = Field(
        None, le=65_536, description="from one window to the next; left out: windows side by side"
    )
    batch_windows: NonNegativeInt = Field(64, le=1_000_000, description="windows in a batch; 0: all, as the paper")
    learning_rate: float = Field(5e-3, gt=0, le=1, description="of Adam, at the beginning")
    amsgrad: bool = Field(False, description="Adam's variant that the paper uses")
    decay: bool = Field(True, description="whether the learning rate falls to 0, as a cosine; the paper's stays")
    reinitialise: bool = Field(
        True,
        description="whether dead atoms, which nothing uses in an epoch, are reinitialised from badly coded music",
    )
    transpose_semitones: NonNegativeInt = Field(
        0, le=11, description="piano: batches are transposed up or down by up to this"
    )
    seed: int = Field(0, ge=0, lt=2**32, description="draws the first weights, the order of windows, noise and dropout")
    jit_compile: bool = Field(True, description="compile with XLA")


class Baselines(Section):
    """Other dictionaries, fitted on the same windows and compared with the runs."""

    methods: tuple[Method, ...] = Field(
        ("zeros", "mean", "pca", "pca_first", "pca_largest", "nmf", "kmeans", "dictionary_learning", "mod"),
        max_length=9,
        description="which: PCA with all, the first k and the k largest components; the others with k winners",
    )
    window_steps: PositiveInt | None = Field(
        None, le=65_536, description="length of a window, and of a pattern; left out: a beat"
    )
    n_atoms: PositiveInt = Field(100, le=10_000, description="patterns of each dictionary")
    k: tuple[Annotated[int, Field(ge=1, le=10_000)], ...] = Field(
        (1, 2, 4), max_length=20, description="numbers of winners in a window"
    )
    max_windows: PositiveInt = Field(
        100_000, le=10_000_000, description="windows they are fitted on; more are drawn from"
    )
    seed: NonNegativeInt = Field(0, lt=2**32, description="draws their first atoms and windows")

    @model_validator(mode="after")
    def check_that_winners_are_atoms(self) -> Self:
        """No more winners than atoms."""
        if self.k and max(self.k) > self.n_atoms:
            raise ValueError(f"k={max(self.k)}: must be at most n_atoms={self.n_atoms}")
        return self


class Evaluation(Section):
    """How dictionaries are evaluated, on pieces held out."""

    split: Literal["validation", "test"] = Field("test", description="which pieces")
    window_steps: PositiveInt | None = Field(
        None, le=65_536, description="length of the windows of which the table counts the exact ones; left out: a beat"
    )
    shifts: tuple[Annotated[int, Field(ge=0, le=65_536)], ...] = Field(
        (0, 1, 2, 3, 4, 8), max_length=100, description="steps by which windows are rolled"
    )
    shift_window_steps: PositiveInt | None = Field(
        None, le=65_536, description="length of the windows that are rolled; left out: a bar"
    )
    spurious: float = Field(
        0.02, ge=0, lt=1, description="fraction of empty cells that become hits in the denoising test"
    )
    deleted: float = Field(0.1, ge=0, lt=1, description="fraction of hits that are deleted in the denoising test")
    seed: NonNegativeInt = Field(0, lt=2**32, description="draws noise and bootstrap samples")


class Style(Section):
    """How well labels are classified from the mean activation of atoms."""

    min_pieces: PositiveInt = Field(20, le=1_000_000, description="labels with fewer pieces are left out")
    max_labels: PositiveInt = Field(8, le=1000, description="the most frequent labels")
    min_bars: NonNegativeInt = Field(0, le=1_000_000, description="pieces shorter than this are left out")
    folds: int = Field(5, ge=2, le=20, description="parts of the grouped cross-validation")
    penalty: float = Field(0.1, gt=0, le=1e6, description="C of the logistic regression")
    n_bootstrap: PositiveInt = Field(500, le=10_000, description="samples for intervals of centroid distances")
    seed: NonNegativeInt = Field(0, lt=2**32, description="draws bootstrap samples")


class Generate(Section):
    """What is made with the codes."""

    piece: str | None = Field(
        None, description="part of the name of the piece to work on; left out: the first of the test"
    )
    other: str | None = Field(
        None, description="of the piece to mix it with; left out: the next one with another label"
    )
    bars: PositiveInt = Field(4, le=64, description="length of what is made")
    keep: tuple[Annotated[int, Field(ge=1, le=10_000)], ...] = Field(
        (1, 2, 4, 8, 16), max_length=20, description="numbers of most active atoms that are kept"
    )
    alphas: tuple[Annotated[float, Field(ge=0, le=1)], ...] = Field(
        (0.0, 0.25, 0.5, 0.75, 1.0), max_length=101, description="proportions of the other piece in interpolations"
    )
    swap: tuple[tuple[PieceNumber, PieceNumber], ...] = Field(
        (),
        max_length=20,
        description="pairs of atoms: the first in the piece, the second in the other; left out: their most active",
    )
    stems: PositiveInt = Field(6, le=1000, description="most active atoms that are rendered alone")
    n_samples: PositiveInt = Field(4, le=100, description="new codes that are drawn")
    nearest: PositiveInt = Field(5, le=1000, description="most similar sections of other pieces")
    seed: NonNegativeInt = Field(0, lt=2**32, description="draws new codes and noise")

    @field_validator("alphas")
    @classmethod
    def check_that_alphas_differ(cls, alphas: tuple[float, ...]) -> tuple[float, ...]:
        """Sounds are named after them, in percent."""
        if len({round(100 * alpha) for alpha in alphas}) < len(alphas):
            raise ValueError(f"must differ by a percent, they are {', '.join(f'{alpha:g}' for alpha in alphas)}")
        return alphas
