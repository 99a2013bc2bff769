"""The player page of `song` and `video` in a browser: where things are, what is drawn, and our own projection."""

import numpy as np

from tests.browser import OpenPage


class Player(OpenPage):
    """The page, and the paths that its panels show, ``(n_points, 3)`` of each."""

    def __init__(self, browser, address, paths):
        super().__init__(browser, address)
        self.path = paths

    def settle(self):
        self.wait(lambda: self.ask("document.getElementById('sound').readyState >= 3 || !page.clock.hasSound"))
        super().settle()

    def position(self, run, time_s):
        panel = f"page.panels[{run}]"
        return self.in_window(f"{panel}.above", f"{panel}.project(pointAt({panel}.run, {time_s}))")

    def on_timeline(self, time_s):
        return self.in_window("page.timeline.above", f"[page.timeline.x({time_s}), page.timeline.top + 9]")

    def drawn_at(self, run, colour):
        """Mean position in the window, and number, of the pixels of a colour above the path of a run."""
        return self.browser.execute_script(
            """
            const [run, [red, green, blue]] = arguments;
            const canvas = page.panels[run].above;
            const box = canvas.getBoundingClientRect();
            const { width, height } = canvas;
            const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
            return new Promise((done) => requestAnimationFrame(() => {
              const { time } = page.clock;
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
        low, high = self.path[run].min(axis=0), self.path[run].max(axis=0)
        x, y, z = ((points - (low + high) / 2) / (np.linalg.norm(high - low) / 2)).T
        view = self.ask("page.camera")
        box = self.ask(f"page.panels[{run}].stage.getBoundingClientRect().toJSON()")
        rotated = (x + 1j * y) * np.exp(1j * view["yaw"])
        tilted = (rotated.imag + 1j * z) * np.exp(1j * view["pitch"])  # away from the eye, and up
        near = 0.98 * view["zoom"] * min(box["width"], box["height"]) / 2 * 3.6 / (3.6 + tilted.real)
        return box["left"] + box["width"] / 2 + rotated.real * near, box["top"] + box["height"] / 2 - tilted.imag * near
