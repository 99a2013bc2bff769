"""Every custom layer through one test: configuration, saved and loaded, trained a step; the weight of every loss."""

import keras
import numpy as np
import pytest

from models.complex_autoencoder import ComplexBases
from models.complex_losses import EqualNormLoss, NormLoss, SwapLoss
from models.corruption import Cleaner, Corruption
from models.dictionary_losses import ChordChangeLoss, ChordLoss, HitLoss, SquareLoss
from models.losses import (
    ConstantVelocityLoss,
    CurvatureLoss,
    ForecastLoss,
    OffCentreLoss,
    PersistenceLoss,
    ReconstructionLoss,
    WeightedLoss,
    WhitenessLoss,
)
from models.scattering import JointScattering, SpiralScattering
from models.temporal_block import TemporalBlock, WeightNormConv1D
from models.timbre_autoencoder import LogMagnitudeLoss, SpectralConvergenceLoss
from models.time_scattering import TimeScattering
from models.winner_take_all import WinnerTakeAll

SCATTERING = {"sample_rate_hz": 1000, "octaves": 2, "min_frequency_hz": 100.0, "max_modulation_hz": 50.0}
STEPS = {"atom_steps": 2, "stride_steps": 1, "window_steps": 4}
LAYERS = {
    "reconstruction": (ReconstructionLoss, {"weight": 0.5}, [(6, 2), (6, 2)]),
    "forecast": (ForecastLoss, {"weight": 0.5, "stop_gradient": True}, [(3,), (3,)]),
    "off centre": (OffCentreLoss, {"weight": 0.5}, [(3,)]),
    "curvature": (CurvatureLoss, {"weight": 0.5}, [(7, 3)]),
    "persistence": (PersistenceLoss, {"weight": 0.5}, [(3,), (3,)]),
    "constant velocity": (ConstantVelocityLoss, {"weight": 0.5}, [(3, 2)]),
    "whiteness": (WhitenessLoss, {"weight": 0.5}, [(3,)]),
    "column": (WinnerTakeAll, {"k": 2, "rank_by": "signed", **STEPS}, [(9, 5)]),
    "window": (WinnerTakeAll, {"k": 2, "scope": "window", "rank_by": "magnitude", **STEPS}, [(9, 5)]),
    "map": (WinnerTakeAll, {"k": 2, "scope": "map", "rank_by": "positive", **STEPS}, [(9, 5)]),
    "lifetime": (WinnerTakeAll, {"k": 2, "scope": "lifetime", **STEPS}, [(9, 5)]),
    "weight norm": (
        WeightNormConv1D,
        {"filters": 4, "kernel_steps": 3, "dilation_steps": 2, "causal": False},
        [(7, 2)],
    ),
    "temporal block": (TemporalBlock, {"filters": 4, "kernel_steps": 3, "dropout": 0.3, "causal": False}, [(7, 2)]),
    "corruption": (Corruption, {"n_hits": 2, "spurious": 0.2, "deleted": 0.1, "seed": 3}, [(7, 6)]),
    "cleaner": (Cleaner, {"n_hits": 2}, [(7, 6), (7, 3)]),
    "square": (SquareLoss, {"weight": 0.5}, [(6, 4), (6, 4)]),
    "hits": (
        HitLoss,
        {"weight": 0.5, "n_hits": 2, "slope": 4.0, "entropies": {"1": 0.5}, "squares": {"2": 0.5}},
        [(6, 6), (6, 6)],
    ),
    "chords": (ChordLoss, {"weight": 0.5}, [(6,), (6, 25)]),
    "chord changes": (ChordChangeLoss, {"weight": 0.5}, [(6,), (6,)]),
    "bases": (ComplexBases, {"n_bases": 5}, [(8,)]),
    "bases of one norm": (ComplexBases, {"n_bases": 5, "learn_norm": True, "norm": 0.7}, [(8,)]),
    "swap": (SwapLoss, {"weight": 0.5, "power": 2}, [(2, 8), (2, 8)]),
    "norm": (NormLoss, {"weight": 0.5}, [(8,)]),
    "time scattering": (TimeScattering, SCATTERING | {"max_order": 3, "average_s": 0.05}, [(256,)]),
    "joint scattering": (JointScattering, SCATTERING | {"oversampling": 2}, [(256,)]),
    "spiral scattering": (SpiralScattering, SCATTERING | {"average_s": 0.05}, [(256,)]),
    "equal norm": (EqualNormLoss, {"weight": 0.5}, [(8,)]),
    "log magnitude": (LogMagnitudeLoss, {"weight": 0.5}, [(6, 4), (6, 4)]),
    "spectral convergence": (SpectralConvergenceLoss, {"weight": 0.5}, [(6, 4), (6, 4)]),
}


def build_around(layer, shapes):
    """A model with a weight in front of the layer, so that a step of training has something to change."""
    inputs = [keras.Input(shape) for shape in shapes]
    scaled = [
        keras.layers.Dense(shape[-1], use_bias=False, activation="sigmoid")(x)
        for x, shape in zip(inputs, shapes, strict=True)
    ]
    return keras.Model(inputs, layer(scaled if isinstance(layer, WeightedLoss) or len(scaled) > 1 else scaled[0]))


@pytest.mark.filterwarnings("ignore:Gradients do not exist")  # where they are stopped
@pytest.mark.filterwarnings("ignore:.*produced by a")  # of numbers from 0 to 1 that stand for logits
@pytest.mark.parametrize(("layer_class", "settings", "shapes"), LAYERS.values(), ids=LAYERS)
def test_layer(layer_class, settings, shapes, rng, tmp_path):
    keras.utils.set_random_seed(0)  # or all that a rectifier gets may be negative, and nothing is trained
    layer = layer_class(**settings, name="under_test")
    again = layer_class.from_config(layer.get_config())
    assert {key: again.get_config()[key] for key in settings} == settings
    assert again.get_config() == layer.get_config()

    model = build_around(layer, shapes)
    batch = [rng.uniform(0.1, 0.9, size=(4, *shape)).astype(np.float32) for shape in shapes]
    outputs = keras.tree.flatten(model(batch))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    for output, expected in zip(keras.tree.flatten(loaded(batch)), outputs, strict=True):
        np.testing.assert_array_equal(output, expected)

    before = [weight.copy() for weight in model.get_weights()]
    is_loss = isinstance(layer, WeightedLoss)
    model.compile("sgd", loss=None if is_loss else ["mse"] * len(outputs))
    model.train_on_batch(batch, None if is_loss else [np.zeros_like(output) for output in outputs])
    assert any((weight != old).any() for weight, old in zip(model.get_weights(), before, strict=True))


@pytest.mark.parametrize(
    "name", [name for name, (layer_class, *_) in LAYERS.items() if issubclass(layer_class, WeightedLoss)]
)
def test_what_a_loss_adds_is_weight_times_the_raw_loss(name, rng):
    layer_class, settings, shapes = LAYERS[name]
    layer = layer_class(**settings | {"weight": 0.25})
    raw = float(layer([rng.uniform(0.1, 0.9, size=(4, *shape)).astype(np.float32) for shape in shapes]))
    assert raw != 0
    assert [float(added) for added in layer.losses] == pytest.approx([0.25 * raw])
    assert float(layer.mean_over_epoch.result()) == pytest.approx(raw)
