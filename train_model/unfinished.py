"""Where a training that is not finished keeps its state."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from train_model.callbacks import can_resume


def unfinished_folder(folder: Path, data: np.ndarray, sections: Mapping[str, Any], *more_data: np.ndarray) -> Path:
    """Where a training of just these data and sections of parameters keeps its state; what others left is removed."""
    fingerprint = hashlib.sha256(json.dumps(sections).encode())
    for array in (data, *more_data):
        fingerprint.update(array.tobytes())
    mine = folder / f"unfinished_{fingerprint.hexdigest()[:12]}"
    remove_unfinished(folder, but=mine if can_resume(mine) else None)
    return mine


def remove_unfinished(folder: Path, but: Path | None = None) -> None:
    """Remove the state of trainings in a run's folder: the result is saved, or is to be made from something else."""
    for unfinished in folder.glob("unfinished_*"):
        if unfinished != but:
            shutil.rmtree(unfinished)
