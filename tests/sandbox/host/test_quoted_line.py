"""Code in messages is never cut in the middle of an expression."""

from __future__ import annotations

import pytest

from autograder.sandbox.host.quoted_line import MAX_QUOTED, quoted_line


@pytest.mark.parametrize(
    ("source", "quoted"),
    [
        ("    return x @ W", "return x @ W"),
        ("a[:, y] = img[\n    y:y_max,  # rows\n    ::2\n]\nx = 1", "a[:, y] = img[y:y_max, ::2]"),
        ("np.dot(\n    a,\n    b,\n)", "np.dot(a, b,)"),
        ("out.reshape(N, -1)).T", "out.reshape(N, -1)"),
        ("x.shape[0],", "x.shape[0],"),
        ("print('(')\nx = 1", "print('(')"),
        ("raise ValueError('# of rows')  # why", "raise ValueError('# of rows')"),
        ("# a comment", "# a comment"),
        ("", ""),
    ],
)  # fmt: skip
def test_an_expression_is_quoted_whole(source: str, quoted: str) -> None:
    assert quoted_line(source.split("\n"), 0) == quoted


def test_a_part_that_begins_on_a_line_of_its_own() -> None:
    assert quoted_line(["f(", "    a.nothing,", "    b)"], 1) == "a.nothing,"
    assert quoted_line(["f(", "    a,", "    b.nothing)"], 2) == "b.nothing"


def test_a_long_line_is_cut_between_expressions() -> None:
    line = "total = " + " + ".join(f"weights[{i}, {i}] * inputs[{i}]" for i in range(9))
    quoted = quoted_line([line], 0)
    assert len(quoted) <= MAX_QUOTED
    whole, cut = quoted[:-2], quoted[-2:]
    assert (cut, line[: len(whole)], line[len(whole)]) == (" …", whole, " ")
    assert whole.count("[") == whole.count("]")


@pytest.mark.parametrize("text", ["(" * 10_000, "'" * 10_000, "x" * 10_000, "[\n" * 10_000])
def test_no_text_is_too_much(text: str) -> None:
    assert 0 < len(quoted_line(text.split("\n"), 0)) <= MAX_QUOTED
