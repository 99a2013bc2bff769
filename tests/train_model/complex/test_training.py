import numpy as np
import pytest

from pipeline import results
from pipeline.parameters import load
from pipeline.patches import flatten, patches_of, standardise
from pipeline.studies import digits, signal, themes
from train_model import step2_train_complex
from train_model.complex.draw_bases import view_of
from train_model.complex.draw_training import draw_histories, draw_snapshots
from train_model.complex.pair_watch import measure
from train_model.complex.training import build, leave_random, makers_of, train

TRAINING = {"epochs": 4, "pairs_per_epoch": 60, "batch_pairs": 30, "validation_pairs": 20, "plot_every_epochs": 3}
DATA = {"themes": {"pieces": {"folder": "x"}}, "signal": {"sound": {"folder": "x"}}, "digits": {}}
SIZES = {"themes": {"patch_frames": 4}, "signal": {"window_samples": 32}, "digits": {}}
SHIFTS = {
    "themes": {"pitch_shift_bins": 3, "time_shift_frames": 2},
    "signal": {"shift_samples": 8},
    "digits": {"max_angle_deg": 90.0},
}


def make_parameters(study, model=None, training=None, loss=None):
    name = study.__name__.split(".")[-1]
    model = {"n_bases": 6, **SIZES[name]} | (model or {})
    training = {"jit_compile": False, **TRAINING, **SHIFTS[name]} | (training or {})
    values = {"name": "test", "study": name, "run": "A", "runs": {"A": {}}, **DATA[name]}
    return study.Parameters(**values, model=model, training=training, loss=loss or {})


def make_arrays(study, rng):
    """What step 1 of the study saves, as far as the training reads it."""
    if study is themes:
        frames, splits = rng.normal(size=(90, 8)).astype(np.float32), np.array(["train", "validation", "none"])
        return {"frames": frames, "starts": np.array([0, 40, 70, 90]), "splits": splits}
    if study is signal:
        samples = rng.normal(size=900).astype(np.float32)
        return {"samples": samples, "starts": np.array([0, 400, 900]), "ends_of_training": np.array([300, 800])}
    return {"images": rng.random((20, 6, 6)).astype(np.float32), "splits": np.repeat(["train", "validation"], 10)}


@pytest.mark.slow
@pytest.mark.parametrize("study", [themes, signal, digits])
def test_a_training_that_was_stopped_ends_as_one_that_was_not(tmp_path, rng, interrupted, study):
    arrays, parameters = make_arrays(study, rng), make_parameters(study, model={"dropout": 0.3})
    with pytest.raises(KeyboardInterrupt):
        train(parameters, arrays, tmp_path / "stopped")
    stopped, history = train(parameters, arrays, tmp_path / "stopped")
    straight, expected = train(parameters, arrays, tmp_path / "straight")
    np.testing.assert_array_equal(stopped.get_weights()[0], straight.get_weights()[0])
    assert set(history) == set(expected)
    for name in set(history) - {"cpu_s"}:
        np.testing.assert_array_equal(history[name], expected[name], err_msg=name)


@pytest.fixture(scope="module", params=[themes, signal, digits], ids=["themes", "signal", "digits"])
def trained(request, tmp_path_factory):
    """Parameters of a study, an autoencoder trained with them, and its history."""
    study = request.param
    arrays = make_arrays(study, np.random.default_rng(440))
    parameters = make_parameters(study, training={"learning_rate": 0.02})
    return parameters, *train(parameters, arrays, tmp_path_factory.mktemp("trained"))


def test_every_study_learns_and_reports_every_epoch(trained):
    _, autoencoder, history = trained
    assert history["train"][-1] < history["train"][0]
    for name in ("loss", "train", "validation", "invariance", "invariance_of_input", "cpu_s"):
        assert history[name].shape == (4,)
    assert history["snapshot_epochs"].tolist() == [0, 3, 4]
    n_values = autoencoder.n_values
    assert history["snapshot_inputs"].shape == history["snapshot_reconstructions"].shape == (3, 4, n_values)
    assert history["snapshot_phases"].shape == (3, 4, 6)
    assert history["snapshot_bases"].shape == (3, 2, 6, n_values)
    np.testing.assert_array_equal(history["snapshot_bases"][-1, 1], autoencoder.bases.rows()[6:])


def test_snapshots_have_a_row_for_an_epoch_and_bases_next_to_pairs(trained):
    parameters, _, history = trained
    figure = draw_snapshots(history, view_of(parameters), "test")
    assert len(figure.axes) == 3 * 11
    assert [axes.get_ylabel() for axes in figure.axes[::11]] == ["epoch 0", "epoch 3", "epoch 4"]


def test_losses_have_a_curve_for_each_kind_of_pairs(trained):
    _, _, history = trained
    losses, invariance = draw_histories({"A": history, "B": history}).axes
    curves = [line.get_ydata() for line in losses.lines]
    np.testing.assert_array_equal(curves[2], history["validation"])
    np.testing.assert_array_equal(invariance.lines[0].get_ydata(), 100 * history["invariance"])


def test_each_split_has_its_own_songs(rng):
    arrays = make_arrays(themes, rng)
    for maker, (first, end) in zip(makers_of(make_parameters(themes), arrays), [(0, 40), (40, 70)], strict=True):
        patches = standardise(flatten(patches_of(arrays["frames"][first:end], 4)))
        x = maker(50, [1, 2]).numpy()[:, 0]
        assert np.abs(x[:, None] - patches).max(axis=-1).min(axis=1).max() < 1e-5


def test_the_last_part_of_every_recording_is_held_out(rng):
    arrays = make_arrays(signal, rng)
    arrays["samples"] = np.zeros(900, np.float32)
    arrays["samples"][[350, 850]] = 1
    train_pairs, held_out = (maker(400, [1, 2]).numpy() for maker in makers_of(make_parameters(signal), arrays))
    assert not train_pairs.any()
    assert held_out.any()


def test_random_bases_are_those_a_training_begins_with(rng):
    arrays, parameters = make_arrays(themes, rng), make_parameters(themes, model={"features": "random"})
    autoencoder, history = leave_random(parameters, arrays)
    np.testing.assert_array_equal(autoencoder.bases.kernel, build(32, parameters).bases.kernel)
    assert {name: values.shape for name, values in history.items()} == dict.fromkeys(
        ("train", "validation", "invariance", "invariance_of_input"), (1,)
    ) | {"bases": (12, 32)}


def test_losses_are_measured_without_dropout(rng):
    parameters = make_parameters(digits, model={"dropout": 0.9})
    autoencoder = build(36, parameters)
    pairs = rng.normal(size=(1100, 2, 36)).astype(np.float32)
    expected = float(autoencoder.swap.raw_loss(pairs, autoencoder(pairs)))
    measures = measure(autoencoder, pairs, pairs[:700])
    assert measures["train"] == pytest.approx(expected, rel=1e-5)
    assert measures["train"] != pytest.approx(measures["validation"], rel=1e-4)


def test_a_loss_that_is_not_finite_is_an_error(tmp_path, rng):
    parameters = make_parameters(digits, training={"learning_rate": 1.0}, loss={"norm": 1e6})
    arrays = make_arrays(digits, rng)
    arrays["images"] = arrays["images"] * np.float32(np.nan)
    with pytest.raises(ValueError, match="no longer finite: train with a lower learning_rate"):
        train(parameters, arrays, tmp_path)
    assert not list(tmp_path.iterdir())


def test_error_of_what_is_too_short_names_its_part(rng):
    arrays = make_arrays(themes, rng) | {"starts": np.array([0, 67, 70, 90])}
    with pytest.raises(ValueError, match="model.patch_frames, validation: length=4: nothing to train on is as long"):
        makers_of(make_parameters(themes), arrays)


@pytest.mark.slow
def test_step_2_trains_what_is_to_be_learned_and_draws_it(write_parameters, rng, capsys):
    root = write_parameters(TOML)
    results.save(load("song", root), "recordings", make_arrays(themes, rng), root)
    paths = step2_train_complex.run("song", root)
    assert [path.parent.name for path in paths] == ["learned", "random"]
    assert all(path.is_file() for path in paths)
    assert "CQT: nothing to train" in capsys.readouterr().out
    drawn = {path.name for path in (root / "output" / "song" / "figures").glob("*.png")}
    assert drawn == {"losses.png", "snapshots_learned.png"}
    assert step2_train_complex.run("song", root) == paths
    assert capsys.readouterr().out.count("is up to date") == 2


TOML = """
study = "themes"
[pieces]
folder = "none"
[model]
n_bases = 5
patch_frames = 4
[training]
epochs = 2
pairs_per_epoch = 40
batch_pairs = 20
validation_pairs = 20
pitch_shift_bins = 2
time_shift_frames = 2
jit_compile = false
[runs.learned]
[runs.random.model]
features = "random"
[runs.CQT.model]
features = "cqt"
"""
