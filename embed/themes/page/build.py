"""The text of the theme page and of the page that leads to all; what the browser does is in the folder `web`.

What is neither of themes nor of their picture is in the folder `web` of all pages.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from embed.pages.html import WEB, fill_page

SOURCES = Path(__file__).with_name("web")
SHARED = ("elements", "bytes", "sound", "clock", "colours", "canvas")
SCRIPTS = ("themes", "layout", "picture", "marks", "table", "sounding", "page", "controls", "start")


def build_page(title: str, described: Mapping[str, Any], sound: bytes) -> str:
    """The page of a piece.

    Parameters
    ----------
    title : str
        What stands above.
    described : mapping of str
        As `embed.themes.hear` makes it.
    sound : bytes
        MP3.
    """
    return fill_page(
        SOURCES / "themes.html",
        [WEB / "base.css", SOURCES / "themes.css"],
        [*(WEB / f"{name}.js" for name in SHARED), *(SOURCES / f"{name}.js" for name in SCRIPTS)],
        title=title,
        data=described,
        sound=sound,
        also_allowed="media-src blob:; img-src data:; ",
    )


def build_index(title: str, described: Mapping[str, Any]) -> str:
    """The page with a picture of each piece, which leads to its page."""
    return fill_page(
        SOURCES / "index.html",
        [WEB / "base.css", SOURCES / "index.css"],
        [WEB / "elements.js", SOURCES / "index.js"],
        title=title,
        data=described,
        also_allowed="img-src data:; ",
    )
