"""Tables as CSV to read on and as a LaTeX tabular for the write-up."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline import results
from pipeline.atomic_write import atomic_write, write_text
from pipeline.parameters import ROOT, StudyParameters

SYMBOLS = {"\\": "backslash", "^": "asciicircum", "~": "asciitilde"}
IN_LATEX = str.maketrans({c: rf"\{c}" for c in "&%$#_{}"} | {c: rf"\text{name}{{}}" for c, name in SYMBOLS.items()})


def save(rows: Sequence[Mapping[str, str]], path: Path) -> list[Path]:
    """Write rows of texts, all with the same columns, as CSV and LaTeX, and return the paths; `path` has no ending."""
    if not rows:
        return []
    csv_path, tex_path = path.with_name(f"{path.name}.csv"), path.with_name(f"{path.name}.tex")
    with atomic_write(csv_path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return [csv_path, write_text(tex_path, latex(rows))]


def save_all(
    rows_by_table: Mapping[str, Sequence[Mapping[str, str]]], parameters: StudyParameters, root: Path = ROOT
) -> list[Path]:
    """Write tables under their names next to the figures of a parameter file; returns all paths."""
    paths = [save(rows, results.figure_path(parameters, name, root)) for name, rows in rows_by_table.items()]
    return [path for of_table in paths for path in of_table]


def latex(rows: Sequence[Mapping[str, str]]) -> str:
    r"""Return a LaTeX tabular of rows, first column to the left, the others to the right.

    Examples
    --------
    >>> print(latex([{"run": "RF_2s", "loss": "0.1"}]), end="")
    \begin{tabular}{lr}
    run & loss \\
    \hline
    RF\_2s & 0.1 \\
    \end{tabular}
    """
    columns = list(rows[0])
    lines = [columns, *([row[column] for column in columns] for row in rows)]
    head, *body = [" & ".join(cell.translate(IN_LATEX) for cell in line) + r" \\" for line in lines]
    layout = "l" + "r" * (len(columns) - 1)
    return "\n".join([rf"\begin{{tabular}}{{{layout}}}", head, r"\hline", *body, r"\end{tabular}", ""])
