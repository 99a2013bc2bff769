"""Which shapes fit together: grids that a pixel shuffle makes larger, kernels that make a side smaller.

``python -m models.shapes 128 512 --from 289 --to 256`` prints both.
"""

import argparse
import math


def shuffled_shapes(height: int, width: int) -> list[tuple[int, int, int, int]]:
    """Return r, height, width and channels of all small grids that a pixel shuffle makes the full one of.

    r x r channels become one (Shi et al. 2016, equation 4). ValueError if no r from 2 on divides both sides.
    """
    common = math.gcd(height, width) if min(height, width) > 0 else 1
    if common == 1:
        raise ValueError(f"{height} x {width}: no r from 2 on divides both sides, nothing can be shuffled to it")
    return [(r, height // r, width // r, r * r) for r in range(2, common + 1) if common % r == 0]


def kernels(size_in: int, size_out: int) -> list[tuple[int, int]]:
    """Return kernel and dilation of all convolutions, unpadded, that leave `size_out` cells of `size_in`.

    A kernel of k cells, d apart, reaches over d (k - 1) + 1 of them. ValueError if there is none.
    """
    surplus = size_in - size_out
    if not 0 < surplus < size_in:
        raise ValueError(f"from {size_in} to {size_out}: a convolution without padding leaves fewer cells, 1 at least")
    return [(1 + surplus // d, d) for d in range(1, surplus + 1) if surplus % d == 0]


def main(argv: list[str] | None = None) -> None:
    """Print the tables that the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m models.shapes", description="Print which shapes fit together.")
    parser.add_argument("height", type=int, help="of the full grid, mel bands for example")
    parser.add_argument("width", type=int, help="and frames")
    parser.add_argument("--from", type=int, default=0, dest="size_in", metavar="N", help="cells before a convolution")
    parser.add_argument("--to", type=int, default=0, dest="size_out", metavar="N", help="and after it")
    given = parser.parse_args(argv)
    try:
        lines: list[tuple] = [("r", "height", "width", "channels"), *shuffled_shapes(given.height, given.width)]
        if given.size_in or given.size_out:
            lines += [("kernel", "dilation"), *kernels(given.size_in, given.size_out)]
    except ValueError as error:
        parser.error(str(error))
    for line in lines:
        print("".join(f"{cell:>10}" for cell in line))


if __name__ == "__main__":
    main()
