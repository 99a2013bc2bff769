"""Hybrids by cepstral envelopes: the fine structure of one sound under the spectral envelope of another.

The envelope is ``E = DFT(W_LP * IDFT(log |DFT s|))``, natural logarithm, where the lifter W_LP keeps the low
quefrencies, which are coarse structure, resonances, and not the period. A sound is flattened by dividing it by
``exp(E)``. The lecture flattens the target and multiplies it by "the source signal", which can be read either way:
which of the two is flattened is a choice here.
"""

import numpy as np

RANGE = 1e-5  # of the largest magnitude of a frame, -100 dB: what is lower counts as that low
SILENT = 1e-10  # magnitude that counts as the largest of a frame that is silent


def log_envelope(magnitudes: np.ndarray, *, sample_rate_hz: int, lifter_ms: float) -> np.ndarray:
    """Return the natural logarithm of the spectral envelope of each frame, ``(n_frames, n_bins)``.

    Parameters
    ----------
    magnitudes : np.ndarray (n_frames, n_bins)
    lifter_ms : float
        Quefrencies up to this are kept, on one side, where all but the first count twice. Half the period of a sound,
        or less, leaves its partials out.

    References
    ----------
    X. Rodet and D. Schwarz, "Spectral envelopes and additive + residual analysis/synthesis", in J. Beauchamp (ed.),
    Analysis, Synthesis, and Perception of Musical Sounds, 2007.
    """
    largest = np.maximum(magnitudes.max(axis=1, keepdims=True), SILENT)
    cepstrum = np.fft.irfft(np.log(np.maximum(magnitudes, RANGE * largest)), axis=1)  # (n_frames, window_samples)
    window_samples = cepstrum.shape[1]
    last = min(round(lifter_ms / 1000 * sample_rate_hz), window_samples // 2 - 1)
    lifter = np.zeros(window_samples)
    lifter[0], lifter[1 : last + 1] = 1, 2
    return np.fft.rfft(cepstrum * lifter, axis=1).real.astype(np.float32)


def hybridise(
    source: np.ndarray, target: np.ndarray, *, sample_rate_hz: int, lifter_ms: float = 1.0, flattened: str = "source"
) -> np.ndarray:
    """Return the one sound, flattened, under the envelope that the other has at the same time.

    Parameters
    ----------
    source, target : np.ndarray (n_frames, n_bins)
        Complex frames.
    flattened : {"source", "target"}
        The sound whose fine structure and phases are kept.
    """
    kept, other = (source, target) if flattened == "source" else (target, source)
    of_kept, of_other = (
        log_envelope(np.abs(frames), sample_rate_hz=sample_rate_hz, lifter_ms=lifter_ms) for frames in (kept, other)
    )
    return kept * np.exp(of_other - of_kept)
