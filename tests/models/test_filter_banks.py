"""Filter banks: they do not expand, cross at half power, and are where they should be."""

import numpy as np
import pytest

from models.filter_banks import (
    frequency_banks,
    littlewood_paley,
    low_pass,
    morlet,
    morlet_bank,
    octave_centres,
    relative_width,
    response,
    two_sided_bank,
)


@pytest.mark.parametrize("average_s", [None, 0.5, 0.05])
@pytest.mark.parametrize("filters_per_octave", [1, 12])
def test_a_bank_does_not_expand_and_is_tight_somewhere(average_s, filters_per_octave):
    phi = low_pass(2.0, average_s)
    centres = octave_centres(400.0, 2 / (average_s or 2.0), filters_per_octave)
    bank = morlet_bank(centres, filters_per_octave, phi, 2000)
    total = np.square(response(phi, 2001)) + littlewood_paley(bank, 2001)
    assert total.max() == pytest.approx(1, abs=1e-6)
    inside = (np.arange(2001) > 1.2 * centres[0]) & (np.arange(2001) < centres[-1])
    assert total[inside].min() > 0.4


def test_neighbours_cross_at_half_power():
    ratio = 2 ** (1 / 12)
    crossing = 1000 + (1000 * ratio - 1000) / (1 + ratio)
    values = [morlet(np.array([crossing]), f, relative_width(12) * f) for f in (1000, 1000 * ratio)]
    np.testing.assert_allclose(values, np.sqrt(0.5), rtol=1e-6)


def test_wavelets_have_no_mean_and_rise_by_octaves():
    np.testing.assert_allclose(octave_centres(8.0, 1.0), [1, 2, 4, 8])
    assert len(octave_centres(55 * 2 ** (83 / 12), 55, 12)) == 84
    assert morlet(np.zeros(1), 3.0, 1.2) == 0
    assert all(psi.start >= 1 for psi in morlet_bank(np.array([1.0, 2.0]), 1, low_pass(1.0), 50))


@pytest.mark.parametrize(("samples_per_octave", "average_octaves"), [(12, 2.0), (16, 2.0), (1, 4.0)])
def test_banks_along_log_frequency_do_not_expand(samples_per_octave, average_octaves):
    (_, average), *bands = two_sided_bank(samples_per_octave, average_octaves)
    total = np.square(average) + sum(np.square(hat) + np.square(np.roll(hat[::-1], 1)) for _, hat in bands)
    assert total.max() == pytest.approx(1, abs=1e-6)
    assert average[0] == 1
    assert all(abs(hat[0]) < 1e-6 for _, hat in bands)


def test_a_filter_across_octaves_is_one_along_rows_of_octave_and_chroma(rng):
    octaves, chroma = 7, 12
    rows = rng.standard_normal((octaves, chroma))
    joint, *spiral = frequency_banks(octaves * chroma, chroma, spiral=True)
    along = joint[-1]  # of the highest quefrency, at every position
    average = np.fft.ifft(two_sided_bank(1, 4.0)[0][1]).real
    longer = np.fft.ifft(two_sided_bank(12, 2.0)[-1][1])
    lags = np.arange(-40 * chroma, (octaves + 40) * chroma)[:, None] - np.arange(octaves * chroma)
    filtered = (longer[lags] @ rows.ravel()).reshape(-1, chroma)  # beyond the ends of the axis, too
    weights = average[np.arange(octaves)[:, None] + 40 - np.arange(len(filtered))]
    expected = (weights @ filtered).ravel()
    np.testing.assert_allclose(spiral[0][-1].kernel @ rows.ravel(), expected, atol=1e-5)
    assert along.kernel.shape == (84, 84)
