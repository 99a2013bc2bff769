import numpy as np
import pytest

from forecast.timbre.page import rows
from forecast.timbre.page.rows import describe_measures, read_rows
from pipeline import results
from pipeline.parameters import load
from tests.forecast.timbre.page.conftest import HOSTILE, RATE_HZ, TEXT, tone
from tests.stored_results import store

WITHOUT_BLEND = TEXT.split("[runs.blend]")[0]


def columns_of(cells):
    return [cell.column for cell in cells]


def test_a_row_is_the_input_what_each_run_made_of_it_and_the_target_all_as_long(tones):
    cells = read_rows(*tones)[0]["bell", "voice", False]
    assert columns_of(cells) == ["input", "plain", "again", "mosaic", "target"]
    outputs = [tone(run, 2.0, 0.4) for run in ("plain", "again", "mosaic")]  # the second of each run: 0.8 / 2
    learned = np.tile(tone("bell", 1.0), 2)  # repeated
    for cell, expected in zip(cells, [tone("voice", 2.0), *outputs, learned], strict=True):
        np.testing.assert_array_equal(cell.samples, expected)


def test_each_target_has_the_sources_and_what_is_held_out_of_it_a_blend_neither_that_nor_a_target(tones):
    by_row, about = read_rows(*tones)
    for target in ("reed", "bell", "reed_bell"):
        held_out = [] if target == "reed_bell" else [(target, target, True)]
        assert [row for row in by_row if row.target == target] == [
            (target, "voice", False),
            (target, HOSTILE, False),
            *held_out,
        ]
    np.testing.assert_array_equal(by_row["reed", "reed", True][0].samples, tone("reed", 0.5))
    assert columns_of(by_row["reed_bell", "voice", False]) == ["input", "blend"]
    assert about.startswith("At most 10.0 s of each sound, 2 of 2 sources, 2 of 2 targets, 4 of 4 runs")


@pytest.mark.parametrize(
    ("name", "value", "durations_s", "about"),
    [
        ("MAX_S", 1.5, [1.5, 1.5, 0.5] * 2, "At most 1.5 s of each sound, 2 of 2 sources, 2 of 2 targets, 3 of 3 runs"),
        ("MAX_TOTAL_S", 24, [0.8, 0.8, 0.5] * 2, "At most 0.8 s of"),  # 2 targets with 3 rows of 5 sounds
        ("MAX_SOURCES", 1, [2, 0.5] * 2, "1 of 2 sources, 2 of 2 targets"),
        ("MAX_TARGETS", 1, [2, 3, 0.5], "2 of 2 sources, 1 of 2 targets"),
    ],
)
def test_what_would_be_too_large_is_left_out(store_tones, monkeypatch, name, value, durations_s, about):
    monkeypatch.setattr(rows, name, value)
    by_row, said = read_rows(*store_tones(WITHOUT_BLEND))
    in_order = sorted(by_row.items(), key=lambda item: item[0].target, reverse=True)
    assert [len(cell.samples) / RATE_HZ for _, cells in in_order for cell in cells[:1]] == durations_s
    assert all(len({len(cell.samples) for cell in cells}) == 1 for cells in by_row.values())
    assert about in said


def test_the_choice_of_the_figures_comes_first_and_of_seeds_the_first_run(store_tones, monkeypatch):
    monkeypatch.setattr(rows, "MAX_SOURCES", 1)
    monkeypatch.setattr(rows, "MAX_TARGETS", 1)
    figures = f'figures = {{ target = "bell", source = "{HOSTILE}", groups = {{ net = ["plain", "again"] }} }}\n'
    by_row, about = read_rows(*store_tones(figures + TEXT))
    assert [*by_row] == [("bell", HOSTILE, False), ("bell", "bell", True), ("reed_bell", HOSTILE, False)]
    assert columns_of(by_row["bell", HOSTILE, False]) == ["input", "plain", "mosaic", "target"]
    assert "3 of 4 runs" in about


def test_only_runs_whose_outputs_can_be_used_are_there(store_tones):
    parameters, root = store_tones(runs=["plain", "mosaic"])
    toml = root / "parameters" / "tones.toml"
    toml.write_text(TEXT.replace('kind = "mosaic"', 'kind = "envelope"'), encoding="utf-8")
    for cells in read_rows(load("tones", root), root)[0].values():
        assert columns_of(cells) == ["input", "plain", "target"]
    toml.write_text("transfer.weight = 0.5\n" + TEXT, encoding="utf-8")
    with pytest.raises(ValueError, match=r"plain/transfers.npz: was made with transfer.weight=1.0.*step6_transfer"):
        read_rows(load("tones", root), root)
    results.path_of(parameters, "sources", root).unlink()
    with pytest.raises(FileNotFoundError, match=r"sources.npz: does not exist; run: python -m .*step1_save_timbre"):
        read_rows(parameters, root)


def test_measures_are_there_once_there_are_any(store_tones):
    parameters, root = store_tones(runs=["plain"])
    arrays = {
        "note_outputs": [0, 0, 1, 0],
        "note_lost": [True, False, True, True],
        "distance_db": [0.2, np.nan, 5, 0, 0, 0],
    }
    store(parameters.for_run("plain"), "measures", root, **arrays)
    cells = read_rows(parameters, root)[0]["reed", "voice", False]
    assert [cell.notes for cell in cells] == [(), ("distance 0.2 dB", "2 of 3 notes lost"), ()]
    measures = {name: np.array(array) for name, array in arrays.items()}
    assert describe_measures(measures, 1) == ("1 of 1 notes lost",)
    assert describe_measures(measures, 2) == ("distance 5.0 dB",)
