"""A film whose period is known: a toy car goes round a course, seen from above, with its engine to be heard.

Each round takes the same time, slow in the bends; after the last the car goes on for a second, so that it is seen to
close. What is not the car differs from round to round: a cloud drifts over the scene, the light fades a little, and
every frame has its own grain.
"""

from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from pipeline.sections.film import Course

WIDTH, HEIGHT = 320, 240
FINE = 2  # drawn that much larger, then reduced, which smooths all edges
N_POINTS = 2000  # of the course
EXTRA_S = 1.0
BENDS = {1: 1.0, -1: 0.22, -2: 0.16, 3: 0.07}  # Fourier coefficients of the closed curve
ROAD_PX, CAR_LENGTH_PX, CAR_WIDTH_PX = 44, 54, 30
CAUTION = 45.0  # how much slower a tighter bend is taken
GRAIN = 3.0  # standard deviation, of 255
FADING, CLOUD = 0.01, 0.04  # light lost until the end, and under the cloud
SAMPLE_RATE_HZ = 44100
LOWEST_HZ, HIGHEST_HZ = 55.0, 130.0  # of the engine
N_HARMONICS = 12


def frame_times_s(course: Course) -> np.ndarray:
    """Return the times at which frames are drawn, ``(n_frames,)``."""
    return np.arange(round((course.rounds * course.round_s + EXTRA_S) * course.frame_rate_hz)) / course.frame_rate_hz


def position(rounds: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return where the car is after so many rounds, in pixels ``(n, 2)``, its direction in radians, its speed (n,).

    The speed is relative to its mean.
    """
    angle = np.linspace(0, 2 * np.pi, N_POINTS + 1)
    curve = sum(size * np.exp(1j * order * angle) for order, size in BENDS.items())
    points = np.stack([curve.real, curve.imag], axis=1)
    low, high = points.min(axis=0), points.max(axis=0)
    margin = ROAD_PX / 2 + 14
    points = margin + (points - low) / (high - low) * (np.array([WIDTH, HEIGHT]) - 2 * margin)
    way = np.diff(points, axis=0)
    direction = np.unwrap(np.arctan2(way[:, 1], way[:, 0]))
    length = np.linalg.norm(way, axis=1)
    bend = np.abs(np.gradient(direction)) / length
    seconds = length * (1 + CAUTION * np.convolve(np.tile(bend, 3), np.hanning(301) / 150, "same")[N_POINTS:-N_POINTS])
    passed = np.concatenate([[0], np.cumsum(seconds)]) / seconds.sum()
    part = np.asarray(rounds) % 1
    at = np.stack([np.interp(part, passed, axis) for axis in points.T], axis=-1)
    speed = np.interp(part, passed[:-1], length / seconds)
    return at, np.interp(part, passed[:-1], direction), speed * seconds.sum() / length.sum()


def draw_frames(course: Course) -> Iterator[np.ndarray]:
    """Yield the frames, ``(height, width, 3)`` of 8 bits."""
    rng = np.random.default_rng(course.seed)
    scene, cloud = _draw_scene(rng), _draw_cloud()
    times_s = frame_times_s(course)
    at, direction, _ = position(times_s / course.round_s)
    for index, time_s in enumerate(times_s):
        picture = scene.copy()
        _draw_car(picture, at[index], direction[index])
        values = np.asarray(picture.resize((WIDTH, HEIGHT), Image.Resampling.BOX), np.float32)
        left = int(time_s / times_s[-1] * (cloud.shape[1] - WIDTH))
        light = (1 - FADING * time_s / times_s[-1]) * (1 - CLOUD * cloud[:, left : left + WIDTH])
        grain = rng.normal(0, GRAIN, (HEIGHT, WIDTH, 1)).astype(np.float32)
        yield np.clip(values * light[..., None] + grain, 0, 255).astype(np.uint8)


def _draw_scene(rng: np.random.Generator) -> Image.Image:
    """Draw grass, road with its middle line and start, trees and a pond."""
    size = FINE * WIDTH, FINE * HEIGHT
    meadow = rng.normal(0, 1, (HEIGHT // 8, WIDTH // 8, 1)) * np.array([5, 8, 4]) + np.array([96, 138, 78])
    scene = Image.fromarray(np.clip(meadow, 0, 255).astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(scene)
    road, _, _ = position(np.linspace(0, 1, N_POINTS))
    line = [tuple(point) for point in FINE * road]
    for width_px, colour in ((ROAD_PX + 6, (214, 208, 190)), (ROAD_PX, (58, 60, 66))):
        for x, y in line:
            radius = FINE * width_px / 2
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    for first in range(0, N_POINTS, 50):
        draw.line(line[first : first + 22], fill=(226, 222, 205), width=FINE * 2)
    (x, y), (next_x, next_y) = line[0], line[8]
    across = np.array([y - next_y, next_x - x]) / np.hypot(next_x - x, next_y - y) * FINE * ROAD_PX / 2
    draw.line((x - across[0], y - across[1], x + across[0], y + across[1]), fill=(245, 245, 245), width=FINE * 5)
    centre = FINE * road.mean(axis=0)
    draw.ellipse((*(centre - FINE * np.array([30, 16])), *(centre + FINE * np.array([30, 16]))), fill=(88, 132, 158))
    for x, y in FINE * np.array([[14, 16], [304, 20], [16, 222], [300, 224], [158, 14]]):
        draw.ellipse((x - 16, y - 16, x + 24, y + 24), fill=(48, 74, 40))
        draw.ellipse((x - 20, y - 20, x + 18, y + 18), fill=(66, 108, 56))
    return scene


def _draw_cloud() -> np.ndarray:
    """Return the shade of a cloud, from 0 to 1, on a sky three frames wide."""
    sky = Image.new("L", (3 * WIDTH, HEIGHT))
    ImageDraw.Draw(sky).ellipse((1.1 * WIDTH, -60, 1.9 * WIDTH, 190), fill=255)
    return np.asarray(sky.filter(ImageFilter.GaussianBlur(28)), np.float32) / 255


def _draw_car(picture: Image.Image, at: np.ndarray, direction: float) -> None:
    """Draw the car with its shadow, roof and windscreen."""
    draw = ImageDraw.Draw(picture, "RGBA")
    forward = np.array([np.cos(direction), np.sin(direction)])
    left = np.array([-forward[1], forward[0]])

    def box(back: float, front: float, side: float, colour: tuple[int, ...], shift: float = 0.0) -> None:
        corners = ((back, -side), (front, -side), (front, side), (back, side))
        points = [at + shift + CAR_LENGTH_PX * x * forward + CAR_WIDTH_PX * y * left for x, y in corners]
        draw.polygon([tuple(FINE * point) for point in points], fill=colour)

    box(-0.5, 0.5, 0.5, (0, 0, 0, 90), shift=4)
    box(-0.5, 0.5, 0.5, (240, 226, 196, 255))
    box(0.12, 0.3, 0.42, (40, 52, 66, 255))
    box(-0.42, -0.3, 0.4, (40, 52, 66, 255))
    box(-0.3, 0.12, 0.4, (252, 244, 224, 255))


def render_engine(course: Course) -> np.ndarray:
    """Return the sound of the engine, whose pitch rises with the speed: samples (n_samples,) in [-1, 1]."""
    n_frames = len(frame_times_s(course))
    times_s = np.arange(round(n_frames / course.frame_rate_hz * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    _, _, speed = position(times_s / course.round_s)
    slowest, fastest = speed.min(), speed.max()
    pitch_hz = LOWEST_HZ + (HIGHEST_HZ - LOWEST_HZ) * (speed - slowest) / (fastest - slowest)
    phase = 2 * np.pi * np.cumsum(pitch_hz) / SAMPLE_RATE_HZ
    sound = sum(np.sin(n * phase) / n for n in range(1, N_HARMONICS + 1))
    return 0.3 * sound / np.abs(sound).max()
