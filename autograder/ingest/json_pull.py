"""A pull parser for JSON: walk objects and lists, skip what is not needed, build nothing else.

The structure that is walked is parsed strictly. What is skipped is found by a regular expression,
which runs in C and creates no objects, and is not validated. The parser stops at a limit for each,
so the time is limited as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_SPACE = re.compile(rb"[ \t\r\n]*+")
_BLANK = frozenset(b" \t\r\n"[at : at + 1] for at in range(4))
_USUAL_KEY = re.compile(
    rb'[ \t\r\n]*+"(cell_type|source|input|id|metadata|outputs|execution_count|cells|nbformat'
    rb'|nbformat_minor|attachments)"[ \t\r\n]*+:[ \t\r\n]*+'
)
_STRING_PATTERN = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_STRING = re.compile(_STRING_PATTERN, re.S)
_SCALAR = re.compile(rb"(?:true|false|null|NaN|-?Infinity|-?[0-9][0-9.eE+-]*+)(?![^][{},\s])")
# Everything up to and including the next bracket outside strings, skipping flat lists and objects.
# All quantifiers are possessive, so there is no backtracking and the time is linear.
_FLAT = rb'[^][{}"]*+(?:%b[^][{}"]*+)*+' % _STRING_PATTERN
_TO_BRACKET = re.compile(rb"%b(?:(?:\[%b\]|\{%b\})%b)*+[][{}]" % (_FLAT, _FLAT, _FLAT, _FLAT), re.S)
_OPENING = b"[{"


class Malformed(Exception):
    """The bytes are not JSON where it is parsed strictly.

    Args:
        position: the offset of the first wrong byte; the file's length if it ends too early.
    """

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


class TooMuch(Exception):
    """There is more data than the parser may skip or walk."""


class PullParser:
    """Parses from a position in the bytes.

    Args:
        raw: UTF-8; invalid bytes inside strings become question marks.
        max_brackets: brackets that may be skipped.
        max_items: items and members that may be walked.

    Every method raises `Malformed` if there is no JSON, and `TooMuch` if a limit is exceeded.
    """

    def __init__(self, raw: bytes, max_brackets: int, max_items: int) -> None:
        self.raw = raw
        self.at = 0
        self.brackets_left = max_brackets
        self.items_left = max_items

    def members(self) -> Iterator[str]:
        """Yield each key of the object at the current position, with the parser at its value.

        A key of 98 bytes or more becomes "".
        """
        self.at += 1
        if self.peek() == b"}":
            self.at += 1
            return
        while True:
            usual = _USUAL_KEY.match(self.raw, self.at)
            if usual is not None:
                self.at = usual.end()
                yield usual[1].decode()
            else:
                yield self._key()
            if self._next(b"}"):
                return

    def _key(self) -> str:
        self.space()
        start = self.at
        self._string()
        piece = self.raw[start : self.at] if self.at - start < 100 else b'""'
        key: str = decode(piece, start)
        if self.peek() != b":":
            raise Malformed(self.at)
        self.at += 1
        self.space()
        return key

    def items(self) -> Iterator[None]:
        """Yield for each item of the list at the current position, with the parser at the item."""
        self.at += 1
        if self.peek() == b"]":
            self.at += 1
            return
        while True:
            self.space()
            yield
            if self._next(b"]"):
                return

    def _next(self, closing: bytes) -> bool:
        """Consume a comma or the closing bracket; return whether it was the bracket."""
        found = self.peek()
        if found not in (b",", closing):
            raise Malformed(self.at)
        self.at += 1
        self.items_left -= 1
        if self.items_left < 0:
            raise TooMuch
        return found == closing

    def skip(self) -> None:
        """Skip one value of any type."""
        first = self.peek()
        if first == b'"':
            self._string()
        elif first in (b"[", b"{"):
            self._container()
        else:
            scalar = _SCALAR.match(self.raw, self.at)
            if scalar is None:
                raise Malformed(self.at)
            self.at = scalar.end()

    def span(self) -> tuple[int, int]:
        """Skip one value; where it begins and ends."""
        start = self.at
        self.skip()
        return start, self.at

    def _container(self) -> None:
        raw, match, left = self.raw, _TO_BRACKET.match, self.brackets_left
        at = self.at + 1
        depth = 1
        while depth:
            found = match(raw, at)
            if found is None:
                raise Malformed(len(raw))
            at = found.end()
            depth += 1 if raw[at - 1] in _OPENING else -1
            left -= 1
            if left < 0:
                raise TooMuch
        self.at, self.brackets_left = at, left

    def _string(self) -> None:
        found = _STRING.match(self.raw, self.at)
        if found is None:
            ended = self.peek() in (b'"', b"")
            raise Malformed(len(self.raw) if ended else self.at)
        self.at = found.end()

    def space(self) -> None:
        """Skip white space."""
        found = _SPACE.match(self.raw, self.at)
        if found is not None:
            self.at = found.end()

    def peek(self) -> bytes:
        """The next byte that is not white space; empty at the end."""
        here = self.raw[self.at : self.at + 1]
        if here not in _BLANK:  # most often
            return here
        self.space()
        return self.raw[self.at : self.at + 1]


_LENIENT = json.JSONDecoder(strict=False)


def decode(piece: bytes, start: int) -> Any:
    """A value from its bytes, which are at ``start``.

    Raises:
        Malformed: they are not JSON.
    """
    try:
        # Line breaks inside strings are invalid but occur in practice, so they are accepted.
        return _LENIENT.decode(piece.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise Malformed(start) from None
