"""Format texts and numbers for pages."""

import re
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from autograder.sanitize import visible

MAX_LENGTH = 2000
"""Characters of one text that a page shows; a note says how many more there are."""

_CODE = re.compile(r"`([^`\n]+)`")

_INNERMOST = re.compile(r"(\w*[(\[{][^()\[\]{}\n]{1,30}[)\]}]+)")
"""Innermost brackets, short enough for a phone: ``[4., 3., 2.]``."""


def plain(value: Any) -> Any:
    """Apply `visible` to every expression of every template; other types pass through unchanged."""
    return visible(value) if type(value) is str else value


def truncated(text: str, more: str, limit: int = MAX_LENGTH) -> str:
    """The first ``limit`` characters, then ``more`` with the number left out for ``{n}``."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}\n{more.format(n=len(text) - limit)}"


@lru_cache(maxsize=4096)  # the pages of a class repeat a few hundred sentences
def prose(text: str) -> Markup:
    """Escaped text with `` `name` `` set as code; nothing else is markup."""
    pieces = _CODE.split(visible(text))
    return Markup("").join(
        Markup("<code>{}</code>").format(unbroken(piece)) if i % 2 else escape(piece)
        for i, piece in enumerate(pieces)
    )


def unbroken(text: str) -> Markup:
    """Escaped code that a narrow page does not break within the innermost brackets."""
    pieces = _INNERMOST.split(visible(text))
    return Markup("").join(
        Markup('<span class="whole">{}</span>').format(piece)
        if i % 2 and " " in piece
        else escape(piece)
        for i, piece in enumerate(pieces)
    )


@lru_cache(maxsize=4096)
def number(value: float) -> str:
    """Points as people write them: ``18``, ``15.5``, never ``15.500000001``."""
    return f"{round(value, 2):.2f}".rstrip("0").rstrip(".")
