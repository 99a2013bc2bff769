import base64
import io
import sys

import numpy as np
import pytest
import soundfile
from matplotlib import image
from pretty_midi import Instrument, Note, PrettyMIDI

from embed import step4_hear_themes as step
from embed.themes.page.sound import RATE_HZ, pack_waveform, read_piece
from embed.themes.page.write import describe_estimated, describe_reference, matrix_uri, shrink, write_pages
from pipeline import results
from pipeline.parameters import load
from tests.small_themes import DURATION_S, FOUND, HOP_S, N_MOMENTS, TEXT, store_small_themes


@pytest.fixture
def data_of(script_of):
    return lambda path: script_of(path.read_text(encoding="utf-8"), "data")


def brightness(data_uri):
    """Sum of the colours of each pixel, the top row first."""
    assert data_uri.startswith("data:image/png;base64,")
    return image.imread(io.BytesIO(base64.b64decode(data_uri.partition(",")[2])))[..., :3].sum(axis=-1)


def test_a_page_for_each_piece_and_an_index(theme_pages, data_of):
    run = theme_pages[-1].parent
    names = [path.relative_to(run).as_posix() for path in theme_pages[1:]]
    assert names == ["pages/a piece.html", "pages/#2.html", "themes.html"]
    pieces = data_of(theme_pages[-1])["pieces"]
    assert [brightness(piece.pop("image")).shape for piece in pieces] == 2 * [(N_MOMENTS, N_MOMENTS)]
    n_themes, none = {"lag": 2, "nieto_farbood": 1}, {"lag": 0, "nieto_farbood": 0}
    assert pieces == [
        {"name": "a piece", "page": "pages/a%20piece.html", "duration_s": DURATION_S, "n_themes": n_themes},
        {"name": "#2", "page": "pages/%232.html", "duration_s": DURATION_S, "n_themes": none},
    ]


def test_the_page_has_themes_and_reference_patterns_in_seconds(theme_pages, data_of):
    data = data_of(theme_pages[1])
    for extractor, themes in FOUND.items():
        expected = [{"strength": strength, "spans_s": list(map(list, spans))} for strength, spans in themes]
        assert data["estimated"][extractor] == expected
    assert data["reference"] == [{"strength": None, "spans_s": [[2.5, 3.5], [8.5, 9.5]]}]
    assert (data["shown"], data["index"], data["run"]) == ("lag", "../themes.html", "small, CQT")
    other = data_of(theme_pages[2])
    assert (other["estimated"], other["reference"]) == ({"lag": [], "nieto_farbood": []}, [])
    before = data_of(theme_pages[0])
    assert (before["estimated"], len(before["reference"])) == ({}, 1)
    assert before["hint"] == "python -m forecast.step6_find_themes small"


def test_the_matrix_stands_for_the_middles_of_its_patches(theme_pages, data_of):
    matrix = data_of(theme_pages[1])["matrix"]
    assert matrix["span_s"] == pytest.approx([2 * HOP_S, (N_MOMENTS + 2) * HOP_S])
    pixels = brightness(matrix["image"])[::-1]  # time upwards
    lag = round(6 / HOP_S)
    assert pixels[20, 20] == pixels[20 + lag, 20] == pixels[20, 20 + lag] == pixels.max()
    assert pixels[20, 50] == pixels.min()
    assert pixels.max() > 1 > pixels.min()


def test_the_page_sounds_as_the_recording_and_stays_small(theme_pages, script_of, data_of, rng):
    sound = script_of(theme_pages[1].read_text(encoding="utf-8"), "sound-data")
    samples, rate_hz = soundfile.read(io.BytesIO(base64.b64decode(sound)))
    assert rate_hz == RATE_HZ
    assert len(samples) / rate_hz == pytest.approx(DURATION_S, abs=1e-3)
    loudness = np.sqrt(np.mean(samples.reshape(-1, rate_hz // 2) ** 2, axis=1))
    assert np.flatnonzero(loudness > 0.1).tolist() == [4, 5, 16, 17]
    assert data_of(theme_pages[1])["duration_s"] == pytest.approx(DURATION_S)
    five_minutes = len(sound) / DURATION_S * 300 + len(matrix_uri(rng.normal(size=(900, 900)), 900))
    assert five_minutes < 5e6


def test_stale_themes_are_not_shown_and_a_stale_matrix_is_an_error(write_parameters, data_of):
    _, root = store_small_themes(write_parameters)
    write_parameters(TEXT + "lag.high = 0.7\n", "small")
    assert data_of(write_pages(load("small", root).for_run("CQT"), root)[0])["estimated"] == {}
    write_parameters(TEXT + "similarity.smooth_frames = 9\n", "small")
    with pytest.raises(
        ValueError, match=r"similarity.smooth_frames=5.*; run: python -m embed.step3_embed_themes small"
    ):
        write_pages(load("small", root).for_run("CQT"), root)


def test_a_single_piece_needs_no_index(write_parameters, data_of):
    parameters, root = store_small_themes(write_parameters)
    recordings = results.load(parameters, "recordings", root)
    for path in (root / "output").rglob("*.npz"):
        if path.name != "recordings.npz":
            path.unlink()
    results.save(parameters, "recordings", recordings | {"is_searched": np.array([True, False])}, root)
    results.save(parameters, "features", {}, root)
    results.save(parameters, "matrices", {"ours_0": np.eye(N_MOMENTS, dtype=np.float16)}, root)
    (path,) = write_pages(parameters, root)
    assert path.name == "a piece.html"
    assert data_of(path)["index"] is None


def test_a_recording_that_no_longer_exists_is_named(write_parameters):
    parameters, root = store_small_themes(write_parameters)
    (root / "music" / "hand made" / "#2.wav").unlink()
    with pytest.raises(FileNotFoundError, match=r"^[^\n]*#2\.wav: no longer exists[^\n]*step 1[^\n]*$"):
        write_pages(parameters, root)


def test_midi_is_rendered(tmp_path):
    midi = PrettyMIDI()
    midi.instruments.append(Instrument(0))
    midi.instruments[0].notes = [Note(100, 60, 0.5, 1.0)]
    midi.write(str(tmp_path / "one.mid"))
    sound = read_piece(tmp_path / "one.mid")
    samples, _ = soundfile.read(io.BytesIO(sound.mp3))
    assert len(samples) == round(sound.duration_s * RATE_HZ)
    assert np.flatnonzero(np.abs(samples) > 0.05)[0] / RATE_HZ == pytest.approx(0.5, abs=0.02)


def test_a_recording_that_changed_is_read_again(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, np.sin(np.arange(16000)), 16000)
    assert read_piece(path).duration_s == 1
    assert read_piece(path) is read_piece(path)
    soundfile.write(path, np.sin(np.arange(32000)), 16000)
    assert read_piece(path).duration_s == 2


def test_themes_are_in_their_order_and_occurrences_in_that_of_time_to_the_millisecond():
    score = np.stack([2.00001 + np.arange(5), np.arange(5), np.full(5, 60)], axis=1)
    (pattern,) = describe_reference([[[(2.0, 60.0)], [(0.0, 60.0)]]], score)
    assert pattern == {"strength": None, "spans_s": [[2, 3], [4, 5]]}
    arrays = {
        "lag_piece": np.array([3, 3, 1, 3]),
        "lag_theme": np.array([1, 0, 0, 1]),
        "lag_strength": np.array([0.1, 2.0, 9.0, 0.1]),
        "lag_starts_s": np.array([7.0, 1.0, 0.0, 4.00004]),
        "lag_ends_s": np.array([8.0, 2.0, 0.5, 5.0]),
    }
    assert describe_estimated(arrays, 3) == {
        "lag": [{"strength": 2.0, "spans_s": [[1, 2]]}, {"strength": 0.1, "spans_s": [[4, 5], [7, 8]]}]
    }
    assert describe_estimated(arrays, 0) == {"lag": []}


def test_a_large_matrix_is_shrunk_to_means_and_one_without_contrast_is_an_image_too():
    for value in (0.0, 1.0):
        assert np.unique(brightness(matrix_uri(np.full((5, 5), value), 99))).size == 1
    rows = np.arange(7.0)
    np.testing.assert_allclose(shrink(np.add.outer(rows, rows), 7), np.add.outer(rows, rows))
    middles = np.array([0.5, 2.5, 5.0])  # of rows 0 1, 2 3, 4 5 6
    np.testing.assert_allclose(shrink(np.add.outer(rows, 10 * rows), 3), np.add.outer(middles, 10 * middles))


def test_the_waveform_holds_the_peaks_of_each_column():
    samples = np.zeros(16000)
    samples[10], samples[11], samples[-1] = 0.5, -0.25, 0.1
    peaks = np.frombuffer(base64.b64decode(pack_waveform(samples)), np.int8).reshape(-1, 2)
    assert len(peaks) == 1600
    assert peaks[[1, -1]].tolist() == [[-64, 127], [0, 25]]
    assert not peaks[2:-1].any()
    assert not np.frombuffer(base64.b64decode(pack_waveform(np.zeros(5))), np.int8).any()


def test_the_step_prints_sizes_and_needs_no_tensorflow(write_parameters, capsys):
    parameters, root = store_small_themes(write_parameters)
    loaded = "tensorflow" in sys.modules
    paths = step.run("small", root)
    assert ("tensorflow" in sys.modules) == loaded
    printed = capsys.readouterr().out
    n_bytes = sum(path.stat().st_size for path in paths)
    assert f"CQT: {len(paths)} pages with themes; {n_bytes / 1e6:.1f} MB" in printed
    assert f"wrote {paths[-1].relative_to(root).as_posix()}" in printed
    assert paths[-1].name == "themes.html"
    results.path_of(parameters, "matrices", root).unlink()
    message = r"CQT/matrices.npz: does not exist; run: python -m embed.step3_embed_themes small"
    with pytest.raises(FileNotFoundError, match=message):
        step.run("small", root)
