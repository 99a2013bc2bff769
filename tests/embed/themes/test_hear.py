import base64
import io
import json
import re
import sys

import numpy as np
import pytest
import soundfile
from matplotlib import image
from pretty_midi import Instrument, Note, PrettyMIDI

from embed import step4_hear_themes as step
from embed.pages.html import digest
from embed.themes.hear import write_pages
from embed.themes.page.build import build_index, build_page
from embed.themes.page.describe import describe_found, describe_known
from embed.themes.page.matrix_picture import describe_matrix, shrink, stretch
from embed.themes.page.sound import RATE_HZ, pack_waveform, read_piece
from pipeline import results
from pipeline.parameters import load
from tests.small_themes import DURATION_S, FOUND, HOP_S, N_MOMENTS, TEXT, store_small_themes


def script(text, name):
    return re.search(rf'<script [^>]*id="{name}">(.*?)</script>', text, re.DOTALL).group(1)


def data_of(path):
    return json.loads(script(path.read_text(encoding="utf-8"), "data"))


def brightness(data_uri):
    """Sum of the colours of each pixel, the top row first."""
    assert data_uri.startswith("data:image/png;base64,")
    return image.imread(io.BytesIO(base64.b64decode(data_uri.partition(",")[2])))[..., :3].sum(axis=-1)


def small_beats(n_notes=10):
    """A score that begins at beat -1, 2 s into the recording; two beats a second."""
    beats = np.arange(n_notes) - 1.0
    return np.stack([2 + np.arange(n_notes) / 2, beats, np.full(n_notes, 60)], axis=1)


@pytest.fixture
def written(write_parameters):
    parameters, root = store_small_themes(write_parameters)
    return write_pages(parameters, root)


def test_a_page_for_each_piece_and_one_that_leads_to_them(written):
    run = written[-1].parent
    assert [path.relative_to(run).as_posix() for path in written] == [
        "pages/a piece.html",
        "pages/#2.html",
        "themes.html",
    ]
    pieces = data_of(written[-1])["pieces"]
    assert [(piece["name"], piece["page"]) for piece in pieces] == [
        ("a piece", "pages/a%20piece.html"),
        ("#2", "pages/%232.html"),
    ]
    assert pieces[0]["n_themes"] == {"lag": 2, "nieto_farbood": 1}
    assert pieces[1]["n_themes"] == {"lag": 0, "nieto_farbood": 0}
    assert pieces[0]["duration_s"] == DURATION_S
    assert brightness(pieces[0]["image"]).shape == (N_MOMENTS, N_MOMENTS)


def test_the_page_holds_themes_and_known_patterns_in_seconds(written):
    data = data_of(written[0])
    for extractor, themes in FOUND.items():
        expected = [{"strength": strength, "spans_s": list(map(list, spans))} for strength, spans in themes]
        assert data["found"][extractor] == expected
    assert data["known"] == [{"strength": None, "spans_s": [[2.5, 3.5], [8.5, 9.5]]}]
    assert (data["shown"], data["index"], data["run"]) == ("lag", "../themes.html", "small, CQT")
    other = data_of(written[1])
    assert other["found"] == {"lag": [], "nieto_farbood": []}
    assert other["known"] == []


def test_the_matrix_stands_for_the_middles_of_its_patches(written):
    matrix = data_of(written[0])["matrix"]
    assert matrix["span_s"] == pytest.approx([2 * HOP_S, (N_MOMENTS + 2) * HOP_S])
    pixels = brightness(matrix["image"])[::-1]  # time upwards
    lag = round(6 / HOP_S)
    assert pixels[20, 20] == pixels[20 + lag, 20] == pixels[20, 20 + lag] == pixels.max()
    assert pixels[20, 50] == pixels.min()
    assert pixels.max() > 1 > pixels.min()


def test_the_page_sounds_as_the_recording(written):
    text = written[0].read_text(encoding="utf-8")
    samples, rate_hz = soundfile.read(io.BytesIO(base64.b64decode(script(text, "sound-data"))))
    assert rate_hz == RATE_HZ
    assert len(samples) / rate_hz == pytest.approx(DURATION_S, abs=1e-3)
    loudness = np.sqrt(np.mean(samples.reshape(-1, rate_hz // 2) ** 2, axis=1))
    assert np.flatnonzero(loudness > 0.1).tolist() == [4, 5, 16, 17]
    assert data_of(written[0])["duration_s"] == pytest.approx(DURATION_S)


def test_a_sound_of_five_minutes_and_its_matrix_stay_small(written):
    sound = script(written[0].read_text(encoding="utf-8"), "sound-data")
    matrix = np.random.default_rng(0).normal(size=(900, 900))
    picture = describe_matrix(matrix, patch_frames=32, hop_s=0.09, most_px=900)["image"]
    assert len(sound) / DURATION_S * 300 + len(picture) < 5e6


def test_without_themes_the_page_says_which_step_finds_them(write_parameters):
    parameters, root = store_small_themes(write_parameters, with_themes=False)
    data = data_of(write_pages(parameters, root)[0])
    assert data["found"] == {}
    assert data["hint"] == "python -m forecast.step6_find_themes small"
    assert len(data["known"]) == 1


def test_themes_that_are_out_of_date_are_not_shown(write_parameters):
    _, root = store_small_themes(write_parameters)
    write_parameters(TEXT + "lag.high = 0.7\n", "small")
    assert data_of(write_pages(load("small", root).for_run("CQT"), root)[0])["found"] == {}


def test_a_matrix_that_is_out_of_date_is_an_error(write_parameters):
    _, root = store_small_themes(write_parameters)
    write_parameters(TEXT + "similarity.smooth_frames = 9\n", "small")
    with pytest.raises(
        ValueError, match=r"similarity.smooth_frames=5.*; run: python -m embed.step3_embed_themes small"
    ):
        write_pages(load("small", root).for_run("CQT"), root)


def test_a_single_piece_needs_no_page_that_leads_to_it(write_parameters):
    parameters, root = store_small_themes(write_parameters)
    recordings = results.load(parameters, "recordings", root)
    for path in (root / "output").rglob("*.npz"):
        if path.name != "recordings.npz":
            path.unlink()
    results.save(parameters, "recordings", recordings | {"is_searched": np.array([True, False])}, root)
    store_matrix = {"ours_0": np.eye(N_MOMENTS, dtype=np.float16)}
    results.save(parameters, "features", {}, root)
    results.save(parameters, "matrices", store_matrix, root)
    (path,) = write_pages(parameters, root)
    assert path.name == "a piece.html"
    assert data_of(path)["index"] is None


def test_a_recording_that_is_no_longer_there_is_named(write_parameters):
    parameters, root = store_small_themes(write_parameters)
    (root / "music" / "hand made" / "#2.wav").unlink()
    with pytest.raises(FileNotFoundError, match=r"^[^\n]*#2\.wav: is no longer there[^\n]*step 1[^\n]*$"):
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


def test_a_known_pattern_ends_where_the_score_goes_on_or_soon_after_its_last_note():
    score = small_beats()
    patterns = [[[(0.0, 60.0), (2.0, 60.0)], [(6.0, 60.0), (8.0, 60.0)]]]
    assert describe_known(patterns, score) == [{"strength": None, "spans_s": [[2.5, 4.0], [5.5, 8.0]]}]
    assert describe_known(patterns, np.zeros((0, 3))) == []


def test_chords_and_changes_of_tempo_are_known_patterns_too():
    score = np.array([(1.0, 0, 60), (1.0, 0, 64), (2.0, 1, 60), (4.0, 2, 60), (4.0, 2, 67), (6.0, 3, 60)])
    (known,) = describe_known([[[(0.0, 64.0), (1.0, 60.0)], [(1.0, 60.0), (2.0, 67.0)]]], score)
    assert known["spans_s"] == [[1.0, 3.5], [2.0, 5.5]]


def test_themes_are_in_their_order_and_occurrences_in_that_of_time():
    arrays = {
        "lag_piece": np.array([3, 3, 1, 3]),
        "lag_theme": np.array([1, 0, 0, 1]),
        "lag_strength": np.array([0.1, 2.0, 9.0, 0.1]),
        "lag_starts_s": np.array([7.0, 1.0, 0.0, 4.00004]),
        "lag_ends_s": np.array([8.0, 2.0, 0.5, 5.0]),
    }
    assert describe_found(arrays, 3) == {
        "lag": [{"strength": 2.0, "spans_s": [[1, 2]]}, {"strength": 0.1, "spans_s": [[4, 5], [7, 8]]}]
    }
    assert describe_found(arrays, 0) == {"lag": []}
    assert describe_found({}, 0) == {}


def test_a_large_matrix_is_shrunk_to_means():
    rows = np.arange(7.0)
    np.testing.assert_allclose(shrink(np.add.outer(rows, rows), 7), np.add.outer(rows, rows))
    middles = np.array([0.5, 2.5, 5.0])  # of rows 0 1, 2 3, 4 5 6
    np.testing.assert_allclose(shrink(np.add.outer(rows, 10 * rows), 3), np.add.outer(middles, 10 * middles))


def test_contrast_is_that_off_the_diagonal_and_outliers_do_not_matter(rng):
    picture = rng.uniform(size=(200, 200))
    plain = stretch(picture, 4)
    marked = picture + 100 * (np.abs(np.subtract.outer(np.arange(200), np.arange(200))) <= 4)
    marked[10, 150] = -1000
    stretched = stretch(marked, 4)
    is_apart = picture == marked
    np.testing.assert_allclose(stretched[is_apart], plain[is_apart], atol=1e-3)
    assert (stretched.min(), stretched.max()) == (0, 1)
    assert np.mean(plain == 0) == pytest.approx(0.4, abs=0.01)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_matrix_without_contrast_is_a_picture_too(value):
    assert (
        np.unique(
            brightness(describe_matrix(np.full((5, 5), value), patch_frames=9, hop_s=1, most_px=99)["image"])
        ).size
        == 1
    )


def test_the_waveform_holds_the_peaks_of_each_column():
    samples = np.zeros(16000)
    samples[10], samples[11], samples[-1] = 0.5, -0.25, 0.1
    peaks = np.frombuffer(base64.b64decode(pack_waveform(samples)), np.int8).reshape(-1, 2)
    assert len(peaks) == 1600
    assert peaks[1].tolist() == [-64, 127]
    assert peaks[-1].tolist() == [0, 25]
    assert not peaks[2:-1].any()
    assert not np.frombuffer(base64.b64decode(pack_waveform(np.zeros(5))), np.int8).any()


def test_the_policy_allows_nothing_but_what_is_inside(written):
    for path, media in ((written[0], "media-src blob:; img-src data:; "), (written[-1], "img-src data:; ")):
        page = path.read_text(encoding="utf-8")
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1)
        inside = re.search(r"</noscript>\n<script>(.*?)</script>", page, re.DOTALL).group(1)
        style = re.search(r"<style>(.*?)</style>", page, re.DOTALL).group(1)
        assert policy == (
            f"default-src 'none'; script-src '{digest(inside)}'; style-src '{digest(style)}'; {media}"
            "base-uri 'none'; form-action 'none'"
        )
        assert not re.search(r"https?://| src=| href=|@import|url\(", page)


def test_names_cannot_break_out_of_the_page():
    for page in (
        build_page("</title><b>&", {"run": "</script><script>"}, b""),
        build_index("</title><b>&", {"run": "</script>"}),
    ):
        assert "<title>&lt;/title&gt;&lt;b&gt;&amp;</title>" in page
        assert json.loads(script(page, "data"))["run"].startswith("</script>")


def test_the_step_tells_sizes_and_needs_no_tensorflow(write_parameters, capsys):
    _, root = store_small_themes(write_parameters)
    loaded = "tensorflow" in sys.modules
    paths = step.run("small", root)
    assert ("tensorflow" in sys.modules) == loaded
    told = capsys.readouterr().out
    n_bytes = sum(path.stat().st_size for path in paths)
    assert f"CQT: {len(paths)} pages with themes; {n_bytes / 1e6:.1f} MB" in told
    assert f"wrote {paths[-1].relative_to(root).as_posix()}" in told
    assert paths[-1].name == "themes.html"


def test_the_step_names_what_must_be_run_before(write_parameters):
    parameters, root = store_small_themes(write_parameters)
    results.path_of(parameters, "matrices", root).unlink()
    with pytest.raises(
        FileNotFoundError, match=r"CQT/matrices.npz: does not exist; run: python -m embed.step3_embed_themes small"
    ):
        step.run("small", root)
