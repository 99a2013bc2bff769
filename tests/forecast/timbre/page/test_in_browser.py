"""The listening page in a real browser, with real input."""

import numpy as np
import pytest

from tests.browser import NEEDS_BROWSER, PHONE, Keys, OpenPage, Select, watched
from tests.forecast.timbre.page.conftest import HOSTILE, HZ

pytestmark = NEEDS_BROWSER


@pytest.fixture
def page(browser, listen_page):
    yield from watched(Page(browser, listen_page.as_uri()))


class Page(OpenPage):
    def cell(self, row, column):
        return self.element(f"section:nth-child({row + 1}) button:nth-child({column + 1})")

    def heard(self):
        """What the page says is heard, and the button that is marked."""
        marked = self.texts(".cells button[aria-pressed=true] .name")
        assert len(marked) == 1
        assert self.element("#heard").text.endswith(marked[0].split()[0])
        return self.element("#heard").text

    def time(self):
        return self.ask("page.player.time")

    def wait_for(self, time_s):
        self.wait(lambda: self.time() > time_s)

    def frequency_hz(self):
        """The strongest frequency of what comes out."""
        spectrum, rate_hz = self.browser.execute_async_script(
            """
            const [done] = arguments;
            const { context, turn } = page.player;
            const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
            for (const { volume } of turn.tracks) volume.connect(analyser);
            setTimeout(() => {
              const spectrum = new Float32Array(analyser.frequencyBinCount);
              analyser.getFloatFrequencyData(spectrum);
              done([[...spectrum], context.sampleRate]);
            }, 300);
            """
        )
        return np.argmax([-999 if level is None else level for level in spectrum]) * rate_hz / 8192


def test_a_click_plays_and_another_one_goes_on_at_the_same_position_with_the_other_sound(page):
    assert page.heard() == "voice: input"
    assert page.time() == 0
    page.cell(1, 1).click()
    page.wait_for(0.5)
    assert page.heard() == f"{HOSTILE}: plain"
    assert page.frequency_hz() == pytest.approx(HZ["plain"], abs=10)
    before = page.time()
    page.cell(1, 4).click()
    assert before <= page.time() < before + 0.6
    assert page.heard() == f"{HOSTILE}: target"
    assert page.frequency_hz() == pytest.approx(HZ["reed"], abs=10)
    page.press(" ")
    stopped = page.time()
    assert page.element("#play").text == "Play"
    assert page.ask("page.player.isPlaying") is False
    page.press(" ")
    page.wait(lambda: page.time() > stopped)


def test_another_row_begins_anew_and_a_row_is_looped(page):
    page.cell(0, 0).click()
    page.wait_for(0.5)
    page.cell(2, 0).click()
    assert page.heard() == "reed, held out: input"
    times = []
    page.wait(lambda: times.append(page.time()) or len(times) > 2 and times[-1] < times[-2])
    assert max(times) <= 0.5
    assert page.frequency_hz() == pytest.approx(HZ["reed"], abs=10)


def test_keys_choose_sounds_and_the_chosen_sound_is_played_from_where_it_is_clicked(page):
    page.press("3")
    assert page.heard() == "voice: mosaic"
    page.press(Keys.ARROW_LEFT, Keys.ARROW_DOWN)
    assert page.heard() == f"{HOSTILE}: again"
    page.press("t", Keys.ARROW_RIGHT, Keys.ARROW_UP, Keys.ARROW_UP)
    assert page.heard() == "reed, held out: input"
    assert page.ask("page.player.isPlaying") is False
    page.press(Keys.ARROW_DOWN)
    box = page.box("section:nth-child(1) button:nth-child(1) .stage")
    page.click({"x": box["x"] + 0.6 * box["width"], "y": box["y"] + 20})
    assert 1.15 < page.time() < 1.9
    page.wait_for(1.3)
    playhead = page.box("section:nth-child(1) button:nth-child(2) .playhead")
    cell = page.box("section:nth-child(1) button:nth-child(2) .stage")
    assert 0.6 < (playhead["x"] - cell["x"]) / cell["width"] < 1
    page.press(" ", Keys.HOME)
    assert page.time() == 0


def test_another_target_keeps_the_sound_and_its_position(page):
    page.cell(1, 4).click()
    page.wait_for(0.3)
    before = page.time()
    Select(page.element("#target")).select_by_visible_text("bell")
    assert before < page.time()
    assert page.heard() == f"{HOSTILE}: target"
    page.wait(lambda: page.ask("page.player.turn.tracks.length"))
    assert page.frequency_hz() == pytest.approx(HZ["bell"], abs=10)
    Select(page.element("#target")).select_by_visible_text("reed_bell")
    assert page.texts("section:first-child .name") == ["input 0", "blend 1"]
    assert page.heard() == f"{HOSTILE}: blend"
    page.press("0")
    assert page.heard() == f"{HOSTILE}: input"


def test_names_are_shown_as_they_are_and_nothing_sticks_out_on_a_phone(page):
    assert page.texts("h2")[:2] == ["voice · 2.0 s", f"{HOSTILE} · 3.0 s"]
    assert page.elements("img[src=x]") == []
    with page.screen(**PHONE):
        assert page.ask("document.documentElement.scrollWidth") == PHONE["width"]


def test_sounds_that_cannot_be_decoded_are_reported(page):
    page.ask("page.data.rows[0].cells[0].sound = btoa('no sound')")
    page.press(" ")
    page.wait(lambda: page.element("#status").text == "The sound cannot be played here.")
    page.wait(lambda: page.element("#play").text == "Play")


def test_whatever_is_pressed_in_whatever_order_no_script_fails(browser, listen_page):
    assert OpenPage(browser, listen_page.as_uri()).press_anything(seed=1) == []
