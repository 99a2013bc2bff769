"""Every value that a parameter file may hold loads and runs, or is refused in one line that names its key."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.parameters import ROOT
from tests.faults.draws import Draw, draw_all
from tests.faults.tally import ONE_LINE, WHOLE
from tests.faults.tiny import TINY
from tests.faults.values import outcome_of_load

N_RUN = 8


@pytest.mark.parametrize("study", TINY)
def test_every_value_of_every_key_loads_or_is_refused_by_name(study, tmp_path):
    outcomes = [(str(draw), outcome_of_load(draw, study, tmp_path)) for draw in draw_all(study)]
    assert len(outcomes) >= 150
    assert [case for case in outcomes if case[1] not in (WHOLE, ONE_LINE)] == []


@pytest.mark.parametrize("study", TINY)
def test_values_of_several_keys_at_once_load_or_are_refused_by_name(study, tmp_path_factory):
    draws, root = [*draw_all(study)], tmp_path_factory.mktemp("root")

    @given(st.lists(st.sampled_from(draws), min_size=2, max_size=5))
    def load_them(chosen):
        together = Draw({key: value for draw in chosen for key, value in draw.values.items()})
        assert outcome_of_load(together, study, root) in (WHOLE, ONE_LINE)

    load_them()


@pytest.mark.slow
def test_what_loads_runs_or_is_refused_by_name():
    command = [sys.executable, "-m", "tests.faults.values", "signal", str(N_RUN)]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    rows = [line.split("|") for line in finished.stdout.splitlines() if line.startswith("| ")]
    assert {row[1].strip() for row in rows[2:] if row[5].strip() != "0"} == set(), finished.stdout
