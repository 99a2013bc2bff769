"""What becomes a trajectory: the spectrogram of a song, or the film of a video with its frames, which stay on disk."""

from pathlib import Path
from typing import Any

from pipeline import results
from pipeline.parameters import ROOT
from pipeline.provenance import digest_file
from pipeline.sections.trajectory_study import TrajectoryParameters
from pipeline.stored_frames import StoredFrames


def frames_path(parameters: TrajectoryParameters, root: Path = ROOT) -> Path:
    """Return where the frames of a film lie: next to its result."""
    return results.path_of(parameters, parameters.SERIES, root).with_name("frames.npy")


def load_series(parameters: TrajectoryParameters, root: Path = ROOT) -> dict[str, Any]:
    """Return the spectrogram or film that is embedded, as `results.load` does, with the ``frames`` of a film.

    Raises
    ------
    FileNotFoundError, ValueError
        As `results.load` does; also if the frames of a film are missing, or others than it was saved with.
    """
    series = results.load(parameters, parameters.SERIES, root)
    if "frames" in series:
        return series
    path, hint = frames_path(parameters, root), results.hint(parameters, parameters.SERIES)
    if not path.is_file():
        raise FileNotFoundError(f"{results.display_path(path, root)}: does not exist; {hint}")
    if digest_file(path) != str(series["frames_digest"]):
        raise ValueError(f"{results.display_path(path, root)}: is not what step 1 wrote; {hint}")
    return series | {"frames": StoredFrames(path)}
