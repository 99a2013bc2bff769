import numpy as np
import pytest

from models.dictionary_autoencoder import DictionaryAutoencoder, DictionaryConfig
from train_model.dictionary.reinitialisation import DeadAtomReinitialisation, cut_pieces, different, start_from_music

N_CHANNELS, ATOM_STEPS, N_ATOMS = 3, 4, 6
WINNERS = {"k": 1, "scope": "column", "rank_by": "magnitude", "window_steps": 16}


def make_model(n_atoms=N_ATOMS, stride_steps=ATOM_STEPS, **options):
    model = DictionaryAutoencoder(DictionaryConfig(N_CHANNELS, n_atoms, ATOM_STEPS, stride_steps, WINNERS, **options))
    model.build()
    return model


def atoms_of(model):
    return np.moveaxis(model.atoms.kernel.numpy(), -1, 0)


def scores_of(model):
    return np.moveaxis(model.scores.kernel.numpy(), -1, 0)


def norms_of(pieces):
    return np.sqrt(np.square(pieces).sum(axis=(1, 2)))


@pytest.fixture
def windows(rng):
    return (rng.random((40, 16, N_CHANNELS)) < 0.4).astype(np.float32)


def all_pieces(windows, stride_steps):
    """The different pieces that sound, each at unit norm, found one by one."""
    found = set()
    for window in windows:
        for start in range(0, window.shape[0] - ATOM_STEPS + 1, stride_steps):
            piece = window[start : start + ATOM_STEPS]
            if piece.any():
                found.add((piece / np.linalg.norm(piece)).astype(np.float32).round(4).tobytes())
    return found


@pytest.mark.parametrize("stride_steps", [1, 2, 4])
def test_atoms_start_as_different_pieces_of_the_music_and_the_encoder_the_same(windows, stride_steps):
    model = make_model(stride_steps=stride_steps)
    start_from_music(model, windows, seed=0)
    np.testing.assert_allclose(norms_of(atoms_of(model)), 1, atol=1e-6)
    np.testing.assert_array_equal(scores_of(model), atoms_of(model))
    starts = {atom.round(4).tobytes() for atom in atoms_of(model)}
    assert len(starts) == N_ATOMS
    assert starts <= all_pieces(windows, stride_steps)


def test_the_seed_draws_which(windows):
    models = [make_model(), make_model(), make_model(refine="pursuit")]
    for model, seed in zip(models, (1, 1, 2), strict=True):
        start_from_music(model, windows, seed)
    first, same, other = map(atoms_of, models)
    np.testing.assert_array_equal(first, same)
    assert (first != other).any()
    assert len({atom.tobytes() for atom in other}) == N_ATOMS


def test_an_encoder_behind_blocks_starts_with_music_and_ignores_the_blocks(windows):
    model = make_model(blocks=[{"filters": 5, "dilation_steps": 1, "kernel_steps": 2, "dropout": 0.0, "causal": True}])
    start_from_music(model, windows, seed=0)
    np.testing.assert_array_equal(scores_of(model)[:, :, :N_CHANNELS], atoms_of(model))
    assert not scores_of(model)[:, :, N_CHANNELS:].any()


def test_atoms_for_which_there_is_no_piece_stay_as_they_are(windows):
    model = make_model()
    before = atoms_of(model).copy()
    window = np.zeros((1, 16, N_CHANNELS), np.float32)
    window[0, 0, 1] = window[0, 9, 2] = 1
    start_from_music(model, np.repeat(window, 5, axis=0), seed=0)
    assert {tuple(np.argwhere(atom)[0]) for atom in atoms_of(model)[:2]} == {(0, 1), (1, 2)}
    np.testing.assert_array_equal(atoms_of(model)[2:], before[2:])
    begun = model.get_weights()
    start_from_music(model, 0 * window, seed=0)
    for weights, expected in zip(model.get_weights(), begun, strict=True):
        np.testing.assert_array_equal(weights, expected)


def test_pieces_differ_by_direction_alone(rng):
    one, two = rng.normal(size=(2, ATOM_STEPS, N_CHANNELS))
    pieces = different(np.stack([0 * one, 3 * two, one, 1e-7 * one, 0.5 * two, -one, one]))
    assert norms_of(pieces) == pytest.approx(1)
    expected = np.stack([two, one, -one])
    np.testing.assert_allclose(pieces, expected / norms_of(expected)[:, None, None])
    zeros = np.zeros((2, ATOM_STEPS, N_CHANNELS))
    zeros[:, 0, 0], zeros[1, 1] = 1, -0.0
    assert len(different(zeros)) == 1


def test_pieces_are_cut_at_multiples_of_the_stride():
    windows = np.arange(16.0).reshape(2, 8, 1)
    assert sorted(cut_pieces(windows, 4, 2)[:, 0, 0]) == [0, 2, 4, 8, 10, 12]
    assert len(cut_pieces(windows, 8, 1)) == 2


def end_of_epoch(model, windows, used, epoch=0, **options):
    """What a training does around an epoch in which the given atoms were used; returns its logs."""
    callback = DeadAtomReinitialisation(windows, 10, **options)
    callback.set_model(model)
    callback.on_epoch_begin(epoch)
    assert not model.uses.numpy().any()
    model.uses.assign(np.isin(np.arange(model.config.n_atoms), used).astype(np.float32))
    logs = {}
    callback.on_epoch_end(epoch, logs)
    return logs


@pytest.fixture
def poor_model():
    """A model that knows the first channel's hits in the first step of a beat; the music has another kind too."""
    model = make_model(n_atoms=3)
    kernel = np.zeros((ATOM_STEPS, N_CHANNELS, 3), np.float32)
    kernel[0, 0, 0] = kernel[1, 2, 1] = kernel[2, 2, 2] = 1
    model.atoms.kernel.assign(kernel)
    model.scores.kernel.assign(kernel)
    return model


@pytest.fixture
def two_beats():
    windows = np.zeros((30, 8, N_CHANNELS), np.float32)
    windows[:, 0, 0] = 1
    windows[:, 4:6, 1] = 1
    return windows


def test_dead_atoms_become_what_is_coded_badly(poor_model, two_beats):
    logs = end_of_epoch(poor_model, two_beats, used=[0])
    assert logs == {"atoms_used": 1}
    badly = two_beats[0, 4:8] / np.sqrt(2)
    np.testing.assert_allclose(atoms_of(poor_model)[1], badly, atol=1e-6)
    np.testing.assert_allclose(scores_of(poor_model)[1], badly, atol=1e-6)
    np.testing.assert_allclose(poor_model(two_beats), two_beats, atol=1e-6)


def test_atoms_in_use_and_those_for_which_nothing_is_left_are_not_touched(poor_model, two_beats):
    before = atoms_of(poor_model).copy()
    end_of_epoch(poor_model, two_beats, used=[0])
    np.testing.assert_array_equal(atoms_of(poor_model)[[0, 2]], before[[0, 2]])  # one piece was left, all others same
    end_of_epoch(poor_model, two_beats, used=[0, 1])
    np.testing.assert_array_equal(atoms_of(poor_model)[2], before[2])


@pytest.mark.parametrize(
    ("epoch", "options", "reinitialised"),
    [(0, {}, True), (6, {}, True), (7, {}, False), (9, {}, False), (0, {"reinitialise": False}, False)],
)
def test_atoms_are_reinitialised_until_four_fifths_of_the_epochs(poor_model, two_beats, epoch, options, reinitialised):
    before = atoms_of(poor_model).copy()
    assert end_of_epoch(poor_model, two_beats, used=[0], epoch=epoch, **options) == {"atoms_used": 1}
    assert (atoms_of(poor_model) != before).any() == reinitialised


def test_reinitialised_atoms_have_no_bias(two_beats):
    model = make_model(n_atoms=3, bias=True)
    model.scores.bias.assign([1.0, -9.0, 2.0])
    end_of_epoch(model, two_beats, used=[0, 2])
    assert model.scores.bias.numpy().tolist() == [1, 0, 2]
