"""What the page asks for: the sound and the spectrogram of a setting of switches and sliders."""

import base64
import io
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import Annotated, Literal, NamedTuple

import numpy as np
import soundfile
from pydantic import Field

from embed.pages.image import image_uri
from embed.switches.codes import MAX_POSITION, Codes, as_array, load_codes
from pipeline import results
from pipeline.parameters import Section
from pipeline.sections import switches as section
from pipeline.studies.switches import Parameters
from pipeline.validation import check
from save_dataset.switches.mel import blend_ends, render, to_db


class Setting(Section):
    """How far each switch is on, and sliders in standard deviations, by number from 1 on; 0 where there is none."""

    switches: section.Setting = {}
    sliders: dict[section.Switch, Annotated[float, Field(ge=-MAX_POSITION, le=MAX_POSITION)]] = {}


class Call(Section):
    """A call of the page: quick for what is heard at once, full for what takes its place."""

    run: str
    setting: Setting
    iterations: Literal["quick", "full"]
    loop: bool


class Instrument(NamedTuple):
    """A run that can be played."""

    codes: Codes
    # From a code, whether it is wanted quickly, and whether as a loop, to samples and (n_frames, n_mels) from 0 to 1.
    synthesise: Callable[[np.ndarray, bool, bool], tuple[np.ndarray, np.ndarray]]


class Sounds:
    """Answers calls of the page one at a time: each takes all cores."""

    def __init__(self, instruments: Mapping[str, Instrument], sample_rate_hz: int):
        self.instruments, self.sample_rate_hz, self.lock = instruments, sample_rate_hz, Lock()

    def answer(self, body: bytes, is_awaited: Callable[[], bool]) -> bytes | None:
        """Return a WAV file and a spectrogram as JSON; None if nobody waits; ValueError for a wrong call."""
        call = check(Call, body, "not played")
        if call.run not in self.instruments:
            raise ValueError(f"run={call.run!r}: must be one of {', '.join(self.instruments)}")
        codes, synthesise = self.instruments[call.run]
        switches = _to_array(call.setting.switches, codes.n_switches, "switches")
        code = codes.code_of(switches, _to_array(call.setting.sliders, codes.n_sliders, "sliders"))
        with self.lock:
            if not is_awaited():
                return None
            samples, picture = synthesise(code, call.iterations == "quick", call.loop)
        wav = io.BytesIO()
        soundfile.write(wav, samples / max(1.0, np.abs(samples).max()), self.sample_rate_hz, "PCM_16", format="WAV")
        sound = base64.b64encode(wav.getvalue()).decode()
        return json.dumps({"sound": sound, "image": image_uri(picture.T[::-1])}).encode()


def _to_array(values: Mapping[str, float], size: int, name: str) -> np.ndarray:
    """Return values as `as_array` does; ValueError where there is no such number."""
    if unknown := [number for number in values if int(number) > size]:
        raise ValueError(f"not played: setting.{name}.{unknown[0]}: there are {size} {name}")
    return as_array(values, size)


def load_instruments(
    parameters: Parameters, loudest_db: float, runs: list[str] | None, root: Path
) -> dict[str, Instrument]:
    """Return the runs named, or all that step 3 has embedded, ready to be played; raises as `results.load` does."""
    playable = [run for run in parameters.for_runs(runs) if run.has("embedding")]
    if not playable:
        raise ValueError("an autoencoder has no switches: no run is left to be played")
    embedded = [run for run in playable if runs or results.is_fresh(run, "embedding", root)]
    return {str(run.run): _load_instrument(run, loudest_db, root) for run in embedded or playable}


def _load_instrument(parameters: Parameters, loudest_db: float, root: Path) -> Instrument:
    codes, mel = load_codes(parameters, root), parameters.mel
    from embed.switches.synthesis import load_decoder  # TensorFlow, once it is known that there is something to play

    decoder = load_decoder(parameters, root)
    quick = parameters.inversion.model_copy(update={"n_iterations": parameters.page.quick_iterations})

    def synthesise(code: np.ndarray, is_quick: bool, is_loop: bool) -> tuple[np.ndarray, np.ndarray]:
        values = decoder.decode(code[None])[0]
        samples = render(values, mel, loudest_db, quick if is_quick else parameters.inversion, loop=is_loop)
        shown = blend_ends(values) if is_loop else values
        return samples, np.clip((to_db(shown, mel, loudest_db) - loudest_db) / mel.range_db + 1, 0, 1)

    for _ in range(2):  # the first time takes longer
        start_s = time.process_time()
        synthesise(codes.mean, True, False)
    used = f"{mel.clip_s:.2f} s of sound in {time.process_time() - start_s:.2f} s of processor time"
    print(f"{parameters.run}: {codes.n_switches} switches, {codes.n_sliders} sliders; {used}")
    return Instrument(codes, synthesise)
