"""The cells of an nbgrader source notebook, by what they are for. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

HIDDEN = re.compile(
    r"^[ \t]*#+ BEGIN HIDDEN TESTS[^\n]*\n(.*?)^[ \t]*#+ END HIDDEN TESTS[^\n]*\n?", re.M | re.S
)
_NOT_A_NAME = re.compile(r"[^a-z0-9]+")


class Kind(Enum):
    """What a cell is for."""

    PROSE = "prose"
    CODE = "code"
    SOLUTION = "solution"
    TESTS = "tests"
    MANUAL = "manual"
    """A question that a person grades."""


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes:
        kind: what it is for.
        name: unique in the notebook, and a name that a cell of ours can have.
        source: its text.
        points: what it is worth.
        markdown: whether it is text.
        task: whether it is a question whose answer goes into cells of the student's own.
    """

    kind: Kind
    name: str
    source: str
    points: float = 0.0
    markdown: bool = False
    task: bool = False

    @property
    def visible(self) -> str:
        """What students see of a test cell."""
        return HIDDEN.sub("", self.source).strip("\n")

    @property
    def hidden(self) -> str:
        """What they do not see."""
        return "\n".join(HIDDEN.findall(self.source)).strip("\n")


class NotANotebook(ValueError):
    """The file is not a notebook; the text says why."""


def read_cells(text: str) -> list[Cell]:
    """The cells of a notebook.

    Raises:
        NotANotebook: the file is something else.
    """
    try:
        cells = json.loads(text)["cells"]
        found = [(str(cell["cell_type"]), _source(cell), _metadata(cell)) for cell in cells]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotANotebook(f"no notebook of nbformat 4 ({type(error).__name__})") from None
    return list(_named(found))


def slug(text: str, default: str) -> str:
    """A name of lower-case letters, digits and ``_`` that starts with a letter."""
    name = _NOT_A_NAME.sub("_", text.lower()).strip("_")
    return name if name[:1].isalpha() else f"{default}_{name}" if name else default


def _named(cells: list[tuple[str, str, dict[str, Any]]]) -> Iterator[Cell]:
    taken: set[str] = set()
    for cell_type, source, metadata in cells:
        if not source.strip() or cell_type == "raw":
            continue
        kind = _kind(cell_type, metadata)
        name = first = slug(str(metadata.get("grade_id", "")), "cell")
        number = 1
        while name in taken:
            number += 1
            name = f"{first}_{number}"
        taken.add(name)
        points = metadata.get("points") or 0
        markdown, task = cell_type == "markdown", bool(metadata.get("task"))
        yield Cell(kind, name, source, float(points), markdown, task)


def _kind(cell_type: str, metadata: dict[str, Any]) -> Kind:
    grade, solution = bool(metadata.get("grade")), bool(metadata.get("solution"))
    if metadata.get("task") or (solution and (grade or cell_type == "markdown")):
        return Kind.MANUAL
    if cell_type == "markdown":
        return Kind.PROSE
    if solution:
        return Kind.SOLUTION
    return Kind.TESTS if grade else Kind.CODE


def _source(cell: dict[str, Any]) -> str:
    source = cell["source"]
    return str(source) if isinstance(source, str) else "".join(map(str, source))


def _metadata(cell: dict[str, Any]) -> dict[str, Any]:
    found = cell.get("metadata", {}).get("nbgrader", {})
    return found if isinstance(found, dict) else {}
