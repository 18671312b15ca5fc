"""Sanitizing untrusted text: the one place that decides what a string may contain, and where.

A string is cleaned once, where it changes hands:

    from                        to                      by                  called in
    the sandbox                 results and messages    `one_line`          sandbox.host, messages
    names of files              lines about files       `visible_name`      ingest
    anything                    pages                   `visible`           report.page, for every
                                                                            expression of a template
    anything                    the terminal            `visible`           cli.console
    names                       grades.csv              `spreadsheet_cell`  report.grades
    names                       links of pages          `link`              report
    names                       paths                   `path_below`        report

HTML is escaped by Jinja, JSON by its encoder, terminal markup by `autograder.cli.console`.
"""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path
from urllib.parse import quote

_TERMINAL_CODES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])")
_CONTROLS = {code: 0x2400 + code for code in range(32) if chr(code) not in "\n\t"}
_CONTROLS |= {0x7F: 0x2421} | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
_CONTROLS |= dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)
# Direction overrides make text read as what it is not.
_CONTROLS |= dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)], 0xFFFD)
# The full-width forms too: a spreadsheet in a Japanese locale may read them as the half-width ones.
# Where the locale separates cells by semicolons, one within a text begins another cell.
_FORMULA = re.compile(r"""(?:\A|(?<=[;\t\r\n]))(?=[ "]*[=+@\t\r\n＝＋－＠'-])""")


def one_line(text: object, size: int = 300) -> str:
    """Text from the sandbox, fit for storing and showing: one line, printable, short.

    Control characters, bidirectional marks and lone surrogates (which cannot be encoded as UTF-8)
    become spaces. Anything but a string becomes "".
    """
    if not isinstance(text, str):
        return ""
    kept = "".join(c if c.isprintable() else " " for c in text[: 4 * size])
    return " ".join(kept.split())[:size]


def visible(text: str) -> str:
    """Text of any number of lines without terminal colours, its control characters visible.

    ``\\0`` becomes ``␀``; surrogates and direction overrides become U+FFFD.
    """
    if text.isprintable():
        return text
    return _TERMINAL_CODES.sub("", text.replace("\r\n", "\n")).translate(_CONTROLS)


def visible_name(name: str) -> str:
    """A file's name within a line of text: line breaks are replaced, too."""
    return "".join(
        c if c.isprintable() or unicodedata.category(c) == "Zs" else "\ufffd" for c in name
    )


def spreadsheet_cell(text: str) -> str:
    """A cell of a CSV file that no spreadsheet runs as a formula; no two texts become the same."""
    return _FORMULA.sub("'", text)


def link(*parts: str) -> str:
    """A relative address; every part is percent-encoded, so that no name can leave its place."""
    return "/".join(quote(os.fsencode(part), safe="") for part in parts)


def path_below(folder: Path, *parts: str) -> Path:
    """The path of ``parts`` below ``folder``.

    Raises:
        ValueError: a part is empty, ``.``, ``..`` or holds a separator or NUL.
    """
    for part in parts:
        if part in {"", ".", ".."} or "/" in part or os.sep in part or "\0" in part:
            raise ValueError(f"{part!r} is no file name. Rename the submission and grade again.")
    return folder.joinpath(*parts)
