from typing import get_args

import pytest
from matplotlib.colors import to_rgb

from pipeline.figures import METHOD_COLOURS, METHOD_NAMES
from pipeline.sections.forecasting import METHODS, NETWORKS, Forecast, Method
from pipeline.studies.song import RESULTS


@pytest.mark.parametrize("known", [METHOD_NAMES, METHOD_COLOURS, get_args(Method), Forecast().methods])
def test_every_method_is_known_wherever_methods_are_listed(known):
    assert list(known) == list(METHODS)


def test_no_two_methods_share_a_name_or_a_colour():
    assert len(set(METHOD_NAMES.values())) == len(METHODS)
    assert len({to_rgb(colour) for colour in METHOD_COLOURS.values()}) == len(METHODS)


def test_every_method_has_its_own_files():
    kinds = [f"{what}_{method}" for what in ("forecast", "divergence") for method in METHODS]
    assert len({RESULTS[kind].path for kind in kinds}) == 2 * len(METHODS)


def test_networks_are_methods_with_a_model_of_the_same_name():
    assert all(METHODS[network] == ((), (network,)) for network in NETWORKS)
    assert all(RESULTS[network].path == f"{{run}}/{network}.keras" for network in NETWORKS)
