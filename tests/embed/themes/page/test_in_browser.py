"""The theme page in a real browser, with real input."""

import numpy as np
import pytest

from embed.themes.hear import write_pages
from tests.browser import NEEDS_BROWSER, ActionBuilder, By, Keys, OpenPage, watched, without_sound
from tests.small_themes import DURATION_S, LAG_S, store_small_themes

pytestmark = NEEDS_BROWSER


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The pages of a piece with themes, of one without themes, and the one that leads to them; the last without any."""
    root = tmp_path_factory.mktemp("root")

    def write_parameters(text, name):
        (root / "parameters").mkdir(exist_ok=True)
        (root / "parameters" / f"{name}.toml").write_text(text, encoding="utf-8")
        return root

    parameters, _ = store_small_themes(write_parameters, with_themes=False)
    before = write_pages(parameters, root)[0]
    before = before.rename(before.with_name("before.html"))
    parameters, _ = store_small_themes(write_parameters)
    return [*write_pages(parameters, root), before]


@pytest.fixture
def page(browser, pages):
    """The page as it is after opening, which is watched."""
    yield from watched(Page(browser, pages[0].as_uri()))


class Page(OpenPage):
    READY = "themes.ready()"

    def move(self, place):
        actions = ActionBuilder(self.browser, duration=30)
        actions.pointer_action.move_to_location(round(place["x"]), round(place["y"]))
        actions.perform()

    def occurrence(self, extractor, theme, index):
        return self.ask(f"themes.placeOfOccurrence('{extractor}', {theme}, {index})")

    def matrix(self, x, y):
        return self.ask(f"themes.placeInMatrix({x}, {y})")

    def rows(self):
        return [row.text.split("\n") for row in self.browser.find_elements(By.CSS_SELECTOR, "#found tbody tr")]

    def seconds_per_px(self):
        return 1 / (self.matrix(1, 0)["x"] - self.matrix(0, 0)["x"])

    def pixel(self, canvas, place):
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
            place,
        )

    def is_marked(self, place):
        """Whether there is anything but the cross of the playing moment."""
        return self.pixel("marks", place)[3] > 0


def test_the_table_tells_themes_with_strength_length_and_times(page):
    assert page.browser.find_element(By.TAG_NAME, "h1").text == "a piece"
    assert page.browser.find_element(By.ID, "about").text == "small, CQT"
    assert page.browser.find_element(By.ID, "length").text == "/ 0:12"
    assert [row[0] for row in page.rows()] == ["1 3.5 1.0 s", "2 1.3 1.2 s"]
    assert page.rows()[1][1:] == ["0:00.5 – 0:01.5", "0:04.0 – 0:05.0", "0:10.0 – 0:11.5"]
    button = page.browser.find_element(By.CSS_SELECTOR, "#found tbody tr:nth-child(2) button:nth-child(2)")
    assert button.accessible_name == "play occurrence 2 of theme 2, 0:04.0 – 0:05.0"
    assert page.browser.find_element(By.CSS_SELECTOR, "#known summary").text == "Reference patterns (1)"


def test_every_button_has_a_name(page):
    page.click(page.matrix(3, 9))
    page.browser.find_element(By.CSS_SELECTOR, "#known summary").click()
    buttons = page.browser.find_elements(By.TAG_NAME, "button")
    names = [button.accessible_name for button in buttons]
    assert len(names) == 1 + 2 + 3 + 5 + 2
    assert all(names)
    assert len(set(names)) == len(names)


def test_the_matrix_is_bright_where_it_repeats_and_dark_elsewhere(page):
    across = [sum(page.pixel("picture", page.matrix(3.05 + LAG_S, 3.05 + d))[:3]) for d in np.arange(-1.5, 1.5, 0.1)]
    assert np.argmax(across) == pytest.approx(15, abs=1)
    assert max(across) > 300
    assert across[0] == across[-1] == 4  # the darkest colour of inferno is 0, 0, 4


def test_a_click_on_an_occurrence_plays_just_it(page):
    page.click(page.occurrence("lag", 1, 1))
    assert page.ask("themes.chosen") == ["lag", 1, 1]
    page.wait(lambda: 4.1 < page.ask("themes.time") < 5)
    assert page.ask("themes.playing")
    assert page.ask("themes.hasSound")
    page.wait(lambda: not page.ask("themes.playing"))
    assert page.ask("themes.time") == pytest.approx(5.0, abs=0.03)


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
    page.wait(lambda: page.ask("themes.time") > 2.2)
    page.press(" ")
    stopped_s = page.ask("themes.time")
    assert not page.ask("themes.playing")
    assert stopped_s < 3
    page.press(" ")
    page.wait(lambda: not page.ask("themes.playing"))
    assert page.ask("themes.time") == pytest.approx(3.0, abs=0.03)
    page.press(" ")  # and beyond
    page.wait(lambda: page.ask("themes.time") > 3.3)
    page.press(Keys.ESCAPE)
    assert not page.ask("themes.playing")
    assert page.ask("themes.chosen") is None


def test_a_button_of_the_table_plays_its_occurrence(page):
    button = page.browser.find_element(By.CSS_SELECTOR, "#found tbody tr:nth-child(1) button:nth-child(2)")
    button.click()
    page.wait(lambda: page.ask("themes.time") > 8.1)
    assert page.ask("themes.chosen") == ["lag", 0, 1]
    assert button.get_attribute("aria-current") == "true"
    assert page.ask("document.activeElement.tagName") == "BODY"  # so that Space is for playing
    page.press(Keys.ESCAPE)


def test_arrows_step_through_occurrences_and_themes(page):
    steps = [
        (Keys.ARROW_RIGHT, 0, 0),
        (Keys.ARROW_RIGHT, 0, 1),
        (Keys.ARROW_RIGHT, 0, 0),
        (Keys.ARROW_DOWN, 1, 0),
        (Keys.ARROW_LEFT, 1, 2),
        (Keys.ARROW_UP, 0, 0),
        (Keys.ARROW_UP, 1, 0),
    ]
    for key, theme, index in steps:
        page.press(key)
        assert page.ask("themes.chosen") == ["lag", theme, index]
        assert page.ask("themes.pair") is None
    page.wait(lambda: not page.ask("themes.playing"))
    page.press(Keys.ENTER)
    page.wait(lambda: page.ask("themes.playing"))
    assert 0.5 <= page.ask("themes.time") < 1.4
    page.press(Keys.ESCAPE)


@pytest.mark.parametrize(("key", "theme"), [(Keys.ARROW_DOWN, 0), (Keys.ARROW_UP, 1), (Keys.ARROW_LEFT, 0)])
def test_the_first_arrow_begins_at_an_end(page, key, theme):
    page.press(key)
    assert page.ask("themes.chosen[1]") == theme
    page.press(Keys.ESCAPE)


def test_the_keyboard_stays_in_the_table(page):
    page.ask("document.querySelector('#found tbody button').focus()")
    page.press(Keys.ENTER)
    page.press(Keys.ARROW_RIGHT)
    assert page.ask("document.activeElement.textContent") == "0:08.0 – 0:09.0"
    page.press(Keys.ESCAPE)


def test_a_click_in_the_matrix_plays_the_moment_below_and_with_shift_the_one_beside(page):
    page.click(page.matrix(9, 3))
    near = page.seconds_per_px()
    assert page.ask("themes.pair") == pytest.approx({"x": 9, "y": 3}, abs=near)
    assert page.ask("themes.side") == "x"
    page.wait(lambda: 9.2 < page.ask("themes.time") < 10)
    page.click(page.matrix(9, 3), Keys.SHIFT)
    assert page.ask("themes.side") == "y"
    page.wait(lambda: 3.2 < page.ask("themes.time") < 4)
    page.press("x")
    page.wait(lambda: 9.2 < page.ask("themes.time") < 10)
    assert page.browser.find_element(By.ID, "first").text == page.ask("clockTime(themes.pair.x)")
    page.browser.find_element(By.ID, "second").click()
    page.wait(lambda: 3.2 < page.ask("themes.time") < 4)
    page.press(Keys.ESCAPE)
    page.wait(lambda: not page.browser.find_element(By.ID, "pair").is_displayed())


def test_both_moments_are_heard_in_turn_until_the_end_of_the_piece_or_five_seconds(page):
    page.click(page.matrix(11.3, 6))
    page.press("b")
    assert page.ask("themes.side") == "x"
    page.wait(lambda: page.ask("themes.side") == "y")
    assert page.ask("themes.time") == pytest.approx(6, abs=0.2)
    assert page.ask("themes.playing")
    page.wait(lambda: not page.ask("themes.playing"))
    assert page.ask("themes.time") == pytest.approx(11, abs=0.1)


def test_the_point_of_a_pair_moves_along_its_stripe(page):
    page.click(page.matrix(9, 3))
    page.wait(lambda: page.ask("themes.time") > 10)
    page.press(" ")
    time_s = page.ask("themes.time")
    page.ask("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    red, green, blue, alpha = page.pixel("marks", page.matrix(time_s, time_s - LAG_S))
    assert alpha == 255
    assert (red, green, blue) == pytest.approx((214, 51, 108), abs=3)  # the accent of the light page
    page.press(Keys.ESCAPE)


def test_the_cross_is_at_the_playing_moment(page):
    page.ask("themes.seek(7)")
    page.wait(lambda: page.is_marked(page.matrix(7, 2)))
    assert page.is_marked(page.matrix(2, 7))
    assert page.is_marked(page.ask("themes.placeInWaveform(7)"))
    assert not page.is_marked(page.matrix(2, 2))
    assert not page.is_marked(page.ask("themes.placeInWaveform(2)"))


def test_pointing_at_an_occurrence_marks_its_siblings_and_their_cells(page):
    edge = page.matrix(4.5, 11.5)  # upper edge of the cell of the second and the third occurrence
    strong = page.pixel("picture", page.occurrence("lag", 0, 0))
    assert not page.is_marked(edge)
    page.move(page.occurrence("lag", 1, 0))
    page.wait(lambda: page.is_marked(edge))
    assert page.ask("themes.pointed") == ["lag", 1]
    assert page.is_marked(page.matrix(10.5, 5))
    assert not page.is_marked(page.matrix(8.5, 3))  # of the other theme
    assert page.pixel("picture", page.occurrence("lag", 0, 0))[3] < strong[3]
    assert page.pixel("picture", page.occurrence("lag", 1, 2))[3] == 255
    page.move(page.matrix(6, 6.5))
    page.wait(lambda: not page.is_marked(edge))
    assert page.ask("themes.pointed") is None
    assert page.browser.find_element(By.ID, "pointed").text.startswith("0:06.0 against 0:06.")


def test_a_click_in_the_waveform_plays_on_from_there(page):
    page.click(page.occurrence("lag", 0, 0))
    page.click(page.ask("themes.placeInWaveform(5)"))
    assert page.ask("themes.chosen") is None
    page.wait(lambda: 5.2 < page.ask("themes.time") < 6)
    page.press(Keys.ESCAPE)


def test_a_known_pattern_can_be_heard(page):
    page.click(page.occurrence("known", 0, 1))
    assert page.ask("themes.chosen") == ["known", 0, 1]
    page.wait(lambda: 8.5 < page.ask("themes.time") < 9.5)
    page.press(Keys.ARROW_RIGHT)
    assert page.ask("themes.chosen") == ["known", 0, 0]
    page.wait(lambda: not page.ask("themes.playing"))
    assert page.ask("themes.time") == pytest.approx(3.5, abs=0.03)


def test_the_extractor_is_switched(page):
    buttons = page.browser.find_elements(By.CSS_SELECTOR, "#extractors button")
    assert [button.text for button in buttons] == ["Lag themes (2)", "Themes by Nieto and Farbood (1)"]
    place = page.matrix(0, 0)
    buttons[1].click()
    assert page.ask("themes.list") == "nieto_farbood"
    assert [button.get_attribute("aria-pressed") for button in buttons] == ["false", "true"]
    assert page.rows() == [["1 0.5 2.3 s", "0:02.0 – 0:04.5", "0:04.0 – 0:06.5", "0:08.0 – 0:10.0"]]
    assert page.matrix(0, 0) == place  # nothing moves
    page.click(page.occurrence("nieto_farbood", 0, 0))
    assert page.ask("themes.chosen") == ["nieto_farbood", 0, 0]
    page.click({"x": page.matrix(4.2, 0)["x"], "y": page.occurrence("nieto_farbood", 0, 0)["y"]})  # where two overlap
    assert page.ask("themes.chosen") == ["nieto_farbood", 0, 1]
    page.press("e")
    assert page.ask("themes.list") == "lag"
    assert page.ask("themes.chosen") is None
    page.press(Keys.ESCAPE)


@pytest.mark.parametrize(("width", "height"), [(1600, 900), (1000, 800), (390, 800)])
def test_at_every_width_nothing_sticks_out(page, width, height):
    with page.screen(width, height):
        page.wait(lambda: page.ask("window.innerWidth") == width)
        page.wait(lambda: page.ask("document.documentElement.scrollWidth") <= width)
        stage = page.ask("document.getElementById('stage').getBoundingClientRect().toJSON()")
        side = page.ask("document.getElementById('side').getBoundingClientRect().toJSON()")
        assert stage["right"] <= width
        assert (side["left"] >= stage["right"]) == (width >= 1000)
        assert stage["bottom"] <= height
        left, right = page.matrix(0, 0), page.matrix(DURATION_S, DURATION_S)
        assert right["x"] - left["x"] == pytest.approx(left["y"] - right["y"])  # square


def test_without_themes_there_is_the_matrix_and_which_step_finds_them(browser, pages):
    page = Page(browser, pages[3].as_uri())
    note = page.browser.find_element(By.ID, "note")
    assert note.text == "Themes are found by step 6: python -m forecast.step6_find_themes small"
    assert page.rows() == []
    page.press(Keys.ARROW_RIGHT)
    assert page.ask("themes.chosen") is None
    page.click(page.matrix(4, 2))
    page.wait(lambda: 4.2 < page.ask("themes.time") < 5)
    assert page.errors() == []


def test_a_piece_in_which_none_was_found_has_no_table(browser, pages):
    page = Page(browser, pages[1].as_uri())
    assert not page.browser.find_element(By.ID, "note").is_displayed()
    assert page.rows() == []
    buttons = page.browser.find_elements(By.CSS_SELECTOR, "#extractors button")
    assert [button.text for button in buttons] == ["Lag themes (0)", "Themes by Nieto and Farbood (0)"]
    assert page.errors() == []


def test_the_pages_lead_to_one_another(browser, pages):
    page = OpenPage(browser, pages[2].as_uri())
    links = browser.find_elements(By.TAG_NAME, "a")
    assert [link.text.split("\n") for link in links] == [
        ["a piece", "0:12 · themes: 2 lag, 1 nieto_farbood"],
        ["#2", "0:12 · themes: 0 lag, 0 nieto_farbood"],
    ]
    links[1].click()
    page.wait(lambda: browser.title == "#2")
    browser.find_element(By.ID, "index").click()
    page.wait(lambda: browser.title == "small, CQT")
    assert page.errors() == []


def test_without_sound_the_page_says_so_and_moves_on(browser, pages, tmp_path):
    address = without_sound(pages[0].read_text(encoding="utf-8"), tmp_path / "silent.html")
    page = Page(browser, address)
    page.click(page.occurrence("lag", 1, 1))
    note = browser.find_element(By.ID, "note")
    page.wait(lambda: note.text == "The sound cannot be played here; the cross moves without it.")
    page.wait(lambda: not page.ask("themes.playing") and page.ask("themes.time") > 4.5)
    assert page.ask("themes.time") == pytest.approx(5, abs=0.03)
