"""What several test files need: random numbers, parameter files under a root of their own, a full disk, a browser, the
content of pages."""

import json
import os
import re
import shutil

import numpy as np
import pytest
from hypothesis import settings

from pipeline import machine

machine.overrule_keras_settings()
os.environ.pop("PYTHONSAFEPATH", None)  # processes that tests start find modules in the repository

settings.register_profile("suite", deadline=None, derandomize=True)
settings.load_profile("suite")


@pytest.fixture
def rng():
    return np.random.default_rng(440)


def parameters_writer(root):
    def write(text, name="song"):
        path = root / "parameters" / f"{name}.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return root

    return write


@pytest.fixture
def write_parameters(tmp_path):
    """Writes ``parameters/<name>.toml`` below `tmp_path` and returns that root."""
    return parameters_writer(tmp_path)


@pytest.fixture(scope="session")
def write_session_parameters(tmp_path_factory):
    """The same below a root for results that are made once a session."""
    return parameters_writer(tmp_path_factory.mktemp("root"))


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """The browser in which all tests open their pages."""
    from tests.browser import start  # needs Selenium, which most tests do without

    driver = start(tmp_path_factory.mktemp("profile"))
    yield driver
    driver.quit()


@pytest.fixture(scope="session")
def script_of():
    """Returns the text of a script of a page by its id; of ``data`` the JSON."""

    def read(page, name):
        text = re.search(rf'<script [^>]*id="{name}">(.*?)</script>', page, re.DOTALL).group(1)
        return json.loads(text) if name == "data" else text

    return read


@pytest.fixture
def done_again(done, tmp_path):
    """A copy to change of the root where a file's fixture `done` has done all steps."""
    shutil.copytree(done, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def full_disk():
    """A block in which no file can grow beyond so many bytes."""
    pytest.importorskip("resource")
    from tests.faults import disk

    return disk.full_disk


@pytest.fixture
def interrupted(monkeypatch):
    """Ctrl-C at the beginning of the third epoch, once."""
    from train_model import callbacks  # imports TensorFlow, which most tests do without

    pressed = []
    on_epoch_begin = callbacks.SeedByEpoch.on_epoch_begin

    def press(self, epoch, logs=None):
        if epoch == 2 and not pressed:
            pressed.append(epoch)
            raise KeyboardInterrupt
        on_epoch_begin(self, epoch, logs)

    monkeypatch.setattr(callbacks.SeedByEpoch, "on_epoch_begin", press)
    return pressed
