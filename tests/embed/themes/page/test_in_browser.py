"""The theme page in a real browser, with real input."""

import numpy as np
import pytest

from tests.browser import ACCENT, NEEDS_BROWSER, Keys, OpenPage, watched, without_sound
from tests.small_themes import DURATION_S, LAG_S

pytestmark = NEEDS_BROWSER


@pytest.fixture
def page(browser, theme_pages):
    yield from watched(Page(browser, theme_pages[1].as_uri()))


class Page(OpenPage):
    READY = "page.clock.ready.then(() => page.background.matrix.decode())"

    def occurrence(self, extractor, theme, index):
        themes = "page.references" if extractor == "reference" else f"page.estimated.{extractor}"
        bar = f"page.layout.bar({themes}[{theme}].occurrences[{index}])"
        return self.in_window("page.marks.canvas", f"[{bar}.left + {bar}.width / 2, {bar}.top + {bar}.height / 2]")

    def matrix(self, x, y):
        return self.in_window("page.marks.canvas", f"[page.layout.x({x}), page.layout.y({y})]")

    def waveform(self, time_s):
        return self.in_window("page.marks.canvas", f"[page.layout.x({time_s}), page.layout.wave.top + 26]")

    def chosen(self):
        """Extractor, theme and index of the chosen occurrence."""
        return self.ask("page.chosen && [page.chosen.theme.list, page.chosen.theme.index, page.chosen.index]")

    def rows(self):
        return [text.split("\n") for text in self.texts("#estimated tbody tr")]

    def pixel(self, canvas, position):
        """Red, green, blue and alpha there."""
        return self.browser.execute_script(
            """
            const canvas = document.getElementById(arguments[0]);
            const box = canvas.getBoundingClientRect();
            const [x, y] = [arguments[1].x - box.left, arguments[1].y - box.top].map((p) => p * devicePixelRatio);
            const one = new OffscreenCanvas(1, 1).getContext("2d");  // the browser warns of reading the page's own
            one.drawImage(canvas, -Math.round(x), -Math.round(y));
            return [...one.getImageData(0, 0, 1, 1).data];
            """,
            canvas,
            position,
        )

    def is_marked(self, position):
        return self.pixel("marks", position)[3] > 0

    def wait_until_it_plays_between(self, start_s, end_s):
        self.wait(lambda: start_s < self.ask("page.clock.time") < end_s)

    def wait_until_it_stops_at(self, time_s, abs_s=0.03):
        self.wait(lambda: not self.ask("page.clock.playing"))
        assert self.ask("page.clock.time") == pytest.approx(time_s, abs=abs_s)


def test_texts_table_and_names_of_buttons(page):
    assert page.element("h1").text == "a piece"
    assert page.element("#about").text == "small, CQT"
    assert page.element("#readout").text == "0:00.0 / 0:12"
    assert [row[0] for row in page.rows()] == ["1 3.5 1.0 s", "2 1.3 1.2 s"]
    assert page.rows()[1][1:] == ["0:00.5 – 0:01.5", "0:04.0 – 0:05.0", "0:10.0 – 0:11.5"]
    button = page.element("#estimated tbody tr:nth-child(2) button:nth-child(2)")
    assert button.accessible_name == "play occurrence 2 of theme 2, 0:04.0 – 0:05.0"
    assert page.element("#reference summary").text == "Reference patterns (1)"
    page.click(page.matrix(3, 9))
    page.element("#reference summary").click()
    names = [button.accessible_name for button in page.elements("button")]
    assert len(set(filter(None, names))) == len(names) == 1 + 2 + 3 + 5 + 2


def test_the_matrix_is_bright_where_it_repeats_and_dark_elsewhere(page):
    across = [sum(page.pixel("background", page.matrix(3.05 + LAG_S, 3.05 + d))[:3]) for d in np.arange(-1.5, 1.5, 0.1)]
    assert np.argmax(across) == pytest.approx(15, abs=1)
    assert max(across) > 300
    assert across[0] == across[-1] == 4  # the darkest colour of inferno is 0, 0, 4


def test_a_click_on_an_occurrence_plays_just_it_and_one_in_the_waveform_plays_on_from_there(page):
    page.click(page.occurrence("lag", 1, 1))
    assert page.chosen() == ["lag", 1, 1]
    page.wait(lambda: 4.1 < page.ask("page.clock.time") < 5)
    assert page.ask("[page.clock.playing, page.clock.hasSound]") == [True, True]
    page.wait_until_it_stops_at(5.0)
    page.click(page.occurrence("reference", 0, 1))
    assert page.chosen() == ["reference", 0, 1]
    page.wait_until_it_plays_between(8.5, 9.5)
    page.press(Keys.ARROW_RIGHT)
    assert page.chosen() == ["reference", 0, 0]
    page.wait_until_it_stops_at(3.5)
    page.click(page.waveform(5))
    assert page.chosen() is None
    page.wait_until_it_plays_between(5.2, 6)
    page.press(Keys.ESCAPE)


def test_what_sounds_is_what_the_page_shows(page):
    """Where the first theme is, the recording is ten times as loud."""
    loudness = page.browser.execute_async_script(
        """
        const done = arguments[0];
        const sound = document.getElementById("sound");
        const bytes = unpackBytes(document.getElementById("sound-data").textContent);
        new OfflineAudioContext(1, 1, 44100).decodeAudioData(bytes.buffer).then((buffer) => {
          const samples = buffer.getChannelData(0);
          const mean = (start, end) => {
            const part = samples.slice(start * 44100, end * 44100);
            return Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / part.length);
          };
          done([mean(1, 1.95), mean(2.05, 2.95), mean(8.05, 8.95), mean(9.05, 10), sound.duration]);
        });
        """
    )
    assert loudness[1:3] == pytest.approx([0.2, 0.2], rel=0.1)
    assert max(loudness[0], loudness[3]) < 0.03
    assert loudness[4] == pytest.approx(DURATION_S, abs=0.01)


def test_space_pauses_an_occurrence_and_goes_on_to_its_end(page):
    page.click(page.occurrence("lag", 0, 0))
    page.wait(lambda: page.ask("page.clock.time") > 2.2)
    page.press(" ")
    assert page.ask("page.clock.time") < 3
    assert not page.ask("page.clock.playing")
    page.press(" ")
    page.wait_until_it_stops_at(3.0)
    page.press(" ")  # and beyond
    page.wait(lambda: page.ask("page.clock.time") > 3.3)
    page.press(Keys.ESCAPE)
    assert not page.ask("page.clock.playing")
    assert page.chosen() is None


def test_a_button_of_the_table_plays_its_occurrence_and_the_keyboard_stays_in_the_table(page):
    button = page.element("#estimated tbody tr:nth-child(1) button:nth-child(2)")
    button.click()
    page.wait(lambda: page.ask("page.clock.time") > 8.1)
    assert page.chosen() == ["lag", 0, 1]
    assert button.get_attribute("aria-current") == "true"
    assert page.ask("document.activeElement.tagName") == "BODY"  # so that Space is for playing
    page.press(Keys.ESCAPE)
    page.ask("document.querySelector('#estimated tbody button').focus()")
    page.press(Keys.ENTER)
    page.press(Keys.ARROW_RIGHT)
    assert page.ask("document.activeElement.textContent") == "0:08.0 – 0:09.0"
    page.press(Keys.ESCAPE)


def test_arrows_step_through_occurrences_and_themes(page):
    keys = (*3 * [Keys.ARROW_RIGHT], Keys.ARROW_DOWN, Keys.ARROW_LEFT, Keys.ARROW_UP, Keys.ARROW_UP)
    steps = ((0, 0), (0, 1), (0, 0), (1, 0), (1, 2), (0, 0), (1, 0))
    for key, step in zip(keys, steps, strict=True):
        page.press(key)
        assert page.chosen() == ["lag", *step]
        assert page.ask("page.pair") is None
    page.wait(lambda: not page.ask("page.clock.playing"))
    page.press(Keys.ENTER)
    page.wait(lambda: page.ask("page.clock.playing"))
    assert 0.5 <= page.ask("page.clock.time") < 1.4
    page.press(Keys.ESCAPE)
    for key, theme in ((Keys.ARROW_DOWN, 0), (Keys.ARROW_UP, 1), (Keys.ARROW_LEFT, 0)):  # the first begins at an end
        page.press(key)
        assert page.chosen()[1] == theme
        page.press(Keys.ESCAPE)


def test_a_click_in_the_matrix_plays_the_frame_of_its_column_and_with_shift_that_of_its_row(page):
    page.click(page.matrix(9, 3))
    near_s = 1 / (page.matrix(1, 0)["x"] - page.matrix(0, 0)["x"])  # a pixel
    assert page.ask("page.pair") == pytest.approx({"x": 9, "y": 3}, abs=near_s)
    assert page.ask("page.playback.side") == "x"
    page.wait_until_it_plays_between(9.2, 10)
    page.click(page.matrix(9, 3), Keys.SHIFT)
    assert page.ask("page.playback.side") == "y"
    page.wait_until_it_plays_between(3.2, 4)
    page.press("x")
    page.wait_until_it_plays_between(9.2, 10)
    assert page.element("#first").text == page.ask("clockTime(page.pair.x)")
    page.element("#second").click()
    page.wait_until_it_plays_between(3.2, 4)
    page.press(Keys.ESCAPE)
    page.wait(lambda: not page.element("#pair").is_displayed())


def test_both_frames_are_played_in_turn_until_the_end_of_the_piece_or_five_seconds(page):
    page.click(page.matrix(11.3, 6))
    page.press("b")
    assert page.ask("page.playback.side") == "x"
    page.wait(lambda: page.ask("page.playback.side") == "y")
    assert page.ask("page.clock.time") == pytest.approx(6, abs=0.2)
    assert page.ask("page.clock.playing")
    page.wait_until_it_stops_at(11, abs_s=0.1)


def test_the_point_of_a_pair_moves_along_its_stripe(page):
    page.click(page.matrix(9, 3))
    page.wait(lambda: page.ask("page.clock.time") > 10)
    page.press(" ")
    time_s = page.ask("page.clock.time")
    page.ask("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    red, green, blue, alpha = page.pixel("marks", page.matrix(time_s, time_s - LAG_S))
    assert alpha == 255
    assert (red, green, blue) == pytest.approx(ACCENT, abs=3)
    page.press(Keys.ESCAPE)
    # the cross is at the present time
    page.ask("page.playback.seek(7)")
    page.wait(lambda: page.is_marked(page.matrix(7, 2)))
    assert [page.is_marked(position) for position in (page.matrix(2, 7), page.waveform(7))] == [True, True]
    assert [page.is_marked(position) for position in (page.matrix(2, 2), page.waveform(2))] == [False, False]


def test_pointing_at_an_occurrence_marks_its_siblings_and_their_cells(page):
    edge = page.matrix(4.5, 11.5)  # upper edge of the cell of the second and the third occurrence
    strong = page.pixel("background", page.occurrence("lag", 0, 0))
    assert not page.is_marked(edge)
    page.move(page.occurrence("lag", 1, 0))
    page.wait(lambda: page.is_marked(edge))
    assert page.ask("[page.pointedTheme.list, page.pointedTheme.index]") == ["lag", 1]
    assert page.is_marked(page.matrix(10.5, 5))
    assert not page.is_marked(page.matrix(8.5, 3))  # of the other theme
    assert page.pixel("background", page.occurrence("lag", 0, 0))[3] < strong[3]
    assert page.pixel("background", page.occurrence("lag", 1, 2))[3] == 255
    page.move(page.matrix(6, 6.5))
    page.wait(lambda: not page.is_marked(edge))
    assert page.ask("page.pointedTheme") is None
    assert page.element("#pointed").text.startswith("0:06.0 against 0:06.")


def test_the_extractor_is_switched(page):
    buttons = page.elements("#extractors button")
    assert [button.text for button in buttons] == ["Lag themes (2)", "Themes by Nieto and Farbood (1)"]
    origin = page.matrix(0, 0)
    buttons[1].click()
    assert page.ask("page.list") == "nieto_farbood"
    assert [button.get_attribute("aria-pressed") for button in buttons] == ["false", "true"]
    assert page.rows() == [["1 0.5 2.3 s", "0:02.0 – 0:04.5", "0:04.0 – 0:06.5", "0:08.0 – 0:10.0"]]
    assert page.matrix(0, 0) == origin  # nothing moves
    page.click(page.occurrence("nieto_farbood", 0, 0))
    assert page.chosen() == ["nieto_farbood", 0, 0]
    page.click({"x": page.matrix(4.2, 0)["x"], "y": page.occurrence("nieto_farbood", 0, 0)["y"]})  # where two overlap
    assert page.chosen() == ["nieto_farbood", 0, 1]
    page.press("e")
    assert page.ask("page.list") == "lag"
    assert page.chosen() is None
    page.press(Keys.ESCAPE)


@pytest.mark.parametrize(("width", "height"), [(1600, 900), (1000, 800), (390, 800)])
def test_at_every_width_nothing_sticks_out(page, width, height):
    def is_beside():
        return page.box("#side")["left"] >= page.box("#stage")["right"]

    with page.screen(width, height):
        page.wait(lambda: page.ask("window.innerWidth") == width >= page.ask("document.documentElement.scrollWidth"))
        page.wait(lambda: is_beside() == (width >= 1000))  # the script lays out what the window has become
        stage = page.box("#stage")
        assert stage["right"] <= width
        assert stage["bottom"] <= height
        left, right = page.matrix(0, 0), page.matrix(DURATION_S, DURATION_S)
        assert right["x"] - left["x"] == pytest.approx(left["y"] - right["y"])  # square


def test_without_themes_there_is_the_matrix_and_the_step_that_finds_them_if_it_was_not_run(browser, theme_pages):
    page = Page(browser, theme_pages[0].as_uri())
    assert page.element("#status").text == "Themes are found by step 6: python -m forecast.step6_find_themes small"
    assert page.rows() == []
    page.press(Keys.ARROW_RIGHT)
    assert page.chosen() is None
    page.click(page.matrix(4, 2))
    page.wait_until_it_plays_between(4.2, 5)
    assert page.errors() == []
    # nor has a piece in which none was found a table
    page = Page(browser, theme_pages[2].as_uri())
    assert not page.element("#status").is_displayed()
    assert page.rows() == []
    assert page.texts("#extractors button") == ["Lag themes (0)", "Themes by Nieto and Farbood (0)"]
    assert page.errors() == []


def test_the_index_leads_to_the_pages_and_they_lead_back(browser, theme_pages):
    page = OpenPage(browser, theme_pages[3].as_uri())
    assert [text.split("\n") for text in page.texts("a")] == [
        ["a piece", "0:12 · themes: 2 lag, 1 nieto_farbood"],
        ["#2", "0:12 · themes: 0 lag, 0 nieto_farbood"],
    ]
    page.elements("a")[1].click()
    page.wait(lambda: browser.title == "#2")
    page.element("#index").click()
    page.wait(lambda: browser.title == "small, CQT")
    assert page.errors() == []


def test_without_sound_the_page_says_so_and_moves_on(browser, theme_pages, tmp_path):
    text = theme_pages[1].read_text(encoding="utf-8")
    page = Page(browser, without_sound(text, tmp_path / "silent.html"))
    page.click(page.occurrence("lag", 1, 1))
    page.wait(lambda: page.element("#status").text == "The sound cannot be played here; the cross moves without it.")
    page.wait_until_it_plays_between(4.5, 6)
    page.wait_until_it_stops_at(5)


@pytest.mark.parametrize("index", range(4))
def test_whatever_is_pressed_in_whatever_order_no_script_fails(browser, theme_pages, index):
    assert OpenPage(browser, theme_pages[index].as_uri()).press_anything(seed=index) == []
