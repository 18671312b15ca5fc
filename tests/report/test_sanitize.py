"""Untrusted strings, made fit for a page, a link, a spreadsheet, a path."""

import os
import sys
from urllib.parse import unquote_to_bytes

import pytest

from autograder.report.sanitize import LONGEST, below, cell, link, number, plain, prose, shortened

EVERY_CHARACTER = [chr(code) for code in range(sys.maxunicode + 1)]


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        ("im2col(x, 3, 3)", "im2col(x, 3, 3)"),
        ("山田　花子", "山田　花子"),
        ("a\tb\nc\r\nd", "a\tb\nc\nd"),
        ("\x1b[1;31mError\x1b[0m", "Error"),
        ("\x1b]0;title\x07text", "text"),
        ("nul\x00bell\x07del\x7f", "nul␀bell␇del␡"),
        ("\u202egnp.exe", "\ufffdgnp.exe"),
        ("\udcff", "\ufffd"),
    ],
)
def test_control_characters_become_visible_and_colours_go(raw, seen):
    assert plain(raw) == seen


def test_what_is_shown_can_be_written_and_holds_no_control_character():
    shown = plain("".join(EVERY_CHARACTER))
    shown.encode("utf-8")
    assert not any(ord(c) < 32 and c not in "\n\t" for c in shown)


def test_a_name_in_backticks_is_code_and_nothing_else_is_markup():
    assert prose("Use `stride`, not <b>") == "Use <code>stride</code>, not &lt;b&gt;"
    assert prose("`<b>`") == "<code>&lt;b&gt;</code>"
    assert prose("one ` only") == "one ` only"
    assert prose("`a\nb`") == "`a\nb`"


def test_long_text_is_cut_and_says_by_how_much():
    assert shortened("x" * LONGEST, "({n} more)") == "x" * LONGEST
    assert shortened("x" * (LONGEST + 7), "({n} more)") == "x" * LONGEST + "\n(7 more)"


@pytest.mark.parametrize(
    ("points", "text"), [(18, "18"), (15.5, "15.5"), (0.1 + 0.2, "0.3"), (0, "0"), (100.0, "100")]
)
def test_points_are_written_as_people_write_them(points, text):
    assert number(points) == text


@pytest.mark.parametrize("name", [os.fsdecode(bytes(set(range(1, 256)) - {ord("/")})), "山田 花子"])
def test_a_link_holds_any_name_as_one_part(name):
    address = link("feedback", name, "x.html")
    assert address.count("/") == 2
    assert not set(address) & set("\"'<>&?#: \\")
    assert unquote_to_bytes(address.split("/")[1]) == os.fsencode(name)


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_what_a_spreadsheet_would_run_becomes_text(first):
    assert cell(f"{first}1+1") == f"'{first}1+1"


def test_an_apostrophe_at_the_beginning_is_doubled():
    """Else a name ``'=x`` would be the same cell as ``=x``."""
    assert cell("'=x") == "''=x"


@pytest.mark.parametrize("field", ["aiko", "山田 花子", "o'brien", "a=b", 'say "hi", twice', ""])
def test_any_other_field_is_left_alone(field):
    assert cell(field) == field


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/etc/passwd", "a\0b"])
def test_a_path_never_leaves_its_folder(tmp_path, name):
    with pytest.raises(ValueError, match="is no file name"):
        below(tmp_path, "aiko", name)


def test_a_path_takes_any_other_name(tmp_path):
    assert below(tmp_path, "山田 花子", "...") == tmp_path / "山田 花子" / "..."
