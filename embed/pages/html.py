"""A page for the browser in one HTML file: style, scripts, data and sound are inside, and nothing is fetched.

A page has a folder `web` with its body ``<name>.html``, its style ``<name>.css`` and its scripts; what pages share lies
in the folder `web` here. The body has ``$title`` and words of its own; the frame of all pages has ``$title``,
``$policy``, ``$style``, ``$body``, ``$data`` (JSON), ``$sound`` (base64) and ``$script``.
"""

import base64
import hashlib
import html
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

FRAME = Path(__file__).with_name("frame.html")
SHARED = Path(__file__).with_name("web")
WITH_CLOCK = "elements times sound clock colours canvas"  # the scripts of a page whose sound is its clock


def fill_page(
    web: Path,
    name: str,
    scripts: str,
    *,
    title: str,
    data: Mapping[str, Any],
    sound: bytes = b"",
    words: Mapping[str, str] | None = None,
    base: Path | None = None,
    connect: bool = False,
) -> str:
    """Return the text of a page.

    Parameters
    ----------
    web, name : Path, str
        The folder of the page, and the name of its body and style.
    scripts : str
        Names of scripts in `web`, or else in `base`, or else shared ones; they run in this order, in strict mode.
    title, data : str, mapping of str
        The heading; what goes into the page as JSON.
    sound : bytes
        A file of sound, or of a film; empty if the page has none.
    words : mapping of str to str
        What the body has besides its title.
    base : Path
        The folder of the page that this one is made from: its style comes before that of `web`.
    connect : bool
        Whether the page may call the server that it comes from.
    """
    folders = [web, SHARED] if base is None else [web, base, SHARED]
    styles = [SHARED / "base.css", *(folder / f"{name}.css" for folder in reversed(folders[:-1]))]
    style = "\n".join(map(_read, styles))
    script = "\n".join(['"use strict";', *(_read(_find(f"{script}.js", folders)) for script in scripts.split())])
    policy = (
        f"default-src 'none'; script-src '{digest(script)}'; style-src '{digest(style)}'; "
        "media-src blob:; img-src data:; base-uri 'none'; form-action 'none'" + "; connect-src 'self'" * connect
    )
    title = html.escape(title)
    return Template(_read(FRAME)).substitute(
        title=title,
        body=Template(_read(_find(f"{name}.html", folders))).substitute(words or {}, title=title).rstrip(),
        policy=html.escape(policy, quote=False),
        style=style,
        script=script,
        data=json.dumps(data, allow_nan=False, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
        sound=base64.b64encode(sound).decode(),
    )


def digest(text: str) -> str:
    """Return the source by which a Content-Security-Policy allows one script or style."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _find(name: str, folders: Sequence[Path]) -> Path:
    """Return the file of the first folder that has it; the last must."""
    return next((folder / name for folder in folders if (folder / name).exists()), folders[-1] / name)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
