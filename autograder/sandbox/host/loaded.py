"""What a student's process says of its notebook once it is loaded, checked field by field."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from autograder.sandbox.host.conversation import one_line, require
from autograder.status import CellStatus

MAX_NAMES = 2000
MAX_MEMBERS = 200
MAX_OVERWRITTEN = 20


@dataclass(frozen=True)
class CellRecord:
    """What became of one cell: ``ok``, ``error``, ``timeout`` or ``skipped``."""

    index: int
    status: CellStatus
    error: str | None


@dataclass(frozen=True)
class Overwritten:
    """A name that a definition uses, and the cell (its index) that later gave it another value."""

    name: str
    cell: int


def records(entries: Any, known: Collection[int]) -> dict[int, CellRecord]:
    """Records of known cells, by index.

    Raises:
        wire.WireError: they are no records.
    """
    found = {}
    for entry in require(list, entries):
        fields = require(dict, entry)
        index, status = fields.get("index"), require(str, fields.get("status"))
        if type(index) is int and index in known and status in [*CellStatus]:
            problem = one_line(fields.get("error")) or None
            found[index] = CellRecord(index, CellStatus(status), problem)
    return found


def definitions(entries: Any) -> dict[str, tuple[str, ...] | None]:
    """Names that the student defined: a class with its methods, or None for anything else.

    Raises:
        wire.WireError: they are no definitions.
    """
    found: dict[str, tuple[str, ...] | None] = {}
    for name, members in list(require(dict, entries).items())[:MAX_NAMES]:
        if is_name(name):
            listed = isinstance(members, list)
            found[name] = tuple(filter(is_name, members[:MAX_MEMBERS])) if listed else None
    return found


def overwritten(entries: Any, known: Collection[int]) -> Mapping[str, tuple[Overwritten, ...]]:
    """For each definition that has any, the names that it uses and that changed after it.

    Raises:
        wire.WireError: they are something else.
    """
    found = {}
    for definition, changes in list(require(dict, entries).items())[:MAX_NAMES]:
        if is_name(definition):
            found[definition] = tuple(
                Overwritten(change[0], change[1])
                for change in require(list, changes)[:MAX_OVERWRITTEN]
                if isinstance(change, (list, tuple))
                and len(change) == 2
                and isinstance(change[0], str)
                and all(map(is_name, change[0].split(".")))
                and type(change[1]) is int
                and change[1] in known
            )
    return {definition: changes for definition, changes in found.items() if changes}


def is_name(value: Any) -> bool:
    """Whether it is an identifier of ordinary length."""
    return isinstance(value, str) and len(value) <= 80 and value.isidentifier()
