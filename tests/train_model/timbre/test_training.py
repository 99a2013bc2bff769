import numpy as np
import pytest

from pipeline.parameters import load
from tests.small_transfers import NETWORK, TEXT, small_targets
from train_model.timbre.draw_training import draw_training
from train_model.timbre.training import train_autoencoder

TRAINING = """
[model]
context_frames = 1
wide_units = 16
units = 8

[training]
epochs = 3
batches_per_epoch = 4
batch_sequences = 4
sequence_frames = 8
learning_rate = 0.01
copies_semitones = [5.0]
"""


@pytest.fixture
def run(write_parameters):
    return load("song", write_parameters(TEXT + NETWORK + TRAINING)).for_run("net")


@pytest.mark.slow
@pytest.mark.usefixtures("interrupted")
def test_a_training_learns_and_resumes_where_it_stopped(run, tmp_path):
    targets = small_targets()
    with pytest.raises(KeyboardInterrupt):
        train_autoencoder(run, targets, tmp_path / "stopped")
    resumed, resumed_history = train_autoencoder(run, targets, tmp_path / "stopped")
    straight, history = train_autoencoder(run, targets, tmp_path / "straight")
    for here, there in zip(resumed.get_weights(), straight.get_weights(), strict=True):
        np.testing.assert_array_equal(here, there)
    for name in ("loss", "log_magnitude", "spectral_convergence"):
        np.testing.assert_array_equal(resumed_history[name], history[name])
        assert history[name][-1] < history[name][0]
    np.testing.assert_allclose(
        history["loss"], history["log_magnitude"] + 0.3 * history["spectral_convergence"], rtol=1e-4
    )


def test_a_target_shorter_than_a_sequence_is_refused(run, tmp_path):
    long = run.model_copy(update={"training": run.training.model_copy(update={"sequence_frames": 200})})
    with pytest.raises(ValueError, match=r"^training.sequence_frames=200: must be at most 5\d, the frames of the shor"):
        train_autoencoder(long, small_targets(), tmp_path / "net")
    assert not (tmp_path / "net").exists()


def test_the_figure_has_both_terms_of_each_run():
    history = {"log_magnitude": np.array([0.5, 0.3]), "spectral_convergence": np.array([0.6, 0.4])}
    figure = draw_training({"plain": history, "context": history})
    assert [len(axes.get_lines()) for axes in figure.axes] == [2, 2]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["plain", "context"]
    np.testing.assert_array_equal(figure.axes[0].get_lines()[0].get_ydata(), [0.5, 0.3])
