"""The encoder of a run, and the self-similarity matrices of its pieces."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from embed.themes.features import EncodePatches, fourier_magnitudes
from embed.themes.self_similarity import cosine_similarity, patch_similarity, prepare_nieto_farbood, smooth_diagonally
from pipeline import results
from pipeline.studies.themes import Parameters
from save_dataset.themes.recordings import Recordings


def encoder_of(parameters: Parameters, root: Path) -> EncodePatches | None:
    """Return the function from flat standardised patches to features; None where the patches are the features."""
    if parameters.model.features == "cqt":
        return None
    if parameters.model.features == "fourier":
        return lambda patches: {"magnitudes": fourier_magnitudes(patches, parameters.model.patch_frames)}
    from models.complex_autoencoder import build_encoder  # TensorFlow is needed where there is a model

    autoencoder = results.load_model(parameters, "complex_autoencoder", root)
    return build_encoder(autoencoder).predict_on_batch


def compare_patches(
    parameters: Parameters, recordings: Recordings, features: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Return the similarity of any two patches of each piece that is searched.

    Returns
    -------
    dict of str to np.ndarray
        For piece p ``ours_<p>`` ``(n_patches, n_patches)``, correlations smoothed along diagonals, -1 to 1; and
        ``nieto_farbood_<p>`` ``(n_patches + 9, n_patches + 9)``, 0 to 1. Both float16.
    """
    matrices = {}
    for piece in range(recordings.n_searched):
        if parameters.model.features == "cqt":
            similarity = plain = patch_similarity(
                recordings.piece(piece),
                parameters.model.patch_frames,
                semitones=parameters.similarity.transpositions,
                bins_per_semitone=parameters.cqt.bins_per_semitone,
            )
        else:
            magnitudes = features["magnitudes"][features["starts"][piece] : features["starts"][piece + 1]]
            similarity = cosine_similarity(magnitudes, centre=parameters.similarity.centre)
            plain = cosine_similarity(magnitudes, centre=False) if parameters.similarity.centre else similarity
        matrices[f"ours_{piece}"] = smooth_diagonally(similarity, parameters.similarity.smooth_frames)
        matrices[f"nieto_farbood_{piece}"] = prepare_nieto_farbood(plain)
    return {name: matrix.astype(np.float16) for name, matrix in matrices.items()}
