"""Trajectories and forecasts as the player page reads them: aligned to one reference, and packed.

Points are 16 bit integers, from the middle of their trajectory in 1/8000 of its radius, little-endian, as base64.
"""

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np

from embed.song.alignment import fit_similarity_in_time
from embed.song.draw_trajectory import three_axes
from pipeline.figures import describe_thinning, thinning

Embedding = Mapping[str, np.ndarray]
Forecasts = Mapping[str, Mapping[str, np.ndarray]]  # by method

MAX_POINTS = 20_000
MAX_FORECAST_POINTS = 400_000  # of all runs and methods: 3 MB in the page
RADIUS = 8000  # in integers: a forecast may leave its trajectory by 4 radii before it is cut


def check_runs(embeddings: Mapping[str, Embedding], forecasts: Mapping[str, Forecasts]) -> None:
    """Raise ValueError unless there are embeddings, and the forecasts fit them."""
    if not embeddings:
        raise ValueError("embeddings={}: must have at least one run")
    for run, methods in forecasts.items():
        if run not in embeddings:
            raise ValueError(f"forecasts: {run!r}: must be one of the runs {', '.join(embeddings)}")
        n_points, latent_dim = embeddings[run]["z"].shape
        for method, rolled_out in methods.items():
            shape, starts = rolled_out["forecast"].shape, rolled_out["starts"]
            if len(shape) != 3 or shape[0] != len(starts) or shape[2] != latent_dim:
                wanted = f"({len(starts)}, n_steps + 1, {latent_dim})"
                raise ValueError(f"forecasts: {run}, {method}: forecast.shape={shape}: must be {wanted}")
            if len(starts) and not 0 <= starts.min() <= starts.max() < n_points:
                raise ValueError(f"forecasts: {run}, {method}: starts: must be indices of its {n_points} points")


def describe_runs(embeddings: Mapping[str, Embedding], forecasts: Mapping[str, Forecasts]) -> list[dict[str, Any]]:
    """Return the JSON of each run; all are aligned to the first."""
    reference = next(iter(embeddings.values()))
    return [_describe_run(run, embedding, reference, forecasts.get(run, {})) for run, embedding in embeddings.items()]


def thin_forecasts(forecasts: Mapping[str, Forecasts]) -> tuple[dict[str, dict[str, dict[str, np.ndarray]]], str]:
    """Return the forecasts of all runs from every n-th start only if they are too many, and what of them that is.

    All methods keep the same starts.
    """
    of_all = [rolled_out for methods in forecasts.values() for rolled_out in methods.values()]
    starts = np.unique(np.concatenate([np.zeros(0, int), *(rolled_out["starts"] for rolled_out in of_all)]))
    every = thinning(sum(len(each["starts"]) * each["forecast"].shape[1] for each in of_all), MAX_FORECAST_POINTS)

    def thin(rolled_out: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        kept = np.isin(rolled_out["starts"], starts[::every])
        return {name: rolled_out[name][kept] for name in ("starts", "forecast")}

    thinned = {
        run: {method: thin(rolled_out) for method, rolled_out in methods.items()} for run, methods in forecasts.items()
    }
    return thinned, describe_thinning(every, len(starts), "forecasts")


def _describe_run(run: str, embedding: Embedding, reference: Embedding, forecasts: Forecasts) -> dict[str, Any]:
    z, times_s = embedding["z"], embedding["times_s"]
    matrix, shift = _map_onto(embedding, reference)
    shown = z @ matrix + shift
    return {
        "name": run,
        "latent_dim": z.shape[1],
        "kept": three_axes(z)[2],
        "window_s": float(embedding["ends_s"][0] - embedding["starts_s"][0]),
        "step_s": float(np.median(np.diff(times_s))),
        **_describe_path(times_s, shown),
        "forecasts": {
            method: _describe_forecast(times_s, rolled_out, rolled_out["forecast"] @ matrix + shift, shown)
            for method, rolled_out in forecasts.items()
        },
    }


def _map_onto(embedding: Embedding, reference: Embedding) -> tuple[np.ndarray, np.ndarray]:
    """Return ``matrix`` (latent_dim, 3) and ``shift`` (3,) that map a latent space to that in which it is shown."""
    origin, axes, _ = three_axes(embedding["z"])
    if embedding is reference:
        return axes, -origin @ axes
    reference_origin, reference_axes, _ = three_axes(reference["z"])
    matrix, shift = fit_similarity_in_time(
        (embedding["z"] - origin) @ axes,
        embedding["times_s"],
        (reference["z"] - reference_origin) @ reference_axes,
        reference["times_s"],
    )
    return axes @ matrix, shift - origin @ axes @ matrix


def _describe_path(times_s: np.ndarray, shown: np.ndarray) -> dict[str, Any]:
    """Return times and points, thinned where there are more than a screen can show, and the bounding box."""
    every = thinning(len(shown), MAX_POINTS)
    middle, radius = bounds(shown)
    half_box = (shown.max(axis=0) - shown.min(axis=0)) / 2 / radius
    return {
        "times_s": _pack(times_s[::every].astype("<f4")),
        "points": _pack_points(shown[::every], middle, radius),
        "half_box": half_box.round(4).tolist(),
        "thinned": describe_thinning(every, len(shown), "points"),
    }


def _describe_forecast(
    times_s: np.ndarray, rolled_out: Mapping[str, np.ndarray], points: np.ndarray, shown: np.ndarray
) -> dict[str, Any]:
    """Return the forecasts of a method in order of their starts, packed as the trajectory that they continue."""
    order = np.argsort(rolled_out["starts"])
    return {
        "starts_s": times_s[rolled_out["starts"][order]].round(5).tolist(),
        "n_points": points.shape[1],
        "points": _pack_points(points[order], *bounds(shown)),
    }


def bounds(shown: np.ndarray) -> tuple[np.ndarray, float]:
    """Return middle and half diagonal of the box around a trajectory."""
    lowest, highest = shown.min(axis=0), shown.max(axis=0)
    return (lowest + highest) / 2, float(np.linalg.norm(highest - lowest)) / 2


def _pack_points(points: np.ndarray, middle: np.ndarray, radius: float) -> str:
    integers = np.nan_to_num(np.round((points - middle) / radius * RADIUS))
    return _pack(np.clip(integers, -32767, 32767).astype("<i2"))


def _pack(array: np.ndarray) -> str:
    return base64.b64encode(array.tobytes()).decode()
