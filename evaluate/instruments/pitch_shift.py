"""Distances of MFCC within ever smaller clusters of notes: how much of a cluster's size is pitch.

Reference
---------
V. Lostanlen and C.-E. Cella, "Deep convolutional networks on the pitch spiral for musical instrument recognition",
ISMIR 2016, Figure 2: 12 cepstra without c0, squared Euclidean distances, quantiles at 10, 25, 50, 75 and 90 %.
"""

import numpy as np

from save_dataset.instruments.clips import Clips

N_CEPSTRA = 12
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
CLUSTERS = ("all instruments", "same instrument", "+ same pitch class", "+ same pitch")
MIN_PAIRS = 5


def measure_pitch_shift(clips: Clips) -> dict[str, np.ndarray]:
    """Return quantiles of squared distances of pairs of notes whose pitch is known, by instrument and by cluster.

    Returns
    -------
    dict of str to np.ndarray
        `quantiles`, ``(n_instruments, n_clusters, 5)``; `n_pairs`,
        ``(n_instruments, n_clusters)``; `instruments`, those with five pairs of one pitch, and `clusters`, by name;
        `n_notes`, how many have a pitch. Pairs of clips of one file do not count.
    """
    known = np.flatnonzero(np.isfinite(clips.pitches))
    cepstra = clips.mfcc[known, 1 : 1 + N_CEPSTRA].astype(float)
    labels, pitches = clips.labels[known], clips.pitches[known].round()
    first, second = np.triu_indices(len(known), k=1)
    other_file = clips.paths[known][first] != clips.paths[known][second]
    first, second = first[other_file], second[other_file]
    distances = ((cepstra[first] - cepstra[second]) ** 2).sum(axis=1)

    def same(values: np.ndarray) -> np.ndarray:
        return values[first] == values[second]

    steps = [same(labels), same(pitches % 12), same(pitches)]
    nested = np.logical_and.accumulate(steps)  # (n_clusters - 1, n_pairs)
    instruments = [label for label in np.unique(labels) if np.sum(nested[-1] & (labels[first] == label)) >= MIN_PAIRS]
    of_clusters = [
        [distances, *(distances[within & (labels[first] == label)] for within in nested)] for label in instruments
    ]
    shape = (len(instruments), len(CLUSTERS))
    quantiles = [np.quantile(values, QUANTILES) for clusters in of_clusters for values in clusters]
    return {
        "quantiles": np.reshape(quantiles, (*shape, len(QUANTILES))),
        "n_pairs": np.reshape([len(values) for clusters in of_clusters for values in clusters], shape),
        "instruments": clips.class_names[instruments],
        "clusters": np.array(CLUSTERS),
        "n_notes": np.array(len(known)),
    }


def describe_pitch_shift(measures: dict[str, np.ndarray]) -> str:
    """Return how much smaller clusters of one pitch are than those of one instrument, in words."""
    if not len(measures["instruments"]):
        return f"no instrument has {MIN_PAIRS} pairs of notes of one pitch ({measures['n_notes']} have a known pitch)"
    medians = measures["quantiles"][..., QUANTILES.index(0.5)]
    factors = medians[:, CLUSTERS.index("same instrument")] / medians[:, -1]
    words = (f"{name} {factor:.1f}" for name, factor in zip(measures["instruments"], factors, strict=True))
    return f"notes of one pitch are nearer by a factor of {', '.join(words)}"
