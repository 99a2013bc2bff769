"""The text of the atom page; what the browser does is in its folder `web` and in that of all pages."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from embed.pages.html import WEB, fill_page

SOURCES = Path(__file__).with_name("web")
SHARED = ("elements", "bytes", "canvas", "colours")
SCRIPTS = ("music", "sound", "picture", "cards", "piece", "page", "start")


def build_page(title: str, described: Mapping[str, Any], sound: bytes) -> str:
    """The page.

    Parameters
    ----------
    title : str
        What stands above.
    described : mapping of str
        As `embed.dictionary.page.describe` makes it.
    sound : bytes
        MP3.
    """
    return fill_page(
        SOURCES / "atoms.html",
        [WEB / "base.css", SOURCES / "atoms.css"],
        [*(WEB / f"{name}.js" for name in SHARED), *(SOURCES / f"{name}.js" for name in SCRIPTS)],
        title=title,
        data=described,
        sound=sound,
    )
