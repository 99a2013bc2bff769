"""The player page in a real browser, with real input; what it draws is compared with projections of our own."""

import base64
import time

import numpy as np
import pytest
from scipy.signal import correlate

from embed.song.player.page import build_page
from save_dataset.sound.spectrogram import compute_spectrogram
from tests.browser import (
    NEEDS_BROWSER,
    ActionBuilder,
    ActionChains,
    By,
    Keys,
    OpenPage,
    ScrollOrigin,
    watched,
    without_sound,
)

pytestmark = NEEDS_BROWSER

RATE_HZ = 44100
DURATION_S = 6.0
HOP_S = 1024 / RATE_HZ
ACCENT = (214, 51, 108)  # of the moving point on a light page
FIRST_METHOD = (255, 86, 48)
TITLE = "A </script> song & more"


def curve(times_s):
    """A path that comes near itself nowhere."""
    return np.stack([4 * times_s, 5 * np.sin(times_s), 5 * np.cos(1.3 * times_s)], axis=1)


def embedding(window_s, turn):
    starts_s = np.arange(0, DURATION_S - window_s, HOP_S)
    times_s = starts_s + window_s / 2
    return {"z": curve(times_s) @ turn, "starts_s": starts_s, "times_s": times_s, "ends_s": starts_s + window_s}


@pytest.fixture(scope="module")
def song():
    rng = np.random.default_rng(440)
    samples = 0.1 * rng.normal(size=round(DURATION_S * RATE_HZ)).astype(np.float32)
    embeddings = {"R": embedding(0.5, np.eye(3)), "RF_2s": embedding(2.0, -2 * np.eye(3)[:, [1, 2, 0]])}
    starts = np.arange(0, 180, 10)
    z = embeddings["R"]["z"]
    forecast = {"starts": starts, "forecast": z[starts[:, None] + np.arange(31)] + np.linspace(0, 6, 31)[:, None]}
    return {
        "embeddings": embeddings,
        "spectrogram": compute_spectrogram(samples, sample_rate_hz=RATE_HZ),
        "samples": samples,
        "sample_rate_hz": RATE_HZ,
        "sections": [(0.0, "verse"), (3.0, "chorus")],
        "forecasts": {"R": {"knn": forecast}},
    }


@pytest.fixture(scope="module")
def address(song, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "player.html"
    path.write_text(build_page(TITLE, **song), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def page(browser, address):
    """The page as it is after opening, which is watched."""
    yield from watched(Player(browser, address))


class Player(OpenPage):
    def settle(self):
        self.wait(lambda: self.ask("document.getElementById('sound').readyState >= 3 || !player.hasSound"))
        super().settle()

    def press(self, *keys, shift=False):
        actions = ActionChains(self.browser)
        if shift:
            actions.key_down(Keys.SHIFT)
        actions.send_keys(*keys).key_up(Keys.SHIFT).perform()

    def pointer(self, *steps):
        """The mouse at places in the window, pressed from the first to the last."""
        actions = ActionBuilder(self.browser, duration=30)
        for number, (x, y) in enumerate(steps):
            actions.pointer_action.move_to_location(round(x), round(y))
            if number == 0:
                actions.pointer_action.pointer_down()
        actions.pointer_action.pointer_up()
        actions.perform()

    def place(self, run, time_s):
        return tuple(self.ask(f"Object.values(player.place({run}, {time_s}))"))

    def on_timeline(self, time_s):
        return tuple(self.ask(f"Object.values(player.placeOnTimeline({time_s}))"))

    def drawn_at(self, run, colour):
        """Mean place in the window, and number, of the pixels of a colour above the path of a run."""
        return self.browser.execute_script(
            """
            const [run, [red, green, blue]] = arguments;
            const canvas = document.querySelectorAll(".stage")[run].querySelectorAll("canvas")[1];
            const box = canvas.getBoundingClientRect();
            const { width, height } = canvas;
            const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
            return new Promise((done) => requestAnimationFrame(() => {
              const { time } = player;
              copy.drawImage(canvas, 0, 0);
              const { data } = copy.getImageData(0, 0, width, height);
              let [x, y, n] = [0, 0, 0];
              for (let i = 0; i < data.length; i += 4) {
                if (data[i] !== red || data[i + 1] !== green || data[i + 2] !== blue || data[i + 3] !== 255) continue;
                [x, y, n] = [x + ((i / 4) % width) + 0.5, y + Math.floor(i / 4 / width) + 0.5, n + 1];
              }
              const scale = box.width / width;
              done({ x: box.left + (x / n) * scale, y: box.top + (y / n) * scale, n, time });
            }));
            """,
            run,
            colour,
        )

    def project(self, run, points):
        """Our own projection of points of the first run's latent space to the window."""
        all_points = curve(embedding((0.5, 2.0)[run], np.eye(3))["times_s"])
        low, high = all_points.min(axis=0), all_points.max(axis=0)
        x, y, z = ((points - (low + high) / 2) / (np.linalg.norm(high - low) / 2)).T
        view, box = (
            self.ask("player.view"),
            self.ask(f"document.querySelectorAll('.stage')[{run}].getBoundingClientRect().toJSON()"),
        )
        turned = (x + 1j * y) * np.exp(1j * view["yaw"])
        tilted = (turned.imag + 1j * z) * np.exp(1j * view["pitch"])  # away from the eye, and up
        near = 0.98 * view["zoom"] * min(box["width"], box["height"]) / 2 * 3.6 / (3.6 + tilted.real)
        return box["left"] + box["width"] / 2 + turned.real * near, box["top"] + box["height"] / 2 - tilted.imag * near


@pytest.mark.parametrize("run", [0, 1])
@pytest.mark.parametrize("time_s", [1.0, 2.345, 4.9])
def test_the_point_is_drawn_where_the_trajectory_is_at_that_time(page, run, time_s):
    page.ask(f"player.seek({time_s})")
    drawn = page.drawn_at(run, ACCENT)
    x, y = page.project(run, curve(np.array([time_s])))
    assert (drawn["x"], drawn["y"]) == (pytest.approx(x[0], abs=1), pytest.approx(y[0], abs=1))
    assert page.place(run, time_s) == (pytest.approx(x[0], abs=0.5), pytest.approx(y[0], abs=0.5))


def test_before_the_first_and_after_the_last_window_the_point_stands(page):
    assert page.place(1, 0) == page.place(1, 0.9)
    assert page.place(1, DURATION_S) == page.place(1, 5.1)
    assert page.place(1, 1.5) != page.place(1, 0)


def test_while_it_plays_the_point_moves_on_the_clock_of_the_sound(page):
    page.press(" ")
    page.wait(lambda: page.ask("player.time") > 0.3)
    seen = []
    for _ in range(8):
        seen.append(page.drawn_at(0, ACCENT))
        time.sleep(0.1)
    assert page.ask("player.playing")
    assert page.ask("player.hasSound")
    assert page.ask("document.getElementById('sound').currentTime") == pytest.approx(page.ask("player.time"), abs=0.2)
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
    heard = np.frombuffer(base64.b64decode(decoded), "<f4")
    assert np.argmax(correlate(heard, song["samples"][:RATE_HZ], method="fft")) == RATE_HZ - 1
    assert page.ask("document.getElementById('sound').duration") == pytest.approx(DURATION_S, abs=1e-3)


@pytest.mark.parametrize("time_s", [0.5, 3.3, 5.8])
def test_a_click_on_the_spectrogram_seeks(page, time_s):
    page.pointer(page.on_timeline(time_s))
    assert page.ask("player.time") == pytest.approx(time_s, abs=0.01)
    assert not page.ask("player.playing")


@pytest.mark.parametrize(("run", "time_s"), [(0, 1.2), (0, 4.4), (1, 2.8)])
def test_a_click_on_the_path_seeks(page, run, time_s):
    page.pointer(page.place(run, time_s))
    assert page.ask("player.time") == pytest.approx(time_s, abs=0.05)


def test_a_click_beside_the_path_does_nothing(page):
    page.ask("player.seek(2)")
    box = page.ask("document.querySelector('.stage').getBoundingClientRect().toJSON()")
    page.pointer((box["left"] + 5, box["bottom"] - 5))
    assert page.ask("player.time") == 2


def test_keys_play_seek_and_change_speed(page):
    page.press(" ")
    page.wait(lambda: page.ask("player.playing && player.time > 0.1"))
    page.press(" ")
    page.wait(lambda: not page.ask("player.playing"))
    page.ask("player.seek(2)")
    for key, shift, time_s in (
        (Keys.ARROW_RIGHT, False, 3),
        (Keys.ARROW_LEFT, False, 2),
        (Keys.ARROW_RIGHT, True, 2.5),
        (Keys.END, False, DURATION_S),
        (Keys.ARROW_RIGHT, False, DURATION_S),
        (Keys.HOME, False, 0),
        (Keys.ARROW_LEFT, True, 0),
    ):
        page.press(key, shift=shift)
        assert page.ask("player.time") == pytest.approx(time_s, abs=1e-3)
    for key, n_presses, speed in ((Keys.ARROW_UP, 1, 1.25), (Keys.ARROW_DOWN, 3, 0.5), (Keys.ARROW_UP, 9, 2)):
        page.press(*(n_presses * [key]))
        assert page.ask("player.speed") == speed
    assert page.ask("document.getElementById('sound').preservesPitch")


def test_space_on_a_button_presses_the_button(page):
    page.ask("document.getElementById('loop').focus()")
    page.press(" ")
    assert page.ask("[player.looping, player.playing]") == [True, False]


def test_after_a_click_on_a_button_space_plays_again(page):
    page.browser.find_element(By.ID, "loop").click()
    page.press(" ")
    page.wait(lambda: page.ask("player.playing"))
    assert page.ask("player.looping")


def test_a_drag_turns_all_panels_and_seeks_nowhere(page):
    before, view = [page.place(run, 3) for run in (0, 1)], page.ask("player.view")
    x, y = before[0]
    page.pointer((x, y), (x + 50, y + 10), (x + 100, y + 20))
    turned = page.ask("player.view")
    assert turned["yaw"] - view["yaw"] == pytest.approx(0.8, abs=0.05)
    assert turned["pitch"] - view["pitch"] == pytest.approx(0.16, abs=0.02)
    assert page.ask("player.time") == 0
    for run in (0, 1):
        assert np.hypot(*np.subtract(page.place(run, 3), before[run])) > 5
        px, py = page.project(run, curve(np.array([3.0])))
        assert page.place(run, 3) == (pytest.approx(px[0], abs=0.5), pytest.approx(py[0], abs=0.5))


def test_the_wheel_zooms_and_a_double_click_resets(page):
    view = page.ask("player.view")
    stage = page.browser.find_element(By.CSS_SELECTOR, ".stage")
    ActionChains(page.browser).scroll_from_origin(ScrollOrigin.from_element(stage), 0, -300).perform()
    page.wait(lambda: page.ask("player.view.zoom") > 1.2 * view["zoom"])
    page.press("d", "w")
    assert page.ask("player.view.yaw") > view["yaw"]
    ActionChains(page.browser).double_click(stage).perform()
    assert page.ask("player.view") == view


def test_a_span_dragged_over_the_spectrogram_loops(page):
    page.pointer(page.on_timeline(2.6), page.on_timeline(2.3), page.on_timeline(2.0))
    assert page.ask("player.span") == pytest.approx([2.0, 2.6], abs=0.02)
    assert page.ask("player.looping")
    page.press(" ")
    times = []
    while sum(np.diff(times) < 0) < 2:
        times.append(page.ask("player.time"))
        assert len(times) < 2000
        time.sleep(0.01)
    assert min(times) >= 1.95
    assert max(times) <= 2.8
    page.press(Keys.ESCAPE)
    assert page.ask("[player.span, player.looping]") == [None, False]
    page.wait(lambda: page.ask("player.time") > 3)


def test_the_whole_song_loops(page):
    page.press("l")
    page.ask("player.seek(5.8)")
    page.press(" ")
    page.wait(lambda: 0.1 < page.ask("player.time") < 1)
    assert page.ask("player.playing")


def test_a_loop_does_not_start_what_is_paused_at_the_end(page):
    page.press("l", Keys.END)
    page.ask("new Promise((done) => setTimeout(done, 200))")
    assert page.ask("[player.playing, player.time]") == [False, DURATION_S]


def test_without_a_loop_it_stops_at_the_end_and_begins_again(page):
    page.ask("player.seek(5.8)")
    page.press(" ")
    page.wait(lambda: not page.ask("player.playing"))
    assert page.ask("player.time") == pytest.approx(DURATION_S, abs=0.05)
    page.press(" ")
    page.wait(lambda: 0.05 < page.ask("player.time") < 1)


def test_a_double_click_on_a_section_loops_it_to_the_very_end(page):
    x, y = page.on_timeline(4)
    actions = ActionBuilder(page.browser)
    actions.pointer_action.move_to_location(round(x), round(y)).double_click()
    actions.perform()
    assert page.ask("player.span") == [3, DURATION_S]
    page.ask("player.seek(5.8)")
    page.press(" ")
    page.wait(lambda: 3 <= page.ask("player.time") < 4)
    assert page.ask("player.playing")


def test_colours_can_tell_the_sections(page):
    below = "document.querySelector('.stage canvas').toDataURL()"
    by_time = page.ask(below)
    page.press("c")
    page.wait(lambda: page.ask("player.colour") == "section" and page.ask(below) != by_time)
    page.press("c")
    page.wait(lambda: page.ask(below) == by_time)
    page.ask("player.seek(4)")
    page.wait(lambda: page.ask("document.getElementById('section').textContent") == "chorus")


def test_the_forecasts_from_the_last_start_are_drawn_and_can_be_hidden(page):
    page.ask(f"player.seek({0.25 + 54.2 * HOP_S})")
    drawn = page.drawn_at(0, FIRST_METHOD)
    assert drawn["n"] > 30
    started = curve(0.25 + HOP_S * (50 + np.arange(31))) + np.linspace(0, 6, 31)[:, None]
    x, y = page.project(0, started)
    assert x.min() < drawn["x"] < x.max()
    assert y.min() < drawn["y"] < y.max()
    page.press("f")
    assert page.drawn_at(0, FIRST_METHOD)["n"] == 0
    page.browser.find_element(By.CSS_SELECTOR, "#methods button").click()
    assert page.drawn_at(0, FIRST_METHOD)["n"] > 30
    assert page.drawn_at(1, FIRST_METHOD)["n"] == 0


def test_nothing_is_drawn_while_nothing_changes(page):
    count = "new Promise((done) => setTimeout(() => done(window.asked), 400))"
    page.ask("(window.asked = 0, window.ask = requestAnimationFrame)")
    page.browser.execute_script("requestAnimationFrame = (then) => { window.asked += 1; return window.ask(then); }")
    assert page.ask(count) == 0
    page.press(" ")
    page.wait(lambda: page.ask("player.time") > 0)
    assert page.ask(count) > 3


def test_names_are_shown_as_they_are(page):
    assert page.browser.title == TITLE
    assert page.browser.find_element(By.TAG_NAME, "h1").text == TITLE
    captions = [caption.text for caption in page.browser.find_elements(By.TAG_NAME, "figcaption")]
    assert captions == [
        "R windows of 0.50 s · 3 dimensions",
        "RF_2s windows of 2.00 s · 3 dimensions · aligned to R (Procrustes)",
    ]


def test_on_a_phone_the_panels_stack_and_nothing_sticks_out(page):
    with page.screen(390, 800, pixel_ratio=2):
        page.wait(lambda: page.ask("document.querySelector('.stage canvas').width") > 600)
        boxes = page.ask(
            "[...document.querySelectorAll('.stage')].map((stage) => stage.getBoundingClientRect().toJSON())"
        )
        assert boxes[0]["left"] == boxes[1]["left"]
        assert boxes[0]["bottom"] < boxes[1]["top"]
        assert page.ask("document.documentElement.scrollWidth") == 390


def test_without_sound_the_page_says_so_and_the_point_moves(browser, address, song, tmp_path):
    page = Player(browser, without_sound(build_page(TITLE, **song), tmp_path / "silent.html"))
    assert page.ask("document.getElementById('note').innerText") == (
        "The sound cannot be played here; the point moves without it."
    )
    page.press(" ")
    page.wait(lambda: page.ask("player.time") > 0.5)
    drawn = page.drawn_at(0, ACCENT)
    x, y = page.project(0, curve(np.array([drawn["time"]])))
    assert np.hypot(x[0] - drawn["x"], y[0] - drawn["y"]) < 15
    page.press(Keys.END, " ")
    page.wait(lambda: 0.1 < page.ask("player.time") < 1)


def test_the_policy_stops_what_a_script_would_fetch(browser, address):
    page = Player(browser, address)
    fetch = "fetch('http://127.0.0.1:9/').then(() => 'sent', (error) => error.name)"
    assert page.ask(fetch) == "TypeError"
    assert any("Content Security Policy" in entry["message"] for entry in page.errors())
