"""corrections.csv as spreadsheets save it."""

import pytest

from autograder.corrections.table import COLUMNS, Row, Table, encode, parse
from autograder.errors import InvalidCorrections

LINES = f"{','.join(COLUMNS)}\n佐藤,02_im2col,im2col.stride,1.5,,表示の誤り\n"
CELLS = {
    "student": "佐藤",
    "exercise": "02_im2col",
    "criterion": "im2col.stride",
    "points": "1.5",
    "excused": "",
    "comment": "表示の誤り",
}


@pytest.mark.parametrize(
    "saved",
    [
        pytest.param(LINES.encode(), id="UTF-8"),
        pytest.param(LINES.encode("utf-8-sig"), id="Excel, CSV UTF-8"),
        pytest.param(LINES.encode("cp932"), id="Excel in Japan"),
        pytest.param(LINES.encode("euc_jp"), id="an old Unix"),
        pytest.param(LINES.replace(",", "\t").encode("utf-16"), id="Excel, Unicode text"),
        pytest.param(LINES.replace(",", ";").encode(), id="Excel in Germany"),
        pytest.param(LINES.replace("\n", "\r\n").encode(), id="Windows lines"),
        pytest.param(LINES.replace("\n", "\r").encode(), id="old Mac lines"),
        pytest.param(LINES.replace("student", " Student ", 1).encode(), id="capitals and spaces"),
    ],
)
def test_every_spreadsheets_file_is_the_same_table(saved):
    assert [row.cells for row in parse(saved).rows] == [CELLS]


def test_rows_know_their_lines():
    text = f'sep=;\n{";".join(COLUMNS)}\n\na;b;c;;;"two\nlines"\n;;;;;\nd;e;f;;;\n'
    assert [(row.line, row["student"]) for row in parse(text.encode()).rows] == [(4, "a"), (7, "d")]


def test_columns_may_be_in_any_order_with_others_between():
    table = parse(b"seat,criterion,exercise,student\n7,*,02,aiko\n")
    assert table.rows[0].cells == {
        "seat": "7",
        "criterion": "*",
        "exercise": "02",
        "student": "aiko",
    }
    again = parse(encode(table.with_row({"student": "ben", "points": "1"}, None)))
    assert [row["seat"] for row in again.rows] == ["7", ""]
    assert again.rows[1]["points"] == "1"


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"student,exercise\nx,y\n", "line 1: no column criterion"),
        (b"student,exercise,criterion,points,points\n", "line 1: column points occurs twice"),
        (b"student,exercise,criterion\n\na,b,c,d\n", "line 3: more cells than columns ('d')"),
        (b"student,exercise,criterion\n" + b"x" * 200_000, "line 2: "),
        (b"\xff\xfe\xfa", "its encoding is not recognised"),
    ],
)
def test_what_is_not_such_a_table_is_refused_with_its_line(raw, problem):
    with pytest.raises(InvalidCorrections) as refused:
        parse(raw)
    assert str(refused.value).startswith(problem)


@pytest.mark.parametrize("text", ["=cmd()", "'=cmd()", "'tis", "-1; =x", "+", '"quoted"', "a\nb"])
def test_a_text_is_no_formula_and_comes_back_the_same(text):
    cells = {**CELLS, "student": text, "comment": text}
    raw = encode(Table().with_row(cells, None))
    assert parse(raw).rows == (Row(2, cells),)
    assert b",=" not in raw
    assert b"\n=" not in raw


def test_an_empty_file_has_no_rows():
    assert parse(b"").rows == parse(b"\xef\xbb\xbf\n").rows == ()
