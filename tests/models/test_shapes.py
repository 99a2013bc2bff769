import itertools

import pytest

from models.shapes import kernels, main, shuffled_shapes


def test_shapes_are_those_of_the_source_with_the_channels_that_are_needed():
    """Its own column of channels says 2, 4, 8, 16, 32, 64, which do not fill 128 x 512."""
    sizes = [(2, 64, 256, 4), (4, 32, 128, 16), (8, 16, 64, 64), (16, 8, 32, 256), (32, 4, 16, 1024), (64, 2, 8, 4096)]
    assert shuffled_shapes(128, 512)[:6] == sizes


@pytest.mark.parametrize(("height", "width"), [(128, 512), (36, 24), (17, 34), (6, 9)])
def test_shapes_are_all_there_are(height, width):
    everything = itertools.product(range(2, 40), range(1, height), range(1, width))
    fitting = [(r, h, w, r * r) for r, h, w in everything if (r * h, r * w) == (height, width)]
    assert [shape for shape in shuffled_shapes(height, width) if shape[0] < 40] == fitting


def test_kernels_are_those_of_the_source():
    assert kernels(289, 256) == [(34, 1), (12, 3), (4, 11), (2, 33)]
    assert kernels(512, 500) == [(13, 1), (7, 2), (5, 3), (4, 4), (3, 6), (2, 12)]


@pytest.mark.parametrize(("size_in", "size_out"), [(20, 8), (31, 1), (12, 11)])
def test_kernels_are_all_that_leave_so_many_cells(size_in, size_out):
    """A kernel fits where its last cell is inside."""
    everything = itertools.product(range(1, size_in), range(2, size_in + 1))
    fitting = [
        (size, dilation)
        for dilation, size in everything
        if sum(first + dilation * (size - 1) < size_in for first in range(size_in)) == size_out
    ]
    assert kernels(size_in, size_out) == fitting


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["127", "512"], "127 x 512: no r from 2 on divides both sides, nothing can be shuffled to it"),
        (["0", "512"], "0 x 512: no r from 2 on"),
        (["128", "512", "--from", "256", "--to", "289"], "from 256 to 289: a convolution without padding leaves fewer"),
        (["128", "512", "--from", "256"], "from 256 to 0: a convolution without padding"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(arguments, message, capsys):
    with pytest.raises(SystemExit):
        main(arguments)
    assert f"error: {message}" in capsys.readouterr().err


def test_the_program_prints_both_tables(capsys):
    main(["128", "512", "--from", "289", "--to", "256"])
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert rows[0] == ["r", "height", "width", "channels"]
    assert rows[-3] == ["12", "3"]
