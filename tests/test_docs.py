"""README and docs name only what there is: commands, parameter files, make targets, paths, links and their headings."""

import re
from urllib.parse import unquote

import pytest

from pipeline.parameters import ROOT, studies

DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
STUDY_DOCS = ("song", "video", "dictionary", "themes", "instruments", "timbre", "switches")
HEADS = [
    *("What it does", "Commands and steps", "Your own data"),
    *("How to read the figures", "What was measured", "Limits"),
]
OF_THE_READER = (
    "my_recording",
    "my_film",
    "my_pieces",
    "my_sounds",
    "my_timbre",
    "my_switches",
    "<name>",
)  # parameter files that the docs tell the reader to write
FOLDERS = "pipeline|models|save_dataset|train_model|embed|forecast|evaluate|tests|benchmarks|parameters|docs"


@pytest.fixture(params=DOCS, ids=lambda path: path.name)
def page(request):
    return request.param


def found(pattern, path):
    return re.findall(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)


def headings(path):
    """The anchors of a page's headings, as GitHub makes them."""
    titles = found(r"^#+ (.*)$", path)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def missing(page):
    """What a page names and there is not, a line each."""
    module_calls = found(r"python -m ([a-z]\w*\.\w[\w.]*)", page)
    yield from (f"python -m {name}" for name in module_calls if not (ROOT / f"{name.replace('.', '/')}.py").is_file())
    runs = found(r"(?:run_steps\.py|python -m \w+\.step\d\w*) ([\w<>]+)", page) + found(r"NAME=(\w+)", page)
    runs += found(r'base = "(\w+)"', page)
    names = {name for name in runs if name not in OF_THE_READER}
    yield from (name for name in names if not (ROOT / "parameters" / f"{name}.toml").is_file())
    targets = found(r"^([a-z][\w-]*):", ROOT / "Makefile")
    yield from (f"make {target}" for target in found(r"[`\n]make ([a-z][\w-]*)", page) if target not in targets)
    paths = found(rf"[` (/]((?:{FOLDERS})/[\w./-]+)", page)
    yield from (path for path in paths if not any(own in path for own in OF_THE_READER) and not (ROOT / path).exists())
    described = found(r"describe_parameters (\w+)", page)
    yield from (study for study in described if study not in studies())
    for link in found(r'\]\(([^)\s]+)\)|src="([^"]+)"', page):
        yield from broken("".join(link), page)


def broken(link, page):
    """A local link whose file or heading is missing."""
    target, _, anchor = unquote(link).partition("#")
    path = (page.parent / target).resolve() if target else page
    if "://" not in link and (not path.exists() or (anchor and anchor not in headings(path))):
        yield link


def test_what_a_page_names_is_there(page):
    assert list(missing(page)) == []


@pytest.mark.parametrize(
    "wrong",
    [
        "`python -m embed.step3_embed_nothing demo`",
        "`python run_steps.py no_such_song`",
        "`python -m save_dataset.step1_save_song no_such_song`",
        "`make nothing`",
        '`base = "no_such_base"`',
        "in `embed/player/page.py`",
        "`parameters/no_such_song.toml`",
        "`python -m pipeline.describe_parameters opera`",
        "[there](no_such_page.md)",
        "[there](song.md#no-such-heading)",
        "![a figure](no_such_figure.png)",
        '<img src="no_such_figure.png">',
    ],
)
def test_what_is_missing_is_found(tmp_path, wrong):
    page = tmp_path / "page.md"
    page.write_text(f"A page says: {wrong}.\n", encoding="utf-8")
    (tmp_path / "song.md").write_text("# A heading\n", encoding="utf-8")
    assert len(list(missing(page))) == 1
    page.write_text("A page with a [link](song.md#a-heading), and `make demo`.\n", encoding="utf-8")
    assert list(missing(page)) == []


def test_the_readme_is_short():
    assert len(DOCS[0].read_text(encoding="utf-8").splitlines()) <= 150


def test_the_readme_leads_to_every_page_and_names_every_study_and_target():
    text = DOCS[0].read_text(encoding="utf-8")
    assert [page.name for page in DOCS[1:] if f"(docs/{page.name}" not in text] == []
    assert [study for study in studies() if f"`{study}`" not in text] == []


@pytest.mark.parametrize("study", STUDY_DOCS)
def test_pages_of_studies_have_the_same_heads(study):
    assert found(r"^## (.*)$", ROOT / "docs" / f"{study}.md") == HEADS


def test_every_step_and_parameter_file_stands_on_a_page():
    text = "\n".join(page.read_text(encoding="utf-8") for page in DOCS)
    steps = [path.stem for path in ROOT.glob("*/step*.py")]
    files = [path.stem for path in (ROOT / "parameters").glob("*.toml")]
    assert [name for name in (*steps, *files) if name not in text] == []
