import keras
import numpy as np
import pytest
import tensorflow as tf

from models.complex_autoencoder import ComplexAutoencoder, ComplexBases, build_encoder
from models.complex_losses import EqualNormLoss, NormLoss, SwapLoss


def make(n_values=12, n_bases=5, **config):
    keras.utils.set_random_seed(3)
    autoencoder = ComplexAutoencoder(n_values, n_bases, **config)
    autoencoder.build()
    return autoencoder


def fourier(n_values):
    """An autoencoder whose bases are those of the discrete Fourier transform, scaled to reconstruct."""
    frequencies = np.arange(n_values // 2 + 1)
    angles = 2 * np.pi * np.outer(frequencies, np.arange(n_values)) / n_values
    twice = np.where((frequencies == 0) | (2 * frequencies == n_values), 1, 2)[:, None]
    bases = np.sqrt(twice / n_values) * np.exp(-1j * angles)
    autoencoder = make(n_values, len(frequencies))
    autoencoder.bases.kernel.assign(np.concatenate([bases.real, bases.imag]).astype(np.float32))
    return autoencoder


@pytest.fixture
def pairs(rng):
    return rng.normal(size=(6, 2, 12)).astype(np.float32)


def complex_coefficients(autoencoder, values):
    real, imaginary = np.split(autoencoder.bases.rows().numpy(), 2)
    return values @ (real + 1j * imaginary).T


def test_fourier_bases_solve_circular_shifts_exactly_and_keep_energy(rng):
    x = rng.normal(size=(8, 16)).astype(np.float32)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    autoencoder = fourier(16)
    for shift in range(16):
        pairs = np.stack([x, np.roll(x, shift, axis=1)], axis=1)
        magnitudes = [autoencoder.encode(view)[0] for view in np.moveaxis(pairs, 1, 0)]
        np.testing.assert_allclose(*magnitudes, atol=1e-5 + 1e-6)  # the square root adds 1e-5 to nearly zero
        np.testing.assert_allclose(autoencoder(pairs), pairs, atol=1e-5)
        assert float(autoencoder.losses[0]) == pytest.approx(0, abs=1e-5)
    magnitudes, phasors = autoencoder.encode(x)
    np.testing.assert_allclose(np.square(magnitudes).sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(autoencoder.decode(magnitudes, phasors), x, atol=1e-5)


def test_codes_are_those_of_complex_numbers_and_reconstructions_those_of_swapped_magnitudes(pairs):
    autoencoder = make()
    z_x, z_y = (complex_coefficients(autoencoder, pairs[:, view]) for view in (0, 1))
    magnitudes, phasors = autoencoder.encode(pairs[:, 0])
    np.testing.assert_allclose(magnitudes, np.abs(z_x), rtol=1e-5)
    unit = z_x / np.abs(z_x)
    np.testing.assert_allclose(phasors, np.concatenate([unit.real, unit.imag], axis=1), atol=1e-5)
    rows = autoencoder.bases.rows().numpy()
    for view, (r, z) in enumerate([(np.abs(z_y), z_x), (np.abs(z_x), z_y)]):
        phase = np.arctan2(z.real, z.imag)  # the paper's, of imaginary and real part exchanged
        expected = np.concatenate([np.sin(phase) * r, np.cos(phase) * r], axis=1) @ rows
        np.testing.assert_allclose(autoencoder(pairs)[:, view], expected, atol=1e-5)


def test_a_rotated_phase_leaves_magnitudes_alone(rng):
    bases = ComplexBases(4)
    z = rng.normal(size=(3, 4)) + 1j * rng.normal(size=(3, 4))
    rotated = z * np.exp(0.7j)
    both = [bases.polar(np.concatenate([c.real, c.imag], axis=1).astype(np.float32)) for c in (z, rotated)]
    np.testing.assert_allclose(both[0][0], both[1][0], rtol=1e-5)
    assert np.abs(both[0][1] - both[1][1]).max() > 0.1


def test_the_louder_thing_has_larger_magnitudes_and_the_same_phases(pairs):
    encoder = build_encoder(make())
    quiet, loud = encoder(pairs[:, 0]), encoder(3 * pairs[:, 0])
    np.testing.assert_allclose(loud["magnitudes"], 3 * quiet["magnitudes"], rtol=1e-4)
    np.testing.assert_allclose(loud["phases"], quiet["phases"], atol=1e-4)


@pytest.mark.parametrize("silent", [(), (0,), (1,), (0, 1)], ids=["none", "x", "y", "both"])
def test_gradients_are_finite_even_of_silence(pairs, silent):
    autoencoder = make(learn_norm=True, norm_weight=0.1, equal_norm_weight=0.1)
    pairs[:, silent] = 0
    with tf.GradientTape() as tape:
        autoencoder(pairs)
        loss = sum(autoencoder.losses)
    gradients = tape.gradient(loss, autoencoder.trainable_variables)
    assert all(np.isfinite(gradient).all() for gradient in gradients)
    assert silent or np.abs(gradients[0]).max() > 1e-3


def test_first_bases_are_uniform_as_the_paper_s_or_of_one_learned_norm():
    kernel = make(400, 50).bases.kernel.numpy()
    assert kernel.shape == (100, 400)
    assert np.abs(kernel).max() < 0.05 == 400**-0.5
    assert kernel.std() == pytest.approx(0.05 / np.sqrt(3), rel=0.02)
    of_one_norm = make(learn_norm=True, norm=0.7)
    np.testing.assert_allclose(np.linalg.norm(of_one_norm.bases.rows(), axis=1), 0.7, rtol=1e-5)
    assert len(of_one_norm.trainable_variables) == 2


@pytest.mark.parametrize("power", [1, 2, 3])
def test_the_loss_is_the_sum_of_both_means(pairs, rng, power):
    others = rng.normal(size=pairs.shape).astype(np.float32)
    errors = np.abs(pairs - others) ** power
    assert float(SwapLoss(power)((pairs, others))) == pytest.approx(errors[:, 0].mean() + errors[:, 1].mean(), rel=1e-5)


def test_norms_are_root_mean_squares_of_rows():
    bases = np.float32([[3, 3], [1, -1]])
    assert float(NormLoss()((bases,))) == pytest.approx(2)
    assert float(EqualNormLoss()((bases,))) == pytest.approx(1)


def test_losses_of_weight_zero_are_left_out(pairs):
    for n_losses, weights in ((1, {}), (3, {"norm_weight": 0.5, "equal_norm_weight": 2.0})):
        autoencoder = make(**weights)
        autoencoder(pairs)
        assert len(autoencoder.losses) == n_losses


def test_dropout_is_another_for_each_of_a_pair_and_scaled_up(monkeypatch):
    autoencoder = make(n_values=4000, dropout=0.5)
    seen = []
    monkeypatch.setattr(
        autoencoder, "encode", lambda patches: seen.append(patches.numpy()) or autoencoder.bases(patches)
    )
    autoencoder(np.ones((1, 2, 4000), np.float32), training=True)
    x, y = seen[0]
    assert set(np.unique(seen[0])) == {0, 2}
    assert np.mean(x == 0) == pytest.approx(0.5, abs=0.05)
    assert np.mean((x == 0) & (y == 0)) == pytest.approx(0.25, abs=0.05)


def test_the_encoder_survives_saving(pairs, tmp_path):
    autoencoder = make(learn_norm=True)
    autoencoder.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    np.testing.assert_array_equal(loaded(pairs), autoencoder(pairs))
    before, after = build_encoder(autoencoder)(pairs[:, 1]), build_encoder(loaded)(pairs[:, 1])
    for name in ("magnitudes", "phases"):
        assert after[name].shape == (6, 5)
        np.testing.assert_array_equal(after[name], before[name])


@pytest.mark.slow
def test_training_makes_magnitudes_the_same_for_shifts(rng):
    x = rng.normal(size=(1000, 16)).astype(np.float32)
    shifts = rng.integers(16, size=1000)
    y = np.stack([np.roll(row, shift) for row, shift in zip(x, shifts, strict=True)])
    autoencoder = make(16, 9, power=2)

    def differences():
        r_x, r_y = (np.asarray(autoencoder.encode(view)[0]) for view in (x, y))
        return np.abs(r_x - r_y).mean() / r_x.std()

    before = differences()
    autoencoder.compile(keras.optimizers.Adam(0.01))
    autoencoder.fit(np.stack([x, y], axis=1), batch_size=50, epochs=12, verbose=0)
    assert differences() < 0.25 * before
