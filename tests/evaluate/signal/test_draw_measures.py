import numpy as np
import pytest

from evaluate.signal.draw_measures import (
    base_rows,
    draw_frequencies,
    draw_shifts,
    draw_signal_measures,
    shift_rows,
    summary_rows,
)
from pipeline.parameters import load
from tests.stored_results import store


def measures():
    values = np.arange(8).reshape(4, 2) / 10
    return {
        "features": np.array(["learned", "random", "Fourier", "samples"]),
        "shifts_samples": np.array([1, 4]),
        "cosine": values,
        "change": values + 0.01,
        "found": values + 0.02,
        "peaks_hz": np.array([[300.0, 400], [100, 100], [200, 900]]),
        "concentration": np.array([[0.9, 0.7], [0.8, 0.8], [0.2, 0.2]]),
        "quadrature_deg": np.array([91.0, 80, 20]),
        "norms": np.ones(3),
        "power": np.array([0.1, 0.4, 0.3, 0.2]),
        "frequencies_hz": np.array([0.0, 100, 200, 300]),
    }


def test_a_panel_for_each_measure_with_a_line_for_each_set_of_bases_and_a_spectrum_in_decibels():
    figure = draw_shifts(measures())
    for axes, key in zip(figure.axes, ("cosine", "change", "found"), strict=True):
        lines = axes.get_lines()
        assert [line.get_label() for line in lines] == ["learned bases", "random bases", "Fourier bases", "samples"]
        assert lines[2].get_ydata() == pytest.approx(measures()[key][2])
        assert lines[2].get_xdata().tolist() == [1, 4]
    figure = draw_frequencies(measures())
    (spectrum,) = (axes for axes in figure.axes if "spectrum" in axes.get_ylabel())
    assert spectrum.get_lines()[0].get_ydata() == pytest.approx(10 * np.log10([0.25, 1, 0.75, 0.5]), abs=1e-6)


def test_a_row_for_each_measure_and_set_of_bases():
    rows = shift_rows({"A": measures()})
    assert len(rows) == 12
    assert rows[0]["features"] == "learned bases"
    assert (rows[5]["1 samples"], rows[5]["4 samples"]) == ("0.210", "0.310")


def test_bases_are_summed_up_and_listed_from_the_lowest():
    (row,) = summary_rows({"A": measures()})
    assert row == {
        "run": "A",
        "bases": "3",
        "both parts peak within a bin (%)": "67",
        "quadrature within 15 degrees (%)": "67",
        "median quadrature (degrees)": "80",
        "power within 2 bins, median (%)": "75",
    }
    rows = base_rows(measures())
    assert [row["basis"] for row in rows] == ["1", "0", "2"]
    assert rows[1]["peak of imaginary part (Hz)"] == "400"


@pytest.mark.slow
def test_figures_and_tables_are_written_for_what_is_measured(write_parameters):
    root = write_parameters('study = "signal"\n[sound]\nfolder = "x"\n[runs.A]\n[runs.B]\n', name="signal")
    parameters = load("signal", root)
    assert draw_signal_measures(parameters, root) == []
    store(parameters.for_run("A"), "measures", root, **measures())
    names = {path.name for path in draw_signal_measures(parameters, root)}
    figures = {f"{name}_A{ending}" for name in ("shifts", "frequencies") for ending in (".png", ".pdf")}
    assert names == figures | {f"{name}{e}" for name in ("bases_A", "shifts", "bases") for e in (".csv", ".tex")}
