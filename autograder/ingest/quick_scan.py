"""Scan the usual notebook with `json`, which takes a third of the scanner's time.

Only where that finds exactly what `autograder.ingest.scan` would: the file is valid JSON and valid
UTF-8, no key occurs twice in an object, and no limit can be reached. Everything else is left to the
scanner, which is slower, but needs no memory for what it skips and forgives damage there.
"""

from __future__ import annotations

import json
import re
from typing import Any

from autograder.ingest import scan
from autograder.ingest.scan import (
    MAX_ITEMS,
    MAX_METADATA,
    Cell,
    Scan,
    exercise_named,
    names_in,
    names_of,
    text_of,
)

MAX_BYTES = 2 * MAX_ITEMS
"""The largest file that is read this way; `json` takes up to forty times its size in memory. An
item takes two bytes, so the limit on items cannot be reached."""

_DEFINES = re.compile(r"(?:def|class) +\w", re.A)
# Numeric escapes that could be a part of a definition, or whose last digits look like one.
# The scanner looks for definitions in the bytes of the file.
_MISLEADING = re.compile(rb"\\u(?:00[2-7]|.{1,3}def|...class)")


class _Unusual(ValueError):
    """The file is left to the scanner."""


def quick_scan(raw: bytes, max_source: int) -> Scan | None:
    """What `scan.scan` finds; None if the file has to be scanned.

    Arguments are those of `scan.scan`.
    """
    if len(raw) > min(MAX_BYTES, max_source, scan.MAX_BRACKETS):
        return None
    try:
        tree = _DECODER.decode(raw.decode("utf-8"))
        if not isinstance(tree, dict):
            return Scan(None)
        if len(raw) - _image_bytes(tree) > MAX_METADATA:
            return None  # some value may be too long to be decoded
        found = _cells(tree.get("cells"))
        if found is None:
            found = _sheets(tree.get("worksheets"))
    except (ValueError, RecursionError):
        return None
    if _has_text(found) and _MISLEADING.search(raw):
        return None
    return Scan(None if found is None else tuple(found), exercise_named(tree.get("metadata")))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Unusual
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_unique)


def _image_bytes(tree: dict[str, Any]) -> int:
    """Bytes that the images in outputs take in the file, at least."""
    cells = tree.get("cells")
    outputs = [
        output
        for cell in (cells if isinstance(cells, list) else ())
        if isinstance(cell, dict) and isinstance(cell.get("outputs"), list)
        for output in cell["outputs"]
        if isinstance(output, dict)
    ]
    shown = [output["data"] for output in outputs if isinstance(output.get("data"), dict)]
    return sum(len(each) for data in shown for each in data.values() if isinstance(each, str))


def _has_text(cells: list[Cell | None] | None) -> bool:
    return any(cell is not None and cell.kind != "code" for cell in cells or ())


def _sheets(sheets: Any) -> list[Cell | None] | None:
    if not isinstance(sheets, list):
        return None
    found: list[Cell | None] = []
    for sheet in sheets:
        if isinstance(sheet, dict):
            found += _cells(sheet.get("cells")) or []
    return found


def _cells(cells: Any) -> list[Cell | None] | None:
    return [*map(_cell, cells)] if isinstance(cells, list) else None


def _cell(cell: Any) -> Cell | None:
    if not isinstance(cell, dict):
        return None
    kind = cell.get("cell_type")
    if not isinstance(kind, str):
        kind = ""
    names: list[str] = []
    for key, value in cell.items():
        if key == "id":
            names += names_of(value)
        elif key == "metadata":
            names += names_in(value)
    source = cell["source"] if "source" in cell else cell.get("input", "")
    if kind != "code" and not _defines(source):
        return Cell(kind, "", tuple(names))
    return Cell(kind, text_of(source), tuple(names))


def _defines(source: Any) -> bool:
    """Whether a text seems to contain definitions. No escape is a part of one: `_MISLEADING`."""
    if isinstance(source, list):
        try:
            source = "\0".join(source)  # what begins in one line does not go on in the next
        except TypeError:
            raise _Unusual from None
    if not isinstance(source, str):
        raise _Unusual
    if "def " not in source and "class " not in source:  # most often, and faster to find out
        return False
    return _DEFINES.search(source) is not None
