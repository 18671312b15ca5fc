"""What stopped a cell, in the student's language.

The guest notes it as a line of text: Python's own message, with the place in English before it and,
where it matters, the version of Python after it. Python's words stay as they are: they are what
the student also sees in Jupyter.
"""

from __future__ import annotations

import re
import unicodedata

from autograder.messages.catalogue import catalogue, continued
from autograder.text import Text

_text = catalogue("criteria").text

_SYNTAX = re.compile(r"SyntaxError, line (\d{1,9}): (.*)", re.DOTALL)
_LINE = re.compile(r"line (\d{1,9}): (.*)", re.DOTALL)
_VERSION = re.compile(r"(.*) \(this is graded with Python ([\w.+]{1,20})\)", re.DOTALL)


_NOTES = {
    "stopped: it took too long": "cell_too_long",
    "stopped: the cell takes too long to parse": "cell_too_long_to_parse",
    "it ended the process": "cell_ended_process",
    "not run: the notebook had used up its time": "cell_no_time_left",
    "not run: the notebook interfered with grading, so only its definitions were run": (
        "cell_interfered"
    ),
}
"""What the guest and the session note in words of their own."""


def cell_error(noted: str, *, goes_on: bool = False) -> Text:
    """The error of a cell as it was noted (`CellResult.error`), for the student.

    Args:
        noted: the error.
        goes_on: whether it stands within a sentence, after a colon. Python's words stay the same.
    """
    if goes_on and noted in _NOTES:
        return continued(_text(_NOTES[noted]))
    if versioned := _VERSION.fullmatch(noted):
        return _text("error_in_version", error=_placed(versioned[1]), python=versioned[2])
    return _placed(noted)


def _placed(noted: str) -> Text:
    if noted in _NOTES:
        return _text(_NOTES[noted])
    if syntax := _SYNTAX.fullmatch(noted):
        if why := _character(syntax[2]):
            return _text("syntax_error_in_line_because", line=syntax[1], error=syntax[2], why=why)
        return _text("syntax_error_in_line", line=syntax[1], error=syntax[2])
    if placed := _LINE.fullmatch(noted):
        return _text("error_in_line", line=placed[1], error=placed[2])
    return Text.same(noted)


_CHARACTER = re.compile(r"invalid (?:non-printable )?character (?:'.' \()?U\+([0-9A-F]{4,6})\b")

_PLAIN = {
    **dict.fromkeys("“”„‟″〝〞", '"'),
    **dict.fromkeys("‘’‚‛′´", "'"),
    **dict.fromkeys("−‐‑‒–—―", "-"),
    "×": "*", "∗": "*", "÷": "/", "∕": "/", "≠": "!=", "≤": "<=", "≦": "<=", "≥": ">=", "≧": ">=",
    "、": ",", "。": ".", "…": "...",
}  # fmt: skip
"""Characters that word processors, web pages and input methods put in place of Python's."""


def _character(error: str) -> Text | None:
    """What to do about a character that Python does not read, if it has one in its place."""
    found = _CHARACTER.match(error)
    if found is None:
        return None
    code = found[1]
    character = chr(int(code, 16)) if int(code, 16) < 0x110000 else ""
    category = unicodedata.category(character) if character else ""
    if character == "\u3000":
        return _text("character_space")
    if category == "Zs":
        return _text("character_other_space", code=code)
    if category in ("Cf", "Cc"):
        return _text("character_invisible", code=code)
    if plain := _PLAIN.get(character):
        return _text("character_other", found=character, code=code, plain=plain)
    plain = unicodedata.normalize("NFKC", character)
    if len(plain) == 1 and plain.isascii():
        return _text("character_full_width", found=character, plain=plain)
    return None
