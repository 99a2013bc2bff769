"""The page with switches and sliders in a real browser, with real input."""

import json
from urllib.parse import urlencode

import numpy as np
import pytest

from tests.browser import NEEDS_BROWSER, PHONE, Keys, OpenPage, Select
from tests.embed.switches.conftest import MEL, NAMES

pytestmark = NEEDS_BROWSER
IS_SHOWN = "!page.isAsking && page.heard === page.wanted"


class Page(OpenPage):
    def __init__(self, browser, server, tones, setting=None, run="net"):
        self.origin, self.tones = f"http://{server.hosts[0]}/", tones
        fragment = "" if setting is None else "#" + urlencode({"run": run, "setting": json.dumps(setting)})
        super().__init__(browser, self.origin + fragment)
        self.wait_for_calls(run, 2)

    def wait_for_calls(self, run, n_calls):
        """Wait until there are so many calls, and the quick ones are answered and shown; forget them."""
        self.wait(lambda: len(self.tones[run].calls) >= n_calls and self.ask(IS_SHOWN))
        self.settle()
        calls = [*self.tones[run].calls]
        self.tones[run].calls.clear()
        return calls

    def control(self, kind, number, kind_of_input):
        return self.element(f"#{kind} label:nth-child({number}) input[type={kind_of_input}]")

    def value(self, kind, number):
        return float(self.control(kind, number, "number").get_property("value"))

    def type_into(self, field, text):
        field.send_keys(Keys.CONTROL, "a")
        field.send_keys(Keys.NULL, text)

    def setting(self):
        in_address = "new URLSearchParams(location.hash.slice(1)).get('setting')"
        shown, in_address = map(json.loads, self.ask(f"[document.getElementById('setting').value, {in_address}]"))
        assert in_address == shown
        return shown

    def is_playing(self):
        return self.element("#play").text == "Stop"

    def heard_hz(self):
        """The strongest frequency of what comes out."""
        spectrum = self.browser.execute_async_script(
            """
            const [done] = arguments;
            const { context, track } = page.player;
            const analyser = new AnalyserNode(context, { fftSize: 4096, smoothingTimeConstant: 0 });
            track.volume.connect(analyser);
            setTimeout(() => {
              const spectrum = new Float32Array(analyser.frequencyBinCount);
              analyser.getFloatFrequencyData(spectrum);
              done([...spectrum]);
            }, 700);
            """
        )
        return np.argmax([-999 if level is None else level for level in spectrum]) * MEL.sample_rate_hz / 4096

    def wait_for_sound(self, hz):
        self.wait(lambda: self.heard_hz() == pytest.approx(hz, abs=4), 20)


@pytest.fixture
def page(browser, server, tones):
    opened = Page(browser, server, tones)
    yield opened
    opened.wait(lambda: opened.ask(IS_SHOWN))
    browser.get("about:blank")
    assert opened.errors() == []
    assert {*opened.outside_requests()} <= {opened.origin, f"{opened.origin}sound"}


def test_a_move_of_a_slider_asks_once_and_is_heard_then_refined_without_a_jump(page):
    page.control("sliders", 1, "range").send_keys(Keys.ARROW_RIGHT)
    page.wait(page.is_playing)
    times = [page.ask("[performance.now() / 1000, page.player.time]")]
    assert page.wait_for_calls("net", 2) == [(1005, "quick", True), (1005, "full", True)]
    times.append(page.ask("[performance.now() / 1000, page.player.time]"))
    (passed_s, moved_s), duration_s = np.diff(times, axis=0)[0], 7168 / MEL.sample_rate_hz
    assert (passed_s - moved_s + 0.1) % duration_s == pytest.approx(0.1, abs=0.06)
    page.tones["net"].delay_s = 0.2
    page.control("sliders", 1, "range").send_keys(*[Keys.ARROW_LEFT] * 10, Keys.END)
    page.wait(lambda: page.setting() == {"switches": {}, "sliders": {"1": 4}})
    assert len(page.wait_for_calls("net", 2)) <= 4  # what came while one was answered is one
    page.wait_for_sound(1400)
    assert 0 < int(page.element("#heard").text.split()[2]) < 1000


def test_switches_are_turned_on_and_exact_values_typed(page):
    page.control("switches", 2, "checkbox").click()
    assert page.wait_for_calls("net", 1)[0][0] == 1150
    page.type_into(page.control("switches", 4, "number"), "0.5\n")
    page.wait(lambda: page.setting() == {"switches": {"2": 1, "4": 0.5}, "sliders": {}})
    page.type_into(page.control("sliders", 2, "number"), "-7.25\n")
    page.wait(lambda: page.setting()["sliders"] == {"2": -7.25})
    assert page.value("sliders", 2) == -7.25
    assert page.control("sliders", 2, "range").get_property("value") == "-4"
    page.type_into(page.control("sliders", 2, "number"), "200\n")
    page.wait(lambda: "setting.sliders.2=200: must be less than or equal to 100" in page.element("#status").text)
    assert len(page.errors()) == 1  # the refusal


def test_a_clip_is_loaded_sliders_are_drawn_at_random_and_reset(page):
    Select(page.element("#clip")).select_by_visible_text(f"1 · {NAMES[0]}")
    assert page.wait_for_calls("net", 1)[0][0] == 850
    assert [page.value("sliders", number) for number in (1, 2)] == [-1.5, 0]
    page.element("#random").click()
    page.wait_for_calls("net", 2)
    drawn = page.setting()["sliders"]
    assert [page.value("sliders", number) for number in (1, 2)] == [*drawn.values()]
    page.element("#reset").click()
    page.wait(lambda: page.setting() == {})
    assert page.value("sliders", 1) == 0


def test_a_setting_is_in_the_address_and_is_played_when_that_is_opened(page, browser, server, tones):
    page.control("sliders", 2, "range").send_keys(Keys.HOME)
    Select(page.element("#run")).select_by_visible_text("table")
    assert page.wait_for_calls("table", 2)[0][0] == 1960
    address = page.ask("location.href")
    browser.get("about:blank")
    browser.get(address)
    page.wait_for_calls("table", 2)
    page.wait_for_sound(1960)
    assert page.value("sliders", 2) == -4
    assert Select(page.element("#run")).first_selected_option.text == "table"
    page.ask('void (location.hash = \'run=net&setting={"switches":{"2":1}}\')')
    page.wait(lambda: page.control("switches", 2, "checkbox").is_selected())


@pytest.mark.parametrize(
    ("text", "line", "n_refused"),
    [
        ("{", "The setting is not JSON.", 0),
        ('{"switches": {"5": 1}}', "not played: setting.switches.5: there are 4 switches", 1),
    ],
)
def test_a_setting_is_pasted_and_a_wrong_one_is_said_in_a_line(page, text, line, n_refused):
    field = page.element("#setting")
    page.type_into(field, '{"sliders": {"1": 2}}')
    page.element("#apply").click()
    assert page.wait_for_calls("net", 1)[0][0] == 1200
    page.wait(lambda: page.value("sliders", 1) == 2)
    page.type_into(field, text)
    page.element("#apply").click()
    page.wait(lambda: page.element("#status").text == line)
    assert page.value("sliders", 1) == 2
    assert len(page.errors()) == n_refused


def test_two_tabs_each_have_their_own_sound(page, browser, server, tones):
    page.control("sliders", 1, "range").send_keys(Keys.END)
    page.wait_for_calls("net", 2)
    first = browser.current_window_handle
    browser.switch_to.new_window("tab")
    other = Page(browser, server, tones, {"sliders": {"1": -3}})
    other.wait_for_sound(700)
    browser.close()
    browser.switch_to.window(first)
    page.wait_for_sound(1400)


def test_space_plays_and_stops_and_without_loop_the_sound_ends(page):
    page.press(" ")
    page.wait(page.is_playing)
    page.press(" ")
    page.wait(lambda: not page.is_playing())
    page.element("#loop").click()
    assert page.wait_for_calls("net", 1)[0] == (1000, "quick", False)
    page.wait(page.is_playing)
    page.wait(lambda: not page.is_playing())
    assert page.texts("#picture small")[-3:] == ["2000 Hz", "0 s", "1 s"]  # 1.02 s, of which a loop has seven eighths


def test_the_page_says_what_is_there_and_fits_a_phone(page):
    assert page.texts("#switches span") == [f"{number + 1} · {name}" for number, name in enumerate(NAMES)]
    assert page.texts("#sliders span") == ["1 · 69% · darker, louder", "2 · 31% · nothing of what is measured"]
    page.type_into(page.element("#filter"), "ROCK")
    assert [row.is_displayed() for row in page.elements("#switches label")] == [True, True, False, False]
    link = page.element("#download")
    assert link.get_property("download") == "tones.wav"
    assert link.get_property("href").startswith("data:audio/wav;base64,UklGR")
    with page.screen(**PHONE):
        assert page.ask("document.documentElement.scrollWidth") == PHONE["width"]


def test_whatever_is_pressed_in_whatever_order_no_script_fails(browser, server):
    assert OpenPage(browser, f"http://{server.hosts[0]}/").press_anything(seed=1) == []
