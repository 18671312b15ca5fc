"""Texts and numbers as pages show them."""

import re
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from autograder.sanitize import visible

LONGEST = 2000
"""Characters of one text that a page shows; what is left out is counted, not hidden."""

_CODE = re.compile(r"`([^`\n]+)`")


def plain(value: Any) -> Any:
    """`visible` for every expression of every template; what is not a string stays as it is."""
    return visible(value) if type(value) is str else value


def shortened(text: str, more: str) -> str:
    """The first ``LONGEST`` characters, then ``more`` with ``{n}`` the number left out."""
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]}\n{more.format(n=len(text) - LONGEST)}"


@lru_cache(maxsize=4096)  # a class's pages say the same few hundred things
def prose(text: str) -> Markup:
    """Escaped text in which `` `name` `` is set as code; nothing else is markup."""
    pieces = _CODE.split(visible(text))
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if i % 2 else escape(piece)
        for i, piece in enumerate(pieces)
    )


@lru_cache(maxsize=4096)
def number(value: float) -> str:
    """Points for people: ``18``, ``15.5``, never ``15.500000001``."""
    return f"{round(value, 2):.2f}".rstrip("0").rstrip(".")
