"""The pages of all studies, written once a session."""

import numpy as np
import pytest

from save_dataset.sound.spectrogram import compute_spectrogram
from tests.small_dictionary import TEXT, store_small_dictionary
from tests.small_themes import store_small_themes

RATE_HZ = 44100
DURATION_S = 6.0
HOP_S = 1024 / RATE_HZ


@pytest.fixture(scope="session")
def curve():
    """A function of times to points of a path that never comes near itself."""
    return lambda times_s: np.stack([4 * times_s, 5 * np.sin(times_s), 5 * np.cos(1.3 * times_s)], axis=1)


@pytest.fixture(scope="session")
def song(curve):
    """What the player page is built from: noise, two runs on one path, forecasts that leave it."""

    def embed(window_s, matrix):
        starts_s = np.arange(0, DURATION_S - window_s, HOP_S)
        times_s = starts_s + window_s / 2
        return {"z": curve(times_s) @ matrix, "starts_s": starts_s, "times_s": times_s, "ends_s": starts_s + window_s}

    samples = 0.1 * np.random.default_rng(440).normal(size=round(DURATION_S * RATE_HZ)).astype(np.float32)
    embeddings = {"R": embed(0.5, np.eye(3)), "RF_2s": embed(2.0, -2 * np.eye(3)[:, [1, 2, 0]])}
    starts = np.arange(0, 180, 10)
    truth = embeddings["R"]["z"][starts[:, None] + np.arange(31)]
    return {
        "embeddings": embeddings,
        "spectrogram": compute_spectrogram(samples, sample_rate_hz=RATE_HZ),
        "samples": samples,
        "sample_rate_hz": RATE_HZ,
        "sections": [(3.0, "chorus"), (0.0, "verse")],
        "forecasts": {"R": {"knn": {"starts": starts, "forecast": truth + np.linspace(0, 6, 31)[:, None]}}},
    }


@pytest.fixture(scope="session")
def player_page(song):
    from embed.song.player.page import build_page

    return build_page("A </script> song & more", **song)


@pytest.fixture(scope="session")
def theme_pages(write_session_parameters):
    """The page of a piece before step 6; then of a piece with themes, of one in which none is found, and the index."""
    from embed.themes.page.write import write_pages

    parameters, root = store_small_themes(write_session_parameters, with_themes=False)
    before = write_pages(parameters, root)[0]
    before = before.rename(before.with_name("before.html"))
    parameters, root = store_small_themes(write_session_parameters)
    return [before, *write_pages(parameters, root)]


@pytest.fixture(scope="session")
def dictionary_files(write_session_parameters):
    """The page of atoms, and the files of MIDI and sound; an atom of the piece is not among the three shown."""
    from embed.dictionary.sonify import write_dictionary

    text = TEXT.replace("n_atoms = 4", "n_atoms = 3")
    parameters, root = store_small_dictionary(write_session_parameters, text)
    return write_dictionary(parameters.for_run("A"), root)
