"""The tables of steps 7 and 8, as rows of texts."""

from collections.abc import Mapping

import numpy as np

from embed.song.alignment import procrustes_distance
from pipeline.figures import METHOD_NAMES

STEPS_TOLD = (1, 5, 10, 30)
Measures = Mapping[str, np.ndarray]


def divergence_rows(measures: Mapping[str, Mapping[str, Measures]], bpm: float | None = None) -> list[dict[str, str]]:
    """A row for each run and method, over the initial conditions that networks have not seen.

    Parameters
    ----------
    measures : mapping of str to mapping of str to mapping of str to np.ndarray
        By run, then method, as step 7 stores them.
    bpm : float or None
        Tempo, where it is known.
    """
    rows = []
    for run, by_method in measures.items():
        for method, each in by_method.items():
            if "compared_nrmse" not in each:
                continue
            low, high = each["compared_valid_time_low_s"], each["compared_valid_time_high_s"]
            row = {
                "run": run,
                "method": METHOD_NAMES[method],
                "starts": str(len(each["compared_starts"])),
                "valid time (s)": f"{each['compared_valid_time_s']:.3f}",
                "95 % interval (s)": "" if np.isnan(low) else f"{low:.3f} to {high:.3f}",
                "never over": f"{each['compared_censored_share']:.0%}",
            }
            if bpm:
                row["valid time (beats)"] = f"{each['compared_valid_time_s'] * bpm / 60:.2f}"
            for step in STEPS_TOLD:
                known = step < len(each["compared_nrmse"])
                row[f"error at {step}"] = f"{each['compared_nrmse'][step]:.3f}" if known else ""
            row |= {
                "skill at 10": f"{each['compared_skill'][10]:z.2f}" if len(each["compared_skill"]) > 10 else "",
                "one-step MSE": f"{each['compared_mean_squared_error']:.5f}",
                "one-step cos": "" if np.isnan(each["compared_mean_cosine"]) else f"{each['compared_mean_cosine']:.3f}",
            }
            rows.append(row)
    return rows


def paper_rows(measures: Mapping[str, Mapping[str, Measures]]) -> list[dict[str, str]]:
    """A row for each run: the distance of KNN forecasts in the paper's protocol and units, and without the leak."""
    rows = []
    for run, by_method in measures.items():
        row = {"run": run, "starts": str(len(by_method["knn"]["starts"]))}
        for method in ("knn_paper", "knn"):
            mean, error = (by_method[method][f"axes_{what}"] for what in ("mean", "standard_error"))
            for step in STEPS_TOLD:
                known = step < len(mean)
                row[f"{METHOD_NAMES[method]} {step}"] = f"{mean[step]:.4f} +- {error[step]:.4f}" if known else ""
        rows.append(row)
    return rows


def control_rows(controls: Mapping[str, Measures]) -> list[dict[str, str]]:
    """A row for each run and control: median valid steps by method."""
    return [
        {"run": run, "trajectory": str(name)}
        | {METHOD_NAMES[method]: f"{steps:g}" for method, steps in zip(each["methods"], line, strict=True)}
        for run, each in controls.items()
        for name, line in zip(each["controls"], each["valid_steps"], strict=True)
    ]


def recurrence_rows(recurrences: Mapping[str, Measures], bpm: float | None = None) -> list[dict[str, str]]:
    """A row for each run: how well it closes, after which period."""
    return [
        {
            "run": run,
            "loop score": f"{each['score']:.3f}",
            "shuffled": f"{each['shuffled_scores'].mean():.3f}",
            "p": f"{each['shuffled_p']:.3f}",
            "phase-randomised": f"{each['randomised_scores'].mean():.3f}",
            "p (randomised)": f"{each['randomised_p']:.3f}",
            "period (s)": "" if np.isnan(each["period_s"]) else f"{each['period_s']:.4f}",
        }
        | ({"period (beats)": f"{each['period_s'] * bpm / 60:.2f}"} if bpm else {})
        for run, each in recurrences.items()
    ]


def consistency_rows(embeddings: Mapping[str, Measures]) -> list[dict[str, str]]:
    """A row for each run: how far its trajectory is from those of the others after the best turn (0 to 1).

    Runs whose windows have another length have other points in time, and no number.
    """
    return [
        {"run": one} | {other: _distance_of(embeddings[one]["z"], embeddings[other]["z"]) for other in embeddings}
        for one in embeddings
    ]


def _distance_of(z: np.ndarray, reference: np.ndarray) -> str:
    """The Procrustes distance as text, the smaller space filled up with zeros; nothing for other points in time."""
    if len(z) != len(reference):
        return ""
    latent_dim = max(z.shape[1], reference.shape[1])
    z, reference = (np.pad(each, ((0, 0), (0, latent_dim - each.shape[1]))) for each in (z, reference))
    return f"{procrustes_distance(z, reference):.3f}"
