"""The page with switches and sliders, and what it says of each run."""

from collections.abc import Mapping
from pathlib import Path

import librosa

from embed.pages.html import fill_page
from embed.switches.page.sounds import Instrument
from embed.switches.server import CALL
from embed.switches.sliders import describe_slider
from pipeline.sections.switches import Mel

WEB = Path(__file__).with_name("web")
TICKS_HZ = (250, 500, 1000, 2000, 4000, 8000)


def build_page(title: str, names: list[str], instruments: Mapping[str, Instrument], mel: Mel, n_sliders: int) -> str:
    """Return the text of the page; `names` are those of the clips, `n_sliders` is the largest number of sliders."""
    highest = librosa.hz_to_mel(mel.sample_rate_hz / 2)
    ticks = [
        (f"{hz} Hz", float(100 * librosa.hz_to_mel(hz) / highest)) for hz in TICKS_HZ if 2 * hz < mel.sample_rate_hz
    ]
    runs = {}
    for run, (codes, _) in instruments.items():
        shown = enumerate(codes.explained[:n_sliders])
        sliders = [f"{index + 1} · {part:.0%} · {describe_slider(codes, index)}" for index, part in shown]
        runs[run] = {"sliders": sliders, "clips": codes.sliders_of(codes.codes).round(3).tolist()}
    names = [f"{index + 1} · {name}" for index, name in enumerate(names)]
    data = {"call": CALL, "names": names, "rate_hz": mel.sample_rate_hz, "ticks": ticks, "runs": runs}
    return fill_page(WEB, "switches", "elements canvas player rows page", title=title, data=data, connect=True)
