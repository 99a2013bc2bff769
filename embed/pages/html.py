"""A page for the browser in one HTML file: style, scripts, data and sound in place, and nothing asked from outside.

The frame of all pages has ``$title``, ``$policy``, ``$style``, ``$body``, ``$data`` (JSON), ``$sound`` (base64) and
``$script``; the body of a page has ``$title``.
"""

import base64
import hashlib
import html
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Template
from typing import Any

FRAME = Path(__file__).with_name("frame.html")
WEB = Path(__file__).with_name("web")  # style and scripts that pages share


def fill_page(
    body: Path,
    styles: Iterable[Path],
    scripts: Iterable[Path],
    *,
    title: str,
    data: Mapping[str, Any],
    sound: bytes = b"",
    also_allowed: str = "",
) -> str:
    """The text of a page.

    Parameters
    ----------
    body : Path
        HTML.
    styles, scripts : iterable of Path
        CSS and JavaScript, put together in this order; scripts run in strict mode.
    title : str
        What stands above.
    data : mapping of str
        Goes into the page as JSON.
    sound : bytes
        A sound file; empty if the page has none.
    also_allowed : str
        More of the page's Content-Security-Policy, which else allows but its own style and script.
    """
    style = "\n".join(path.read_text(encoding="utf-8") for path in styles)
    script = "\n".join(['"use strict";', *(path.read_text(encoding="utf-8") for path in scripts)])
    policy = (
        f"default-src 'none'; script-src '{digest(script)}'; style-src '{digest(style)}'; {also_allowed}"
        "base-uri 'none'; form-action 'none'"
    )
    title = html.escape(title)
    return Template(FRAME.read_text(encoding="utf-8")).substitute(
        title=title,
        body=Template(body.read_text(encoding="utf-8")).substitute(title=title).rstrip(),
        policy=html.escape(policy, quote=False),
        style=style,
        script=script,
        data=json.dumps(data, allow_nan=False, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
        sound=base64.b64encode(sound).decode(),
    )


def digest(text: str) -> str:
    """How a Content-Security-Policy names the one script or style it allows."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
