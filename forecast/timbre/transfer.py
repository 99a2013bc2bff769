"""What every source becomes by the method of one run, and what is held out of each target by the same."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from tqdm import tqdm

from forecast.timbre.envelope import hybridise
from forecast.timbre.finish import impose_level, limit, morph, to_sound
from forecast.timbre.mosaic import Mosaic
from forecast.timbre.outputs import Outputs
from pipeline import results
from pipeline.studies.timbre import Parameters
from save_dataset.sound.stft import istft, stft
from save_dataset.timbre.sounds import Sources, Targets

MAX_MAGNITUDE = 1e18  # squares of more are no numbers of 32 bits


@dataclass(frozen=True)
class Method:
    """What makes one target of any source."""

    convert: Callable[[np.ndarray], np.ndarray]  # complex frames of a source to those of the result
    min_samples: int = 0  # a source that is shorter is repeated up to this


def transfer_run(
    parameters: Parameters, targets: Targets, sources: Sources, model: Any = None, *, show_progress: bool = False
) -> Outputs:
    """Return every source as every target, then what is held out of each target as that target.

    `model` is the autoencoder of a run whose method is a network; ValueError if it is of other frames or targets.
    """
    if parameters.method.kind == "network":
        check_model(model, parameters, len(targets.names))
    weights = weights_of(parameters, targets)
    rows = []
    with tqdm(desc=parameters.run, unit="target", total=len(weights), disable=not show_progress) as bar:
        for name, of_target in weights.items():
            method = method_of(parameters, targets, of_target, model)
            for source, is_held_out, sound in _sounds_for(name, targets, sources):
                samples, gain = limit(transfer(sound, method, parameters))
                rows.append((source, name, is_held_out, samples, gain))
            bar.update()
    rows.sort(key=lambda row: row[2])
    source_names, target_names, held_out, sounds, gains = zip(*rows, strict=True)
    return Outputs(
        source_names=np.array(source_names),
        target_names=np.array(target_names),
        held_out=np.array(held_out),
        samples=np.concatenate(sounds),
        ends=np.cumsum([len(samples) for samples in sounds]),
        gains=np.array(gains),
    )


def weights_of(parameters: Parameters, targets: Targets) -> dict[str, np.ndarray]:
    """Return the weights of the learned targets, ``(n_targets,)``, in each that outputs become, by its name.

    That is each learned target alone; by a network with `transfer.blend`, only the blend.
    """
    names = [str(name) for name in targets.names]
    blend = parameters.transfer.blend if parameters.method.kind == "network" else {}
    if not blend:
        return dict(zip(names, np.eye(len(names)), strict=True))
    weights = np.array([blend.get(name, 0.0) for name in names])
    return {"_".join(name for name in names if name in blend): weights / weights.sum()}


def _sounds_for(target: str, targets: Targets, sources: Sources) -> Iterator[tuple[str, bool, np.ndarray]]:
    """Yield the name of each sound that becomes a target, whether it is what is held out of it, and its samples."""
    for index, name in enumerate(sources.names):
        yield str(name), False, sources.sound(index)
    if target in targets.names:  # no blend
        yield target, True, targets.sound(targets.index_of(target), held_out=True)


def method_of(parameters: Parameters, targets: Targets, weights: np.ndarray, model: Any = None) -> Method:
    """Return what makes a target of sources, by the method of the run; `weights` are those of `weights_of`."""
    method, rate_hz = parameters.method, parameters.stft.sample_rate_hz
    settings = parameters.stft.framing
    if method.kind == "identity":
        return Method(lambda frames: frames)
    if method.kind == "network":
        return Method(lambda frames: _through_network(frames, weights, parameters, model))
    target = targets.sound(int(weights.argmax()), held_out=False)
    if method.kind == "mosaic":
        mosaic = Mosaic(stft(target, **settings), sample_rate_hz=rate_hz, n_mfcc=method.n_mfcc)
        return Method(lambda frames: mosaic.convert(frames, method.continuity))

    def hybrid(frames: np.ndarray) -> np.ndarray:
        repeated = np.resize(target, (len(frames) - 1) * parameters.stft.hop_samples)
        of_method = method.model_dump(include={"lifter_ms", "flattened"})
        return hybridise(frames, stft(repeated, **settings), sample_rate_hz=rate_hz, **of_method)

    return Method(hybrid, min_samples=len(target))


def _through_network(frames: np.ndarray, weights: np.ndarray, parameters: Parameters, model: Any) -> np.ndarray:
    """Return frames with the magnitudes that the network gives, and their own phases."""
    from forecast.timbre.network import transfer_magnitudes  # what needs no network needs no TensorFlow

    magnitudes = transfer_magnitudes(model, np.abs(frames), weights)
    if not magnitudes.max() < MAX_MAGNITUDE:
        raise ValueError(
            f"{parameters.run}: what the network gives is no sound; train with a lower training.learning_rate"
        )
    return magnitudes * np.exp(1j * np.angle(frames))


def transfer(samples: np.ndarray, method: Method, parameters: Parameters) -> np.ndarray:
    """Return what a sound ``(n_samples,)`` becomes, of its length, or of the target's where it is repeated."""
    settings, hop_samples = parameters.stft.framing, parameters.stft.hop_samples
    samples = np.resize(samples, max(len(samples), method.min_samples))
    source = stft(samples, **settings)
    result = method.convert(source)
    if parameters.method.kind == "identity":
        return istft(result, len(samples), hop_samples=hop_samples)
    result = impose_level(morph(source, result, parameters.transfer.weight), source)
    made = to_sound(result, len(samples), parameters.transfer, hop_samples=hop_samples)
    again = impose_level(stft(made, **settings), source)  # frames that do not fit each other cancel in part
    return istft(again, len(samples), hop_samples=hop_samples)


def check_model(model: Any, parameters: Parameters, n_targets: int) -> None:
    """Raise a ValueError unless an autoencoder is of the run's bins, and of so many targets."""
    n_bins = 1 + parameters.stft.window_samples // 2
    takes = [model.input[name].shape[-1] for name in ("frames", "targets")]
    if takes != [n_bins, n_targets]:
        raise ValueError(
            f"{parameters.run}/autoencoder.keras: takes {takes[0]} bins and {takes[1]} targets, "
            f"there are {n_bins} bins and {n_targets} targets; "
            f"{results.hint(parameters, 'autoencoder')} --force"
        )
