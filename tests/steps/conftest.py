import matplotlib
import pytest

import pipeline.figures  # noqa: F401  # whose style is changed below
from tests.done_steps import QUICK_STYLE


@pytest.fixture(scope="module", autouse=True)
def quick_style():
    """Figures are drawn coarse and with fonts that are quickly written."""
    with matplotlib.rc_context(QUICK_STYLE):
        yield
