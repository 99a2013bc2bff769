"""A reader of WebVTT."""

import re

import numpy as np

CUE = re.compile(r"(\d\d+):([0-5]\d):([0-5]\d\.\d{3}) --> (\d\d+):([0-5]\d):([0-5]\d\.\d{3})")


def read_webvtt(path):
    """The cues of a WebVTT file, each ``(start in s, end in s, text)``, as the standard's parser finds them."""
    head, *blocks = path.read_text(encoding="utf-8").strip().split("\n\n")
    assert head == "WEBVTT"
    cues = []
    for block in blocks:
        timing, text = block.split("\n")  # a cue is two lines: a blank line within it would end it
        hours_minutes_seconds = [float(number) for number in CUE.fullmatch(timing).groups()]
        start, end = hours_minutes_seconds[:3], hours_minutes_seconds[3:]
        cues.append((np.dot(start, (3600, 60, 1)), np.dot(end, (3600, 60, 1)), text))
    return cues
