"""Codes of complete pieces, of any length, and what is stored of them."""

from typing import Any

import numpy as np
import tensorflow as tf
from tqdm import tqdm

from embed.dictionary.sparse_codes import Encode
from models.dictionary_autoencoder import DictionaryAutoencoder
from pipeline.memory import check_memory, half_of_machine_gb
from save_dataset.midi.corpus import Corpus

COPIES = 4  # of the code of a piece, whose winners are taken and refined


def piece_encoder(model: DictionaryAutoencoder) -> Encode:
    """Return a function from music ``(n_steps, n_channels)`` of any length to its code ``(n_columns, n_atoms)``."""
    encode = batch_encoder(model)
    return lambda steps: encode(steps[None])[0]


def batch_encoder(model: DictionaryAutoencoder, batch_size: int = 512) -> Encode:
    """Return a function from windows ``(n, n_steps, n_channels)`` to their codes ``(n, n_columns, n_atoms)``."""
    signature = tf.TensorSpec((None, None, model.config.n_channels), tf.float32)
    encode = tf.function(model.encode, input_signature=[signature])  # one trace for all lengths

    def encode_all(windows: np.ndarray) -> np.ndarray:
        spans = range(0, len(windows), batch_size)
        return np.concatenate([encode(windows[first : first + batch_size]).numpy() for first in spans])

    return encode_all


def embed_corpus(model: DictionaryAutoencoder, corpus: Corpus, *, show_progress: bool = False) -> dict[str, Any]:
    """Return the codes of all pieces and the mean activation of the atoms.

    Returns
    -------
    dict
        The fields of `SparseCodes`, and ``mean_activity (n_pieces, n_atoms)``, the mean magnitude over columns.
    """
    n_columns = int(np.diff(corpus.starts).max()) // model.stride_steps
    n_bytes = COPIES * 4 * n_columns * model.config.n_atoms
    check_memory(
        f"model.n_atoms={model.config.n_atoms}", n_bytes, "take fewer, or shorter pieces", half_of_machine_gb()
    )
    encode = piece_encoder(model)
    columns, atoms, values, means = [], [], [], []
    starts = [0]
    for index in tqdm(range(corpus.n_pieces), desc="pieces", disable=not show_progress):
        code = encode(corpus.piece(index))
        column, atom = np.nonzero(code)
        columns.append(column + starts[-1])
        atoms.append(atom)
        values.append(code[column, atom])
        starts.append(starts[-1] + len(code))
        means.append(np.abs(code).mean(axis=0))
    config = model.config
    return {
        "columns": np.concatenate(columns).astype(np.int64),
        "atoms": np.concatenate(atoms).astype(np.int32),
        "values": np.concatenate(values).astype(np.float32),
        "starts": np.array(starts),
        "patterns": np.moveaxis(model.atoms.kernel.numpy(), -1, 0),
        "bias": model.atoms.bias.numpy() if config.bias else np.zeros(config.n_channels, np.float32),
        "stride_steps": config.stride_steps,
        "mean_activity": np.stack(means),
    }
