"""Pages in headless Chromium: real input, what pages draw, and what they write to the console or send."""

import base64
import json
import shutil
from contextlib import contextmanager

import pytest

pytest.importorskip("selenium", reason="selenium is not installed")
from selenium import webdriver  # noqa: E402
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.actions.action_builder import ActionBuilder  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.select import Select  # noqa: E402
from selenium.webdriver.support.wait import WebDriverWait  # noqa: E402

__all__ = ["Keys", "Select"]  # for the tests of pages

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")
NEEDS_BROWSER = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None or DRIVER is None, reason="chromium or chromedriver is not installed"),
]
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --autoplay-policy=no-user-gesture-required --window-size=1280,900"
)
PRESS_ANYTHING = """
const [seed, nActions, done] = arguments;
const raised = [];
addEventListener("error", (event) => raised.push(event.message));
addEventListener("unhandledrejection", (event) => raised.push(`promise: ${event.reason}`));
document.addEventListener("click", (event) => event.target.closest?.("a") && event.preventDefault(), true);
let state = seed + 1;
const below = (n) => (state = (state * 48271) % 2147483647) % n;
const oneOf = (list) => list[below(list.length)];
const keys = [" ", "Enter", "Escape", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "Tab",
  "0", "1", "9", "+", "-", "?", ..."abcdefghijklmnopqrstuvwxyz"];
const actions = {
  click: (target) => target.click(),
  pointer: (target) => {
    const { left, top, width, height } = target.getBoundingClientRect();
    const [clientX, clientY] = [left + below(width + 20) - 10, top + below(height + 20) - 10];
    const [pointerType, shiftKey] = [oneOf(["mouse", "touch"]), !below(3)];
    const pointer = { bubbles: true, cancelable: true, clientX, clientY, pointerId: 1, pointerType, shiftKey };
    for (const name of oneOf([["pointerdown", "pointermove", "pointerup", "click"], ["pointermove"], ["pointerdown"],
      ["pointerup"], ["pointerleave"], ["pointercancel"], ["click"], ["dblclick"], ["pointerenter"]])) {
      target.dispatchEvent(new PointerEvent(name, pointer));
    }
    if (!below(4)) target.dispatchEvent(new WheelEvent("wheel", { ...pointer, deltaY: below(400) - 200 }));
  },
  key: (target) => {
    const press = { key: oneOf(keys), bubbles: true, cancelable: true, shiftKey: !below(3) };
    const event = new KeyboardEvent(oneOf(["keydown", "keyup"]), press);
    oneOf([target, document.body, document]).dispatchEvent(event);
  },
  change: (target) => {
    if (target.tagName === "SELECT") target.selectedIndex = below(target.options.length);
    if (target.tagName === "INPUT") target.value = oneOf([target.min, target.max, "0", "", "x"]);
    for (const name of ["input", "change"]) target.dispatchEvent(new Event(name, { bubbles: true }));
  },
};
(async () => {
  for (let action = 0; action < nActions; action++) {
    const target = oneOf(document.querySelectorAll("button, a, summary, select, input, tr, audio, video, [id]"));
    oneOf([actions.click, actions.pointer, actions.key, actions.change])(target);
    if (!below(15)) await new Promise(requestAnimationFrame);
  }
  await new Promise((next) => setTimeout(next, 200));
  done([...new Set(raised)]);
})().catch((error) => done([...raised, `${error}`]));
"""
ACCENT = (214, 51, 108)  # of light pages
PHONE = {"width": 390, "height": 800, "pixel_ratio": 2}


def start(profile):
    """A browser with its profile in a folder, with light pages; console and network are logged."""
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for flag in (*FLAGS.split(), f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    light = [{"name": "prefers-color-scheme", "value": "light"}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": light})
    driver.get("about:blank")  # away from the browser's own first page, which sends many requests
    return driver


class OpenPage:
    """A page as it is once the promise `READY` is kept and a frame is drawn. Positions are ``{"x": ..., "y": ...}``."""

    READY = "Promise.resolve()"

    def __init__(self, browser, address):
        self.browser = browser
        self.errors(), self.outside_requests()  # of what was open before
        browser.get(address)
        self.settle()

    def settle(self):
        self.ask(f"{self.READY}.then(() => new Promise(requestAnimationFrame))")

    def ask(self, expression):
        """The value of an expression, of a promise once it is kept."""
        return self.browser.execute_script(f"return {expression}")

    def wait(self, condition, timeout_s=10):
        WebDriverWait(self.browser, timeout_s, poll_frequency=0.02).until(lambda _: condition())

    def errors(self):
        """What came into the console since the last call."""
        return [entry for entry in self.browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]

    def outside_requests(self):
        """Addresses outside of the page that were requested since the last call."""
        events = [json.loads(entry["message"])["message"] for entry in self.browser.get_log("performance")]
        sent = [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]
        return [url for url in sent if not url.startswith(("file:", "data:", "blob:"))]

    def element(self, selector):
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def elements(self, selector):
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def texts(self, selector):
        return [element.text for element in self.elements(selector)]

    def box(self, selector):
        return self.ask(f"document.querySelector('{selector}').getBoundingClientRect().toJSON()")

    def in_window(self, canvas, point):
        """The position of a point ``[x, y]`` of a canvas, both expressions."""
        return self.browser.execute_script(
            f"const [x, y] = {point}; const box = {canvas}.getBoundingClientRect();"
            "return { x: box.left + x, y: box.top + y };"
        )

    def press(self, *keys, shift=False):
        actions = ActionChains(self.browser)
        if shift:
            actions.key_down(Keys.SHIFT)
        actions.send_keys(*keys).key_up(Keys.SHIFT).perform()

    def move(self, position):
        actions = ActionBuilder(self.browser, duration=30)
        actions.pointer_action.move_to_location(round(position["x"]), round(position["y"]))
        actions.perform()

    def click(self, position, *held):
        """A click with keys held down."""
        actions = ActionBuilder(self.browser, duration=30)
        for key in held:
            actions.key_action.key_down(key)
        for _ in held:
            actions.pointer_action.pause(0)
        actions.pointer_action.move_to_location(round(position["x"]), round(position["y"])).click()
        actions.perform()
        if held:
            actions.clear_actions()

    def double_click(self, position):
        actions = ActionBuilder(self.browser)
        actions.pointer_action.move_to_location(round(position["x"]), round(position["y"])).double_click()
        actions.perform()

    def drag(self, *positions):
        """The mouse over positions in the window, pressed from the first to the last."""
        actions = ActionBuilder(self.browser, duration=30)
        for index, position in enumerate(positions):
            actions.pointer_action.move_to_location(round(position["x"]), round(position["y"]))
            if index == 0:
                actions.pointer_action.pointer_down()
        actions.pointer_action.pointer_up()
        actions.perform()

    def scroll(self, position, delta_y):
        """The wheel over a position; up is negative."""
        actions = ActionBuilder(self.browser)
        actions.wheel_action.scroll(round(position["x"]), round(position["y"]), delta_y=delta_y)
        actions.perform()

    def press_anything(self, seed, n_actions=600):
        """Click, point at, choose and press everything in an order of chance, hidden things too, now and then drawn.

        Returns what the page's scripts raised.
        """
        return self.browser.execute_async_script(PRESS_ANYTHING, seed, n_actions)

    @contextmanager
    def screen(self, width, height, *, pixel_ratio=1):
        """A block in which the screen has this size in CSS pixels; a narrow one is that of a phone."""
        size = {"width": width, "height": height, "deviceScaleFactor": pixel_ratio, "mobile": width < 600}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        try:
            yield
        finally:
            self.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def watched(page):
    """For a fixture to yield from: no test may leave an error in the console, or have sent a request."""
    yield page
    errors, requests = page.errors(), page.outside_requests()
    assert not errors, errors
    assert not requests, requests


def without_sound(text, path):
    """Write a page whose sound cannot be decoded; returns its address."""
    start = text.index('id="sound-data">') + len('id="sound-data">')
    end = text.index("</script>", start)
    path.write_text(text[:start] + base64.b64encode(b"no sound" * 100).decode() + text[end:], encoding="utf-8")
    return path.as_uri()
