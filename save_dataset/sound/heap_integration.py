"""Phases from magnitudes alone: what their slopes say of phases is added up from the loudest cell to the faintest.

References
----------
Z. Prusa, P. Balazs and P. Sondergaard, "A noniterative method for reconstruction of phase from STFT magnitude",
IEEE/ACM TASLP 25, 2017: eq. 13 and 14 (the slopes), algorithm 1 (the heap).
"""

from heapq import heappop, heappush

import numba
import numpy as np

from save_dataset.sound.griffin_lim import Framing

WIDTHS = {"hann": 0.25645, "hamming": 0.29794}  # gamma / window_samples**2 of the Gauss window that is nearest
TOLERANCE = 1e-5  # of the loudest: below, the phases are random


def integrate_phases(magnitudes: np.ndarray, framing: Framing, *, seed: int = 0) -> np.ndarray:
    """Return phases in radians that nearly fit magnitudes ``(n_frames, n_bins)``; the window is "hann" or "hamming"."""
    hop_turns = framing.hop_samples / framing.window_samples
    floor = np.float32(TOLERANCE) * magnitudes.max() + np.finfo(np.float32).tiny
    per_bin, per_frame = np.gradient(np.log(np.maximum(magnitudes, floor)))  # slopes along the other axis than theirs
    bins, scale = np.arange(magnitudes.shape[1]), hop_turns / WIDTHS[framing.window]
    slopes = np.stack([scale * per_frame + 2 * np.pi * hop_turns * bins, -per_bin / scale]).reshape(2, -1)
    audible = np.flatnonzero(magnitudes > floor)
    flat = np.ascontiguousarray(magnitudes).ravel()
    loudest_first = audible[np.argsort(-flat[audible])]
    phases = np.random.default_rng(seed).uniform(0, 2 * np.pi, magnitudes.size)
    _integrate(flat, flat <= floor, loudest_first, slopes, phases, len(bins))
    return phases.reshape(magnitudes.shape) + np.pi * bins  # of the beginning of a frame, not of its centre


@numba.njit(cache=True)
def _integrate(magnitudes, known, loudest_first, slopes, phases, n_bins):  # type: ignore[no-untyped-def]
    """Fill in the phases that are not known, from cell to neighbour, always on from the loudest reached; flat."""
    for start in loudest_first:
        if known[start]:
            continue
        known[start], phases[start] = True, 0.0
        reached = [(-magnitudes[start], start)]
        while reached:
            _, cell = heappop(reached)
            for axis, step in ((0, n_bins), (0, -n_bins), (1, 1), (1, -1)):
                to = cell + step
                leaves_frame = axis == 1 and to // n_bins != cell // n_bins
                if leaves_frame or not 0 <= to < len(known) or known[to]:
                    continue
                phases[to] = phases[cell] + np.sign(step) * (slopes[axis, cell] + slopes[axis, to]) / 2
                known[to] = True
                heappush(reached, (-magnitudes[to], to))
