"""Building and training the dictionary of one run of the studies `drums` and `piano`."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from models.dictionary_autoencoder import DictionaryAutoencoder, DictionaryConfig
from pipeline.data_generator import music_windows
from pipeline.memory import check_memory, half_of_machine_gb
from pipeline.packed_steps import Steps
from pipeline.sections.dictionary import DictionaryLoss
from pipeline.sections.dictionary_study import DictionaryParameters
from save_dataset.midi.corpus import Corpus, unpacked_by
from train_model.callbacks import KSchedule, ProcessorTime
from train_model.dictionary.reinitialisation import N_WINDOWS, DeadAtomReinitialisation, start_from_music
from train_model.fitting import compile_with_adam, fit_resumably, unfinished_folder
from train_model.memory import BYTES, check_sizes

WATCHED_WINDOWS = 4096  # from which atoms are initialised and reinitialised


def build(corpus: Corpus, parameters: DictionaryParameters) -> DictionaryAutoencoder:
    """Build the autoencoder of a run, with first weights from the seed."""
    keras.utils.set_random_seed(parameters.training.seed)
    model, loss, noise = parameters.model, parameters.loss, parameters.corruption
    n_hits = _first_kind(corpus).stop
    config = DictionaryConfig(
        n_channels=corpus.steps.shape[1],
        **model.model_dump(include={"n_atoms", "atom_steps", "stride_steps", "refine", "unit_norm", "bias"}),
        winners={
            "k": model.k_max or model.k,
            "scope": model.scope,
            "rank_by": model.rank_by,
            "window_steps": model.window_steps or parameters.training.window_steps,
        },
        blocks=blocks_of(parameters),
        sees_music=model.start == "data",
        n_hits=n_hits,
        corruption={"n_hits": n_hits, **noise.model_dump(), "seed": parameters.training.seed} if noise.is_on else None,
        hit_loss=hit_loss_of(corpus, loss) if loss.reconstruction == "hits" else None,
        reconstruction_weight=loss.reconstruction_weight,
        chords=loss.chords,
        chord_changes=loss.chord_changes,
        steps_per_beat=corpus.steps_per_beat,
    )
    autoencoder = DictionaryAutoencoder(config)
    autoencoder.build()
    return autoencoder


def _first_kind(corpus: Corpus) -> slice:
    """Return the channels of the hits or notes."""
    return next(iter(corpus.kinds().values()))


def hit_loss_of(corpus: Corpus, loss: DictionaryLoss) -> dict[str, Any]:
    """Return the arguments of the loss on hits, for the kinds that the corpus has."""
    indices = {kind: str(index) for index, kind in enumerate(corpus.kinds())}
    squares = {"velocity": loss.velocities, "offset": loss.offsets}
    return {
        "n_hits": _first_kind(corpus).stop,
        "slope": loss.slope,
        "entropies": {indices["frame"]: loss.frames} if "frame" in [*indices][1:] else {},
        "squares": {indices[kind]: weight for kind, weight in squares.items() if kind in indices},
    }


def blocks_of(parameters: DictionaryParameters) -> list[dict[str, Any]]:
    """Return the arguments of the temporal blocks of a run."""
    model = parameters.model
    shared = {"kernel_steps": model.tcn_kernel_steps, "dropout": model.tcn_dropout, "causal": model.tcn_causal}
    return [{"filters": n, "dilation_steps": 2**index, **shared} for index, n in enumerate(model.tcn_channels)]


def train(
    corpus: Corpus,
    parameters: DictionaryParameters,
    folder: Path,
    *,
    verbose: int = 0,
    watchers: Sequence[keras.callbacks.Callback] = (),
) -> tuple[DictionaryAutoencoder, dict[str, np.ndarray]]:
    """Train the dictionary of a run on the train split; one that was stopped resumes after its last complete epoch.

    The folder of the run has the state of an unfinished training; watchers are called after all other callbacks.

    Returns
    -------
    DictionaryAutoencoder, dict of str to np.ndarray
        The model; per epoch ``(n_epochs,)`` each term of the loss, ``k``, ``atoms_used`` and ``cpu_s``.

    Raises
    ------
    ValueError
        If corpus and parameters do not go together, the music is too short or silent, or the loss is no longer finite.
    """
    if reason := next(_reasons_against(corpus, parameters), None):
        raise ValueError(reason)
    training = parameters.training
    starts = corpus.windows(corpus.pieces_of("train"), training.window_steps, training.hop_steps)
    _check_memory(corpus, parameters, len(starts))
    some = np.random.default_rng(training.seed).permutation(starts)[:WATCHED_WINDOWS]
    stored = corpus.to_arrays()["steps"]
    watched = stored[some[:, None] + np.arange(training.window_steps)]
    if not watched.any():
        raise ValueError(f"training.window_steps={training.window_steps}: all windows of the train split are silent")
    epoch = tf.Variable(0, trainable=False, dtype=tf.int32)
    batches = _batches_of(corpus, parameters, starts, epoch)
    autoencoder = build(corpus, parameters)
    pytorch: dict[str, Any] = {"epsilon": 1e-8, "amsgrad": training.amsgrad}  # whose Adam the paper used
    compile_with_adam(autoencoder, training, int(batches.cardinality()), **pytorch)
    windows = unpacked_by(corpus.channels, watched)
    if parameters.model.start == "data":
        start_from_music(autoencoder, windows, training.seed)
    unfinished = unfinished_folder(folder, parameters, [stored, starts, corpus.chords])
    callbacks = _callbacks_of(parameters, windows)
    history = fit_resumably(autoencoder, batches, training, epoch, unfinished, callbacks, watchers, verbose=verbose)
    return autoencoder, history


def _check_memory(corpus: Corpus, parameters: DictionaryParameters, n_windows: int) -> None:
    """Raise a ValueError if training on so many windows would take too much memory."""
    model, training, n_channels = parameters.model, parameters.training, corpus.steps.shape[1]
    max_gb, n_columns = half_of_machine_gb(), training.window_steps // model.stride_steps
    n_outputs = n_columns * 3 * model.n_atoms + 2 * training.window_steps * n_channels
    for block in blocks_of(parameters):  # two convolutions, each of steps that are padded
        n_padded = (block["kernel_steps"] - 1) * block["dilation_steps"]
        n_outputs += 2 * block["filters"] * (2 * training.window_steps + n_padded)
    asked, hint = f"training.window_steps={training.window_steps}", "take shorter windows"
    watched = 2 * training.window_steps * n_channels * min(n_windows, WATCHED_WINDOWS)
    check_memory(asked, BYTES * watched, hint, max_gb)
    with tf.Graph().as_default():  # where nothing is allocated
        n_weights = sum(math.prod(weight.shape) for weight in build(corpus, parameters).weights)
    batch = ("training.batch_windows", _count_batch_windows(parameters, n_windows))
    check_sizes(n_weights, n_outputs, "model", batch, max_gb)
    of_residuals = n_outputs * min(n_windows, N_WINDOWS)  # by which dead atoms are reinitialised
    check_memory(asked, BYTES * of_residuals, f"{hint}, or a smaller network in model", max_gb)


def _count_batch_windows(parameters: DictionaryParameters, n_windows: int) -> int:
    return min(parameters.training.batch_windows or n_windows, n_windows)


def _reasons_against(corpus: Corpus, parameters: DictionaryParameters) -> Iterator[str]:
    """Yield why a dictionary of these parameters cannot be learned from this corpus, a line for each reason."""
    model, loss, training = parameters.model, parameters.loss, parameters.training
    pieces = corpus.pieces_of("train")
    if not len(corpus.windows(pieces, training.window_steps)):
        yield f"training.window_steps={training.window_steps}: no piece of the train split is as long"
    if corpus.steps_per_bar % model.stride_steps:
        yield f"model.stride_steps={model.stride_steps}: must divide the {corpus.steps_per_bar} steps of a bar"
    shift = f"training.transpose_semitones={training.transpose_semitones}"
    alike = {  # what needs a channel for each drum or key in each kind
        "loss.reconstruction='hits'": loss.reconstruction == "hits",
        "corruption": parameters.corruption.is_on,
        shift: training.transpose_semitones > 0,
        "model.tcn_channels with refine='pursuit'": model.refine == "pursuit" and len(model.tcn_channels) > 0,
    }
    if not corpus.kinds_are_alike:
        yield from (f"{key}: not for tokens or rolls above the bass" for key, is_on in alike.items() if is_on)
    if training.transpose_semitones and "hit" in corpus.kinds():
        yield f"{shift}: must be 0 for drums, which have no pitch"
    if loss.chords or loss.chord_changes:
        if not any((corpus.chords[slice(*corpus.starts[p : p + 2])] >= 0).any() for p in pieces):
            yield "loss.chords, loss.chord_changes: must be 0, no chord of the train split is known"
        if training.window_steps % corpus.steps_per_beat:
            yield f"training.window_steps={training.window_steps}: must be whole beats where chords are in the loss"


def _batches_of(
    corpus: Corpus, parameters: DictionaryParameters, starts: np.ndarray, epoch: tf.Variable
) -> tf.data.Dataset:
    """Return batches of the windows that start at given steps, with chords where the loss needs them."""
    training, loss = parameters.training, parameters.loss
    return music_windows(
        corpus.steps,
        starts,
        training.window_steps,
        windows_per_batch=_count_batch_windows(parameters, len(starts)),
        seed=training.seed,
        epoch=epoch,
        chords=corpus.chords if loss.chords or loss.chord_changes else None,
        steps_per_beat=corpus.steps_per_beat,
        transpose_semitones=training.transpose_semitones,
        keys=_first_kind(corpus).stop,
    )


def _callbacks_of(parameters: DictionaryParameters, windows: Steps) -> list[keras.callbacks.Callback]:
    model, training = parameters.model, parameters.training
    return [
        KSchedule(model.k_max or model.k, model.k, model.k_fall, model.k_every_epochs),
        DeadAtomReinitialisation(windows, training.epochs, reinitialise=training.reinitialise, seed=training.seed),
        ProcessorTime(),  # of reinitialisation too
    ]
