import numpy as np

from forecast.timbre.network import transfer_magnitudes
from models.timbre_autoencoder import build_timbre_autoencoder


def test_what_the_network_makes_depends_on_the_target_not_on_the_level_of_the_source(rng):
    model = build_timbre_autoencoder(17, 2, context_frames=1, wide_units=12, units=8)
    magnitudes, first = rng.uniform(0.2, 1, (9, 17)), np.array([1.0, 0.0])
    made = transfer_magnitudes(model, magnitudes, first)
    assert made.shape == magnitudes.shape
    np.testing.assert_allclose(transfer_magnitudes(model, 7 * magnitudes, first), made, rtol=1e-4, atol=1e-6)
    assert np.abs(transfer_magnitudes(model, magnitudes, 1 - first) - made).max() > 1e-3
    none = transfer_magnitudes(model, np.zeros((3, 17)), first)  # silence: who calls it gives it the level of nothing
    assert np.isfinite(none).all()
