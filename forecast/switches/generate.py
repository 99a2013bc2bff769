"""What a run generates: settings, switches alone, paths, and the settings that come nearest to sounds of one's own.

These are searched with the network as it is (P. Bojanowski et al., "Optimizing the latent space of generative
networks", ICML 2018), by sliders, not codes: what is found can be set in the page, and codes stay where clips' lie.
"""

import itertools
import json
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from embed.switches.codes import MAX_POSITION, Codes, as_array
from embed.switches.synthesis import Decoder
from forecast.switches.generated import OWN_METHODS, Generated
from pipeline.notes import SOUND_ENDINGS
from pipeline.parameters import ROOT
from pipeline.sections.switches import Generate
from pipeline.studies.switches import Parameters
from save_dataset.files import find_files, music_path, nfc
from save_dataset.switches.clips import Clips
from save_dataset.switches.mel import distance_db, scale
from save_dataset.switches.read import measure_clip, read_part

MAX_ALONE = 16
RATE = 0.1  # of Adam, standard deviations
Setting = dict[str, dict[str, float]]  # as the page reads it


def find_own(parameters: Parameters, root: Path = ROOT) -> dict[str, Path]:
    """Return sounds of one's own by a number and their names; raises as `find_files` does."""
    folder = parameters.clips.folder
    keys = {"folder_key": f"clips.folder={folder!r}", "files_key": "generate.own"}
    paths = find_files(music_path(folder, root), parameters.generate.own, SOUND_ENDINGS, **keys)
    return {f"{number}_{nfc(path.stem)}": path for number, path in enumerate(paths, start=1)}


def read_own(path: Path, parameters: Parameters, loudest_db: float) -> np.ndarray:
    """Return the clip of a sound as clips are stored, ``(n_frames, n_mels)``; ValueError as `read_part` raises it."""
    mel = parameters.mel
    samples = read_part(path, mel, parameters.generate.own_start_s, mel.clip_s)[: mel.clip_samples]
    try:
        return scale(measure_clip(samples, parameters.clips, mel)[0], mel, loudest_db)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def list_settings(generate: Generate, n_clips: int) -> Iterator[tuple[str, str, Setting]]:
    """Yield kind, name and setting of all that is made of switches; of a path each step."""
    for name, setting in generate.settings.items():
        yield "switches", name, {"switches": setting}
    for switch in range(1, 1 + min(n_clips, MAX_ALONE) * generate.alone):
        yield "switch", str(switch), {"switches": {str(switch): 1.0}}
    for name, path in generate.paths.items():
        for first, second in itertools.pairwise(path):
            for weight in np.arange(generate.path_steps) / generate.path_steps:
                yield "path", name, {"switches": {str(second): float(weight), str(first): float(1 - weight)}}
        yield "path", name, {"switches": {str(path[-1]): 1.0}}


def search_sliders(decoder: Decoder, codes: Codes, targets: np.ndarray, starts: np.ndarray, n_steps: int) -> np.ndarray:
    """Return slider positions for each target, ``(n, n_sliders)``: the best that Adam finds, or the start.

    Targets are ``(n, n_frames, n_mels)``, starts ``(n, n_sliders)``; mean absolute differences are compared.
    """
    mean, steps = np.float32(codes.mean), np.float32(codes.deviations[:, None] * codes.components)
    positions = tf.Variable(np.float32(starts))
    adam = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(RATE, n_steps + 1))
    adam.build([positions])

    @tf.function
    def step() -> tf.Tensor:
        with tf.GradientTape() as tape:
            made = decoder.network(mean + positions @ steps, training=False)
            losses = tf.reduce_mean(tf.abs(made - targets), axis=(1, 2))
        adam.apply([tape.gradient(losses, positions)], [positions])
        return losses

    best, found = np.full(len(targets), np.inf), starts
    for _ in range(n_steps + 1):  # the loss of positions is known one step later
        tried = positions.numpy()
        losses = step().numpy()
        found = np.where((losses < best)[:, None], tried, found)
        best = np.minimum(losses, best)
    return found.clip(-MAX_POSITION, MAX_POSITION)


def project(mels: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return the blends of clips, weights of any sign that sum to 1, that are nearest to targets by least squares."""
    mean = mels.mean(axis=0)
    basis, rests = ((values - mean).reshape(len(values), mean.size).T for values in (mels, targets))
    weights = np.linalg.lstsq(basis, rests, rcond=None)[0]
    return mean + (basis @ weights).T.reshape(targets.shape)


def generate_run(
    parameters: Parameters, clips: Clips, codes: Codes, decoder: Decoder, own: Mapping[str, np.ndarray]
) -> Generated:
    """Return all that a run generates; `own` are sounds of one's own by name; ValueError if there is nothing."""
    distance = partial(distance_db, mel=parameters.mel, loudest_db=float(clips.loudest_db))
    rows = [*list_settings(parameters.generate, codes.n_switches)]
    n_switched = len(rows)
    own_mels = np.array([*own.values()], np.float32).reshape(len(own), *clips.mels.shape[1:])
    nearest = np.array([np.argmin(distance(clips.mels, values)) for values in own_mels], int)
    found = codes.sliders_of(codes.codes[nearest])
    if own:
        found = search_sliders(decoder, codes, own_mels, found, parameters.generate.search_steps).round(3)
    for name, positions in zip(own, found, strict=True):
        rows.append(("own", name, {"sliders": {str(n): float(at) for n, at in enumerate(positions, start=1)}}))
    if not rows:
        raise ValueError("[generate]: alone=false, and there are no settings, paths or sounds of your own")
    kinds, names, settings = zip(*rows, strict=True)
    switches = [as_array(setting.get("switches", {}), codes.n_switches) for setting in settings]
    sliders = [*np.zeros((n_switched, 0)), *found]
    made_codes = np.array([codes.code_of(on, at) for on, at in zip(switches, sliders, strict=True)])
    mels = decoder.decode(made_codes)
    of_own = (clips.mels[nearest], project(clips.mels, own_mels), mels[n_switched:])
    own_errors_db = np.stack([distance(made, own_mels) for made in of_own], axis=1)
    labels = np.array(names), np.array(kinds), np.array([json.dumps(setting) for setting in settings])
    return Generated(*labels, made_codes, mels, own_mels, nearest, own_errors_db)


def describe(generated: Generated) -> Iterator[str]:
    """Yield lines that say what was generated, and what sounds of one's own became."""
    yield f"{len(generated.names)} spectrograms"
    for row, errors_db in zip(np.flatnonzero(generated.kinds == "own"), generated.own_errors_db, strict=True):
        compared = ", ".join(f"{method} {error:.2f}" for method, error in zip(OWN_METHODS, errors_db, strict=True))
        yield f"{generated.names[row]}: {compared} dB; {generated.settings[row]}"
