import numpy as np
import pytest

from evaluate import step8_draw_timbre
from evaluate.timbre.draw_example import SPECTRUM_SAMPLES, draw_spectra, loudest_s, sounds_of_figures, spectrum_db
from evaluate.timbre.draw_pitch import draw_curves
from evaluate.timbre.example import Example
from pipeline.parameters import load
from tests.drawn import curves_of
from tests.evaluate.timbre.test_methods import store_outputs, store_sounds
from tests.small_measures import small_measures
from tests.small_transfers import RATE_HZ, TEXT
from tests.stored_results import store


def sine(frequency_hz, duration_s=1.0):
    return np.sin(2 * np.pi * frequency_hz * np.arange(round(duration_s * RATE_HZ)) / RATE_HZ)


def example_of(n_methods):
    outputs = {f"method{index}": sine(500) for index in range(n_methods)}
    return Example("voice", "bell", sine(1000), sine(250, 0.6), outputs, RATE_HZ)


@pytest.mark.parametrize(("n_methods", "n_panels"), [(1, [3]), (6, [8]), (7, [8, 3])])
def test_each_figure_has_source_and_target_and_at_most_eight_panels(n_methods, n_panels):
    found = list(sounds_of_figures(example_of(n_methods), 0.25))
    assert [len(sounds) for sounds in found] == n_panels
    for sounds in found:
        first, *outputs, last = sounds
        assert (first, last) == ("source: voice", "target: bell")
        np.testing.assert_array_equal(sounds[first], sine(1000)[RATE_HZ // 4 :])
        assert {len(sounds[name]) for name in outputs} == {3 * RATE_HZ // 4}
        assert len(sounds[last]) == round(0.6 * RATE_HZ)


def test_spectrum_peaks_in_the_bin_of_a_sine_at_its_time():
    samples = np.concatenate([sine(1000), 0.01 * sine(2000)])
    for time_s, frequency_hz in ((0.5, 1000), (1.5, 2000)):
        levels_db = spectrum_db(samples, time_s, RATE_HZ)
        assert levels_db.argmax() == frequency_hz * SPECTRUM_SAMPLES / RATE_HZ
        assert levels_db.max() == 0
    assert 0.2 < loudest_s(samples, RATE_HZ) < 0.8
    assert 1.2 < loudest_s(samples[::-1], RATE_HZ) < 1.8


def test_each_output_is_drawn_over_the_source_and_silence_is_low():
    example = example_of(2)
    example.outputs["method1"][:] = 0
    first, second = draw_spectra(example, None, {"method0": "tab:red", "method1": "tab:blue"}).axes
    for axes in (first, second):
        khz, source_db = curves_of(axes)["source: voice"].get_data()
        assert khz[source_db.argmax()] == 1.0
    khz, output_db = next(line for line in first.get_lines() if line.get_color() == "tab:red").get_data()
    assert abs(khz[output_db.argmax()] - 0.5) < RATE_HZ / SPECTRUM_SAMPLES / 1000
    assert next(line for line in second.get_lines() if line.get_color() == "tab:blue").get_ydata().max() < -90


def test_pitch_is_drawn_in_semitones_over_the_excerpt():
    measures = small_measures(octave=2.0)
    (axes,) = draw_curves({"net": (measures, 1)}, (0.25, 0.5), {"net": "tab:red"}).axes
    source, output = axes.get_lines()
    assert source.get_xdata().tolist() == [0.25, 0.5]
    np.testing.assert_array_equal(source.get_ydata(), [np.nan, 57])
    np.testing.assert_array_equal(output.get_ydata(), [np.nan, 69])
    assert axes.get_title(loc="left") == "net: 75 % kept"
    assert axes.yaxis.get_major_formatter()(69, None) == "A4"


@pytest.mark.slow
def test_step_draws_what_is_there(write_parameters):
    root = write_parameters(TEXT + '[figures]\nsource = "reed"\ncompare = [["hybrid", "same"]]\n', "small")
    parameters = load("small", root)
    store_sounds(parameters, root)
    assert {path.stem for path in step8_draw_timbre.run("small", root)} == {"sounds"}
    for run in ("hybrid", "same"):
        store_outputs(parameters.for_run(run), root, 1.0)
        store(parameters.for_run(run), "measures", root, **small_measures().to_arrays())
    names = {path.name for path in step8_draw_timbre.run("small", root)}
    drawn = ("sounds", "spectrograms", "spectra", "pitch", "timbre_and_pitch", "notes")
    written = ("methods", "differences", "targets")
    assert names == {f"{n}.{end}" for n in drawn for end in ("png", "pdf")} | {
        f"{n}.{end}" for n in written for end in ("csv", "tex")
    } | {"listen.html"}
