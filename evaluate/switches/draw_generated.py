"""Figures and table of what is generated: beside its originals, along a path, and for sounds of one's own."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from forecast.switches.generated import OWN_METHODS, Generated
from pipeline import figures, results, tables
from pipeline.parameters import ROOT
from pipeline.sections.switches import Mel
from pipeline.studies.switches import Parameters
from save_dataset.switches.clips import Clips, load_clips
from save_dataset.switches.draw_clips import draw_mels
from save_dataset.switches.mel import distance_db

MAX_PAIRS = 8
MAX_STEPS = 12  # of a path


def draw_generated(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Draw what the run that is drawn has generated, if anything, and write the table of own sounds of all runs."""
    runs = [run for run in parameters.for_runs() if run.has("generated")]
    stored = results.load_fresh(runs, "generated", root)
    generated = {run: Generated.from_arrays(arrays) for run, arrays in stored.items()}
    if not generated:
        return []
    clips, drawn = load_clips(parameters, root), {}
    shown = generated.get(parameters.figures.run or next(iter(parameters.runs)))
    if shown and len(rows := rows_of_pairs(shown, parameters.figures.clip)):
        drawn["generated"] = draw_pairs(shown, rows, clips, parameters.mel)
    path = parameters.figures.path or next(iter(parameters.generate.paths), None)
    if shown and path:
        mels = shown.mels[(shown.kinds == "path") & (shown.names == path)]
        drawn["paths"] = draw_path(mels, parameters.mel, float(clips.loudest_db))
    paths = tables.save_all({"own": own_rows(generated, clips.names)}, parameters, root)
    return paths + figures.save_all(drawn, parameters, root)


def rows_of_pairs(generated: Generated, clip: int) -> np.ndarray:
    """Return the rows of the switch of one clip, of settings, and of sounds of one's own, the first eight."""
    is_alone = (generated.kinds == "switch") & (generated.names == str(clip))
    return np.flatnonzero(is_alone | np.isin(generated.kinds, ("switches", "own")))[:MAX_PAIRS]


def draw_pairs(generated: Generated, rows: np.ndarray, clips: Clips, mel: Mel) -> Figure:
    """Draw the originals of rows, clips or their means, each with what is generated beside it."""
    loudest_db = float(clips.loudest_db)
    titles, mels = list[str](), list[np.ndarray]()
    for row in rows:
        original, made = generated.original(row, clips.mels), generated.mels[row]
        error_db = distance_db(made, original, mel, loudest_db)
        titles += [f"{generated.kinds[row]} {generated.names[row]}", f"generated: {error_db:.1f} dB from it"]
        mels += [original, made]
    return draw_mels(titles, mels, mel, loudest_db)


def draw_path(mels: np.ndarray, mel: Mel, loudest_db: float) -> Figure:
    """Draw up to twelve steps of a path ``(n_steps, n_frames, n_mels)``, and how far each is from the one before."""
    changes_db = distance_db(mels[1:], mels[:-1], mel, loudest_db)
    chosen = np.unique(np.linspace(0, len(mels) - 1, MAX_STEPS).round().astype(int))
    titles = [
        f"step {step}" + (f": {changes_db[step - 1]:.1f} dB from the one before" if step else "") for step in chosen
    ]
    return draw_mels(titles, mels[chosen], mel, loudest_db)


def own_rows(generated: Mapping[str, Generated], names: np.ndarray) -> list[dict[str, str]]:
    """Return a row for each run and sound of one's own: how far clip, blend and search are from it."""
    return [
        {"run": run, "sound": str(sound), "nearest": str(names[nearest])}
        | {f"{method} (dB)": f"{error:.2f}" for method, error in zip(OWN_METHODS, errors_db, strict=True)}
        for run, made in generated.items()
        for sound, nearest, errors_db in zip(
            made.names[made.kinds == "own"], made.own_nearest, made.own_errors_db, strict=True
        )
    ]
