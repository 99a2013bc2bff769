"""The text of the atom page: one HTML file that holds all it shows and plays, and asks for nothing from outside.

What the browser does is in the folder `web`; canvas and colours are those of the player page.
"""

import base64
import html
import json
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

from embed.player import page as player

SOURCES = Path(__file__).with_name("web")
SHARED = ("canvas", "colours")
SCRIPTS = ("bytes", "sound", "picture", "cards", "piece", "page", "start")


def fill_page(title: str, described: Mapping[str, Any], sound: bytes) -> str:
    """The page with style, scripts, data and sound in place; its policy lets no other script run.

    Parameters
    ----------
    title : str
        What stands above.
    described : mapping of str
        As `embed.atoms_page.describe` makes it.
    sound : bytes
        MP3.
    """
    style = (SOURCES / "atoms.css").read_text(encoding="utf-8")
    paths = [*(player.SOURCES / f"{name}.js" for name in SHARED), *(SOURCES / f"{name}.js" for name in SCRIPTS)]
    script = "\n".join(['"use strict";', *(path.read_text(encoding="utf-8") for path in paths)])
    policy = (
        f"default-src 'none'; script-src '{player.digest(script)}'; style-src '{player.digest(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return Template((SOURCES / "atoms.html").read_text(encoding="utf-8")).substitute(
        title=html.escape(title),
        policy=html.escape(policy, quote=False),
        style=style,
        script=script,
        data=json.dumps(described, allow_nan=False, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
        sound=base64.b64encode(sound).decode(),
    )
