"""A page for the browser in one HTML file: style, scripts, data and sound are inside, and nothing is fetched.

A page has a folder `web` with its body ``<name>.html``, its style ``<name>.css`` and its scripts; what pages share lies
in the folder `web` here. The body has ``$title``; the frame of all pages has ``$title``, ``$policy``, ``$style``,
``$body``, ``$data`` (JSON), ``$sound`` (base64) and ``$script``.
"""

import base64
import hashlib
import html
import json
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

FRAME = Path(__file__).with_name("frame.html")
SHARED = Path(__file__).with_name("web")
WITH_CLOCK = "elements times sound clock colours canvas"  # the scripts of a page whose sound is its clock


def fill_page(web: Path, name: str, scripts: str, *, title: str, data: Mapping[str, Any], sound: bytes = b"") -> str:
    """Return the text of a page.

    Parameters
    ----------
    web, name : Path, str
        The folder of the page, and the name of its body and style.
    scripts : str
        Names of scripts in `web`, or else shared ones; they run in this order, in strict mode.
    title, data : str, mapping of str
        The heading; what goes into the page as JSON.
    sound : bytes
        A sound file; empty if the page has none.
    """
    style = _read(SHARED / "base.css") + "\n" + _read(web / f"{name}.css")
    paths = [web / f"{script}.js" for script in scripts.split()]
    sources = [_read(path if path.exists() else SHARED / path.name) for path in paths]
    script = "\n".join(['"use strict";', *sources])
    policy = (
        f"default-src 'none'; script-src '{digest(script)}'; style-src '{digest(style)}'; "
        "media-src blob:; img-src data:; base-uri 'none'; form-action 'none'"
    )
    title = html.escape(title)
    return Template(_read(FRAME)).substitute(
        title=title,
        body=Template(_read(web / f"{name}.html")).substitute(title=title).rstrip(),
        policy=html.escape(policy, quote=False),
        style=style,
        script=script,
        data=json.dumps(data, allow_nan=False, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
        sound=base64.b64encode(sound).decode(),
    )


def digest(text: str) -> str:
    """Return the source by which a Content-Security-Policy allows one script or style."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
