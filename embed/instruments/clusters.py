"""Clusters of clips that are found without their classes, and whether they are instruments or recordings."""

import numpy as np
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_mutual_info_score
from sklearn.preprocessing import StandardScaler

from models.compression import compress
from pipeline.sections.instruments import SCATTERINGS
from save_dataset.instruments.clips import Clips


def features_to_compare(clips: Clips) -> dict[str, np.ndarray]:
    """Return standardised features by name, each ``(n_clips, n_values)``: MFCC, and the logarithm of scattering."""
    found = {"mfcc": clips.mfcc}
    for name in SCATTERINGS:
        values = getattr(clips, name)
        if values.shape[1]:
            found[f"{name}_log"] = compress(values)
    return {name: StandardScaler().fit_transform(values) for name, values in found.items()}


def cluster(values: np.ndarray, n_clusters: int, seed: int = 0) -> np.ndarray:
    """Return the cluster of each clip, ``(n_clips,)``, by k-means; there are no more clusters than clips."""
    n_clusters = min(n_clusters, len(values))
    return KMeans(n_clusters, n_init=10, random_state=seed).fit_predict(values)


def cluster_clips(clips: Clips) -> dict[str, np.ndarray]:
    """Return, for each of the features, clusters, their agreement, and a plane to draw them in.

    `{features}_clusters`, ``(n_clips,)``, are as many as there are classes; `{features}_agreement`, ``(2,)``, is their
    adjusted mutual information with classes and, as a control, with collections: 1 for the same partition, 0 for
    chance; `{features}_plane`, ``(n_clips, 2)``, are two principal components.
    """
    found: dict[str, np.ndarray] = {}
    for name, values in features_to_compare(clips).items():
        clusters = cluster(values, len(clips.class_names))
        agreement = [adjusted_mutual_info_score(of, clusters) for of in (clips.labels, clips.collections)]
        found |= {
            f"{name}_clusters": clusters,
            f"{name}_agreement": np.array(agreement),
            f"{name}_plane": principal_components(values),
        }
    return found


def principal_components(values: np.ndarray, n_components: int = 2) -> np.ndarray:
    """Return the first principal components of values, ``(n, n_components)``; those that there are not are zero."""
    found = PCA(min(n_components, *values.shape), svd_solver="full").fit_transform(values)
    return np.pad(found, ((0, 0), (0, n_components - found.shape[1])))
