import csv

from pipeline.tables import latex, save

ROWS = [{"run": "RF_2s", "loss": "0.1", "path / extent": "3"}, {"run": 'a "b", c', "loss": "", "path / extent": "é\n"}]


def test_csv_reads_back_as_it_was(tmp_path):
    csv_path, tex_path = save(ROWS, tmp_path / "tables" / "embedding")
    with csv_path.open(newline="", encoding="utf-8") as file:
        assert list(csv.DictReader(file)) == ROWS
    assert (csv_path.name, tex_path.name) == ("embedding.csv", "embedding.tex")


def test_latex_is_a_tabular(tmp_path):
    tex_path = save([{"run": "R", "loss": "0.1"}, {"run": "RF", "loss": "0.2"}], tmp_path / "a")[1]
    assert tex_path.read_text(encoding="utf-8").splitlines() == [
        r"\begin{tabular}{lr}",
        r"run & loss \\",
        r"\hline",
        r"R & 0.1 \\",
        r"RF & 0.2 \\",
        r"\end{tabular}",
    ]


def test_letters_that_latex_reserves_are_escaped():
    body = latex([{"share_of (%)": "a & b_c #1 $2 {3}"}, {"share_of (%)": r"\a~^2"}]).splitlines()
    assert body[1] == r"share\_of (\%) \\"
    assert body[3] == r"a \& b\_c \#1 \$2 \{3\} \\"
    assert body[4] == r"\textbackslash{}a\textasciitilde{}\textasciicircum{}2 \\"


def test_name_of_a_table_may_have_a_dot_and_no_rows_make_no_files(tmp_path):
    assert [path.name for path in save(ROWS, tmp_path / "RF_0.5")] == ["RF_0.5.csv", "RF_0.5.tex"]
    assert save([], tmp_path / "a") == []
    assert len(list(tmp_path.iterdir())) == 2
