import re
from pathlib import Path

import numpy as np
import pytest

from pipeline.parameters import load
from save_dataset.clip_length import check_clip_length

RUNS = '[runs.RF]\n[runs.R]\nloss.alpha = 0.0\n[runs.RF_2s]\nwindow.length_s = 2.0\n[runs.PCA]\nmodel.method = "pca"\n'
SOUND = Path("music/a.wav")


@pytest.fixture
def song(write_parameters):
    return load("song", write_parameters('study = "song"\nsound.file = "a.wav"\n' + RUNS))


def spectrogram_of(n_frames):
    frame_s = np.array(1024 / 44100)
    return {"frames": np.zeros((n_frames, 94), np.float32), "hop_s": frame_s, "frame_s": frame_s}


FRAMES_NEEDED = {
    "RF": 22 + 45,  # a window of 22 frames, 44 before it in a clip of 45, one after it
    "R": 22,
    "RF_2s": 88 + 45,
    "PCA": 22 + 3 - 1,  # a window for each coordinate
}


@pytest.mark.parametrize(("run", "n_frames"), FRAMES_NEEDED.items())
def test_sound_of_one_sample_is_enough_and_a_frame_less_is_not(song, run, n_frames):
    check_clip_length(spectrogram_of(n_frames), song.for_run(run), SOUND)
    with pytest.raises(ValueError, match=rf"^music/a.wav: .*: run {run} needs at least") as raised:
        check_clip_length(spectrogram_of(n_frames - 1), song.for_run(run), SOUND)
    needed_s = float(re.search(r"at least (\S+) s", str(raised.value))[1])
    assert round(needed_s * 44100) // 1024 == n_frames  # a sound of the seconds in the message is enough


def test_message_says_seconds_there_and_needed_and_what_for(song):
    needs = (
        "run RF needs at least 1.56 s (a sample spans 46 windows of 0.5 s, as model.clip_windows and loss.max_lag say)"
    )
    message = f"music/a.wav: 0.93 s of sound: {needs}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        check_clip_length(spectrogram_of(40), song.for_run("RF"), SOUND)


def test_a_section_that_begins_after_the_end_is_refused(write_parameters):
    text = 'study = "song"\nsound.file = "a.wav"\nmusic.sections = [[0.0, "A"], [3.0, "B"]]\n' + RUNS
    parameters = load("song", write_parameters(text)).for_run("R")
    check_clip_length(spectrogram_of(150), parameters, SOUND)
    message = "music/a.wav: 2.32 s of sound: music.sections: 'B' begins at 3 s"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        check_clip_length(spectrogram_of(100), parameters, SOUND)
