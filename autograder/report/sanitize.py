"""Untrusted strings made fit to be read: for a page, a link, a spreadsheet, a file's path."""

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape

LONGEST = 2000
"""Characters of one text that a page shows; what is left out is counted, not hidden."""

_TERMINAL_CODES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])")
_CONTROLS = {code: 0x2400 + code for code in range(32) if chr(code) not in "\n\t"}
_CONTROLS |= {0x7F: 0x2421} | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
_CONTROLS |= dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)
# Direction overrides make text read as what it is not.
_CONTROLS |= dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)], 0xFFFD)
_CODE = re.compile(r"`([^`\n]+)`")
# The full-width forms too: a spreadsheet in a Japanese locale may read them as the half-width ones.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def plain(value: Any) -> Any:
    """A string without terminal colours, with control characters made visible (``␀``, ``␇``).

    Anything that is no string, and markup of ours, is given back as it is: this is applied to
    every expression of every template.
    """
    if type(value) is not str or value.isprintable():
        return value
    return _TERMINAL_CODES.sub("", value.replace("\r\n", "\n")).translate(_CONTROLS)


def shortened(text: str, more: str) -> str:
    """The first ``LONGEST`` characters, then ``more`` with ``{n}`` the number left out."""
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]}\n{more.format(n=len(text) - LONGEST)}"


@lru_cache(maxsize=4096)  # a class's pages say the same few hundred things
def prose(text: str) -> Markup:
    """Escaped text in which `` `name` `` is set as code; nothing else is markup."""
    pieces = _CODE.split(str(plain(text)))
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if i % 2 else escape(piece)
        for i, piece in enumerate(pieces)
    )


@lru_cache(maxsize=4096)
def number(value: float) -> str:
    """Points for people: ``18``, ``15.5``, never ``15.500000001``."""
    return f"{round(value, 2):.2f}".rstrip("0").rstrip(".")


def link(*parts: str) -> str:
    """A relative address; every part percent-encoded, so that no name can leave its place."""
    return "/".join(quote(os.fsencode(part), safe="") for part in parts)


def cell(text: str) -> str:
    """A spreadsheet's field that is text whatever it begins with; no two texts become the same."""
    return f"'{text}" if text.startswith((*_FORMULA, "'")) else text


def below(folder: Path, *parts: str) -> Path:
    """The path of ``parts`` below ``folder``.

    Raises:
        ValueError: a part is empty, ``.``, ``..`` or holds a separator or NUL.
    """
    for part in parts:
        if part in {"", ".", ".."} or "/" in part or os.sep in part or "\0" in part:
            raise ValueError(f"{part!r} is no file name. Rename the submission and grade again.")
    return folder.joinpath(*parts)
