"""The page of a film in a real browser: the frame that is shown, the point and the time belong together."""

import time

import numpy as np
import pytest

from embed.video.play import draw_page
from pipeline.parameters import load
from tests.browser import ACCENT, NEEDS_BROWSER, PHONE, Keys, watched, without_sound
from tests.embed.video.conftest import (
    N_FRAMES,
    RATE_HZ,
    TEXT,
    grey_of,
    path_at,
    store_embeddings,
    store_film,
    write_film,
)
from tests.player_page import Player

pytestmark = NEEDS_BROWSER

PATHS = 2 * [path_at((np.arange(N_FRAMES) + 0.5) / RATE_HZ)]
GREY_OF = """
    const context = new OffscreenCanvas(8, 8).getContext("2d", { willReadFrequently: true });
    const greyOf = (...source) => {
      context.drawImage(...source, 0, 0, 8, 8);
      return context.getImageData(4, 4, 1, 1).data[0];
    };
"""
FRAME_SHOWN = f"""{GREY_OF}
    const read = () => [greyOf(document.getElementById("sound")), page.clock.shownTime];
    return new Promise((done) => requestAnimationFrame(() => done(read())));
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    root = tmp_path_factory.mktemp("film")
    (root / "parameters").mkdir()
    (root / "parameters" / "film.toml").write_text(TEXT + '[figures]\nsections = [[0, "day"], [24, "night"]]\n')
    write_film(root / "music" / "greys.mp4", samples=np.sin(np.arange(4 * 48000) / 20))
    parameters = load("film", root)
    store_embeddings(parameters, store_film(parameters, root), root)
    return draw_page(parameters, root)[0]


@pytest.fixture
def page(browser, written):
    yield from watched(Player(browser, written.as_uri(), PATHS))


def frame_and_point(page):
    """Indices of the frame that the film shows, by its grey, and of the frame that the point is drawn for."""
    grey, time_s = page.browser.execute_script(FRAME_SHOWN)
    return round((grey - grey_of(0)) / 5), time_s * RATE_HZ - 0.5


def shows(page, frame):
    return frame_and_point(page) == (frame, pytest.approx(frame, abs=1e-6))


@pytest.mark.parametrize("frame", [0, 1, 6, 7, 30, N_FRAMES - 1])
def test_after_a_seek_the_frame_is_shown_that_the_point_is_drawn_for(page, frame):
    for time_s in (frame / RATE_HZ, (frame + 0.9) / RATE_HZ):
        page.ask(f"page.seek({time_s})")
        page.wait(lambda: shows(page, frame))
        drawn = page.drawn_at(0, ACCENT)
        ((x,), (y,)) = page.project(0, PATHS[0][frame : frame + 1])
        assert (drawn["x"], drawn["y"]) == (pytest.approx(x, abs=1), pytest.approx(y, abs=1))
        minutes, seconds = page.element("#clock").text.split(":")
        assert (int(minutes), float(seconds)) == (0, pytest.approx(frame / RATE_HZ, abs=0.006))


def test_keys_go_to_the_next_frame_and_to_both_ends(page):
    for key, shift, frame in [
        (Keys.ARROW_RIGHT, True, 1), (Keys.ARROW_RIGHT, True, 2), (Keys.ARROW_RIGHT, False, 14),
        (Keys.ARROW_LEFT, True, 13), (Keys.END, False, N_FRAMES - 1), (Keys.HOME, False, 0),
    ]:  # fmt: skip
        page.press(key, shift=shift)
        page.wait(lambda frame=frame: shows(page, frame))


def test_while_it_plays_frame_and_point_move_together(page):
    page.element("#sound").click()  # on the film
    page.wait(lambda: page.ask("page.clock.time") > 0.3)
    seen = [frame_and_point(page)]
    while page.ask("page.clock.playing") and len(seen) < 15:
        time.sleep(0.1)
        seen.append(frame_and_point(page))
    frames, points = np.array(seen).T
    assert len(np.unique(frames)) > 1
    # the page hears of a frame up to one redraw of the screen after it is there
    assert np.median(np.abs(frames - points)) < 1.01
    if page.ask("page.clock.playing"):
        page.press(" ")
    page.wait(lambda: not page.ask("page.clock.playing"))
    page.wait(lambda: shows(page, frame_and_point(page)[0]))


def test_a_browser_that_does_not_say_which_frame_is_shown_goes_by_the_time(browser, written):
    source = {"source": "delete HTMLVideoElement.prototype.requestVideoFrameCallback"}
    script = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", source)
    page = Player(browser, written.as_uri(), PATHS)
    browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
    page.ask("page.seek(2.5)")
    page.wait(lambda: shows(page, 30))
    assert page.ask("page.clock.frameTime") is None


def test_the_timeline_shows_frames_at_their_times_and_seeks(page):
    for time_s in (0.4, 1.9, 3.7):
        page.click(page.on_timeline(time_s))
        page.wait(lambda time_s=time_s: shows(page, int(time_s * RATE_HZ)))
        there = f"page.timeline.below, page.timeline.x({time_s}), page.timeline.top + 9, 1, 1"
        grey = page.browser.execute_script(f"{GREY_OF} return greyOf({there});")
        assert grey == pytest.approx(grey_of(time_s * RATE_HZ), abs=25)  # each stands for some frames
    assert page.element("#section").text == "night"
    assert page.element("#timeline").get_attribute("aria-label") == "time in the film"


def test_the_film_stands_left_of_the_trajectories_and_above_them_on_a_phone(page):
    captions = ["film 12 frames per second · a point every 83 ms", "R 3 dimensions"]
    assert page.texts("figcaption") == [*captions, "PCA 3 dimensions · aligned to R (Procrustes)"]
    film, panel = page.box("#film video"), page.box("figure:nth-child(2) .stage")
    assert film["right"] <= panel["left"]
    assert film["width"] > 300
    with page.screen(**PHONE):
        page.wait(lambda: page.box("figure:nth-child(2) .stage")["left"] < 20)
        film, panel = page.box("#film video"), page.box("figure:nth-child(2) .stage")
        assert film["bottom"] < panel["top"]
        assert panel["bottom"] < page.box("footer")["top"]
        assert page.ask("document.documentElement.scrollWidth") == PHONE["width"]


def test_without_the_film_the_page_says_so_and_the_point_moves(browser, written, tmp_path):
    page = Player(browser, without_sound(written.read_text(encoding="utf-8"), tmp_path / "page.html"), PATHS)
    assert page.element("#status").text == "The film cannot be played here; the point moves without it."
    page.press(" ")
    page.wait(lambda: page.ask("page.clock.shownTime") > 0.5)
