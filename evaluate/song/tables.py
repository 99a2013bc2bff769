"""Tables of the study `song`, as rows of texts."""

from collections.abc import Mapping

import numpy as np

from embed.song.alignment import procrustes_distance
from pipeline.figures import METHOD_NAMES
from pipeline.results import Arrays

TABLE_STEPS = (1, 5, 10, 30)


def divergence_rows(measures: Mapping[str, Mapping[str, Arrays]], bpm: float | None = None) -> list[dict[str, str]]:
    """Return a row for each run and method, over the initial conditions that networks have not seen.

    `measures` are by run, then method, as step 7 stores them.
    """
    rows = []
    for run, by_method in measures.items():
        for method, of_all in by_method.items():
            compared = {name.removeprefix("compared_"): of_all[name] for name in of_all if name.startswith("compared_")}
            if not compared:
                continue
            row = {
                "run": run,
                "method": METHOD_NAMES[method],
                "starts": str(len(compared["starts"])),
                "valid time (s)": f"{compared['valid_time_s']:.3f}",
                "95 % interval (s)": "",
                "censored": f"{compared['censored_share']:.0%}",
            }
            if np.isfinite(compared["valid_time_low_s"]):
                row["95 % interval (s)"] = f"{compared['valid_time_low_s']:.3f} to {compared['valid_time_high_s']:.3f}"
            if bpm:
                row["valid time (beats)"] = f"{compared['valid_time_s'] * bpm / 60:.2f}"
            row |= {f"NRMSE at {step}": cell_at(compared["nrmse"], step, ".3f") for step in TABLE_STEPS}
            row |= {
                "skill at 10": cell_at(compared["skill"], 10, "z.2f"),
                "one-step MSE": f"{compared['mean_squared_error']:.5f}",
                "one-step cos": "" if np.isnan(compared["mean_cosine"]) else f"{compared['mean_cosine']:.3f}",
            }
            rows.append(row)
    return rows


def one_step_rows(measures: Mapping[str, Mapping[str, Arrays]]) -> list[dict[str, str]]:
    """Return a row for each run and method: how well the next displacement is predicted, as `divergence_rows` does."""
    return [
        {"run": run, "method": METHOD_NAMES[method], "starts": str(len(of_all["compared_starts"]))}
        | {
            text: _with_interval(of_all[f"compared_{name}"], of_all[f"compared_{name}_interval"], layout)
            for text, name, layout in (("MSE", "mean_squared_error", ".5f"), ("cos", "mean_cosine", ".3f"))
        }
        for run, by_method in measures.items()
        for method, of_all in by_method.items()
        if "compared_starts" in of_all
    ]


def _with_interval(value: np.ndarray, ends: np.ndarray, layout: str) -> str:
    """A value and its interval, where it has one, as text; nothing for NaN."""
    if np.isnan(value):
        return ""
    known = "" if np.isnan(ends).any() else " [{}, {}]".format(*(format(end, layout) for end in ends))
    return format(value, layout) + known


def format_difference(difference: Mapping[str, np.ndarray]) -> str:
    """Return a difference with its interval as text."""
    return f"{difference['mean']:+.3f} [{difference['low']:+.3f}, {difference['high']:+.3f}]"


def cell_at(values: np.ndarray, step: int, layout: str) -> str:
    """Return a value at a step as text; nothing beyond the horizon."""
    return format(values[step], layout) if step < len(values) else ""


def paper_rows(measures: Mapping[str, Mapping[str, Arrays]]) -> list[dict[str, str]]:
    """Return a row for each run: the distance of KNN forecasts in the paper's protocol and units, and leak-free."""
    rows = []
    for run, by_method in measures.items():
        row = {"run": run, "starts": str(len(by_method["knn"]["starts"]))}
        for method in ("knn_paper", "knn"):
            mean, error = by_method[method]["axes_mean"], by_method[method]["axes_standard_error"]
            for step in TABLE_STEPS:
                is_known = step < len(mean)
                row[f"{METHOD_NAMES[method]} {step}"] = f"{mean[step]:.4f} +- {error[step]:.4f}" if is_known else ""
        rows.append(row)
    return rows


def control_rows(controls: Mapping[str, Arrays]) -> list[dict[str, str]]:
    """Return a row for each run and reference system: median valid steps by method."""
    return [
        {"run": run, "trajectory": str(name)}
        | {METHOD_NAMES[method]: f"{steps:g}" for method, steps in zip(measures["methods"], line, strict=True)}
        for run, measures in controls.items()
        for name, line in zip(measures["controls"], measures["valid_steps"], strict=True)
    ]


def recurrence_rows(recurrences: Mapping[str, Arrays], bpm: float | None = None) -> list[dict[str, str]]:
    """Return a row for each run: how well it closes, after which period."""
    return [
        {
            "run": run,
            "loop score": f"{measures['score']:.3f}",
            "shuffled": f"{measures['shuffled_scores'].mean():.3f}",
            "p": f"{measures['shuffled_p']:.3f}",
            "phase-randomised": f"{measures['randomised_scores'].mean():.3f}",
            "p (randomised)": f"{measures['randomised_p']:.3f}",
            "period (s)": "" if np.isnan(measures["period_s"]) else f"{measures['period_s']:.4f}",
        }
        | ({"period (beats)": f"{measures['period_s'] * bpm / 60:.2f}"} if bpm else {})
        for run, measures in recurrences.items()
    ]


def consistency_rows(embeddings: Mapping[str, Arrays]) -> list[dict[str, str]]:
    """Return a row for each run: the Procrustes distance (0 to 1) of its trajectory to those of the others.

    Runs whose windows have another length have other points in time, and no number.
    """
    return [
        {"run": one} | {other: _distance_of(embeddings[one]["z"], embeddings[other]["z"]) for other in embeddings}
        for one in embeddings
    ]


def _distance_of(z: np.ndarray, other: np.ndarray) -> str:
    """The Procrustes distance as text, the smaller space filled up with zeros; nothing for other points in time."""
    if len(z) != len(other):
        return ""
    latent_dim = max(z.shape[1], other.shape[1])
    z, other = (np.pad(points, ((0, 0), (0, latent_dim - points.shape[1]))) for points in (z, other))
    return f"{procrustes_distance(z, other):.3f}"
