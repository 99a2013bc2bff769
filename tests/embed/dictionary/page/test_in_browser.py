"""The atom page in a real browser, with real input."""

import base64

import numpy as np
import pytest

from embed.dictionary.hear import write_dictionary
from tests.browser import NEEDS_BROWSER, By, Keys, OpenPage, Select, watched, without_sound
from tests.small_dictionary import HATS, KICK, SNARE, TEXT, TURNED, store_small_dictionary

pytestmark = NEEDS_BROWSER
SHOWN_ATOMS = "n_atoms = 3"  # the turned one is in the piece, not on the page


@pytest.fixture(scope="module")
def page_path(tmp_path_factory):
    root = tmp_path_factory.mktemp("root")

    def write_parameters(text, name):
        (root / "parameters").mkdir()
        (root / "parameters" / f"{name}.toml").write_text(text, encoding="utf-8")
        return root

    parameters, root = store_small_dictionary(write_parameters, TEXT.replace("n_atoms = 4", SHOWN_ATOMS))
    return write_dictionary(parameters.for_run("A"), root)[0]


@pytest.fixture
def page(browser, page_path):
    """The page as it is after opening, which is watched."""
    yield from watched(Page(browser, page_path.as_uri()))


class Page(OpenPage):
    READY = "atoms.decoded()"

    def card(self, number):
        cards = self.browser.find_elements(By.CSS_SELECTOR, ".card")
        return next(card for card in cards if card.find_element(By.TAG_NAME, "strong").text == str(number))

    def focused(self):
        return self.ask("document.activeElement.querySelector('strong')?.textContent")

    def mark_of(self, atom):
        piece = self.ask("JSON.parse(document.getElementById('data').textContent).piece")
        row = piece["active"].index(atom)
        return next(number for number, (_, of, _) in enumerate(piece["code"]) if of == row)

    def pixels(self, card):
        """Red, green, blue and alpha of a card's picture, (height, width, 4)."""
        width, height, text = self.browser.execute_script(
            """
            const canvas = arguments[0].querySelector("canvas");
            const bytes = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            return [canvas.width, canvas.height, btoa(bytes.reduce((text, b) => text + String.fromCharCode(b), ""))];
            """,
            card,
        )
        return np.frombuffer(base64.b64decode(text), np.uint8).reshape(height, width, 4)


def test_cards_stand_in_order_of_use_and_tell_number_share_and_labels(page):
    texts = [card.text.split("\n") for card in page.browser.find_elements(By.CSS_SELECTOR, ".card")]
    assert texts == [["2", "43 %"], ["0", "29 %", "jazz ×3.0"], ["1", "24 %", "rock ×1.5"]]
    assert page.browser.find_element(By.TAG_NAME, "h1").text == "beats, A"
    assert page.browser.find_element(By.ID, "summary").text.startswith("the 3 most used of 5 atoms of 4 steps")
    assert page.browser.find_element(By.ID, "about").text == "b/three.mid · rock"


def test_the_picture_of_an_atom_has_its_hits_in_their_places(page):
    pixels = page.pixels(page.card(HATS))
    height, width, _ = pixels.shape
    middle = pixels[round(height * 6.5 / 9), :, 3].astype(int)  # closed hat is the third of nine rows from below
    dark = [middle[round(width * (step + 0.5) / 4)] for step in range(4)]
    assert dark[0] > dark[2] > 60  # velocities of 0.5 and 0.25
    assert dark[1] == dark[3] == 0
    assert pixels[round(height * 1.5 / 9), round(width * 0.5 / 4), 3] == 0


def test_a_click_plays_an_atom_to_its_end(page):
    page.card(KICK).click()
    assert page.ask("atoms.playing") == KICK
    page.wait(lambda: page.ask("atoms.playing") is None)
    assert page.ask("atoms.highlighted") == KICK


@pytest.mark.parametrize("key", [Keys.ENTER, " "])
def test_keys_go_from_card_to_card_and_play(page, key):
    page.ask("document.querySelector('.card').focus()")
    page.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_LEFT)
    assert page.focused() == str(KICK)
    page.press(key)
    assert page.ask("atoms.playing") == KICK
    page.press(Keys.TAB)
    assert page.focused() == str(SNARE)


def test_the_slices_that_are_decoded_hold_their_sounds_and_silence_is_between(page):
    peaks = page.browser.execute_async_script(
        """
        const done = arguments[0];
        atoms.decoded().then((buffer) => {
          const { atoms: all, piece } = JSON.parse(document.getElementById("data").textContent);
          const [samples, rate] = [buffer.getChannelData(0), buffer.sampleRate];
          const peak = ([start, length]) => {
            const slice = samples.slice(start * rate, (start + length) * rate);
            return slice.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
          };
          const gap = all.map(({ sound: [start, length] }) => peak([start + length + 0.015, 0.03]));
          done([[...piece.sounds, ...all.map((atom) => atom.sound)].map(peak), gap]);
        });
        """
    )
    assert min(peaks[0]) > 0.2
    assert max(peaks[1]) < 0.02


def test_the_piece_plays_with_a_moving_playhead_and_stops(page):
    picture = "document.getElementById('above').toDataURL()"
    before = page.ask(picture)
    page.browser.find_element(By.ID, "reconstruction").click()
    assert page.ask("atoms.playing") == "reconstruction"
    page.wait(lambda: (page.ask("atoms.time") or 0) > 0.2)
    early, early_s = page.ask(picture), page.ask("atoms.time")
    page.wait(lambda: page.ask("atoms.time") > early_s + 0.2)
    assert len({before, early, page.ask(picture)}) == 3
    assert page.browser.find_element(By.ID, "reconstruction").text == "Stop reconstruction"
    page.browser.find_element(By.ID, "reconstruction").click()
    assert page.ask("atoms.playing") is None
    page.wait(lambda: page.ask(picture) == before)


def test_the_playhead_is_where_the_sound_is(page):
    page.browser.find_element(By.ID, "original").click()
    page.wait(lambda: (page.ask("atoms.time") or 0) > 0.5)
    time_s, x, expected = page.browser.execute_async_script(
        """
        const done = arguments[0];
        requestAnimationFrame(() => requestAnimationFrame(() => {
          const canvas = document.getElementById("above");
          const line = canvas.getContext("2d").getImageData(0, 30, canvas.width, 1).data;
          const alphas = line.filter((_, i) => i % 4 === 3);
          const drawn = alphas.indexOf(Math.max(...alphas)) / devicePixelRatio;
          done([atoms.time, drawn, atoms.placeOfStep(atoms.time / 0.1)]);
        }));
        """
    )
    assert time_s > 0.5
    assert x == pytest.approx(expected, abs=6)  # a step is about 9 pixels, a frame a sixth of a step


def test_space_outside_of_buttons_plays_the_piece_and_stops_it(page):
    page.press(" ")
    assert page.ask("atoms.playing") == "original"
    page.press(" ")
    assert page.ask("atoms.playing") is None


def test_an_atom_stops_the_piece(page):
    page.press(" ")
    page.card(SNARE).click()
    assert page.ask("atoms.playing") == SNARE
    assert page.browser.find_element(By.ID, "original").text == "Play original"


def test_a_click_in_the_code_finds_the_card(page):
    page.click(page.ask(f"atoms.placeOfMark({page.mark_of(SNARE)})"))
    assert page.ask("atoms.highlighted") == SNARE
    assert page.focused() == str(SNARE)
    assert "highlighted" in page.card(SNARE).get_attribute("class")
    place = page.ask(f"atoms.placeOfMark({page.mark_of(SNARE)})")
    page.click({"x": place["x"], "y": place["y"] + 60})  # into the music
    assert page.ask("atoms.highlighted") is None


def test_an_atom_that_is_not_shown_is_told(page):
    page.click(page.ask(f"atoms.placeOfMark({page.mark_of(TURNED)})"))
    assert page.ask("atoms.highlighted") is None
    assert page.browser.find_element(By.ID, "note").text == "Atom 3 is not among the most used, which are shown."


def test_a_label_shows_what_is_typical_of_it(page):
    order = Select(page.browser.find_element(By.ID, "order"))
    order.select_by_visible_text("rock")
    assert page.ask("atoms.shown") == [SNARE]
    order.select_by_visible_text("by number")
    assert page.ask("atoms.shown") == [KICK, SNARE, HATS]
    order.select_by_visible_text("jazz")
    page.click(page.ask(f"atoms.placeOfMark({page.mark_of(SNARE)})"))
    assert page.ask("atoms.shown") == [HATS, KICK, SNARE]
    assert page.ask("atoms.highlighted") == SNARE


def test_on_a_phone_nothing_sticks_out(page):
    with page.screen(390, 800, pixel_ratio=2):
        page.wait(lambda: page.ask("document.getElementById('score').width") < 760)
        assert page.ask("document.documentElement.scrollWidth") == 390


def test_without_sound_the_page_says_so(browser, page_path, tmp_path):
    page = OpenPage(browser, without_sound(page_path.read_text(encoding="utf-8"), tmp_path / "silent.html"))
    browser.find_element(By.CSS_SELECTOR, ".card").click()
    note = browser.find_element(By.ID, "note")
    page.wait(lambda: note.text == "The sound cannot be played here.")
    assert page.ask("atoms.playing") is None
