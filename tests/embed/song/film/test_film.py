import math
from fractions import Fraction

import av
import numpy as np
import pytest
import scipy.ndimage
import scipy.signal
from PIL import Image

from embed.song.film.camera import Camera
from embed.song.film.draw_moving_point import MovingPoint
from embed.song.film.film import write_video

SIZE = {"width": 320, "height": 180}
HOP_S = 0.02


def embed(duration_s, latent_dim=3):
    """A trajectory of smooth loops, in windows of 0.2 s."""
    starts_s = np.arange(0, max(duration_s - 0.2, 2 * HOP_S), HOP_S)
    phases = starts_s[:, None] * np.arange(2, 2 + latent_dim) + np.arange(latent_dim)
    return {"z": np.sin(phases), "starts_s": starts_s, "times_s": starts_s + 0.1, "ends_s": starts_s + 0.2}


def film(path, embedding, samples, sample_rate_hz, frame_rate_hz=30.0, frames_folder=None, **settings):
    """A video of small frames at a path, and what drew them."""
    duration_s = max(len(samples), 1) / sample_rate_hz
    point = MovingPoint(embedding, duration_s, **(SIZE | settings))
    write_video(path, point, samples, sample_rate_hz, frame_rate_hz=frame_rate_hz, frames_folder=frames_folder)
    return point


def bursts(rng, n_samples, sample_rate_hz, n_channels=1):
    """Short bursts of noise at irregular times, band-limited as AAC leaves them, the first at sample 0."""
    samples = np.zeros((n_samples, n_channels), np.float32)
    for start in np.cumsum([0, 0.31, 0.23, 0.41, 0.17, 0.37]) * sample_rate_hz:
        block = samples[int(start) : int(start + 0.03 * sample_rate_hz)]
        block += scipy.signal.lfilter(*scipy.signal.butter(2, 0.3), rng.normal(size=block.shape), axis=0)
    return samples


def read_frames(path):
    """Times in s, frames ``(n, height, width, 3)``, and the duration in s that the file states."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = list(container.decode(stream))
        duration_s = stream.duration * stream.time_base
        images = np.stack([frame.to_ndarray(format="rgb24") for frame in frames])
        return [frame.pts * frame.time_base for frame in frames], images, duration_s


def read_sound(path):
    """Samples ``(n_channels, n_samples)`` laid where their time stamps say, the rate, and the duration stated."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        frames = list(container.decode(stream))
        starts = [round(frame.pts * frame.time_base * stream.rate) for frame in frames]
        samples = np.zeros((stream.channels, starts[-1] + frames[-1].samples), np.float32)
        for start, frame in zip(starts, frames, strict=True):
            assert start >= 0
            samples[:, start : start + frame.samples] = frame.to_ndarray()
        return samples, stream.rate, stream.duration * stream.time_base


def shift_of(decoded, original):
    """By how many samples what was decoded comes later."""
    correlation = scipy.signal.correlate(decoded[: len(original)], original, method="fft")
    return np.argmax(correlation) - (len(original) - 1)


def white_disc(image, radius=4):
    """Where the marker is: the middle of the brightest patch above the strip, x to the right and y upwards."""
    darkest = image[:163].min(axis=2).astype(float)  # white is what has all colours
    darkest[:17, 270:] = 0  # the clock
    smooth = scipy.ndimage.uniform_filter(darkest, 3)
    row, column = np.unravel_index(np.argmax(smooth), smooth.shape)
    rows, columns = np.indices(darkest.shape)
    near = np.hypot(rows - row, columns - column) <= radius
    weights = np.where(near, np.maximum(darkest - 150, 0), 0)
    row, column = scipy.ndimage.center_of_mass(weights)
    return np.array([column + 0.5, len(image) - row - 0.5])


@pytest.mark.parametrize(("latent_dim", "rotation_deg_per_s"), [(3, 0.0), (3, 90.0), (12, 0.0), (2, 0.0)])
def test_decoded_marker_stands_where_the_trajectory_is(tmp_path, rng, latent_dim, rotation_deg_per_s):
    path, samples = tmp_path / "video.mp4", bursts(rng, 12000, 8000)
    point = film(path, embed(1.5, latent_dim), samples, 8000, rotation_deg_per_s=rotation_deg_per_s, tail_s=0.0)
    times_s, images, _ = read_frames(path)
    for frame in (0, 22, 44):
        time_s = float(times_s[frame])
        (expected,) = point.pixels_at(np.array([time_s]), time_s)
        assert white_disc(images[frame]) == pytest.approx(expected, abs=0.7)


def test_point_rests_at_the_ends_before_the_first_centre_and_after_the_last():
    embedding = embed(1.0)
    point = MovingPoint(embedding, 1.0, **SIZE)
    first, last = point.pixels_at(embedding["times_s"][[0, -1]], 0.0)
    assert point.pixels_at(np.array([0.0, 0.099, 1.0]), 0.0) == pytest.approx(np.stack([first, first, last]))
    assert white_disc(point.frame_at(0.0)) == pytest.approx(first, abs=0.7)
    assert white_disc(point.frame_at(1.0)) == pytest.approx(last, abs=0.7)


@pytest.mark.parametrize("rotation_deg_per_s", [0.0, 20.0])
def test_a_frame_does_not_depend_on_those_drawn_before(rotation_deg_per_s):
    stepwise, at_once = (MovingPoint(embed(1.0), 1.0, rotation_deg_per_s=rotation_deg_per_s, **SIZE) for _ in range(2))
    expected = at_once.frame_at(0.5).copy()
    for times_s in (np.arange(0.0, 0.5, 1 / 60), [0.6, 0.9, 0.3]):
        for time_s in times_s:
            stepwise.frame_at(time_s)
        assert np.array_equal(stepwise.frame_at(0.5), expected)  # with a fixed camera, each segment is drawn only once
    assert np.abs(expected.astype(int) - stepwise.frame_at(0.9)).max() > 50


def test_the_path_gets_stronger_where_the_point_has_been():
    point = MovingPoint(embed(2.0), 2.0, tail_s=0.0, **SIZE)
    early, late = point.frame_at(0.0).astype(int), point.frame_at(2.0).astype(int)
    behind, ahead = point.pixels_at(np.array([0.5, 1.5]), 0.0)
    middle = point.frame_at(1.0).astype(int)

    def light(image, position):
        column, row = int(position[0]), int(SIZE["height"] - position[1])
        return image[row - 1 : row + 2, column - 1 : column + 2, :3].max(axis=(0, 1)).sum()

    assert light(middle, behind) > 1.5 * light(early, behind)
    assert light(late, ahead) > 1.5 * light(middle, ahead)


def test_strip_is_bright_as_far_as_it_was_played(rng):
    times_s = np.arange(100) * HOP_S + HOP_S / 2
    spectrogram = {"frames": rng.uniform(0.5, 1, (100, 20)), "times_s": times_s, "scale": np.array("db")}
    spectrogram |= {"frequencies_hz": np.arange(20) * 200.0, "hop_s": np.array(HOP_S), "frame_s": np.array(HOP_S)}
    point = MovingPoint(embed(2.0), 2.0, spectrogram=spectrogram, **SIZE)
    strip = point.frame_at(1.0)[point.strip][2:-3, :, :3].mean(axis=(0, 2))
    middle = len(strip) // 2
    assert strip[: middle - 20].min() > 1.3 * strip[middle + 20 :].max()
    assert strip[middle - 1 : middle + 1].min() == 255


@pytest.mark.parametrize(
    ("frame_rate_hz", "n_samples", "sample_rate_hz"),
    [(30, 8000, 8000), (23.976, 16001, 16000), (25, 44100, 44100), (60, 11025, 11025), (30, 80, 8000), (30, 267, 8000)],
)
def test_frames_are_for_every_interval_begun(tmp_path, rng, frame_rate_hz, n_samples, sample_rate_hz):
    duration_s, path = n_samples / sample_rate_hz, tmp_path / "video.mp4"
    film(path, embed(duration_s), bursts(rng, n_samples, sample_rate_hz)[:, 0], sample_rate_hz, frame_rate_hz)
    times_s, _, frames_s = read_frames(path)
    assert len(times_s) == math.ceil(duration_s * frame_rate_hz)
    rate_hz = Fraction(frame_rate_hz).limit_denominator(1001)
    assert times_s == [index / rate_hz for index in range(len(times_s))]
    sound_s = read_sound(path)[2]
    assert sound_s == pytest.approx(duration_s, abs=1e-6)
    assert 0 <= frames_s - sound_s < 1 / frame_rate_hz


@pytest.mark.parametrize(("sample_rate_hz", "n_channels"), [(44100, 1), (44100, 2), (48000, 2), (22050, 1)])
def test_sound_starts_at_its_first_sample(tmp_path, rng, sample_rate_hz, n_channels):
    samples = bursts(rng, 2 * sample_rate_hz, sample_rate_hz, n_channels)
    path = tmp_path / "video.mp4"
    film(path, embed(2.0), samples, sample_rate_hz, 10)
    decoded, rate_hz, _ = read_sound(path)
    assert (rate_hz, len(decoded)) == (sample_rate_hz, n_channels)
    for channel, original in zip(decoded, samples.T, strict=True):
        assert shift_of(channel, original) == 0
        assert np.corrcoef(channel[: len(samples)], original)[0, 1] > 0.9


def test_sound_of_a_rate_that_aac_does_not_know_is_resampled_in_step(tmp_path, rng):
    samples = bursts(rng, 20000, 10000)
    path = tmp_path / "video.mp4"
    film(path, embed(2.0), samples, 10000, 10)
    decoded, rate_hz, duration_s = read_sound(path)
    assert (rate_hz, duration_s) == (48000, 2)
    assert abs(shift_of(decoded[0], scipy.signal.resample_poly(samples[:, 0], 24, 5))) <= 1


def test_a_camera_that_rotates_moves_a_point_that_rests():
    rotated, fixed = (MovingPoint(embed(3.0), 3.0, rotation_deg_per_s=speed, **SIZE) for speed in (30.0, 0.0))
    seen = np.stack([rotated.pixels_at(np.array([1.0]), time_s)[0] for time_s in (0.0, 1.0, 2.0)])
    assert np.linalg.norm(np.diff(seen, axis=0), axis=1).min() > 2
    assert fixed.pixels_at(np.array([1.0]), 0.0) == pytest.approx(fixed.pixels_at(np.array([1.0]), 2.0))


@pytest.mark.parametrize("rotation_deg", [0.0, 45.0, -3600.0])
@pytest.mark.parametrize("latent_dim", [1, 2, 3])
def test_trajectory_stays_inside_its_part_of_the_frame_and_fills_it(rng, latent_dim, rotation_deg):
    points = np.pad(100 + np.cumsum(rng.normal(size=(300, latent_dim)), axis=0), ((0, 0), (0, 3 - latent_dim)))
    camera = Camera(points, (10.0, 20.0, 200.0, 100.0), rotation_deg=rotation_deg, from_above=latent_dim < 3)
    views = [camera.pixels(camera.in_box(points), angle_deg)[0] for angle_deg in np.linspace(0, rotation_deg, 300)]
    low, high = np.min(views, axis=(0, 1)), np.max(views, axis=(0, 1))
    assert ((low > [9.0, 19.0]) & (high < [211.0, 121.0])).all()
    assert np.isclose(high - low, [200.0, 100.0], atol=1).any()


def test_a_trajectory_that_stands_still_is_shown_in_the_middle():
    embedding = {"z": np.ones((1, 3)), "starts_s": np.zeros(1), "times_s": np.array([0.1]), "ends_s": np.array([0.2])}
    point = MovingPoint(embedding, 0.2, **SIZE)
    left, bottom, width, height = point.layout.view
    assert white_disc(point.frame_at(0.1)) == pytest.approx([left + width / 2, bottom + height / 2], abs=0.1)


def test_what_is_nearer_is_seen_larger():
    square = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0.0]])
    camera = Camera(square, (0.0, 0.0, 100.0, 100.0))
    pixels, nearness = camera.pixels(camera.in_box(square))
    sides = np.linalg.norm(np.roll(pixels, -1, axis=0) - pixels, axis=1)
    depths = (nearness + np.roll(nearness, -1)) / 2
    assert np.argmax(sides) == np.argmax(depths)


def test_frames_on_request_are_numbered_with_leading_zeros_and_videos_of_the_same_input_are_the_same(tmp_path, rng):
    folder, samples = tmp_path / "frames", bursts(rng, 3200, 8000)
    point = film(tmp_path / "a.mp4", embed(0.4), samples, 8000, frames_folder=folder)
    film(tmp_path / "same.mp4", embed(0.4), samples, 8000)
    assert (tmp_path / "same.mp4").read_bytes() == (tmp_path / "a.mp4").read_bytes()
    assert sorted(path.name for path in folder.iterdir()) == [f"frame_{index:02}.png" for index in range(12)]
    assert np.array_equal(np.asarray(Image.open(folder / "frame_00.png")), point.frame_at(0.0)[..., :3])
    film(tmp_path / "a.mp4", embed(0.2), samples[:1600], 8000, frames_folder=folder)
    assert sorted(path.name for path in folder.iterdir()) == [f"frame_{index}.png" for index in range(6)]


def test_full_disk_leaves_nothing_and_names_the_file_and_interruption_leaves_what_was_there(
    tmp_path, rng, full_disk, monkeypatch
):
    path = tmp_path / "video.mp4"
    with full_disk(5000), pytest.raises(OSError, match="video.mp4"):
        film(path, embed(1.0), bursts(rng, 8000, 8000), 8000, frames_folder=tmp_path / "frames")
    assert not list(tmp_path.iterdir())
    path.write_text("old")
    draw = MovingPoint.frame_at

    def draw_until_interrupted(self, time_s):
        if time_s > 0.5:
            raise KeyboardInterrupt
        return draw(self, time_s)

    monkeypatch.setattr(MovingPoint, "frame_at", draw_until_interrupted)
    with pytest.raises(KeyboardInterrupt):
        film(path, embed(1.0), bursts(rng, 8000, 8000), 8000, frames_folder=tmp_path / "frames")
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_text() == "old"


@pytest.mark.slow
@pytest.mark.parametrize("n_times", [0, 4, 40])
def test_a_title_is_no_formula_and_a_long_one_is_made_to_fit(n_times):
    point = MovingPoint(embed(1.0), 1.0, title="$5 for a_b^ " + "and so on " * n_times, **SIZE)
    assert point.figure.texts[0].get_window_extent().x1 < SIZE["width"] - 40
    assert point.frame_at(0.5).shape == (180, 320, 4)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"width": 321}, "width=321: must be even and at least 64"),
        ({"height": 0}, "height=0: must be even and at least 64"),
        ({"frame_rate_hz": 0.0}, "frame_rate_hz=0.0: must be 1 to 240"),
        ({"frame_rate_hz": math.nan}, "frame_rate_hz=nan: must be 1 to 240"),
        ({"tail_s": -0.5}, "tail_s=-0.5: must be at least 0"),
        ({"rotation_deg_per_s": math.inf}, "rotation_deg_per_s=inf: must be finite"),
        ({"sample_rate_hz": 999}, "sample_rate_hz=999: must be 1000 to 768000"),
        ({"samples": np.zeros(0)}, r"samples.shape=\(0,\): there is no sound"),
        ({"samples": np.zeros((10, 6))}, r"samples.shape=\(10, 6\): must be \(n_samples,\) or \(n_samples, 2\)"),
        ({"samples": np.array([0.0, np.nan])}, "samples: must be finite"),
    ],
)
def test_wrong_values_are_refused_and_nothing_is_written(tmp_path, wrong, message):
    right = {"samples": np.zeros(8000, np.float32), "sample_rate_hz": 8000}
    with pytest.raises(ValueError, match=f"^{message}$"):
        film(tmp_path / "video.mp4", embed(1.0), **(right | wrong))
    assert not list(tmp_path.iterdir())


def test_of_a_long_trajectory_the_path_is_thinned_and_the_point_goes_all_the_way(monkeypatch):
    embedding = embed(2.0)
    monkeypatch.setattr("embed.song.draw_trajectory.MAX_POINTS", 20)
    point = MovingPoint(embedding, 2.0, tail_s=0.0, **SIZE)
    assert len(point.path) == 18
    assert "path: every 5th of 90 points" in [text.get_text() for text in point.figure.texts]
    time_s = embedding["times_s"][47]  # not on the thinned path
    (expected,) = point.camera.pixels(point.in_box[47:48])[0]
    assert white_disc(point.frame_at(time_s)) == pytest.approx(expected, abs=0.7)


def test_a_long_spectrogram_is_shortened_before_it_is_drawn(rng):
    n_frames = 20_000
    spectrogram = {"frames": rng.random((n_frames, 8)), "times_s": HOP_S * np.arange(n_frames), "scale": np.array("db")}
    spectrogram |= {"frequencies_hz": np.arange(8) * 500.0, "hop_s": np.array(HOP_S), "frame_s": np.array(HOP_S)}
    point = MovingPoint(embed(2.0), n_frames * HOP_S, spectrogram=spectrogram, **SIZE)
    (image,) = point.figure.axes[1].images
    assert image.get_array().shape == (8, 2400)
