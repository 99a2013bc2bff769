import io
import os
import re
import subprocess
import sys
import warnings
import zlib

import matplotlib
import numpy as np
import pytest
from fontTools.ttLib import TTFont
from matplotlib.colors import to_hex, to_rgb

from pipeline.figures import MAX_CHARACTERS, OTHER_COLOURS, colour_of, new_figure, new_panels, save, shown
from pipeline.parameters import ROOT

DRAW_AND_PRINT_DIGESTS = """
import hashlib, pathlib, sys
from tests.pipeline.test_figures import draw_something
for path in draw_something(pathlib.Path(sys.argv[1])):
    print(path.suffix, hashlib.sha256(path.read_bytes()).hexdigest())
"""


def draw_something(folder, slope=1.0):
    figure = new_figure(3, 2)
    axes = figure.add_subplot()
    axes.plot(np.arange(5), slope * np.arange(5), label="a line")
    mesh = axes.pcolormesh(np.eye(4), rasterized=True)
    axes.set(xlabel="time (s)", title="title")
    axes.legend()
    figure.colorbar(mesh, label="magnitude")
    return save(figure, folder / "something")


def test_figure_is_saved_to_look_at_and_for_the_write_up(tmp_path):
    png, pdf = draw_something(tmp_path / "figures")
    assert (png.name, pdf.name) == ("something.png", "something.pdf")
    assert png.read_bytes().startswith(b"\x89PNG")
    assert pdf.read_bytes().startswith(b"%PDF")
    assert [path.name for path in save(new_figure(1, 1), tmp_path / "RF_0.5")] == ["RF_0.5.png", "RF_0.5.pdf"]


@pytest.mark.parametrize("ending", [".png", ".pdf"])
def test_a_full_disk_is_told_with_the_name_of_the_figure(tmp_path, full_disk, ending):
    with matplotlib.rc_context({"figure.dpi": 10}):  # then the PDF is the larger file
        sizes = {path.suffix: path.stat().st_size for path in draw_something(tmp_path)}
        room = {".png": sizes[".png"] - 1, ".pdf": sizes[".png"]}[ending]
        with full_disk(room), pytest.raises(OSError, match=rf"File too large: '.*something\{ending}'"):
            draw_something(tmp_path)
    assert {path.suffix: path.stat().st_size for path in tmp_path.iterdir()} == sizes


def test_same_arrays_give_the_same_bytes_and_others_do_not(tmp_path):
    first, again, other = (
        [path.read_bytes() for path in draw_something(tmp_path / folder, slope)]
        for folder, slope in [("first", 1.0), ("again", 1.0), ("other", 1.1)]
    )
    assert first == again
    assert all(mine != others for mine, others in zip(first, other, strict=True))


def test_font_in_a_pdf_has_letters_and_no_tables_for_joining_them(tmp_path):
    _, pdf = draw_something(tmp_path)
    streams = re.findall(rb"/FontFile2|/Length1 .*?stream\r?\n(.*?)\r?\nendstream", pdf.read_bytes(), re.DOTALL)
    fonts = [TTFont(io.BytesIO(zlib.decompress(stream))) for stream in streams if stream]
    assert fonts
    for font in fonts:
        assert "glyf" in font
        assert not {"GSUB", "GPOS", "GDEF"} & set(font.keys())


@pytest.mark.slow
def test_another_process_gives_the_same_bytes(tmp_path):
    settings = {"1": os.devnull, "2": str(tmp_path / "matplotlibrc")}
    (tmp_path / "matplotlibrc").write_text("text.usetex: true\nfont.size: 20\naxes.grid: true\nsavefig.dpi: 30\n")

    def digests(seed):
        command = [sys.executable, "-c", DRAW_AND_PRINT_DIGESTS, str(tmp_path / seed)]
        environment = os.environ | {"PYTHONHASHSEED": seed, "SOURCE_DATE_EPOCH": seed, "MATPLOTLIBRC": settings[seed]}
        return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout

    first = digests("1")
    assert [line.split()[0] for line in first.splitlines()] == [".png", ".pdf"]
    assert first == digests("2")


def test_names_are_drawn_as_they_are_and_powers_as_formulas(tmp_path):
    figure = new_figure(3, 2)
    axes = figure.add_subplot()
    axes.semilogy([1, 1000], label=r"\frac$x$")
    axes.set(title="Ba$$in_{x}", xticks=[0, 1], xticklabels=["$p$", "%s"])
    texts = [axes.title, *axes.legend().get_texts(), *axes.get_xticklabels()]
    save(figure, tmp_path / "names")  # \frac alone would be an error in a formula
    assert [text.get_text() for text in texts] == ["Ba$$in_{x}", r"\frac$x$", "$p$", "%s"]
    assert not any(text.get_parse_math() for text in texts)
    numbers = [text for text in axes.get_yticklabels() if "10" in text.get_text()]
    assert numbers
    assert all(text.get_parse_math() for text in numbers)


LONG = "Étude in C, " + 15 * "very " + "long, 2"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Dvořák 8, 'Ba$$in' \\frac.wav", "Dvořák 8, 'Ba$$in' \\frac.wav"),
        (MAX_CHARACTERS * "x", MAX_CHARACTERS * "x"),
        ("中文.wav", r"\u4e2d\u6587.wav"),
        ("🎹 naïve\t\udcff\u3000", r"\U0001f3b9 naïve\t\udcff\u3000"),
        (LONG, "Étude in C, very ver…y very very long, 2"),
        (60 * "中", 3 * r"\u4e2d" + "…" + 3 * r"\u4e2d"),
        ("a\nb", "a\nb"),
    ],
)
def test_a_name_is_shown_with_what_the_font_has_and_without_its_middle(name, expected):
    assert shown(name) == shown(expected) == expected


def test_names_that_the_font_lacks_or_that_are_long_are_drawn_without_a_warning(tmp_path):
    figure = new_figure(8, 2)
    axes = figure.add_subplot()
    axes.plot([0, 1], label="run_" + 200 * "x")
    axes.set_title("like A, cosine 0.9: 中文.mid, bar 3")
    legend = figure.legend(loc="outside right upper")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        save(figure, tmp_path / "names")
    assert axes.get_title() == r"like A, cosine 0.9: \u4e2d\u6587.mid, bar 3"
    assert len(legend.get_texts()[0].get_text()) == MAX_CHARACTERS
    assert axes.get_position().width > 0.2


def test_runs_differ_in_colour_and_known_runs_keep_theirs():
    red, green, blue = to_rgb(colour_of("RF", ["R", "RF"]))
    assert red > 2 * max(green, blue)
    assert to_hex(colour_of("R", ["R", "RF"])) == "#000000"
    runs = ["a", "RF", "b", "R", "PCA", *"cdefg"]
    colours = {run: to_hex(colour_of(run, runs)) for run in runs}
    assert len(set(colours.values())) == len(runs)
    assert colours["RF"] == to_hex(colour_of("RF", ["RF"]))
    many = [f"run{index}" for index in range(len(OTHER_COLOURS) + 1)]
    assert colour_of(many[-1], many) == colour_of(many[0], many)


def test_figure_has_the_style_of_the_write_up():
    axes = new_figure(5, 3).add_subplot()
    assert axes.figure.get_size_inches().tolist() == [5, 3]
    assert [side for side, spine in axes.spines.items() if spine.get_visible()] == ["left", "bottom"]


@pytest.mark.parametrize(("n_panels", "labelled"), [(1, [0]), (4, [0, 1, 2, 3]), (6, [2, 3, 4, 5])])
def test_the_lowest_panel_of_each_column_has_labels(n_panels, labelled):
    figure, panels = new_panels(n_panels, 2.0, 1.0)
    assert figure.axes == panels
    assert [k for k, axes in enumerate(panels) if axes.xaxis.get_tick_params()["labelbottom"]] == labelled
