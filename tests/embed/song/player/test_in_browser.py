"""The player page in a real browser, with real input; what it draws is compared with projections of our own."""

import base64
import time

import numpy as np
import pytest
from scipy.signal import correlate

from pipeline.figures import METHOD_COLOURS
from tests.browser import ACCENT, NEEDS_BROWSER, PHONE, Keys, OpenPage, watched, without_sound
from tests.player_page import Player

pytestmark = NEEDS_BROWSER

RATE_HZ, DURATION_S = 44100, 6.0  # of the fixture `song`
HOP_S = 1024 / RATE_HZ
METHOD = tuple(bytes.fromhex(METHOD_COLOURS["knn"][1:]))


@pytest.fixture(scope="module")
def address(player_page, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "player.html"
    path.write_text(player_page, encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def page(browser, address, song):
    yield from watched(Player(browser, address, paths_of(song)))


def paths_of(song):
    return [song["embeddings"]["R"]["z"], -song["embeddings"]["RF_2s"]["z"][:, [2, 0, 1]] / 2]


def test_the_point_is_drawn_where_the_trajectory_is_at_that_time(page, curve):
    for time_s in (1.0, 2.345, 4.9):
        page.ask(f"page.seek({time_s})")
        for run in (0, 1):
            drawn = page.drawn_at(run, ACCENT)
            ((x,), (y,)) = page.project(run, curve(np.array([time_s])))
            assert (drawn["x"], drawn["y"]) == (pytest.approx(x, abs=1), pytest.approx(y, abs=1))
            assert page.position(run, time_s) == pytest.approx({"x": x, "y": y}, abs=0.5)
    # before the first window and after the last it rests
    assert page.position(1, 0) == page.position(1, 0.9)
    assert page.position(1, DURATION_S) == page.position(1, 5.1)
    assert page.position(1, 1.5) != page.position(1, 0)


def test_while_it_plays_the_point_moves_on_the_clock_of_the_sound(page, curve):
    page.press(" ")
    page.wait(lambda: page.ask("page.clock.time") > 0.3)
    seen = []
    for _ in range(8):
        seen.append(page.drawn_at(0, ACCENT))
        time.sleep(0.1)
    assert page.ask("[page.clock.playing, page.clock.hasSound]") == [True, True]
    sound_s, time_s = page.ask("[document.getElementById('sound').currentTime, page.clock.time]")
    assert sound_s == pytest.approx(time_s, abs=0.2)
    assert np.all(np.diff([drawn["time"] for drawn in seen]) > 0.05)
    x, y = page.project(0, curve(np.array([drawn["time"] for drawn in seen])))
    apart = np.hypot(x - [drawn["x"] for drawn in seen], y - [drawn["y"] for drawn in seen])
    speed = np.hypot(np.diff(x), np.diff(y)).sum() / (seen[-1]["time"] - seen[0]["time"])
    assert np.median(apart) < 0.05 * speed + 1  # in the time of a few frames


def test_the_sound_that_is_decoded_is_not_shifted(page, song):
    decoded = page.browser.execute_script(
        """
        const bytes = Uint8Array.from(atob(document.getElementById("sound-data").textContent), (c) => c.charCodeAt(0));
        return new OfflineAudioContext(1, 1, 44100).decodeAudioData(bytes.buffer).then((sound) => {
          const floats = new Uint8Array(sound.getChannelData(0).slice(0, 44100).buffer);
          return btoa(floats.reduce((text, byte) => text + String.fromCharCode(byte), ""));
        });
        """
    )
    samples = np.frombuffer(base64.b64decode(decoded), "<f4")
    assert np.argmax(correlate(samples, song["samples"][:RATE_HZ], method="fft")) == RATE_HZ - 1
    assert page.ask("document.getElementById('sound').duration") == pytest.approx(DURATION_S, abs=1e-3)


def test_a_click_on_spectrogram_or_path_seeks_and_one_elsewhere_does_not(page):
    for time_s in (0.5, 3.3, 5.8):
        page.click(page.on_timeline(time_s))
        assert page.ask("page.clock.time") == pytest.approx(time_s, abs=0.01)
    for run, time_s in ((0, 1.2), (0, 4.4), (1, 2.8)):
        page.click(page.position(run, time_s))
        assert page.ask("page.clock.time") == pytest.approx(time_s, abs=0.05)
    page.ask("page.seek(2)")
    box = page.box(".stage")
    page.click({"x": box["left"] + 5, "y": box["bottom"] - 5})
    assert page.ask("[page.clock.time, page.clock.playing]") == [2, False]


def test_keys_play_seek_and_change_speed(page):
    page.press(" ")
    page.wait(lambda: page.ask("page.clock.playing && page.clock.time > 0.1"))
    page.press(" ")
    page.wait(lambda: not page.ask("page.clock.playing"))
    page.ask("page.seek(2)")
    for key, time_s in ((Keys.ARROW_RIGHT, 3), (Keys.ARROW_LEFT, 2), (Keys.END, DURATION_S), (Keys.HOME, 0)):
        page.press(key)
        assert page.ask("page.clock.time") == pytest.approx(time_s, abs=1e-3)
    for before_s, key, after_s in ((2, Keys.ARROW_RIGHT, 2.5), (5.8, Keys.ARROW_RIGHT, 6), (0.2, Keys.ARROW_LEFT, 0)):
        page.ask(f"page.seek({before_s})")
        page.press(key, shift=True)
        assert page.ask("page.clock.time") == pytest.approx(after_s, abs=1e-3)
    for key, n_presses, speed in ((Keys.ARROW_UP, 1, 1.25), (Keys.ARROW_DOWN, 3, 0.5), (Keys.ARROW_UP, 9, 2)):
        page.press(*(n_presses * [key]))
        assert page.ask("page.clock.rate") == speed
    assert page.ask("document.getElementById('sound').preservesPitch")


def test_space_presses_a_button_with_focus_and_plays_after_a_click_on_one(page):
    page.ask("document.getElementById('loop').focus()")
    page.press(" ")
    assert page.ask("[page.looping, page.clock.playing]") == [True, False]
    page.element("#loop").click()
    page.press(" ")
    page.wait(lambda: page.ask("[page.looping, page.clock.playing]") == [False, True])


def test_a_drag_rotates_all_panels_and_seeks_nowhere_the_wheel_zooms_and_a_double_click_resets(page, curve):
    before, view = [page.position(run, 3) for run in (0, 1)], page.ask("page.camera")
    page.drag(*({"x": before[0]["x"] + 50 * step, "y": before[0]["y"] + 10 * step} for step in range(3)))
    rotated = page.ask("page.camera")
    assert rotated["yaw"] - view["yaw"] == pytest.approx(0.8, abs=0.05)
    assert rotated["pitch"] - view["pitch"] == pytest.approx(0.16, abs=0.02)
    assert page.ask("page.clock.time") == 0
    for run in (0, 1):
        ((x,), (y,)) = page.project(run, curve(np.array([3.0])))
        assert np.hypot(x - before[run]["x"], y - before[run]["y"]) > 5
        assert page.position(run, 3) == pytest.approx({"x": x, "y": y}, abs=0.5)
    page.scroll(before[0], -300)
    page.wait(lambda: page.ask("page.camera.zoom") > 1.2 * view["zoom"])
    page.press("d", "w")
    assert page.ask("page.camera.yaw") > rotated["yaw"]
    page.double_click(before[0])
    assert page.ask("page.camera") == view


def test_a_span_dragged_over_the_spectrogram_loops(page):
    page.drag(*map(page.on_timeline, (2.6, 2.3, 2.0)))
    assert page.ask("page.span") == pytest.approx([2.0, 2.6], abs=0.02)
    assert page.ask("page.looping")
    page.press(" ")
    times = []
    while sum(np.diff(times) < 0) < 2:
        times.append(page.ask("page.clock.time"))
        assert len(times) < 2000
        time.sleep(0.01)
    assert 1.95 <= min(times) < max(times) <= 2.8
    page.press(Keys.ESCAPE)
    assert page.ask("[page.span, page.looping]") == [None, False]
    page.wait(lambda: page.ask("page.clock.time") > 3)


def test_the_song_stops_at_its_end_and_begins_again_and_loops_unless_it_is_paused_there(page):
    page.ask("page.seek(5.8)")
    page.press(" ")
    page.wait(lambda: not page.ask("page.clock.playing"))
    assert page.ask("page.clock.time") == pytest.approx(DURATION_S, abs=0.05)
    page.press(" ")
    page.wait(lambda: 0.05 < page.ask("page.clock.time") < 1)
    page.press(" ", "l", Keys.END)
    page.ask("new Promise((done) => setTimeout(done, 200))")
    assert page.ask("[page.clock.playing, page.clock.time]") == [False, DURATION_S]
    page.ask("page.seek(5.8)")
    page.press(" ")
    page.wait(lambda: 0.1 < page.ask("page.clock.time") < 1)
    assert page.ask("page.clock.playing")


def test_a_double_click_on_a_section_loops_it_to_the_very_end(page):
    page.double_click(page.on_timeline(4))
    assert page.ask("page.span") == [3, DURATION_S]
    page.ask("page.seek(5.8)")
    page.press(" ")
    page.wait(lambda: 3 <= page.ask("page.clock.time") < 4)
    assert page.ask("page.clock.playing")


def test_names_and_captions_and_colours_that_can_be_those_of_the_sections(page):
    assert page.browser.title == page.element("h1").text == "A </script> song & more"
    assert page.element("#readout").text == "verse0:00.00 / 0:06.00"
    assert page.texts("figcaption") == [
        "R windows of 0.50 s · 3 dimensions",
        "RF_2s windows of 2.00 s · 3 dimensions · aligned to R (Procrustes)",
    ]
    below = "document.querySelector('.stage canvas').toDataURL()"
    by_time = page.ask(below)
    page.press("c")
    page.wait(lambda: page.ask("page.colour") == "section" and page.ask(below) != by_time)
    page.press("c")
    page.wait(lambda: page.ask(below) == by_time)
    page.ask("page.seek(4)")
    page.wait(lambda: page.element("#section").text == "chorus")


def test_the_forecasts_from_the_last_start_are_drawn_and_can_be_hidden(page, curve):
    page.ask(f"page.seek({0.25 + 54.2 * HOP_S})")
    drawn = page.drawn_at(0, METHOD)
    assert drawn["n"] > 30
    x, y = page.project(0, curve(0.25 + HOP_S * (50 + np.arange(31))) + np.linspace(0, 6, 31)[:, None])
    assert x.min() < drawn["x"] < x.max()
    assert y.min() < drawn["y"] < y.max()
    page.press("f")
    assert page.drawn_at(0, METHOD)["n"] == 0
    page.element("#methods button").click()
    assert page.drawn_at(0, METHOD)["n"] > 30
    assert page.drawn_at(1, METHOD)["n"] == 0


def test_nothing_is_drawn_while_nothing_changes(page):
    count = "new Promise((done) => setTimeout(() => done(window.asked), 400))"
    page.browser.execute_script(
        "window.asked = 0; window.ask = requestAnimationFrame;"
        "requestAnimationFrame = (then) => { window.asked += 1; return window.ask(then); }"
    )
    assert page.ask(count) == 0
    page.press(" ")
    page.wait(lambda: page.ask("page.clock.time") > 0)
    assert page.ask(count) > 3


def test_on_a_phone_the_panels_stack_and_nothing_sticks_out(page):
    with page.screen(**PHONE):
        page.wait(lambda: page.ask("document.querySelector('.stage canvas').width") > 600)
        one, other = page.box("figure:first-child .stage"), page.box("figure:last-child .stage")
        assert one["left"] == other["left"]
        assert one["bottom"] < other["top"]
        assert page.ask("document.documentElement.scrollWidth") == PHONE["width"]


def test_without_sound_the_page_says_so_and_the_point_moves(browser, player_page, song, curve, tmp_path):
    page = Player(browser, without_sound(player_page, tmp_path / "silent.html"), paths_of(song))
    assert page.element("#status").text == "The sound cannot be played here; the point moves without it."
    page.press(" ")
    page.wait(lambda: page.ask("page.clock.time") > 0.5)
    drawn = page.drawn_at(0, ACCENT)
    x, y = page.project(0, curve(np.array([drawn["time"]])))
    assert np.hypot(x[0] - drawn["x"], y[0] - drawn["y"]) < 15
    page.press(Keys.END, " ")
    page.wait(lambda: 0.1 < page.ask("page.clock.time") < 1)


def test_the_policy_stops_what_a_script_would_fetch(browser, address):
    page = OpenPage(browser, address)
    fetch = "fetch('http://127.0.0.1:9/').then(() => 'sent', (error) => error.name)"
    assert page.ask(fetch) == "TypeError"
    assert any("Content Security Policy" in entry["message"] for entry in page.errors())


def test_what_a_page_leaves_out_of_a_long_song_is_said(browser, song, curve, tmp_path, monkeypatch):
    from embed.song.player.page import build_page

    monkeypatch.setattr("embed.song.player.trajectories.MAX_POINTS", 100)
    monkeypatch.setattr("embed.song.player.trajectories.MAX_FORECAST_POINTS", 200)
    address = tmp_path / "thinned.html"
    address.write_text(build_page("x", **song), encoding="utf-8")
    page = Player(browser, address.as_uri(), [song["embeddings"][run]["z"] for run in song["embeddings"]])
    assert "every 3rd of 237 points" in page.ask("document.querySelector('figcaption').textContent")
    assert page.ask("document.getElementById('notes').textContent") == "In this page: every 3rd of 18 forecasts."
    assert page.errors() == []


def test_whatever_is_pressed_in_whatever_order_no_script_fails(browser, address):
    assert OpenPage(browser, address).press_anything(seed=1) == []
