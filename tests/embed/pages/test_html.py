import base64
import hashlib
import re

import pytest

from embed.pages.html import SHARED, fill_page


@pytest.fixture
def web(tmp_path):
    """The folder of a page with a script of its own and one that takes the place of a shared one."""
    (tmp_path / "small.html").write_text("<h1>$title</h1>\n")
    (tmp_path / "small.css").write_text("h1 { color: red; }")
    (tmp_path / "own.js").write_text("// own")
    (tmp_path / "sound.js").write_text("// own sound")
    return tmp_path


def test_scripts_are_those_of_the_page_or_else_shared_ones_in_order(web):
    page = fill_page(web, "small", "own times sound", title="x", data={})
    shared = (SHARED / "times.js").read_text()
    assert f'<script>"use strict";\n// own\n{shared}\n// own sound</script>' in page
    assert f"<style>{(SHARED / 'base.css').read_text()}\nh1 {{ color: red; }}</style>" in page


@pytest.mark.parametrize("name", ["</script><script>alert(1)", '</title><img src="x">', "$title & 'é' \u2028", "<!--"])
def test_names_cannot_break_the_page(web, script_of, name):
    tags = [re.findall("</?[a-z0-9]+", fill_page(web, "small", "own", title=t, data={t: t})) for t in (name, "plain")]
    assert tags[0] == tags[1]
    page = fill_page(web, "small", "own", title=name, data={"name": name})
    assert script_of(page, "data") == {"name": name}


def test_the_title_is_shown_as_it_is_and_the_sound_is_in_the_page(web, script_of):
    page = fill_page(web, "small", "own", title="<b> & $title", data={}, sound=b"sound")
    assert "<title>&lt;b&gt; &amp; $title</title>" in page
    assert "<h1>&lt;b&gt; &amp; $title</h1>" in page
    assert base64.b64decode(script_of(page, "sound-data")) == b"sound"


def test_the_policy_allows_only_what_is_in_the_page(web):
    page = fill_page(web, "small", "own", title="x", data={})
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1)
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    texts = {"script-src": re.findall("<script>(.*?)</script>", page, re.DOTALL)[0]}
    texts["style-src"] = re.search("<style>(.*?)</style>", page, re.DOTALL).group(1)
    for rule, text in texts.items():
        assert rules.pop(rule) == f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
    nothing = dict.fromkeys(("default-src", "base-uri", "form-action"), "'none'")
    assert rules == nothing | {"media-src": "blob:", "img-src": "data:"}
    connected = fill_page(web, "small", "own", title="x", data={}, connect=True)
    assert connected == page.replace(policy, f"{policy}; connect-src 'self'")


def test_no_page_fetches_anything(player_page, theme_pages, dictionary_files):
    for page in (player_page, *(path.read_text(encoding="utf-8") for path in (*theme_pages, dictionary_files[0]))):
        assert not re.search(r"https?:|//[a-z]+\.[a-z]|<[^>]* (src|href)=|@import|url\(", page)
