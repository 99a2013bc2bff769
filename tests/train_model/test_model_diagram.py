from types import SimpleNamespace

import keras
import pytest

from train_model import model_diagram
from train_model.model_diagram import write_diagram


@pytest.fixture(scope="module")
def model():
    encoder = keras.Sequential(
        [keras.Input((8, 4)), keras.layers.Flatten(name="flatten"), keras.layers.Dense(3)], name="encoder"
    )
    window = keras.Input((8, 4), name="window")
    return keras.Model(window, keras.layers.Dense(32, name="decoder")(encoder(window)))


@pytest.fixture
def without_graphviz(monkeypatch):
    monkeypatch.setattr(model_diagram, "shutil", SimpleNamespace(which=lambda name: None))


@pytest.fixture
def drawn(monkeypatch):
    """Graphviz as if it were there: what Keras is asked to draw, and where."""
    calls = []

    def plot_model(model, to_file, **settings):
        calls.append((model, to_file, settings))
        to_file.write_bytes(b"\x89PNG")

    monkeypatch.setattr(model_diagram, "shutil", SimpleNamespace(which=lambda name: f"/usr/bin/{name}"))
    monkeypatch.setattr(model_diagram.importlib.util, "find_spec", lambda name: SimpleNamespace(name=name))
    monkeypatch.setattr(keras.utils, "plot_model", plot_model)
    return calls


def test_without_graphviz_it_is_text_with_layers_parts_and_shapes(model, tmp_path, without_graphviz):
    path = write_diagram(model, tmp_path / "figures" / "model_RF_0.5")
    assert path == tmp_path / "figures" / "model_RF_0.5.txt"
    text = path.read_text(encoding="utf-8")
    for shown in (
        "window",
        "encoder",
        "flatten",
        "decoder",
        "(None, 8, 4)",
        "(None, 3)",
        "Total params: 227",
        "Param #",
    ):
        assert shown in text
    assert "\x1b" not in text  # no colours of a terminal
    assert write_diagram(model, tmp_path / "again").read_text(encoding="utf-8") == text
    assert (
        max(len(line) for line in text.splitlines()) <= 80
    )  # all columns of the table, as wide as a terminal that is not there


def test_with_graphviz_it_is_an_image_of_all_parts(model, tmp_path, drawn):
    path = write_diagram(model, tmp_path / "model_R")
    assert path == tmp_path / "model_R.png"
    assert path.read_bytes() == b"\x89PNG"
    ((asked, target, settings),) = drawn
    assert asked is model
    assert target.suffix == ".png"  # the ending is the format for Keras
    assert settings["expand_nested"]
    assert [path.name for path in tmp_path.iterdir()] == ["model_R.png"]
