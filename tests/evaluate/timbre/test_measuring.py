from dataclasses import replace

import numpy as np
import pretty_midi
import pytest

from evaluate import step7_measure_timbre
from evaluate.timbre.measures import describe, load_measures
from evaluate.timbre.measuring import measure_run
from forecast.timbre.transfer import transfer_run
from pipeline import results
from pipeline.parameters import load
from save_dataset.sound.synthesiser import render
from tests.small_transfers import RATE_HZ, TEXT, small_sources, small_targets

STARTS_S = np.array([0.0, 0.4, 0.8, 1.2, 1.2])
PITCHES = np.array([55, 67, 60, 60, 64])


def sources_with_midi():
    """The small sources, and one that is rendered: three notes and a chord."""
    sources = small_sources()
    instrument = pretty_midi.Instrument(73)
    instrument.notes = [pretty_midi.Note(90, int(p), s, s + 0.4) for s, p in zip(STARTS_S, PITCHES, strict=True)]
    midi = pretty_midi.PrettyMIDI()
    midi.instruments.append(instrument)
    samples = np.concatenate([sources.samples, render(midi, sample_rate_hz=RATE_HZ)])
    return replace(
        sources,
        names=np.append(sources.names, "tune"),
        samples=samples,
        ends=np.append(sources.ends, len(samples)),
        note_sources=np.full(5, 2),
        note_starts_s=STARTS_S,
        note_ends_s=STARTS_S + 0.4,
        note_pitches=PITCHES,
    )


@pytest.fixture(scope="module")
def stored(write_session_parameters):
    """A root with targets, sources, and the transfers of two runs."""
    root = write_session_parameters(TEXT, "measured")
    parameters, targets, sources = load("measured", root), small_targets(), sources_with_midi()
    results.save(parameters, "targets", targets.to_arrays(), root)
    results.save(parameters, "sources", sources.to_arrays(), root)
    for run in parameters.for_runs(["same", "hybrid"]):
        results.save(run, "transfers", transfer_run(run, targets, sources).to_arrays(), root)
    return root


@pytest.fixture(scope="module")
def measured(stored):
    step7_measure_timbre.run("measured", stored, runs=["same", "hybrid"])
    return {run: load_measures(load("measured", stored).for_run(run), stored) for run in ("same", "hybrid")}


pytestmark = pytest.mark.slow


def test_identity_keeps_everything(measured):
    same = measured["same"]
    assert not same.note_lost.any()
    np.testing.assert_allclose(same.note_cents, 0, atol=25)
    np.testing.assert_allclose(same.distance_db, same.source_distance_db, rtol=1e-3)
    np.testing.assert_allclose(same.reconstruction_db[same.held_out], 0, atol=0.01)
    np.testing.assert_allclose(same.level_error_db, 0, atol=0.01)
    np.testing.assert_allclose(same.source_onset_correlation, 1, atol=1e-3)
    assert (same.pitch_kept > 0.98).all()


def test_rows_are_those_of_the_outputs(measured):
    same = measured["same"]
    is_tune = same.source_names == "tune"
    assert np.isfinite(same.reconstruction_db).tolist() == same.held_out.tolist()
    assert np.isfinite(same.chord_kept).tolist() == is_tune.tolist()
    assert (same.chord_kept[is_tune] == 1).all()
    assert same.note_outputs.tolist() == np.repeat(np.flatnonzero(is_tune), 3).tolist()
    assert same.note_pitches.tolist() == [55, 67, 60] * 2  # the notes of the chord do not sound alone
    assert same.note_outside.tolist() == [False, True, True, True, True, True]  # 200 and 320 Hz are learned; 55 is G3
    curve, source = same.curves(int(np.flatnonzero(is_tune)[0]))
    assert curve.shape == source.shape == (1 + int(2.1 * RATE_HZ) // 128,)


def test_target_is_nearer_in_what_is_held_out_of_it(measured):
    same = measured["same"]
    assert same.distance_db[same.held_out].max() < 0.3 * same.distance_db[~same.held_out].min()


def test_longer_outputs_are_measured_as_far_as_their_sources_go(measured):
    np.testing.assert_array_equal(measured["hybrid"].curve_ends, measured["same"].curve_ends)
    assert np.isfinite(measured["hybrid"].distance_db).all()


def test_gain_of_an_output_that_would_have_clipped_is_undone(stored, tmp_path):
    parameters = load("measured", stored).for_run("same")
    targets, sources = small_targets(), sources_with_midi()
    outputs = transfer_run(parameters, targets, sources)
    softer = replace(outputs, samples=outputs.samples / 4, gains=outputs.gains / 4)
    first, second = (measure_run(parameters, each, targets, sources, tmp_path) for each in (outputs, softer))
    np.testing.assert_allclose(second.reconstruction_db, first.reconstruction_db, atol=1e-4)


def test_words_name_what_is_lost(measured):
    same = measured["same"]
    lost = replace(same, note_lost=np.array([False, True, False, False, True, True]))
    assert describe(lost).startswith("3 of 6 notes lost their pitch (50.0 %), 3 of 5 beyond the pitches that are ")
    assert describe(replace(same, note_lost=np.zeros(0, bool), note_outside=np.zeros(0, bool))).startswith("distance")


def test_what_is_measured_is_not_measured_again(stored, measured, capsys):
    assert step7_measure_timbre.run("measured", stored, runs=["same"]) == []
    assert len(step7_measure_timbre.run("measured", stored, runs=["same"], force=True)) == 1
    printed = capsys.readouterr().out
    assert "3 of 5 notes sound alone for 0.1 s at least: these are measured" in printed
    assert "same: 0 of 6 notes lost their pitch (0.0 %)" in printed


def test_missing_transfers_stop_it_before_anything_is_written(stored, measured):
    path = results.path_of(load("measured", stored).for_run("same"), "measures", stored)
    before = path.stat().st_mtime_ns
    message = r"pieces/transfers.npz: does not exist; run: python -m forecast.step6_transfer_timbre measured$"
    with pytest.raises(FileNotFoundError, match=message):
        step7_measure_timbre.run("measured", stored, runs=["same", "pieces"], force=True)
    assert path.stat().st_mtime_ns == before
