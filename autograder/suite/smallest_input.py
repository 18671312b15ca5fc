"""The smallest input on which the student's code goes wrong, as data (`smallest` finds it)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class AsText:
    """A result that is not a value, in words: the name of a dtype, or of an exception."""

    text: str


UNKNOWN = AsText("")
"""No result: a call that did not return, or was not compared with a right result."""


@dataclass(frozen=True)
class Source:
    """The entries of an input, by its name in the ladder, that one entry of a result depends on."""

    name: str
    inputs: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class SmallestInput:
    """The smallest input on which the student's code goes wrong, found on a ladder.

    Attributes:
        lines: code to paste; the last line is an expression.
        got: its value, the exception that it raises, or `AsText`.
        expected: the right value, or `AsText`.
        index: where the values first differ.
        source: what the right value there is made from, if that is only a part of an input.
    """

    lines: tuple[str, ...]
    got: Any
    expected: Any
    index: tuple[int, ...] | None = None
    source: Source | None = None
