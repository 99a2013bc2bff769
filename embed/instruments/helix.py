"""The pitch helix: bands of a constant-Q transform laid out so that those that sound together lie close together.

Bands an octave apart have partials in common, so what lies on a line becomes a helix with one turn an octave.

References
----------
N. Le Roux, Y. Bengio, P. Lamblin, M. Joliveau, B. Kegl, "Learning the 2-D topology of images", NIPS 2007, for pixels;
R. N. Shepard, "Geometrical approximations to the structure of musical pitch", Psychological Review 89 (1982).
"""

import numpy as np
from sklearn.manifold import Isomap

N_NEIGHBORS = 4
TRITONE = 6  # bins


def correlate_bands(notes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the correlation of bands over notes, ``(n_kept, n_kept)``, and which bands are kept, ``(n_kept,)``.

    `notes` are their mean log-spectra, ``(n_notes, n_bands)``. Bands that are alike in all notes are left out.
    """
    kept = np.flatnonzero(notes.std(axis=0) > 1e-6)
    return np.corrcoef(notes[:, kept], rowvar=False), kept


def distances_of(correlation: np.ndarray) -> np.ndarray:
    """Return the Euclidean distance of bands that are standardised, ``sqrt(2 - 2 r)``, from their correlation r."""
    return np.sqrt(np.clip(2 - 2 * correlation, 0, None))


def embed_bands(distances: np.ndarray) -> np.ndarray:
    """Return the bands in space, ``(n_bands, 3)``, by their distances along a graph of nearest neighbours (Isomap)."""
    return Isomap(n_neighbors=N_NEIGHBORS, n_components=3, metric="precomputed").fit_transform(distances)


def octave_ratio(distances: np.ndarray, bins_per_octave: int = 12) -> float:
    """Return the median distance of bands an octave apart, divided by that of bands a tritone more or less apart.

    Below 1 the octave is nearer than both: there is a helix.
    """
    octave, *others = (np.median(np.diagonal(distances, bins_per_octave + step)) for step in (0, -TRITONE, TRITONE))
    return float(octave / np.mean(others))


def pitch_helix(cqt: np.ndarray) -> dict[str, np.ndarray]:
    """Return `helix`, `helix_bins` and `octave_ratio` of the bands of clips ``(n_clips, clip_frames, n_bins)``."""
    correlation, kept = correlate_bands(cqt.mean(axis=1, dtype=np.float32))
    distances = distances_of(correlation)
    return {"helix": embed_bands(distances), "helix_bins": kept, "octave_ratio": np.array(octave_ratio(distances))}
