"""What each stage made when its result was stored is what it makes today."""

import numpy as np
import pytest

from models.conditioned_autoencoder import PRESETS, build_encoder
from tests import make_regression_data as stored


def load(name):
    with np.load(stored.DATA / f"{name}.npz", allow_pickle=False) as members:
        return dict(members)


def test_spectrogram():
    np.testing.assert_allclose(stored.spectrogram()["frames"], load("spectrogram")["frames"], atol=1e-5)


@pytest.mark.slow
def test_training():
    history = stored.training()
    for term, expected in load("training").items():
        # processors round differently, which two epochs make 3 % of
        np.testing.assert_allclose(history[term], expected, rtol=0.05, err_msg=term)


@pytest.mark.parametrize("preset", PRESETS)
def test_encoder(preset):
    encoder = build_encoder(stored.WINDOW_FRAMES[preset], stored.N_BINS, stored.LATENT_DIM, preset)
    encoder.set_weights(stored.encoder_weights(preset))
    np.testing.assert_allclose(encoder(stored.windows(preset)), load("embedding")[preset], atol=1e-5)
