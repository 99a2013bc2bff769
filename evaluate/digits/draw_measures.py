"""Figures and the table of how well digits are classified at any angle."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evaluate.digits.measures import CLASSIFIERS, TESTED, TRAINED
from pipeline import figures, results, tables
from pipeline.figures import new_figure
from pipeline.parameters import ROOT, StudyParameters
from pipeline.results import Arrays

COLOURS = {"pixels": "0.6", "random": "tab:blue", "learned": "tab:red"}
NAMES = {"pixels": "pixels", "random": "magnitudes, random bases", "learned": "magnitudes, learned bases"}
GROUPS = ((0, 0), (0, 1), (1, 1))  # indices of training and test: the groups of bars
BAR_WIDTH = 0.26
CHANCE = 0.9  # of ten digits


def draw_digit_measures(parameters: StudyParameters, root: Path = ROOT) -> list[Path]:
    """Draw the figures `errors` and `errors_by_angle`, and write the table `errors`; return the paths."""
    measures = results.load_fresh(parameters.for_runs(), "measures", root)
    if not measures:
        return []
    drawn = {"errors": draw_errors(measures), "errors_by_angle": draw_errors_by_angle(measures)}
    return figures.save_all(drawn, parameters, root) + tables.save_all(
        {"errors": error_rows(measures)}, parameters, root
    )


def draw_errors(measures: Mapping[str, Arrays]) -> Figure:
    """Draw errors of both classifiers as bars, in groups by training and test; a row for each run."""
    figure = new_figure(9.5, 0.6 + 3.2 * len(measures))
    rows = figure.subplots(len(measures), len(CLASSIFIERS), sharey=True, squeeze=False)
    for row, (run, arrays) in zip(rows, measures.items(), strict=True):
        for axes, errors, name in zip(row, arrays["errors"].swapaxes(0, 1), CLASSIFIERS, strict=True):
            _draw_bars(axes, 100 * errors, arrays["features"])
            axes.set_title(f"{run}: {name}")
        row[0].set_ylabel("error (%)")
    figure.legend(*rows[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return figure


def _draw_bars(axes: Axes, errors: np.ndarray, features: np.ndarray) -> None:
    """Draw errors ``(n_features, n_trained, n_tested)`` in percent, side by side in groups."""
    for index, feature in enumerate(features):
        values = [errors[index, trained, tested] for trained, tested in GROUPS]
        centres = np.arange(len(GROUPS)) + (index - (len(features) - 1) / 2) * BAR_WIDTH
        bars = axes.bar(centres, values, BAR_WIDTH * 0.92, color=COLOURS[feature], label=NAMES[feature])
        axes.bar_label(bars, fmt="%.1f", fontsize=8, padding=1)
    axes.margins(y=0.1)
    names = [f"trained {TRAINED[trained]},\ntested {TESTED[tested]}" for trained, tested in GROUPS]
    axes.set_xticks(range(len(GROUPS)), names, fontsize=9)


def draw_errors_by_angle(measures: Mapping[str, Arrays]) -> Figure:
    """Draw errors of upright neighbours against the rotation of the test images, a panel for each run."""
    figure = new_figure(4.3 * len(measures) + 1.5, 3.8)
    panels = figure.subplots(1, len(measures), sharey=True, squeeze=False)[0]
    for axes, (run, arrays) in zip(panels, measures.items(), strict=True):
        for feature, errors in zip(arrays["features"], arrays["errors_by_angle"], strict=True):
            axes.plot(arrays["angles_deg"], 100 * errors, "o-", color=COLOURS[feature], label=NAMES[feature])
        axes.axhline(100 * CHANCE, color="0.3", linestyle=":", linewidth=1, label="chance")
        axes.set(xlabel="rotated by (degrees), trained upright", title=run, ylim=(0, 100), xlim=(-4, 184))
        axes.set_xticks(range(0, 181, 30))
    panels[0].set_ylabel("error (%)")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside right upper")
    return figure


def error_rows(measures: Mapping[str, Arrays]) -> list[dict[str, str]]:
    """Return a row for each run, feature, classifier and training: errors in percent."""
    rows = []
    for run, arrays in measures.items():
        angle_errors = dict(zip(("random", "learned"), arrays["angle_errors_deg"], strict=True))
        for feature, errors in zip(arrays["features"], arrays["errors"], strict=True):
            angle = f"{angle_errors[feature]:.1f}" if feature in angle_errors else ""
            for index, trained in np.ndindex(len(CLASSIFIERS), len(TRAINED)):
                row = {"run": run, "features": NAMES[feature], "classifier": CLASSIFIERS[index]}
                row |= {"trained": TRAINED[trained]}
                tested = zip(TESTED, errors[index, trained], strict=True)
                row |= {f"tested {name} (%)": f"{100 * error:.1f}" for name, error in tested}
                rows.append(row | {"error of angle (degrees)": angle})
    return rows
