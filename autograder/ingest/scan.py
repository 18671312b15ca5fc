"""Find a notebook's cells in the bytes of a file, without building the rest.

`json.loads` creates Python objects for everything, with 64 bytes or more for each empty list, so a
notebook of 60 MB takes a gigabyte of memory. A grader needs only sources and a few names. So values
that are not needed (outputs, attachments, widget state) are skipped, and only what is needed is
decoded, with a limit on each value: see `autograder.ingest.json_pull`.

The structure that contains the cells is parsed strictly. Skipped values are not validated, so
damage in an output costs the student nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from autograder.ingest.json_pull import Malformed, PullParser, decode

MAX_BRACKETS = 8_000_000
"""Brackets skipped before a file counts as too much data: about two seconds of CPU time."""

MAX_ITEMS = 200_000
"""Items and members that are parsed strictly (cells and their fields); 5,000 cells have 30,000."""

MAX_METADATA = 64 * 2**10
"""Maximum bytes of a metadata value that is decoded; longer ones are skipped."""

MAX_NAME = 200
"""The most characters of a cell's id or name; longer ones are nobody's. nbformat allows 64."""

_DEFINES = re.compile(rb"(?:def|class) +\w")


class TooMuchSource(Exception):
    """The sources have more bytes than the caller allows."""


@dataclass(frozen=True)
class Cell:
    """A cell as it is in the file.

    Attributes:
        kind: ``code``, ``markdown`` or any other string; "" if there is none.
        source: the text, with lone surrogates replaced. For cells other than code cells it is ""
            unless it seems to contain definitions, i.e. code in the wrong place, and once all of
            these have as many bytes as code cells may have.
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


class _Scanner(PullParser):
    def __init__(self, raw: bytes, max_source: int) -> None:
        super().__init__(raw, MAX_BRACKETS, MAX_ITEMS)
        self.source_left = max_source
        self.text_left = max_source

    def notebook(self) -> Scan:
        cells: list[Cell | None] | None = None
        sheets: list[Cell | None] | None = None
        exercise: str | None = None
        if self.peek() != b"{":
            self.skip()  # some other JSON
        else:
            for key in self.members():
                # If a key occurs twice, the last one counts, as in `json.loads`.
                match key:
                    case "cells":
                        cells = self._list(self._cells)
                    case "worksheets":
                        sheets = self._list(self._worksheets)
                    case "metadata":
                        exercise = exercise_named(self._small())
                    case _:
                        self.skip()
        self.space()
        if self.raw[self.at :].strip(b"\0 \t\r\n"):
            raise Malformed(self.at)
        found = cells if cells is not None else sheets
        return Scan(None if found is None else tuple(found), exercise)

    def _list(self, read: Callable[[], list[Cell | None]]) -> list[Cell | None] | None:
        """The result of ``read`` if a list starts at the current position, else None."""
        if self.peek() == b"[":
            return read()
        self.skip()
        return None

    def _worksheets(self) -> list[Cell | None]:
        found: list[Cell | None] = []
        for _ in self.items():
            if self.peek() != b"{":
                self.skip()
                continue
            cells: list[Cell | None] | None = None
            for key in self.members():
                if key == "cells":
                    cells = self._list(self._cells)
                else:
                    self.skip()
            found += cells or []
        return found

    def _cells(self) -> list[Cell | None]:
        return [self._cell() for _ in self.items()]

    def _cell(self) -> Cell | None:
        if self.peek() != b"{":
            self.skip()
            return None
        kind, names = "", []
        texts: dict[str, tuple[int, int]] = {}
        for key in self.members():
            match key:
                case "cell_type":
                    value = self._small()
                    kind = value if isinstance(value, str) else ""
                case "source" | "input":  # "input" in nbformat 3
                    texts[key] = self.span()
                case "id":
                    names += names_of(self._small())
                case "metadata":
                    names += names_in(self._small())
                case _:
                    self.skip()
        span = texts.get("source", texts.get("input", (0, 0)))
        return Cell(kind, self._source(kind, *span), tuple(names))

    def _source(self, kind: str, start: int, end: int) -> str:
        """A cell's source, from a string or a list of lines; "" for anything else."""
        if kind == "code":
            self.source_left -= end - start
            if self.source_left < 0:
                raise TooMuchSource
        elif end - start > MAX_METADATA or not _DEFINES.search(self.raw, start, end):
            return ""  # prose, possibly with embedded images of any size
        else:
            self.text_left -= end - start
            if self.text_left < 0:
                return ""
        if start == end:
            return ""
        return text_of(decode(self.raw[start:end], start))

    def _small(self) -> Any:
        """The decoded value; None if it is longer than `MAX_METADATA` or not valid JSON."""
        start, end = self.span()
        if end - start > MAX_METADATA:
            return None
        try:
            return decode(self.raw[start:end], start)
        except Malformed:
            return None


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
    return names_of(metadata.get("name"), metadata.get("id"), grade_id)


def names_of(*values: Any) -> list[str]:
    """Those that are names."""
    return [name for name in values if isinstance(name, str) and len(name) <= MAX_NAME]
