import base64
import hashlib
import io
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
import soundfile

from embed.song.player.page import build_page
from save_dataset.sound.spectrogram import compute_spectrogram

RATE_HZ = 22050


class Page(HTMLParser):
    """The attributes of all tags, and the text of title, style and scripts."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts, self.inside = [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.inside = (tag, dict(attributes).get("id"))

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, text):
        if self.inside is not None:
            self.texts.append((*self.inside, text))

    def text(self, tag, name=None):
        return "".join(text for found, found_name, text in self.texts if (found, found_name) == (tag, name))


@pytest.fixture(scope="module")
def song():
    rng = np.random.default_rng(440)
    samples = 0.1 * rng.normal(size=3 * RATE_HZ)
    z = rng.normal(size=(80, 3)).cumsum(axis=0)
    starts_s = 0.03 * np.arange(80)
    return {
        "embeddings": {"R": {"z": z, "starts_s": starts_s, "times_s": starts_s + 0.25, "ends_s": starts_s + 0.5}},
        "spectrogram": compute_spectrogram(samples, sample_rate_hz=RATE_HZ),
        "samples": samples,
        "sample_rate_hz": RATE_HZ,
    }


def data_of(text):
    return json.loads(Page(text).text("script", "data"))


def test_the_page_holds_the_song(song):
    text = build_page("A song", **song, sections=[(2, "B"), (0, "A")])
    data = data_of(text)
    assert data["title"] == "A song"
    assert data["duration_s"] == 3.0
    assert [run["name"] for run in data["runs"]] == ["R"]
    assert data["sections"] == [[0, "A"], [2, "B"]]
    assert data["methods"] == []
    assert len(data["time_colours"]) == 64
    assert data["time_colours"][0] == "#440154"  # where viridis begins
    decoded, rate_hz = soundfile.read(io.BytesIO(base64.b64decode(Page(text).text("script", "sound-data"))))
    assert (len(decoded), rate_hz) == (3 * 44100, 44100)


def test_methods_are_listed_once_in_the_order_of_the_forecasts(song):
    forecast = {"starts": np.array([3]), "forecast": np.zeros((1, 5, 3))}
    embeddings = {"R": song["embeddings"]["R"], "RF": song["embeddings"]["R"]}
    forecasts = {"R": {"var": forecast, "knn": forecast}, "RF": {"knn": forecast, "mlp": forecast}}
    assert data_of(build_page("x", **{**song, "embeddings": embeddings}, forecasts=forecasts))["methods"] == [
        "var",
        "knn",
        "mlp",
    ]


@pytest.mark.parametrize(
    "name", ["</script><script>alert(1)</script>", '"><img src=x>', "$title & <b> 'é' \u2028", "<!--"]
)
def test_names_cannot_break_the_page(song, name):
    plain = build_page("x", **song)
    embeddings = {name: song["embeddings"]["R"]}
    text = build_page(name, **{**song, "embeddings": embeddings}, sections=[(0, name)])
    data = data_of(text)
    assert (data["title"], data["runs"][0]["name"], data["sections"]) == (name, name, [[0, name]])
    assert [tag for tag, _ in Page(text).tags] == [tag for tag, _ in Page(plain).tags]
    assert Page(text).text("title") == name


def test_the_policy_allows_only_what_is_in_the_page(song):
    page = Page(build_page("x", **song))
    policy = next(
        attributes["content"]
        for tag, attributes in page.tags
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    for rule, text in (("script-src", page.text("script")), ("style-src", page.text("style"))):
        assert rules[rule] == f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
    assert set(rules) == {"default-src", "script-src", "style-src", "media-src", "img-src", "base-uri", "form-action"}
    assert (rules["media-src"], rules["img-src"]) == ("blob:", "data:")


def test_nothing_is_asked_for_from_outside(song):
    text = build_page("x", **song)
    assert not re.search(r"https?:|//[a-z]+\.[a-z]|@import|url\(", text)
    assert not [attributes for _, attributes in Page(text).tags if {"src", "href"} & set(attributes)]


def test_controls_can_be_told_by_a_screen_reader(song):
    page = Page(build_page("x", **song))
    names = {attributes["id"] for tag, attributes in page.tags if tag == "button"}
    assert names == {"play", "slower", "faster", "loop", "clear", "colour", "reset"}
    timeline = next(attributes for _, attributes in page.tags if attributes.get("id") == "timeline")
    assert (timeline["role"], timeline["tabindex"]) == ("slider", "0")


def test_the_same_song_makes_the_same_page(song):
    assert build_page("x", **song) == build_page("x", **song)


def test_a_page_needs_a_run(song):
    with pytest.raises(ValueError, match=r"embeddings=\{\}: must hold at least one run"):
        build_page("x", **{**song, "embeddings": {}})
