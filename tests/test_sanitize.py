"""Untrusted strings, made fit for results, a page, a terminal, a link, a spreadsheet, a path."""

import os
import sys
from urllib.parse import unquote_to_bytes

import pytest

from autograder.sanitize import (
    link,
    one_line,
    path_below,
    spreadsheet_cell,
    visible,
    visible_name,
)

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
    assert visible(raw) == seen


def test_what_is_shown_can_be_written_and_holds_no_control_character():
    shown = visible("".join(EVERY_CHARACTER))
    shown.encode("utf-8")
    assert not any(ord(c) < 32 and c not in "\n\t" for c in shown)


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("shape (2, 3)", "shape (2, 3)"),
        ("  two\n\tlines \x1b[31m", "two lines [31m"),
        ("\u202egnp\udcff.exe\0", "gnp .exe"),
        (b"bytes", ""),
        (None, ""),
    ],
)
def test_what_the_sandbox_says_becomes_one_printable_line(raw, kept):
    assert one_line(raw) == kept


def test_a_long_line_is_cut_whatever_it_is_made_of():
    assert one_line("x" * 10**6) == "x" * 300
    assert one_line("\n" * 10**6 + "x", 5) == ""
    assert one_line("".join(EVERY_CHARACTER), 10**7).isprintable()


def test_a_files_name_stays_within_its_line():
    assert visible_name("a\nb\x1b[2Jc\u2028d\u3000e") == "a\ufffdb\ufffd[2Jc\ufffdd\u3000e"


@pytest.mark.parametrize("name", [os.fsdecode(bytes(set(range(1, 256)) - {ord("/")})), "山田 花子"])
def test_a_link_holds_any_name_as_one_part(name):
    address = link("feedback", name, "x.html")
    assert address.count("/") == 2
    assert not set(address) & set("\"'<>&?#: \\")
    assert unquote_to_bytes(address.split("/")[1]) == os.fsencode(name)


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_what_a_spreadsheet_would_run_becomes_text(first):
    assert spreadsheet_cell(f"{first}1+1") == f"'{first}1+1"


def test_an_apostrophe_at_the_beginning_is_doubled():
    """Else a name ``'=x`` would be the same cell as ``=x``."""
    assert spreadsheet_cell("'=x") == "''=x"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("a;=cmd()", "a;'=cmd()"),
        ('a;"=cmd()"', 'a;\'"=cmd()"'),
        ("a; +1", "a;' +1"),
        ("a\t@x;-1", "a\t'@x;'-1"),
        ("a\n=x", "a\n'=x"),
        ("a;'=x", "a;''=x"),
        ("=x;y", "'=x;y"),
    ],
)
def test_what_another_separator_makes_a_formula_becomes_text(name, written):
    """A spreadsheet in a European locale takes a semicolon for the end of a cell."""
    assert spreadsheet_cell(name) == written


@pytest.mark.parametrize(
    "field", ["aiko", "山田 花子", "o'brien", "a;b", "a=b", 'say "hi", twice', ""]
)
def test_any_other_field_is_left_alone(field):
    assert spreadsheet_cell(field) == field


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/etc/passwd", "a\0b"])
def test_a_path_never_leaves_its_folder(tmp_path, name):
    with pytest.raises(ValueError, match="is not a valid file name"):
        path_below(tmp_path, "aiko", name)


def test_a_path_takes_any_other_name(tmp_path):
    assert path_below(tmp_path, "山田 花子", "...") == tmp_path / "山田 花子" / "..."
