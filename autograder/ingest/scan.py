"""A pull parser for JSON that finds a notebook's cells without building the rest.

`json.loads` creates Python objects for everything, with 64 bytes or more for each empty list, so a
notebook of 60 MB takes a gigabyte of memory. A grader needs only sources and a few names. So values
that are not needed (outputs, attachments, widget state) are skipped by a regular expression, which
runs in C and creates no objects; only what is needed is decoded, with a limit on each value.

The structure that contains the cells is parsed strictly. Skipped values are not validated, so
damage in an output costs the student nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

MAX_BRACKETS = 8_000_000
"""Brackets skipped before a file counts as too much data: about two seconds of CPU time."""

MAX_ITEMS = 200_000
"""Items and members that are parsed strictly (cells and their fields); 5,000 cells have 30,000."""

MAX_METADATA = 64 * 2**10
"""Maximum bytes of a metadata value that is decoded; longer ones are skipped."""

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
_DEFINES = re.compile(rb"(?:def|class) +\w")


class Malformed(Exception):
    """The bytes are not JSON where the structure of a notebook is expected.

    Args:
        position: the offset of the first wrong byte; the file's length if it ends too early.
    """

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


class TooMuch(Exception):
    """The file contains more data than may be skipped: `MAX_BRACKETS`, `MAX_ITEMS`."""


class TooMuchSource(Exception):
    """The sources have more bytes than the caller allows."""


@dataclass(frozen=True)
class Cell:
    """A cell as it is in the file.

    Attributes:
        kind: ``code``, ``markdown`` or any other string; "" if there is none.
        source: the text, with lone surrogates replaced. For cells other than code cells it is ""
            unless it seems to contain definitions, i.e. code in the wrong place.
        names: the cell's id and the names in its metadata.
    """

    kind: str
    source: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scan:
    """What was found in a JSON file.

    Attributes:
        cells: the cells, with None for items that are not cells; None if there is no list of cells.
        exercise: the exercise named in the notebook's metadata.
    """

    cells: tuple[Cell | None, ...] | None
    exercise: str | None = None


def scan(raw: bytes, max_source: int) -> Scan:
    """Find the cells in ``raw``: nbformat 4 and 3, and anything similar.

    Args:
        raw: UTF-8; invalid bytes inside strings become question marks.
        max_source: maximum bytes of the code cells' sources as they are in the file.

    Raises:
        Malformed: it is not JSON.
        TooMuch: there is more data around the sources than may be skipped.
        TooMuchSource: the sources have more than ``max_source`` bytes.
    """
    return _Scanner(raw, max_source).notebook()


class _Scanner:
    def __init__(self, raw: bytes, max_source: int) -> None:
        self.raw = raw
        self.at = 0
        self.source_left = max_source
        self.brackets_left = MAX_BRACKETS
        self.items_left = MAX_ITEMS

    def notebook(self) -> Scan:
        cells: list[Cell | None] | None = None
        sheets: list[Cell | None] | None = None
        exercise: str | None = None
        if self._peek() != b"{":
            self._skip()  # some other JSON
        else:
            for key in self._members():
                # If a key occurs twice, the last one counts, as in `json.loads`.
                match key:
                    case "cells":
                        cells = self._list(self._cells)
                    case "worksheets":
                        sheets = self._list(self._worksheets)
                    case "metadata":
                        exercise = exercise_named(self._small())
                    case _:
                        self._skip()
        self._space()
        if self.raw[self.at :].strip(b"\0 \t\r\n"):
            raise Malformed(self.at)
        found = cells if cells is not None else sheets
        return Scan(None if found is None else tuple(found), exercise)

    def _list(self, read: Callable[[], list[Cell | None]]) -> list[Cell | None] | None:
        """The result of ``read`` if a list starts at the current position, else None."""
        if self._peek() == b"[":
            return read()
        self._skip()
        return None

    def _worksheets(self) -> list[Cell | None]:
        found: list[Cell | None] = []
        for _ in self._items():
            if self._peek() != b"{":
                self._skip()
                continue
            cells: list[Cell | None] | None = None
            for key in self._members():
                if key == "cells":
                    cells = self._list(self._cells)
                else:
                    self._skip()
            found += cells or []
        return found

    def _cells(self) -> list[Cell | None]:
        return [self._cell() for _ in self._items()]

    def _cell(self) -> Cell | None:
        if self._peek() != b"{":
            self._skip()
            return None
        kind, names = "", []
        texts: dict[str, tuple[int, int]] = {}
        for key in self._members():
            match key:
                case "cell_type":
                    value = self._small()
                    kind = value if isinstance(value, str) else ""
                case "source" | "input":  # "input" in nbformat 3
                    texts[key] = self._span()
                case "id":
                    value = self._small()
                    names += [value] if isinstance(value, str) else []
                case "metadata":
                    names += names_in(self._small())
                case _:
                    self._skip()
        span = texts.get("source", texts.get("input", (0, 0)))
        return Cell(kind, self._source(kind, *span), tuple(names))

    def _span(self) -> tuple[int, int]:
        start = self.at
        self._skip()
        return start, self.at

    def _source(self, kind: str, start: int, end: int) -> str:
        """A cell's source, from a string or a list of lines; "" for anything else."""
        if kind == "code":
            self.source_left -= end - start
            if self.source_left < 0:
                raise TooMuchSource
        elif end - start > MAX_METADATA or not _DEFINES.search(self.raw, start, end):
            return ""  # prose, possibly with embedded images of any size
        if start == end:
            return ""
        return text_of(_decoded(self.raw[start:end], start))

    def _small(self) -> Any:
        """The decoded value; None if it is longer than `MAX_METADATA` or not valid JSON."""
        start, end = self._span()
        if end - start > MAX_METADATA:
            return None
        try:
            return _decoded(self.raw[start:end], start)
        except Malformed:
            return None

    # --- the grammar ------------------------------------------------------------------------------

    def _members(self) -> Iterator[str]:
        """Yield each key of the object at the current position, with the scanner at its value."""
        self.at += 1
        if self._peek() == b"}":
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
        self._space()
        start = self.at
        self._string()
        piece = self.raw[start : self.at] if self.at - start < 100 else b'""'
        key: str = _decoded(piece, start)
        if self._peek() != b":":
            raise Malformed(self.at)
        self.at += 1
        self._space()
        return key

    def _items(self) -> Iterator[None]:
        """Yield for each item of the list at the current position, with the scanner at the item."""
        self.at += 1
        if self._peek() == b"]":
            self.at += 1
            return
        while True:
            self._space()
            yield
            if self._next(b"]"):
                return

    def _next(self, closing: bytes) -> bool:
        """Consume a comma or the closing bracket; return whether it was the bracket."""
        found = self._peek()
        if found not in (b",", closing):
            raise Malformed(self.at)
        self.at += 1
        self.items_left -= 1
        if self.items_left < 0:
            raise TooMuch
        return found == closing

    def _skip(self) -> None:
        """Skip one value of any type."""
        first = self._peek()
        if first == b'"':
            self._string()
        elif first in (b"[", b"{"):
            self._container()
        else:
            scalar = _SCALAR.match(self.raw, self.at)
            if scalar is None:
                raise Malformed(self.at)
            self.at = scalar.end()

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
            ended = self._peek() in (b'"', b"")
            raise Malformed(len(self.raw) if ended else self.at)
        self.at = found.end()

    def _space(self) -> None:
        found = _SPACE.match(self.raw, self.at)
        if found is not None:
            self.at = found.end()

    def _peek(self) -> bytes:
        here = self.raw[self.at : self.at + 1]
        if here not in _BLANK:  # most often
            return here
        self._space()
        return self.raw[self.at : self.at + 1]


_LENIENT = json.JSONDecoder(strict=False)


def _decoded(piece: bytes, start: int) -> Any:
    try:
        # Line breaks inside strings are invalid but occur in practice, so they are accepted.
        return _LENIENT.decode(piece.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise Malformed(start) from None


def text_of(source: Any) -> str:
    """A cell's source, from a string or a list of lines; "" for anything else."""
    if isinstance(source, list):
        try:
            source = "".join(source)
        except TypeError:
            source = "".join(part for part in source if isinstance(part, str))
    if not isinstance(source, str):
        return ""
    if source.isascii():
        return source
    # JSON allows lone surrogates, but Python cannot encode them.
    return source.encode("utf-8", "replace").decode("utf-8")


def exercise_named(metadata: Any) -> str | None:
    """The exercise that is named in a notebook's metadata."""
    ours = metadata.get("convkit") if isinstance(metadata, dict) else None
    name = ours.get("exercise") if isinstance(ours, dict) else None
    return name if isinstance(name, str) else None


def names_in(metadata: Any) -> list[str]:
    """The names in a cell's metadata; Colab moves the cell's id there."""
    if not isinstance(metadata, dict):
        return []
    nbgrader = metadata.get("nbgrader")
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    names = (metadata.get("name"), metadata.get("id"), grade_id)
    return [name for name in names if isinstance(name, str)]
