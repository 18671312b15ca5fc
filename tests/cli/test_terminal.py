"""What students wrote reaches the terminal as text: no markup, no emoji, no control codes."""

from __future__ import annotations

import pytest

from autograder.cli.console import console, literal
from autograder.cli.grading_run import A_SCREEN, about_files, out_of_sight
from autograder.cli.stdio import warn
from autograder.ingest.hand_ins import HandIn, HandIns
from autograder.messages.hand_ins import remarks_for_instructor


@pytest.mark.parametrize("text", ["[bold]x[/bold]", ":smile:", "[link=http://x]y", "a[0]"])
def test_it_is_printed_as_it_is(text, capsys):
    console().print(literal(text))
    assert capsys.readouterr().out == f"{text}\n"


def test_no_control_code_of_it_is_printed(capsys):
    said = "\x1b[2Jcell 1: \x1b]0;title\x07\u202eabc\r\udcff"
    console().print(literal(said))
    warn(said)
    printed = capsys.readouterr()
    assert printed.out == "cell 1: \ufffdabc␍\ufffd\n"
    assert printed.err == "autograder: cell 1: \ufffdabc␍\ufffd\n"


def test_what_is_still_on_the_screen_is_not_printed_again():
    lines = ["a folder without a notebook", "the published salt"]
    assert out_of_sight(lines, said=lines[:1], graded=A_SCREEN) == lines[1:]
    assert out_of_sight(lines, said=lines[:1], graded=A_SCREEN + 1) == lines


def test_the_same_remark_about_many_files_is_one_line() -> None:
    """Canvas marks whole classes as late, without a time."""
    late = [HandIn(f"student {n:02}", "02_im2col", "x", late=True) for n in range(40)]
    (line,) = about_files(late, HandIns())
    assert line.startswith("40 hand-ins (student 00 · 02_im2col, student 01 · 02_im2col, ")
    assert line.endswith("…): " + remarks_for_instructor(late[0])[0]["en"])
    assert len([*about_files(late[:3], HandIns())]) == 3
