"""The atom page in a real browser, with real input."""

import base64

import numpy as np
import pytest

from tests.browser import NEEDS_BROWSER, PHONE, Keys, OpenPage, Select, watched, without_sound
from tests.small_dictionary import HATS, KICK, NEGATIVE, SNARE

pytestmark = NEEDS_BROWSER


@pytest.fixture
def page(browser, dictionary_files):
    yield from watched(Page(browser, dictionary_files[0].as_uri()))


class Page(OpenPage):
    READY = "page.player.prepare()"

    def card(self, number):
        return self.elements(".card")[self.texts(".card strong").index(str(number))]

    def focused(self):
        return self.ask("document.activeElement.querySelector('strong')?.textContent")

    def mark_of(self, atom):
        """The position of the first mark of an atom in the code."""
        piece = self.ask("page.data.piece")
        row = piece["active"].index(atom)
        step = next(step for step, row_of_step, _ in piece["code"] if row_of_step == row)
        x, part = f"page.piece.codeCell({step}).left + 2", "page.piece.layOut()"
        return self.in_window("page.piece.above", f"[{x}, {part}.code.top + {row + 0.5} * {part}.codeRow]")

    def playing(self):
        """The number of an atom, or "original", or "reconstruction"."""
        return self.ask("page.playing?.atom?.number ?? page.playing")

    def highlighted(self):
        return self.ask("page.highlighted?.atom.number ?? null")

    def shown(self):
        return self.ask("page.shown.map((card) => card.atom.number)")

    def pixels(self, card):
        """Red, green, blue and alpha of a card's image, (height, width, 4)."""
        width, height, text = self.browser.execute_script(
            """
            const canvas = arguments[0].querySelector("canvas");
            const bytes = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            return [canvas.width, canvas.height, btoa(bytes.reduce((text, b) => text + String.fromCharCode(b), ""))];
            """,
            card,
        )
        return np.frombuffer(base64.b64decode(text), np.uint8).reshape(height, width, 4)


def test_cards_stand_in_order_of_use_with_number_fraction_and_labels(page):
    assert [text.split("\n") for text in page.texts(".card")] == [
        ["2", "43 %"],
        ["0", "29 %", "jazz ×3.0"],
        ["1", "24 %", "rock ×1.5"],
    ]
    assert page.element("h1").text == "beats, A"
    assert page.element("#summary").text.startswith("the 3 most used of 5 atoms of 4 steps")
    assert page.element("#about").text == "b/three.mid · rock"
    pixels = page.pixels(page.card(HATS))
    height, width, _ = pixels.shape
    middle = pixels[round(height * 6.5 / 9), :, 3].astype(int)  # closed hat is the third of nine rows from below
    dark = [middle[round(width * (step + 0.5) / 4)] for step in range(4)]
    assert dark[0] > dark[2] > 60  # velocities of 0.5 and 0.25
    assert dark[1] == dark[3] == 0
    assert pixels[round(height * 1.5 / 9), round(width * 0.5 / 4), 3] == 0


@pytest.mark.parametrize("key", [Keys.ENTER, " "])
def test_keys_go_from_card_to_card_and_play(page, key):
    page.ask("document.querySelector('.card').focus()")
    page.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_LEFT)
    assert page.focused() == str(KICK)
    page.press(key)
    assert page.playing() == KICK
    page.press(Keys.TAB)
    assert page.focused() == str(SNARE)


def test_the_slices_that_are_decoded_hold_their_sounds_and_silence_is_between(page):
    peaks = page.browser.execute_async_script(
        """
        const done = arguments[0];
        page.player.prepare().then((buffer) => {
          const { atoms, piece } = page.data;
          const [samples, rate] = [buffer.getChannelData(0), buffer.sampleRate];
          const peak = ([start, length]) => {
            const slice = samples.slice(start * rate, (start + length) * rate);
            return slice.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
          };
          const gap = atoms.map(({ sound: [start, length] }) => peak([start + length + 0.015, 0.03]));
          done([[...piece.sounds, ...atoms.map((atom) => atom.sound)].map(peak), gap]);
        });
        """
    )
    assert min(peaks[0]) > 0.2
    assert max(peaks[1]) < 0.02


def test_the_piece_plays_with_the_playhead_where_the_sound_is_and_stops(page):
    image = "document.getElementById('above').toDataURL()"
    before = page.ask(image)
    page.element("#reconstruction").click()
    assert page.playing() == "reconstruction"
    page.wait(lambda: (page.ask("page.player.time") or 0) > 0.5)
    assert page.element("#reconstruction").text == "Stop reconstruction"
    time_s, x, expected = page.browser.execute_async_script(
        """
        const done = arguments[0];
        requestAnimationFrame(() => requestAnimationFrame(() => {
          const canvas = document.getElementById("above");
          const line = canvas.getContext("2d").getImageData(0, 30, canvas.width, 1).data;
          const alphas = line.filter((_, i) => i % 4 === 3);
          const drawn = alphas.indexOf(Math.max(...alphas)) / devicePixelRatio;
          done([page.player.time, drawn, page.piece.x(page.player.time / 0.1)]);
        }));
        """
    )
    assert time_s > 0.5
    assert x == pytest.approx(expected, abs=6)  # a step is about 9 pixels, a frame a sixth of a step
    page.element("#reconstruction").click()
    assert page.playing() is None
    page.wait(lambda: page.ask(image) == before)


def test_space_outside_of_buttons_plays_the_piece_and_stops_it_as_an_atom_does(page):
    page.press(" ")
    assert page.playing() == "original"
    page.press(" ")
    assert page.playing() is None
    page.press(" ")
    page.card(KICK).click()
    assert page.playing() == KICK
    assert page.element("#original").text == "Play original"
    page.wait(lambda: page.playing() is None)  # when the atom ends
    assert page.highlighted() == KICK


def test_a_click_in_the_code_finds_the_card(page):
    page.click(page.mark_of(SNARE))
    assert page.highlighted() == SNARE
    assert page.focused() == str(SNARE)
    assert "highlighted" in page.card(SNARE).get_attribute("class")
    mark = page.mark_of(SNARE)
    page.click({"x": mark["x"], "y": mark["y"] + 60})  # into the music
    assert page.highlighted() is None
    page.click(page.mark_of(NEGATIVE))
    assert page.highlighted() is None
    assert page.element("#status").text == "Atom 3 is not among the most used, which are shown."


def test_a_label_shows_what_is_typical_of_it(page):
    order = Select(page.element("#order"))
    order.select_by_visible_text("rock")
    assert page.shown() == [SNARE]
    order.select_by_visible_text("by number")
    assert page.shown() == [KICK, SNARE, HATS]
    order.select_by_visible_text("jazz")
    page.click(page.mark_of(SNARE))
    assert page.shown() == [HATS, KICK, SNARE]
    assert page.highlighted() == SNARE


def test_on_a_phone_nothing_sticks_out(page):
    with page.screen(**PHONE):
        page.wait(lambda: page.ask("document.getElementById('score').width") < 2 * PHONE["width"])
        assert page.ask("document.documentElement.scrollWidth") == PHONE["width"]


def test_without_sound_the_page_says_so(browser, dictionary_files, tmp_path):
    text = dictionary_files[0].read_text(encoding="utf-8")
    page = OpenPage(browser, without_sound(text, tmp_path / "silent.html"))
    page.element(".card").click()
    page.wait(lambda: page.element("#status").text == "The sound cannot be played here.")
    assert page.ask("page.playing") is None


def test_whatever_is_pressed_in_whatever_order_no_script_fails(browser, dictionary_files):
    assert OpenPage(browser, dictionary_files[0].as_uri()).press_anything(seed=1) == []
