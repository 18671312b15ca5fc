"""What a student's process says of its notebook once it is loaded, checked field by field."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from autograder.sandbox.host.answer_fields import require
from autograder.sandbox.protocol.numpy_names import REMOVED
from autograder.sanitize import one_line
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


@dataclass(frozen=True)
class Remarks:
    """What there is to say of a notebook's definitions.

    Attributes:
        overwritten: names that a definition uses and that later cells overwrote, by its name.
        pieces: definitions from a cell that does not parse, by name: the cell's index.
        leftover_raises: functions, or ``Class.method``, in which the stub's ``raise`` still comes
            before what is written below it: the cell's index, and the line.
        removed: names that NumPy has removed and that a definition uses, by its name.
    """

    overwritten: Mapping[str, tuple[Overwritten, ...]] = field(default_factory=dict)
    pieces: Mapping[str, int] = field(default_factory=dict)
    leftover_raises: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    removed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def remarks(message: Mapping[str, Any], known: Collection[int]) -> Remarks:
    """What the message says of definitions; anything that names no known cell is dropped.

    Raises:
        wire.WireError: it is something else.
    """
    pieces = {
        name: cell
        for name, cell in _named(message.get("pieces"))
        if type(cell) is int and cell in known
    }
    raises = {
        name: (at[0], at[1])
        for name, at in _named(message.get("leftover_raises"))
        if _is_pair(at, int, int) and at[0] in known and 0 < at[1] < 10**6
    }
    removed = {
        name: tuple(each for each in REMOVED if each in _texts(names))
        for name, names in _named(message.get("removed"))
    }
    overwritten = _overwritten(message.get("overwritten"), known)
    return Remarks(overwritten, pieces, raises, removed)


def records(entries: Any, known: Collection[int]) -> dict[int, CellRecord]:
    """Records of known cells, by index.

    Raises:
        wire.WireError: they are not records.
    """
    found = {}
    for entry in require(list, entries):
        fields = require(dict, entry)
        index, status = fields.get("index"), require(str, fields.get("status"))
        if type(index) is int and index in known and status in [*CellStatus]:
            problem = one_line(fields.get("error")) or None
            found[index] = CellRecord(index, CellStatus(status), problem)
    return found


def names(entries: Any) -> frozenset[str]:
    """Those of the entries that are names."""
    return frozenset(filter(is_name, entries[:MAX_NAMES] if isinstance(entries, list) else []))


def positions(entries: Any, known: Collection[int]) -> frozenset[tuple[int, int]]:
    """Statements of known cells, as (cell, position)."""
    listed = entries[:MAX_NAMES] if isinstance(entries, list) else []
    pairs = [(at[0], at[1]) for at in listed if _is_pair(at, int, int)]
    return frozenset((cell, position) for cell, position in pairs if cell in known)


def definitions(entries: Any) -> dict[str, tuple[str, ...] | None]:
    """Names that the student defined: a class with its methods, or None for anything else.

    Raises:
        wire.WireError: they are not definitions.
    """
    found: dict[str, tuple[str, ...] | None] = {}
    for name, members in list(require(dict, entries).items())[:MAX_NAMES]:
        if is_name(name):
            listed = isinstance(members, list)
            found[name] = tuple(filter(is_name, members[:MAX_MEMBERS])) if listed else None
    return found


def _overwritten(entries: Any, known: Collection[int]) -> dict[str, tuple[Overwritten, ...]]:
    found = {
        definition: tuple(
            Overwritten(change[0], change[1])
            for change in require(list, changes)[:MAX_OVERWRITTEN]
            if _is_pair(change, str, int)
            and all(map(is_name, change[0].split(".")))
            and change[1] in known
        )
        for definition, changes in _named(entries)
    }
    return {definition: changes for definition, changes in found.items() if changes}


def _named(entries: Any) -> list[tuple[str, Any]]:
    """The items whose keys are names, or names of methods with their class's."""
    items = list(require(dict, entries).items())[:MAX_NAMES]
    return [
        (name, value)
        for name, value in items
        if isinstance(name, str) and all(map(is_name, name.split(".")))
    ]


def _texts(entries: Any) -> list[str]:
    """Those that are text: comparing an array, say, might not even give a truth value."""
    return [entry for entry in require(list, entries) if isinstance(entry, str)]


def _is_pair(value: Any, first: type, second: type) -> bool:
    return (
        isinstance(value, (list, tuple))
        and len(value) == 2
        and type(value[0]) is first
        and type(value[1]) is second
    )


def is_name(value: Any) -> bool:
    """Whether it is an identifier of ordinary length."""
    return isinstance(value, str) and len(value) <= 80 and value.isidentifier()
