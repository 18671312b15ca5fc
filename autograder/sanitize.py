"""Sanitize untrusted text: the one module that decides which characters are allowed where.

A string is sanitized once, where it crosses a boundary:

    from                        to                                  by
    the sandbox                 results and messages                `one_line`
    file names                  messages about files                `visible_name`
    anything                    pages (every {{ expression }})      `visible`
    anything                    the terminal                        `visible`
    names                       grades.csv                          `spreadsheet_cell`
    names, comments             corrections.csv, exported tables    `spreadsheet_cell`
    names                       links in pages                      `link`
    names                       paths                               `path_below`

Jinja escapes HTML, the JSON encoder JSON, and `autograder.cli.console` terminal markup.
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
# Direction overrides make text look different from what it is.
_CONTROLS |= dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)], 0xFFFD)
# Full-width forms too: spreadsheets in a Japanese locale may treat them like half-width ones.
# In locales that separate cells by semicolons, a semicolon inside a text starts another cell.
_FORMULA = re.compile(r"""(?:\A|(?<=[;\t\r\n]))(?=[ "]*[=+@\t\r\n＝＋－＠'-])""")
_APOSTROPHE = re.compile(r"""(?:\A|(?<=[;\t\r\n]))'(?=[ "]*[=+@\t\r\n＝＋－＠'-])""")


def one_line(text: object, size: int = 300) -> str:
    """Text from the sandbox, safe to store and show: one line, printable, short.

    Control characters, bidirectional marks and lone surrogates (which cannot be encoded as UTF-8)
    become spaces. Anything that is not a string becomes "".
    """
    if not isinstance(text, str):
        return ""
    kept = "".join(c if c.isprintable() else " " for c in text[: 4 * size])
    return " ".join(kept.split())[:size]


def visible(text: str) -> str:
    """Text of any number of lines, without terminal colours and with control characters visible.

    ``\\0`` becomes ``␀``; surrogates and direction overrides become U+FFFD.
    """
    if text.isprintable():
        return text
    return _TERMINAL_CODES.sub("", text.replace("\r\n", "\n")).translate(_CONTROLS)


def visible_name(name: str) -> str:
    """A file name inside a line of text: line breaks are replaced, too."""
    return "".join(
        c if c.isprintable() or unicodedata.category(c) == "Zs" else "\ufffd" for c in name
    )


def spreadsheet_cell(text: str) -> str:
    """A CSV cell that no spreadsheet runs as a formula; different texts stay different."""
    return _FORMULA.sub("'", text)


def from_spreadsheet_cell(text: str) -> str:
    """The text of which `spreadsheet_cell` has made this one."""
    return _APOSTROPHE.sub("", text)


def link(*parts: str) -> str:
    """A relative URL; every part is percent-encoded, so no name can point elsewhere."""
    return "/".join(quote(os.fsencode(part), safe="") for part in parts)


def path_below(folder: Path, *parts: str) -> Path:
    """The path of ``parts`` below ``folder``.

    Raises:
        ValueError: a part is empty, ``.``, ``..`` or holds a separator or NUL.
    """
    for part in parts:
        if part in {"", ".", ".."} or "/" in part or os.sep in part or "\0" in part:
            raise ValueError(
                f"{part!r} is not a valid file name. Rename the submission and grade again."
            )
    return folder.joinpath(*parts)
