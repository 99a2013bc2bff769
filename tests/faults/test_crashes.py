"""A training of each study that is killed, out of room or not alone, and done again, ends as if it was undisturbed."""

import matplotlib
import pytest

from pipeline.lock import lock
from tests.done_steps import QUICK_STYLE
from tests.faults.crashes import Disturbed, do
from tests.faults.disk import BEGUN, HALF, RENAMED
from tests.faults.tally import WHOLE
from tests.faults.tiny import TINY, begin

pytestmark = pytest.mark.slow


@pytest.fixture(params=TINY)
def training(request, tmp_path):
    """Step 2 of a study, done undisturbed."""
    root = tmp_path / "root"
    with matplotlib.rc_context(QUICK_STYLE):
        for module in begin(request.param, root):
            if ".step2_" in module:
                yield Disturbed(root, module, tmp_path)
                return
            assert do(root, module) == ""


def test_whatever_happens_at_a_write_of_an_epoch_the_same_command_ends_with_the_same_weights(training):
    numbers = {name: [number for number, path in training.paths.items() if path and path.name == name]
               for name in ("state.npz", "history.npz")}  # fmt: skip
    second, history = numbers["state.npz"][1], numbers["history.npz"][-1]
    outcomes = {
        "killed in an epoch": training.killed((second, HALF)),
        "killed after the history": training.killed((history, RENAMED)),
        "killed after the model": training.killed((history + 1, RENAMED)),
        "full disk": training.out_of_room((second, BEGUN), 0.5),
    }
    assert {case: outcome for case, outcome in outcomes.items() if outcome != WHOLE} == {}
    with lock(training.paths[history].parent):
        assert "another process is at work here" in do(training.root, training.module)
