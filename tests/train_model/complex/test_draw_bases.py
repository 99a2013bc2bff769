from types import SimpleNamespace

import numpy as np
import pytest

from pipeline import results
from pipeline.parameters import load
from tests.stored_results import store
from train_model.complex.basis_shapes import (
    angular_orders,
    clearness,
    cycles_of,
    power_of_images,
    power_of_patches,
    power_of_waves,
)
from train_model.complex.draw_bases import ImageView, PatchView, WindowView, draw_bases

SIDE = 20


def stored_form(bases):
    """Complex bases ``(n, ...)`` as training stores them."""
    flat = bases.reshape(len(bases), -1)
    return np.concatenate([flat.real, flat.imag]).astype(np.float32)


def circular_harmonics(orders):
    rows, columns = np.indices((SIDE, SIDE)) - (SIDE - 1) / 2
    return np.array([np.exp(1j * order * np.arctan2(-rows, columns)) for order in orders])


def waves(n_samples, cycles):
    return np.exp(2j * np.pi * np.asarray(cycles)[:, None] * np.arange(n_samples) / n_samples)


def run_of(**sections):
    """A run with what drawing asks of its parameters."""
    return SimpleNamespace(run="LEARNED", **{k: SimpleNamespace(**v) for k, v in sections.items()})


def test_the_order_of_a_circular_harmonic_is_found_either_way_round():
    assert angular_orders(power_of_images(circular_harmonics([0, 1, 3, -4, 7]))).tolist() == [0, 1, 3, 4, 7]


def test_the_order_of_a_real_rosette_is_found():
    assert angular_orders(power_of_images(circular_harmonics([5]).real + 0j)).tolist() == [5]


def test_the_cycles_of_a_patch_are_counted_in_both_directions():
    rows, columns = np.indices((16, 30))
    gratings = [np.exp(2j * np.pi * (a * rows / 16 + b * columns / 30)) for a, b in ((0, 0), (3, 0), (3, 4), (0, -6))]
    assert cycles_of(np.array(gratings)) == pytest.approx([0, 3, 5, 6])


def test_what_has_one_frequency_is_clear_and_noise_is_not(rng):
    nothing = np.zeros((1, 512))
    several = np.concatenate([waves(512, [9]), waves(512, [9]) * np.hanning(512), waves(512, [9]).real, nothing])
    assert clearness(power_of_waves(several)) == pytest.approx([1, 1, 0.5, 0], abs=1e-3)
    assert clearness(power_of_waves(rng.normal(size=(3, 512)) + 0j)).max() < 0.1


def test_gratings_and_rosettes_are_clear_if_their_parts_are_in_quadrature(rng):
    rows, columns = np.indices((16, 30))
    grating = np.exp(2j * np.pi * (3 * rows / 16 - 4 * columns / 30))
    assert clearness(power_of_patches(np.array([grating, grating.imag]))) == pytest.approx([1, 0.5])
    rosette = circular_harmonics([-4])[0]
    fractions = clearness(power_of_images(np.array([rosette, rosette.real])), near_bins=0)
    assert fractions == pytest.approx([1, 0.5], abs=0.05)


def test_the_clearest_images_come_first_with_parts_side_by_side(rng):
    noise = rng.normal(size=(SIDE, SIDE, 2)) @ [1, 1j]
    images = [noise, circular_harmonics([3])[0] + noise, circular_harmonics([0])[0]]
    figure = ImageView(run_of(images={"side_pixels": SIDE})).draw_bases(np.reshape(images, (3, -1)))
    (axes,) = figure.axes
    assert [text.get_text()[:1] for text in axes.texts[:2]] == ["0", "3"]
    assert axes.texts[0].get_text() == "0, 100 %"
    sheet = np.ma.filled(axes.images[0].get_array(), np.nan)
    columns = np.flatnonzero(np.isfinite(sheet).any(axis=0))
    first, second = columns[:SIDE], columns[SIDE : 2 * SIDE]
    assert second[0] - first[-1] > 1
    rows = np.flatnonzero(np.isfinite(sheet[:, first[0]]))
    assert sheet[np.ix_(rows, first)] == pytest.approx(np.ones((SIDE, SIDE)), abs=1e-6)
    assert sheet[np.ix_(rows, second)] == pytest.approx(np.zeros((SIDE, SIDE)), abs=1e-6)


def test_patches_have_frequency_upwards_and_time_to_the_right():
    patch = np.zeros((8, 24), complex)
    patch[2, 5] = 1  # frame 2, bin 5
    parameters = run_of(
        model={"patch_frames": 8}, cqt={"hop_samples": 100, "sample_rate_hz": 1000, "bins_per_octave": 12}
    )
    figure = PatchView(parameters).draw_bases(patch.reshape(1, -1))
    sheet = np.ma.filled(figure.axes[0].images[0].get_array(), np.nan)
    assert np.argwhere(sheet == 1).tolist() == [[len(sheet) - 1 - 5, 2]]
    assert "each 0.8 s from left to right, 2 octaves upwards" in figure.get_suptitle()


def test_waves_go_from_the_lowest_to_the_highest_with_their_frequencies():
    figure = WindowView(run_of(sound={"sample_rate_hz": 6400})).draw_bases(waves(64, [9, 2, 5]))
    panels = [axes for axes in figure.axes if axes.axison]
    assert [axes.get_title() for axes in panels] == ["200 Hz", "500 Hz", "900 Hz"]
    real, imaginary = panels[0].get_lines()
    assert real.get_ydata() == pytest.approx(waves(64, [2])[0].real)
    assert imaginary.get_ydata() == pytest.approx(waves(64, [2])[0].imag)
    assert real.get_xdata()[-1] == pytest.approx(63 / 6.4)


TEXTS = {
    "digits": ('study = "digits"\n[images]\nside_pixels = 20\n[runs.A]\n[runs.B]\n', circular_harmonics(range(60))),
    "signal": ('study = "signal"\n[sound]\nfolder = "x"\n[runs.A]\n[runs.B]\n', waves(512, range(30))),
    "themes": (
        'study = "themes"\n[pieces]\nfolder = "x"\n[cqt]\nn_bins = 24\n[training]\npitch_shift_bins = 4\n'
        '[runs.A]\n[runs.B]\n[runs.CQT]\nmodel.features = "cqt"\n',
        waves(32 * 24, range(40)),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("study", TEXTS)
def test_a_figure_for_each_run_that_is_trained(write_parameters, study):
    text, bases = TEXTS[study]
    root = write_parameters(text, name=study)
    parameters = load(study, root)
    assert draw_bases(parameters, root) == []
    run = parameters.for_run("A")
    store(run, "history", root, bases=stored_form(bases))
    paths = draw_bases(parameters, root)
    assert paths == [results.figure_path(run, f"bases_A{ending}", root) for ending in (".png", ".pdf")]
    assert all(path.is_file() for path in paths)
