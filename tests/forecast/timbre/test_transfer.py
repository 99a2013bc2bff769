import sys
from types import SimpleNamespace

import numpy as np
import pytest

from forecast.timbre.finish import frame_levels, impose_level, morph
from forecast.timbre.transfer import transfer_run
from pipeline.parameters import load
from save_dataset.sound.stft import stft
from tests.small_transfers import NETWORK, TEXT, small_sources, small_targets

METHODS = ("same", "hybrid", "opposite", "pieces", "runs", "net")
CHANGING = METHODS[1:]
LENGTHS = {"reed": 12000, "bell": 9600}  # of what is learned


def fake_model(n_bins=257, n_targets=2):
    return SimpleNamespace(input={"frames": np.zeros((1, 1, n_bins)), "targets": np.zeros((1, n_targets))})


@pytest.fixture(autouse=True)
def network(monkeypatch):
    """In place of a network, what tilts spectra; keeps what it was asked for."""
    asked = []

    def transfer_magnitudes(model, magnitudes, weights):
        asked.append(weights.tolist())
        return magnitudes * np.linspace(3, 0, magnitudes.shape[1], dtype=np.float32) ** 2

    module = SimpleNamespace(transfer_magnitudes=transfer_magnitudes)
    monkeypatch.setitem(sys.modules, "forecast.timbre.network", module)
    return asked


@pytest.fixture
def run_of(write_parameters):
    def of(run, more=""):
        return load("small", write_parameters(TEXT + NETWORK + more, "small")).for_run(run)

    return of


def outputs_of(parameters, targets=None, sources=None):
    return transfer_run(parameters, targets or small_targets(), sources or small_sources(), fake_model())


def spectra(samples):
    return stft(samples, window_samples=512, hop_samples=128)


def inputs_of(outputs):
    """What was passed through to each output."""
    targets, sources = small_targets(), small_sources()
    for source, target, held_out in zip(outputs.source_names, outputs.target_names, outputs.held_out, strict=True):
        index = (targets if held_out else sources).names.tolist().index(target if held_out else source)
        yield targets.sound(index, held_out=True) if held_out else sources.sound(index)


@pytest.mark.parametrize("method", METHODS)
def test_every_source_becomes_every_target_then_what_is_held_out_itself(run_of, method):
    outputs = outputs_of(run_of(method))
    assert outputs.source_names.tolist() == ["voice", "reed", "voice", "reed", "reed", "bell"]
    assert outputs.target_names.tolist() == ["reed", "reed", "bell", "bell", "reed", "bell"]
    assert outputs.held_out.tolist() == [False] * 4 + [True] * 2
    assert len(set(outputs.sound_names)) == 6
    assert outputs.samples.dtype == np.float32
    assert np.isfinite(outputs.samples).all()
    assert np.abs(outputs.samples).max() <= 1


@pytest.mark.parametrize("method", METHODS)
def test_an_output_is_as_long_as_its_source_a_hybrid_as_the_longer(run_of, method):
    outputs = outputs_of(run_of(method))
    for output, source in enumerate(inputs_of(outputs)):
        longest = max(len(source), LENGTHS[str(outputs.target_names[output])])
        assert len(outputs.sound(output)) == (longest if method in ("hybrid", "opposite") else len(source))


@pytest.mark.parametrize("weight", [0.0, 0.5])
def test_identity_returns_the_source(run_of, weight):
    outputs = outputs_of(run_of("same", f"[transfer]\nweight = {weight}\n"))
    for output, source in enumerate(inputs_of(outputs)):
        np.testing.assert_allclose(outputs.sound(output), source, atol=1e-4)
    assert (outputs.gains == 1).all()


@pytest.mark.parametrize("method", CHANGING)
@pytest.mark.parametrize("phase", ["source", "griffin_lim"])
def test_with_a_weight_of_0_any_method_returns_the_source(run_of, method, phase):
    text = f'[transfer]\nweight = 0.0\nphase = "{phase}"\nn_iterations = 2\n'
    outputs = outputs_of(run_of(method, text))
    for output, source in enumerate(inputs_of(outputs)):
        repeated = np.resize(source, len(outputs.sound(output)))
        np.testing.assert_allclose(outputs.sound(output), repeated, atol=1e-4)


@pytest.mark.parametrize("method", CHANGING)
@pytest.mark.parametrize("more", ["", "weight = 0.5", 'phase = "griffin_lim"\nn_iterations = 3'])
def test_the_level_of_an_output_is_that_of_its_source(run_of, method, more):
    outputs = outputs_of(run_of(method, f"[transfer]\n{more}\n"))
    for output, source in enumerate(inputs_of(outputs)):
        sound = outputs.sound(output) / outputs.gains[output]
        levels, expected = frame_levels(spectra(sound)), frame_levels(spectra(np.resize(source, len(sound))))
        loud = expected > 0.01 * expected.max()
        assert np.median(np.abs(20 * np.log10(levels[loud] / expected[loud]))) < 1.0


@pytest.mark.parametrize("method", CHANGING)
def test_methods_change_the_spectrum(run_of, method):
    outputs = outputs_of(run_of(method))
    source = np.resize(small_sources().sound(0), len(outputs.sound(0)))
    of_source, of_output = (np.abs(spectra(sound)).mean(axis=0) for sound in (source, outputs.sound(0)))
    assert np.abs(np.log(of_output / of_source)).mean() > 0.3


@pytest.mark.parametrize("method", METHODS)
def test_silence_stays_silence(run_of, method):
    parameters, targets, sources = run_of(method), small_targets(), small_sources()
    silent = type(sources)(**(sources.to_arrays() | {"samples": np.zeros_like(sources.samples)}))
    outputs = outputs_of(parameters, targets, silent)
    assert not np.concatenate([outputs.sound(output) for output in range(4)]).any()
    assert outputs.sound(4).any()


def test_the_network_is_asked_for_each_target_and_for_a_blend(run_of, network):
    outputs_of(run_of("net"))
    assert network == [[1, 0]] * 3 + [[0, 1]] * 3
    network.clear()
    outputs = outputs_of(run_of("net", "[transfer]\nblend = { bell = 3.0, reed = 1.0 }\n"))
    assert outputs.target_names.tolist() == ["reed_bell"] * 2
    assert not outputs.held_out.any()
    assert network == [[0.25, 0.75]] * 2
    outputs = outputs_of(run_of("pieces", "[transfer]\nblend = { bell = 3.0, reed = 1.0 }\n"))
    assert set(outputs.target_names) == {"reed", "bell"}  # only networks blend


@pytest.mark.parametrize("magnitude", [np.inf, np.nan, 1e30])
def test_a_network_that_gives_no_sound_is_refused(run_of, monkeypatch, magnitude):
    module = SimpleNamespace(transfer_magnitudes=lambda model, magnitudes, weights: np.full_like(magnitudes, magnitude))
    monkeypatch.setitem(sys.modules, "forecast.timbre.network", module)
    with pytest.raises(ValueError, match="^net: what the network gives is no sound; train with a lower training.learn"):
        outputs_of(run_of("net"))


@pytest.mark.parametrize("sizes", [(129, 2), (257, 3)])
def test_a_model_of_other_frames_or_targets_is_refused(run_of, sizes):
    message = (
        rf"^net/autoencoder.keras: takes {sizes[0]} bins and {sizes[1]} targets, "
        r"there are 257 bins and 2 targets; run: .*step2_train_timbre small --force$"
    )
    with pytest.raises(ValueError, match=message):
        transfer_run(run_of("net"), small_targets(), small_sources(), fake_model(*sizes))


def test_what_would_clip_is_made_softer_and_the_gain_is_kept(run_of):
    sources = small_sources()
    loud = type(sources)(**(sources.to_arrays() | {"samples": 5 * sources.samples}))
    outputs = outputs_of(run_of("same"), sources=loud)
    for output in range(4):
        peak = np.abs(loud.sound(output % 2)).max()
        assert outputs.gains[output] == pytest.approx(1 / max(1, peak), rel=1e-4)
        np.testing.assert_allclose(outputs.sound(output), loud.sound(output % 2) * outputs.gains[output], atol=1e-4)
    assert (outputs.gains[:4] < 1).any()


def test_between_source_and_result_magnitudes_are_geometric_means_and_phases_on_the_shorter_arc():
    source, result = np.array([[1.0, 4.0, 0.0]]), np.array([[4.0 * 1j, 1.0, 3.0]])
    np.testing.assert_allclose(morph(source, result, 0.5), [[2 * np.exp(0.25j * np.pi), 2, 0]], atol=1e-12)
    np.testing.assert_array_equal(morph(source, result, 0.0), source)
    np.testing.assert_array_equal(morph(source, result, 1.0), result)


def test_levels_are_imposed_frame_by_frame():
    frames, like = np.array([[3.0, 4.0], [1.0, 1.0], [0.0, 0.0]]), np.array([[1.0, 7.0], [0.0, 0.0], [1.0, 1.0]])
    np.testing.assert_allclose(impose_level(frames, like), [[3 * 2**0.5, 4 * 2**0.5], [0, 0], [0, 0]], rtol=1e-6)
