"""Figures and tables of several songs together: what conditioning changes, with its interval over songs."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from evaluate.song.draw_trade_off import draw_trade_off
from evaluate.song.songs import REFERENCE, differences, load_songs, only
from evaluate.song.tables import TABLE_STEPS, format_difference
from evaluate.song.trade_off import COMPARED, Scores, difference_rows, load_kinds, run_rows, trade_off
from pipeline import figures, tables
from pipeline.figures import METHOD_NAMES, colour_of, new_figure
from pipeline.parameters import ROOT
from pipeline.results import Arrays
from pipeline.studies.song import Parameters

DIVERGENCES = {"knn": "nrmse", "knn_paper": "axes_mean"}


def draw_songs(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Draw and tabulate the songs in `figures.songs` together; nothing if there are none. Return the paths."""
    songs = parameters.figures.songs
    if not songs:
        return []
    methods = dict.fromkeys((*DIVERGENCES, *parameters.forecast.methods))
    scores = {method: load_songs(songs, f"divergence_{method}", _scores_of, root) for method in methods}
    divergence = {method: differences(only(scores[method], array)) for method, array in DIVERGENCES.items()}
    kinds = load_kinds(songs, {method: scores[method] for method in parameters.forecast.methods}, root)
    points = trade_off(kinds)
    rows_by_table = {
        "songs_divergence": divergence_rows(divergence),
        "songs_runs": run_rows(kinds),
        "songs_differences": difference_rows(kinds),
        "songs_valid_times": _valid_time_rows(parameters, scores),
    }
    drawn = {}
    if any(divergence.values()):
        drawn["songs_divergence"] = draw_differences(divergence)
    if points:
        drawn["songs_trade_off"] = draw_trade_off(points)
    return tables.save_all(rows_by_table, parameters, root) + figures.save_all(drawn, parameters, root)


def _scores_of(stored: Arrays) -> Arrays:
    """What is shown of the measures of a run's forecasts, the smallest part of them."""
    return {name: stored[name] for name in (*DIVERGENCES.values(), *COMPARED) if name in stored}


def draw_differences(divergence: Mapping[str, Mapping[str, Mapping[str, np.ndarray]]]) -> Figure:
    """Draw a panel for each protocol: difference of divergence to the reference over steps, with its interval.

    `divergence` is by method, then kind of run, as `evaluate.song.songs.differences` gives it.
    """
    units = {"knn": "normalised RMSE", "knn_paper": "distance, each axis in [0, 1]"}
    figure = new_figure(9.5, 3.8)
    for axes, (method, by_kind) in zip(figure.subplots(1, 2), divergence.items(), strict=True):
        for kind, difference in by_kind.items():
            mean, colour = difference["mean"], colour_of(kind, list(by_kind))
            steps = np.arange(len(mean))
            axes.plot(steps, mean, color=colour, label=f"{kind} - {REFERENCE}, {difference['n_songs']} songs")
            axes.fill_between(steps, difference["low"], difference["high"], color=colour, alpha=0.15, linewidth=0)
        axes.axhline(0, color="0.6", linestyle=":", linewidth=0.8)
        axes.set(xlabel="number of forecast steps", ylabel=f"difference of {units[method]}", title=METHOD_NAMES[method])
        axes.legend(loc="upper left")
    return figure


def divergence_rows(divergence: Mapping[str, Mapping[str, Mapping[str, np.ndarray]]]) -> list[dict[str, str]]:
    """Return a row for each protocol and kind of run: differences with intervals, at how many steps most songs gain."""
    rows = []
    for method, by_kind in divergence.items():
        for kind, difference in by_kind.items():
            row = {"method": METHOD_NAMES[method], "runs": f"{kind} - {REFERENCE}", "songs": str(difference["n_songs"])}
            for step in TABLE_STEPS:
                if step < len(difference["mean"]):
                    at_step = {name: values[step] for name, values in difference.items() if values.ndim}
                    row[f"at {step}"] = format_difference(at_step)
            row["lower in most songs"] = f"{np.mean(difference['lower_share'][1:] > 0.5):.0%} of steps"
            rows.append(row)
    return rows


def _valid_time_rows(parameters: Parameters, scores: Scores) -> list[dict[str, str]]:
    methods = parameters.forecast.methods
    by_method = {method: only(scores[method], "compared_valid_time_s") for method in methods}
    rows = []
    for song in parameters.figures.songs:
        for kind in dict.fromkeys(kind for method in methods for kind in by_method[method][song]):
            row = {"song": song, "run": kind}
            for method in methods:
                seeds = by_method[method][song].get(kind)
                row[METHOD_NAMES[method]] = f"{np.mean(seeds):.3f}" if seeds else ""
            rows.append(row)
    return rows
